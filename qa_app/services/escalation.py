"""Overdue actions go up the line on set days: to the owner, their manager, the service manager, the Head of Service."""

from collections import Counter
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.access.scope import UNGRADED
from qa_app.clock import london_day
from qa_app.models import Action, Audit, Cycle, Person, RoleGrant
from qa_app.queries.ties import chain
from qa_app.services import settings
from qa_app.services.outbox import tell
from qa_app.working_days import working_days_between

LEVELS: Final = ("action_owner_day", "action_manager_day", "action_service_day", "action_head_day")
"""The settings that say after how many working days each level of the line is told, the nearest first."""


def escalate(session: Session, *, at: datetime) -> int:
    """Tell everybody whose turn it is of overdue actions; the answer is how many messages were queued.

    How far up each has been told stands on the action and is moved on in one step, so running this twice, or in
    parallel, tells nobody twice. A message says how many actions, and nothing of them.
    """
    today = london_day(at)
    after = [settings.number(session, key) for key in LEVELS]
    line = _Line(session)
    turns: Counter[tuple[UUID, bool]] = Counter()
    for action, auditor_id, ungraded in _overdue(session, today):
        days = working_days_between(action.due_on, today)
        level = sum(days >= day for day in after)
        told = action.told_level
        if level <= told or not _moved_on(session, action.id, told, level):
            continue
        people = {
            (person, rung == 0)
            for rung in range(told, level)
            for person in line.at(rung, action, auditor_id)
            if not (ungraded and person in line.moderators and person not in (action.owner_id, auditor_id))
        }
        turns.update(people)
    for (person, owns), number in sorted(turns.items()):
        said = f"{number} action{'s' if number > 1 else ''}"
        tell(session, [person], "actions.overdue" if owns else "actions.overdue_line", at=at, actions=said)
    return len(turns)


def _overdue(session: Session, today: date) -> list[tuple[Action, UUID, bool]]:
    """The open actions that are overdue, with their auditor and whether their audit may yet be graded blind."""
    ungraded = Audit.state.in_(UNGRADED) & (Cycle.state != "closed")
    rows = session.execute(
        select(Action, Audit.auditor_id, ungraded)
        .join(Audit, Audit.id == Action.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .where(Action.state == "open", Action.due_on < today)
        .order_by(Action.due_on, Action.id)
        .execution_options(populate_existing=True)
    )
    return [(action, auditor_id, bool(waits)) for action, auditor_id, waits in rows]


def _moved_on(session: Session, action_id: UUID, told: int, level: int) -> bool:
    """Note how far up the line an action has been told; False where another run did so first."""
    moved = session.execute(
        update(Action)
        .where(Action.id == action_id, Action.told_level == told, Action.state == "open")
        .values(told_level=level)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


class _Line:
    """Who stands where above whom, read once for a whole run."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Person.id, Person.line_manager_id, Person.active)).all()
        self.above = {person: manager for person, manager, _ in rows}
        self.active = {person for person, _, active in rows if active}
        held = session.execute(
            select(RoleGrant.person_id, RoleGrant.role, RoleGrant.service_id).where(
                RoleGrant.role.in_((Role.HEAD_OF_SERVICE, Role.MODERATOR)),
                RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None),
            )
        ).all()  # fmt: skip
        self.moderators = {person for person, role, _ in held if role == Role.MODERATOR}
        self.heads = [(person, service) for person, role, service in held if role == Role.HEAD_OF_SERVICE]

    def at(self, rung: int, action: Action, auditor_id: UUID) -> set[UUID]:
        """Who is told at this rung. The auditor and their line answer for an action that no member of staff owns."""
        owner = action.owner_id or auditor_id
        if rung == len(LEVELS) - 1:
            own = {person for person, service in self.heads if service == action.service_id}
            found = own or {person for person, service in self.heads if service is None}
        else:
            line = [owner, *(UUID(one) for one in chain(owner, self.above))]
            found = set(line[rung : rung + 1])
        return found & self.active
