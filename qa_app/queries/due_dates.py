"""A person's due dates, as their calendar shows them: open ones, and for a while those that are done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actions import own, visible_actions
from qa_app.access.actor import Actor
from qa_app.models import Action, Audit, Cycle, CycleStep, Moderation, Step
from qa_app.models.audit import audit_reference
from qa_app.working_days import add_working_days

KEPT_DAYS: Final = 60  # a date that is over stays in the calendar for so long, crossed out when it was met
OPEN = (State.ALLOCATED, State.DRAFT)


@dataclass(frozen=True, slots=True)
class DueDate:
    """One date: a name that never changes, the words, the day, where it leads, and whether it is still to be met."""

    uid: str
    words: str
    on: date
    path: str
    open: bool
    changed_at: datetime


def due_dates(session: Session, actor: Actor, *, today: date) -> tuple[DueDate, ...]:
    """Every due date of this person. No child, no team, no grade; of a moderation not even which audit it is."""
    since = today - timedelta(days=KEPT_DAYS)
    found = (*_audits(session, actor, since), *_moderations(session, actor, since), *_actions(session, actor, since))
    return tuple(sorted(found, key=lambda one: (one.on, one.uid)))


def _audits(session: Session, actor: Actor, since: date) -> Iterator[DueDate]:
    of = aliased(Audit, scope.own_audits(actor).subquery())
    rows = session.execute(
        select(of, Cycle.due_on)
        .join(Cycle, Cycle.id == of.cycle_id)
        .where(Cycle.due_on >= since, Cycle.batch_id.is_(None))
        .order_by(of.month, of.number)
    )
    for audit, due_on in rows:
        moments = (audit.allocated_at, audit.submitted_at, audit.handed_back_at, audit.withdrawn_at)
        yield DueDate(
            f"audit-{audit.id}",
            f"Audit {audit.reference} due",
            due_on,
            f"/audits/{audit.id}/record",
            State(audit.state) in OPEN,
            max(one for one in moments if one is not None),
        )


def _moderations(session: Session, actor: Actor, since: date) -> Iterator[DueDate]:
    of = aliased(Moderation, scope.own_moderations(actor).subquery())
    rows = session.execute(
        select(of.id, of.state, of.allocated_at, of.graded_at, Cycle.due_on, CycleStep.on)
        .join(Audit, Audit.id == of.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .outerjoin(CycleStep, (CycleStep.cycle_id == Cycle.id) & (CycleStep.step == Step.MODERATION_ENDS))
        .where(Cycle.due_on >= since, Cycle.batch_id.is_(None))
    )
    for row in rows:
        yield DueDate(
            f"moderation-{row.id}",
            "Moderation due",
            row.on or add_working_days(row.due_on, 5),
            f"/moderations/{row.id}",
            row.state in ("allocated", "moderating"),
            max(one for one in (row.allocated_at, row.graded_at) if one is not None),
        )


def _actions(session: Session, actor: Actor, since: date) -> Iterator[DueDate]:
    rows = session.execute(
        visible_actions(actor)
        .where(own(actor), Action.due_on >= since)
        .add_columns(Audit.month, Audit.number)
        .order_by(Audit.month, Audit.number, Action.number)
    )
    for action, month, number in rows:
        moments = (action.made_at, action.done_at, action.closed_at, action.cancelled_at)
        yield DueDate(
            f"action-{action.id}",
            f"Action {action.number} of audit {audit_reference(month, number)} due",
            action.due_on,
            f"/actions/{action.id}",
            action.state == "open",
            max(one for one in moments if one is not None),
        )
