"""What was reported of closed months, and where each month stands: for programs and for files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics import months
from moderation.statistics.figures import Figures
from moderation.statistics.measures import MEASURES
from qa_app.clock import london_day
from qa_app.models import Cycle, Snapshot
from qa_app.queries.facts import TOOL, Reach, cycle_months
from qa_app.reports.interface_records import MeasureRecord, MonthRecord
from qa_app.services import revised, snapshots
from qa_app.services.figures import figures, rules


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed month and the snapshot it was reported from last."""

    month: date
    made_at: datetime
    rules_version: str
    imported: bool


def closings(session: Session) -> tuple[Closing, ...]:
    """The closed months that have a snapshot, oldest first."""
    rows = session.execute(
        select(Snapshot.month, Snapshot.made_at, Snapshot.rules_version, Snapshot.imported)
        .join(Cycle, Cycle.id == Snapshot.cycle_id)
        .where(Cycle.state == "closed", Cycle.tool_key == TOOL)
        .order_by(Snapshot.month, Snapshot.made_at)
    )
    newest = {row.month: Closing(*row) for row in rows}
    return tuple(newest.values())


def reported_figures(session: Session, wanted: Sequence[date]) -> Iterator[Figures]:
    """The figures of these closed months, each as it was reported."""
    for month in wanted:
        found = snapshots.published(session, month)
        if found is not None:
            yield found.figures


def month_records(session: Session) -> list[MonthRecord]:
    """Every month of audits, newest first; of an open one nothing but that it is open."""
    known = {one.month: one for one in closings(session)}
    moved = _moved(session) if known else set()
    return [
        _month_record(state.month, known.get(state.month), revised=state.month in moved)
        for state in reversed(cycle_months(session))
    ]


def _month_record(month: date, closing: Closing | None, *, revised: bool) -> MonthRecord:
    if closing is None:
        return MonthRecord(month, "open", None, None, None)
    state = "revised" if revised else "closed"
    return MonthRecord(month, state, london_day(closing.made_at).isoformat(), closing.rules_version, closing.imported)


def _moved(session: Session) -> set[date]:
    """The closed months of which a figure is no longer what was reported."""
    return {one.month for one in revised.moved(session, figures(session, reach=Reach(open_months=False)))}


def measure_records(session: Session) -> list[MeasureRecord]:
    """Every measure, with its rules in words as they are in force."""
    in_force = rules(session)
    made = []
    for one in MEASURES:
        target = one.target_under(in_force)
        words = target.text if target is not None else ""
        made.append(MeasureRecord(one.key, one.title, one.plan, words, one.sentences(in_force), in_force.version))
    return made


def month_words(closed: Sequence[Closing]) -> str:
    """Which months there are, in words."""
    if not closed:
        return "No month is closed yet."
    return f"Closed months are {months.name(closed[0].month)} to {months.name(closed[-1].month)}."
