"""Giving an action to another owner, whose line answers for it from then on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.actions import may_be_given
from qa_app.models import Action, Audit, Person
from qa_app.reports.dates import day_name
from qa_app.services.actions import LONGEST_REASON, ActionRefused, move, step, worded
from qa_app.services.outbox import tell


class OwnerRefused(ActionRefused):
    """This person cannot be given the action; the message says why and asks for somebody else."""


def give(session: Session, action: Action, person: Person, reason: str, *, by: str, at: datetime) -> None:
    """Give an open action to another owner. Both are told, and the new owner's line is told afresh if it is overdue.

    Raises:
        SayMore: no reason is given.
        OwnerRefused: they own it already, have left, or must not learn how the audit was graded.
        ActionRefused: the action is not open any more.
    """
    said = worded(reason, "Say why somebody else does it. The reason is kept.", LONGEST_REASON)
    before = action.owner_id
    if person.id == before:
        raise OwnerRefused(f"{person.name} owns this action already. Enter somebody else.")
    if not person.active:
        raise OwnerRefused(f"{person.name} is no longer on the staff list. Enter somebody else.")
    if not may_be_given(session, action, person.id):
        raise OwnerRefused(
            f"{person.name} may be asked to judge this record afresh, so cannot own this action. Enter somebody else."
        )
    move(session, action, ("open",), "open", owner_id=person.id, told_level=0)
    step(session, action, "given", said, owners=(before, person.id), by=by, at=at)
    answered = before or session.scalars(select(Audit.auditor_id).where(Audit.id == action.audit_id)).one()
    _tell(session, action, "action.given", person.id, by=by, at=at)
    if answered != person.id:
        _tell(session, action, "action.taken", answered, by=by, at=at)


def _tell(session: Session, action: Action, kind: str, person_id: UUID, *, by: str, at: datetime) -> None:
    """Tell one of the two owners, unless it is they who gave or took it."""
    if by != f"person:{person_id}":
        tell(session, [person_id], kind, at=at, about=("action", action.id), action=str(action.id),
             due=day_name(action.due_on))  # fmt: skip
