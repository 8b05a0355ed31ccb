"""The audits a moderation sample can be drawn from, with the marks a plan asks about."""

from collections.abc import Collection, Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation.plans import Candidate
from qa_app.models import Audit, Cycle, FrameMember, Judgement

TEAM: Final = "team"
SERVICE: Final = "service"
STREAM: Final = "stream"
NEW_AUDITOR: Final = "new_auditor"


def waiting(session: Session, cycle: Cycle) -> int:
    """How many audits can be drawn: submitted, and in no earlier draw."""
    return session.scalar(select(func.count()).select_from(Audit).where(*_open(cycle))) or 0


def candidates(session: Session, cycle: Cycle, asks: Collection[str] = (), *, new_below: int = 0) -> list[Candidate]:
    """The audits that can be drawn, with a mark for each question asked.

    An auditor is new for their first ``new_below`` audits with this tool, in the order they were submitted.
    """
    rows = session.execute(
        select(Audit.id, Judgement.grade, Audit.team_id, Audit.service_id, Audit.stream)
        .join(Judgement, (Judgement.audit_id == Audit.id) & (Judgement.element == "overall"))
        .where(Judgement.stage == "auditor", *_open(cycle))
    ).all()
    of_new = _of_new_auditors(session, cycle, new_below) if NEW_AUDITOR in asks else frozenset[UUID]()
    return [Candidate(str(row.id), row.grade, frozenset(_marks(row, asks, of_new))) for row in rows]


def _open(cycle: Cycle) -> tuple[Any, ...]:
    framed = select(FrameMember.audit_id)
    return Audit.cycle_id == cycle.id, Audit.state == State.SUBMITTED, Audit.id.not_in(framed)


def _marks(row: Any, asks: Collection[str], of_new: Collection[UUID]) -> Iterator[str]:
    told = {TEAM: row.team_id, SERVICE: row.service_id, STREAM: row.stream}
    yield from (f"{question}:{answer}" for question, answer in told.items() if question in asks)
    if row.id in of_new:
        yield NEW_AUDITOR


def _of_new_auditors(session: Session, cycle: Cycle, below: int) -> frozenset[UUID]:
    """The audits of the cycle that are among the first so many of their auditor's."""
    here = select(Audit.auditor_id).where(Audit.cycle_id == cycle.id)
    place = func.row_number().over(partition_by=Audit.auditor_id, order_by=(Audit.submitted_at, Audit.id))
    each = (
        select(Audit.id, Audit.cycle_id, place.label("place"))
        .where(
            Audit.auditor_id.in_(here),
            Audit.tool_key == cycle.tool_key,
            Audit.submitted_at.is_not(None),
            Audit.state != State.WITHDRAWN,
        )
        .subquery()
    )
    return frozenset(session.scalars(select(each.c.id).where(each.c.cycle_id == cycle.id, each.c.place <= below)))
