"""Snapshots: every figure, the counts under it and the rules' version, as they stood when a month closed."""

from collections.abc import Sequence
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
from moderation.statistics.rules import Rules
from qa_app.clock import london_day
from qa_app.models import Cycle, Snapshot
from qa_app.queries.facts import collect
from qa_app.services.events import record
from qa_app.services.figures import rules

COUNTED = ("grades", "pairs", "frame", "chronology", "expectations", "quality")


@dataclass(frozen=True)
class Published:
    """A closed month as it was published: its figures, and the data notes of the rules they were made under."""

    figures: Figures
    notes: tuple[NoteSection, ...]
    made_on: date
    imported: bool


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
    made = [
        Snapshot(
            cycle_id=cycle.id,
            month=cycle.month,
            rules_version=in_force.version,
            figures=_figures(counted, in_force, cycle.month),
            counts=month_counts(counted, cycle.month),
            missing=missing or {},
            imported=imported,
            made_at=at,
            made_by=by,
        )
        for cycle in cycles
    ]
    session.add_all(made)
    session.flush()
    for snapshot in made:
        record(session, "month.snapshot", "cycle", snapshot.cycle_id, by=by, at=at, rules=in_force.version)
    return made


def _figures(counted: Facts, in_force: Rules, month: date) -> dict[str, Any]:
    """What the figures file says, the whole figures to print a report from, and the notes that explain them."""
    made = compute(counted, in_force, month)
    return {**figures_json(made), "whole": keep(made), "notes": [list(note) for note in data_notes(in_force)]}


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
            {key: value for key, value in row._asdict().items() if key != "month"}
            for row in getattr(facts, name)
            if row.month == month
        ]
        for name in COUNTED
    }
