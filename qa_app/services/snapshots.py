"""Snapshots: every figure, the counts under it and the rules' version, as they stood when a month closed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.facts import Facts
from moderation.statistics.figures_json import figures_json
from moderation.statistics.measures import compute
from qa_app.models import Cycle, Snapshot
from qa_app.queries.facts import collect
from qa_app.services.events import record
from qa_app.services.figures import rules

COUNTED = ("grades", "pairs", "frame", "chronology", "expectations", "quality")


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
            figures=figures_json(compute(counted, in_force, cycle.month)),
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


def newest(session: Session, month: date) -> Snapshot | None:
    """The snapshot of a month as it was last closed; None while it is open."""
    return session.scalar(
        select(Snapshot).where(Snapshot.month == month).order_by(Snapshot.made_at.desc(), Snapshot.id).limit(1)
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
