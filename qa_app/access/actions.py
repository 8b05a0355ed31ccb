"""Which actions a person may see, and what they are to each: owner, auditor, in the line, or over the service."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from qa_app.access.actor import Actor
from qa_app.access.line import below
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import UNGRADED, OutOfScopeError, awaiting_own_grade, may_come_to_grade
from qa_app.models import Action, Audit, Cycle, Moderation, Person, Reaudit, RoleGrant

LIVE = ("open", "done")


def own(actor: Actor) -> ColumnElement[bool]:
    """Actions this person has to do: they own them, or nobody on the staff list does and they did the audit."""
    return or_(Action.owner_id == actor.person_id, and_(Action.owner_id.is_(None), Audit.auditor_id == actor.person_id))


def in_line(actor: Actor) -> ColumnElement[bool]:
    """Actions of people this person manages, and those of their own team; the auditor's line answers for unowned ones.

    Whoever manages somebody in a team directly leads it.
    """
    people = below(actor.person_id)
    led = select(Person.team_id).where(Person.line_manager_id == actor.person_id, Person.team_id.is_not(None))
    return or_(
        Action.owner_id.in_(people),
        and_(Action.owner_id.is_(None), Audit.auditor_id.in_(people)),
        Action.team_id.in_(led),
    )


def in_service(actor: Actor) -> ColumnElement[bool]:
    """Actions of the services a Head of Service answers for."""
    if Role.HEAD_OF_SERVICE not in actor.roles:
        return false()
    return true() if actor.services is None else Action.service_id.in_(actor.services)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """What a person may see of actions.

    Nobody sees an action of an audit they have yet to grade, for it tells the grade. One that may still come to them
    is kept from them too, unless the action is their own: its owner is never given that audit to grade.
    """
    if not actor.may(Can.ACTION_OWN):
        return false()
    everything = true() if Role.QA_LEAD in actor.roles else false()
    wider = or_(Audit.auditor_id == actor.person_id, in_line(actor), in_service(actor), everything)
    return or_(own(actor), wider & ~may_come_to_grade(actor)) & ~awaiting_own_grade(actor)


def visible_actions(actor: Actor) -> Select[Action]:
    """Every action this person may see."""
    return select(Action).join(Audit, Audit.id == Action.audit_id).where(_visible(actor))


def visible_action(session: Session, actor: Actor, action_id: UUID) -> Action:
    """One action.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible_actions(actor).where(Action.id == action_id).options(joinedload(Action.owner)))
    if found is None:
        raise OutOfScopeError
    return found


def linkable(audit: Audit) -> Select[Action]:
    """The open actions of the same child that the auditor may link to.

    Not those of the first audit when this one is its re-audit, for the second judgement is its auditor's own; nor,
    where the auditor moderates as well, those of an audit that may still come to them to grade.
    """
    moderates = select(RoleGrant.id).where(
        RoleGrant.person_id == audit.auditor_id, RoleGrant.role == Role.MODERATOR, RoleGrant.granted_at.is_not(None),
        RoleGrant.ended_at.is_(None),
    )  # fmt: skip
    first = select(Reaudit.first_id).where(Reaudit.second_id == audit.id)
    open_months = select(Cycle.id).where(Cycle.state != "closed")
    ungraded = Audit.state.in_(UNGRADED) & Audit.cycle_id.in_(open_months) & (Audit.auditor_id != audit.auditor_id)
    return (
        select(Action)
        .join(Audit, Audit.id == Action.audit_id)
        .where(
            Action.case_id == audit.case_id if audit.case_id is not None else false(),
            Action.state.in_(LIVE), Audit.id != audit.id, Audit.id.not_in(first), ~(ungraded & moderates.exists()),
        )
    )  # fmt: skip


def may_be_given(session: Session, action: Action, person_id: UUID) -> bool:
    """Whether this person may learn of an action, which tells how its audit was graded.

    Not whoever has the audit to grade, nor a moderator while it may still come to them: who that is must not show in
    being refused. Nor who audits the child again, until they have submitted.
    """
    grades = select(Moderation.id).where(
        Moderation.audit_id == action.audit_id, Moderation.moderator_id == person_id,
        Moderation.state.in_(("allocated", "moderating")),
    )  # fmt: skip
    moderates = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.MODERATOR, RoleGrant.granted_at.is_not(None),
        RoleGrant.ended_at.is_(None),
    )  # fmt: skip
    may_come = select(Audit.id).join(Cycle, Cycle.id == Audit.cycle_id).where(
        Audit.id == action.audit_id, Audit.state.in_(UNGRADED), Audit.auditor_id != person_id,
        Cycle.state != "closed", ~Cycle.on_demand, moderates.exists(),
    )  # fmt: skip
    again = select(Reaudit.id).join(Audit, Audit.id == Reaudit.second_id).where(
        Reaudit.first_id == action.audit_id, Audit.auditor_id == person_id, Audit.submitted_at.is_(None)
    )  # fmt: skip
    return not session.scalar(select(or_(grades.exists(), may_come.exists(), again.exists())))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to one action, and what they may do with it."""

    owns: bool  # or answers for it where nobody on the staff list owns it
    checks: bool  # may close it or send it back, move its date, or keep it
    cancels: bool
    gives: bool  # may give it to another owner


def standing(session: Session, actor: Actor, action: Action) -> Standing:
    """What this person is to an action that they may see.

    Closing takes somebody else than the owner and whoever said that it is done: the auditor, a manager in the line of
    the owner (of the auditor, where nobody on the staff list owns it), the Head of Service, the QA lead.
    """
    me = actor.person_id
    auditor_id = session.scalars(select(Audit.auditor_id).where(Audit.id == action.audit_id)).one()
    answers = action.owner_id or auditor_id
    above = answers in frozenset(session.scalars(below(me)))
    leads = Role.HEAD_OF_SERVICE in actor.roles and (actor.services is None or action.service_id in actor.services)
    lead = Role.QA_LEAD in actor.roles
    gone = action.owner is not None and not action.owner.active
    owns = answers == me or (above and (action.owner_id is None or gone))
    second = action.owner_id != me and action.done_by != actor.by
    may = actor.may(Can.ACTION_CLOSE) and (above or leads or lead or auditor_id == me)
    return Standing(
        owns=owns,
        checks=may and second,
        cancels=(leads or lead) and actor.may(Can.ACTION_CLOSE),
        gives=actor.may(Can.ACTION_GIVE) and (above or leads or lead or auditor_id == me),
    )
