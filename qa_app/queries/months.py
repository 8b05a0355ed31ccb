"""The months of audits as readers of figures see them: open, closed, or revised by work that came later."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Cycle, Snapshot
from qa_app.queries.facts import TOOL

STATES: Final = ("released", "closed")


@dataclass(frozen=True, slots=True)
class Listed:
    """A month: since when it is open, when it closed, and under which rules its figures were kept."""

    cycle_id: UUID
    month: date
    opened_at: datetime
    closed_at: datetime | None
    rules_version: str
    imported: bool


def listed(session: Session) -> list[Listed]:
    """Every month that was released or imported, the newest first."""
    kept: dict[UUID, tuple[str, bool]] = {}
    rows = select(Snapshot.cycle_id, Snapshot.rules_version, Snapshot.imported).order_by(Snapshot.made_at)
    for cycle_id, version, imported in session.execute(rows):
        kept[cycle_id] = (version, imported)
    found = select(Cycle.id, Cycle.month, Cycle.opened_at, Cycle.closed_at).where(
        Cycle.tool_key == TOOL, Cycle.state.in_(STATES)
    )
    return [
        Listed(cycle_id, month, opened, closed, *kept.get(cycle_id, ("", False)))
        for cycle_id, month, opened, closed in session.execute(found.order_by(Cycle.month.desc()))
    ]
