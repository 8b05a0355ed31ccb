"""Snapshots: every figure, the counts under it and the rules' version, as they stood when a month closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.data_notes import NoteSection, data_notes
from moderation.statistics.facts import Facts
from moderation.statistics.figures import Figures
from moderation.statistics.figures_json import figures_json
from moderation.statistics.kept import keep, restore
from moderation.statistics.measures import compute
from moderation.statistics.publication import PlaceCount
from moderation.statistics.rules import Rules
from moderation.statistics.share import Share
from qa_app.clock import london_day
from qa_app.models import Cycle, Snapshot
from qa_app.queries.facts import collect
from qa_app.queries.places import place_counts
from qa_app.services import plan_values
from qa_app.services.events import record
from qa_app.services.figures import rules
from qa_app.services.plan_values import PlanValues, Reported

PLACES = "places"
COUNTED = ("grades", "pairs", "frame", "chronology", "expectations", "quality", "practitioners")


@dataclass(frozen=True)
class Published:
    """A closed month as it was published: its figures, and the data notes of the rules they were made under."""

    figures: Figures
    notes: tuple[NoteSection, ...]
    made_on: date
    imported: bool
    plan: Mapping[str, Reported]


def take(session: Session, cycle: Cycle, *, missing: dict[str, Any] | None = None, by: str, at: datetime) -> Snapshot:
    """The snapshot of a month that has just closed; `missing` counts what was still outstanding."""
    return take_all(session, (cycle,), missing=missing, by=by, at=at)[0]


def take_all(
    session: Session,
    cycles: Sequence[Cycle],
    *,
    missing: dict[str, Any] | None = None,
    imported: bool = False,
    by: str,
    at: datetime,
) -> list[Snapshot]:
    """One snapshot for each month, each with the figures up to that month."""
    session.flush()
    counted, in_force = collect(session), rules(session)
    kept = {"missing": missing or {}, "imported": imported, "made_at": at, "made_by": by}
    plan = plan_values.read(session)
    made = [_snapshot(cycle, counted, in_force, plan, kept) for cycle in cycles]
    places = place_counts(session, [cycle.month for cycle in cycles], in_force) if cycles else []
    for snapshot in made:
        snapshot.counts[PLACES] = [list(row[1:]) for row in places if row.month == snapshot.month]
    session.add_all(made)
    session.flush()
    for snapshot in made:
        record(session, "month.snapshot", "cycle", snapshot.cycle_id, by=by, at=at, rules=in_force.version)
    return made


def _snapshot(cycle: Cycle, counted: Facts, in_force: Rules, plan: PlanValues, kept: dict[str, Any]) -> Snapshot:
    """The figures file, the whole figures to print from, the plan's values from elsewhere, and the notes on them."""
    figures = compute(counted, in_force, cycle.month)
    notes = [list(note) for note in data_notes(in_force)]
    return Snapshot(
        cycle_id=cycle.id,
        month=cycle.month,
        rules_version=in_force.version,
        reported={key: [share.k, share.n] for key, share in month_shares(figures, cycle.month).items()},
        figures={**figures_json(figures), "whole": keep(figures), "notes": notes, "plan": plan.kept(cycle.month)},
        counts=month_counts(counted, cycle.month),
        **kept,
    )


def month_shares(figures: Figures, month: date) -> dict[str, Share]:
    """One month's share of every measure, by the measure's key."""
    return {
        figure.measure.key: one.share
        for figure in figures.all
        for one in figure.months
        if one.month == month and one.share.n
    }


def reported(session: Session) -> dict[date, dict[str, Share]]:
    """Each closed month's shares as they were reported when it closed, by the measure's key."""
    rows = session.execute(
        select(Snapshot.month, Snapshot.reported)
        .join(Cycle, Cycle.id == Snapshot.cycle_id)
        .where(Cycle.state == "closed")
        .order_by(Snapshot.made_at, Snapshot.id.desc())
    )
    return {month: {key: Share(k, n) for key, (k, n) in shares.items()} for month, shares in rows}


def reported_places(session: Session, months: Sequence[date]) -> dict[date, tuple[PlaceCount, ...]]:
    """The counts by service and team as these months reported them, of those that closed since such counts are kept."""
    rows = session.execute(
        select(Snapshot.month, Snapshot.counts)
        .join(Cycle, Cycle.id == Snapshot.cycle_id)
        .where(Cycle.state == "closed", Snapshot.month.in_(months))
        .order_by(Snapshot.made_at, Snapshot.id.desc())
    )
    return {
        month: tuple(PlaceCount(month, *row) for row in counts[PLACES]) for month, counts in rows if PLACES in counts
    }


def months_with_places(session: Session) -> frozenset[date]:
    """The closed months that kept counts by service and team."""
    kept = Snapshot.counts[PLACES].as_string().is_not(None)
    closed = select(Snapshot.month).join(Cycle, Cycle.id == Snapshot.cycle_id).where(Cycle.state == "closed", kept)
    return frozenset(session.scalars(closed))


def published(session: Session, month: date) -> Published | None:
    """A closed month's figures as they were when it closed; None while it is open."""
    snapshot = newest(session, month)
    if snapshot is None:
        return None
    return Published(
        figures=restore(snapshot.figures["whole"]),
        notes=tuple(
            NoteSection(title, plan, target, tuple(sentences))
            for title, plan, target, sentences in snapshot.figures["notes"]
        ),
        made_on=london_day(snapshot.made_at),
        imported=snapshot.imported,
        plan=plan_values.reported(snapshot.figures.get("plan", {})),
    )


def newest(session: Session, month: date) -> Snapshot | None:
    """The snapshot of a month as it was last closed; None while it is open."""
    return session.scalar(
        select(Snapshot)
        .join(Cycle, Cycle.id == Snapshot.cycle_id)
        .where(Snapshot.month == month, Cycle.state == "closed")
        .order_by(Snapshot.made_at.desc(), Snapshot.id)
        .limit(1)
    )


def month_counts(facts: Facts, month: date) -> dict[str, Any]:
    """The counts of one month as plain structures, by the name of their shape."""
    return {
        name: [
            {
                key: value.isoformat() if isinstance(value, date) else value
                for key, value in row._asdict().items()
                if key != "month"
            }
            for row in getattr(facts, name)
            if row.month == month
        ]
        for name in COUNTED
    }
