"""States that journeys begin with, made by the product's services in one transaction each."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.models import Audit, Person
from qa_app.services import case_draws, cycles
from tests.conftest import AT
from tests.world import World

MONTH = date(2026, 11, 1)
SEED = "0123456789abcdef0123456789abcdef"
BY = "person:test"


class Allocated(NamedTuple):
    """An audit on its auditor's list."""

    id: UUID
    reference: str
    auditor: Person

    def at(self, rest: str) -> str:
        return f"/audits/{self.id}/{rest}"


def released_month(session: Session, world: World) -> list[Allocated]:
    """November opened, drawn and released."""
    assert world.cases
    cycle = cycles.open_month(session, MONTH, by=BY, at=AT)
    case_draws.draw_month(session, cycle, seed=SEED, by=BY, at=AT)
    cycles.release(session, cycle, by=BY, at=AT)
    audits = select(Audit).where(Audit.cycle_id == cycle.id).order_by(Audit.number)
    given = session.scalars(audits.options(selectinload(Audit.auditor), selectinload(Audit.cycle))).all()
    return [Allocated(audit.id, audit.reference, audit.auditor) for audit in given]
