"""Third readings: what a reader may be shown before they grade, and what stands beside the two grades afterwards."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import scope, seconds
from qa_app.access.actor import Actor
from qa_app.models import Audit, Cycle, Draft, Moderation, Person, Reading, Team
from qa_app.models.audit import audit_reference


@dataclass(frozen=True)
class ReadingTask:
    """An audit to read as a third person: columns chosen one by one, with nothing of auditor's or moderator's."""

    reading_id: UUID
    audit_id: UUID
    reference: str
    month: date
    due_on: date
    tool_key: str
    tool_version: int
    team: str
    plan_type: str
    worker: str
    state: str
    answers: dict[str, Any]


class Asked(NamedTuple):
    """A third reading of a month as the QA lead runs it."""

    reading_id: UUID
    reference: str
    team: str
    reader: str
    state: str


def tasks(session: Session, actor: Actor) -> list[ReadingTask]:
    """The third readings this person has to give, by due date and reference."""
    waiting = _query(actor).where(Reading.state.in_(("asked", "reading")))
    return [_task(row) for row in session.execute(waiting)]


def task(session: Session, actor: Actor, reading_id: UUID) -> ReadingTask:
    """One third reading to give.

    Raises:
        OutOfScopeError: it is not there, not this person's, or was called off.
    """
    row = session.execute(_query(actor).where(Reading.id == reading_id)).one_or_none()
    if row is None:
        raise scope.OutOfScopeError
    return _task(row)


def of_month(session: Session, actor: Actor, cycle_id: UUID) -> tuple[Asked, ...]:
    """The third readings of a month that were not called off."""
    runs = seconds.run_readings(actor).with_only_columns(Reading.id)
    rows = session.execute(
        select(Reading.id, Audit.month, Audit.number, Team.name, Person.name, Reading.state)
        .join(Audit, Audit.id == Reading.audit_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(Person, Person.id == Reading.reader_id)
        .where(Audit.cycle_id == cycle_id, Reading.id.in_(runs), Reading.state != "ended")
        .order_by(Audit.number)
    )
    return tuple(
        Asked(reading, audit_reference(month, number), team, reader or "", state)
        for reading, month, number, team, reader, state in rows
    )


def moderation_of(session: Session, reading: Reading) -> Moderation:
    """The moderation whose audit is read by a third person."""
    return session.scalars(select(Moderation).where(Moderation.audit_id == reading.audit_id)).one()


def _query(actor: Actor) -> Any:
    mine = seconds.own_readings(actor).with_only_columns(Reading.id)
    draft = (Draft.audit_id == Audit.id) & (Draft.stage == "third") & (Draft.person_id == actor.person_id)
    return (
        select(
            Reading.id, Audit.id, Audit.number, Audit.month, Cycle.due_on, Audit.tool_key, Audit.tool_version,
            Team.name, Audit.plan_type, Person.name, Reading.state, Draft.answers,
        )
        .join(Audit, Audit.id == Reading.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(Person, Person.id == Audit.worker_id)
        .outerjoin(Draft, draft)
        .where(Reading.id.in_(mine))
        .order_by(Cycle.due_on, Audit.month, Audit.number)
    )  # fmt: skip


def _task(row: Any) -> ReadingTask:
    reading_id, audit_id, number, month, due_on, tool_key, version, team, plan_type, worker, state, answers = row
    return ReadingTask(
        reading_id, audit_id, audit_reference(month, number), month, due_on, tool_key, version, team, plan_type,
        worker or "", state, answers or {},
    )  # fmt: skip
