"""Which rows a person may see: the only place that says so, for lists and pages alike."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.models import Audit, Case, Challenge, Cycle, Moderation, Reading

SUBMITTED = (State.SUBMITTED, State.SELECTED, State.MODERATING, State.MODERATED, State.AGREED, State.CLOSED)
SETTLED = (State.SUBMITTED, State.MODERATED, State.AGREED, State.CLOSED, State.WITHDRAWN)
UNGRADED = (State.SUBMITTED, State.SELECTED, State.MODERATING)
GRADED = ("moderated", "agreed")
AT_WORK = ("allocated", "moderating")

Row = TypeVar("Row")


class OutOfScopeError(LookupError):
    """The row is not there, or not this person's to see; the page is a 404 either way."""


def _moderated_by(actor: Actor, *states: str) -> ColumnElement[bool]:
    return Audit.id.in_(
        select(Moderation.audit_id).where(Moderation.moderator_id == actor.person_id, Moderation.state.in_(states))
    )


def _read_by(actor: Actor, *states: str) -> ColumnElement[bool]:
    return Audit.id.in_(select(Reading.audit_id).where(Reading.reader_id == actor.person_id, Reading.state.in_(states)))


def _beside(actor: Actor) -> ColumnElement[bool]:
    """Audits this person moderates with the auditor's form beside, or together with the auditor."""
    sighted = select(Moderation.audit_id).where(
        Moderation.moderator_id == actor.person_id, Moderation.state.in_(AT_WORK), Moderation.mode != "blind"
    )
    return Audit.id.in_(sighted)


def awaiting_own_grade(actor: Actor) -> ColumnElement[bool]:
    """Audits this person has yet to grade blind: nothing of the auditor's may reach them, whatever else they are."""
    return (_moderated_by(actor, *AT_WORK) & ~_beside(actor)) | _read_by(actor, "asked", "reading")


def may_come_to_grade(actor: Actor) -> ColumnElement[bool]:
    """Audits a moderator may yet be given: whoever reads one before cannot grade it blind, whatever else they are."""
    if Role.MODERATOR not in actor.roles:
        return false()
    not_closed = Audit.cycle_id.in_(select(Cycle.id).where(Cycle.state != "closed", ~Cycle.on_demand))
    return (Audit.auditor_id != actor.person_id) & Audit.state.in_(UNGRADED) & not_closed & ~_beside(actor)


def _decided_by(actor: Actor) -> ColumnElement[bool]:
    return Audit.id.in_(select(Challenge.audit_id).where(Challenge.decider_id == actor.person_id))


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Audits whose grades and text this person may read."""
    seen: list[ColumnElement[bool]] = [false()]
    if actor.may(Can.AUDIT_RECORD):
        seen.append((Audit.auditor_id == actor.person_id) & Audit.state.in_((*SUBMITTED, State.WITHDRAWN)))
    if Role.MODERATOR in actor.roles:
        seen += [_moderated_by(actor, *GRADED), _beside(actor), _read_by(actor, "given"), _decided_by(actor)]
    if Role.HEAD_OF_SERVICE in actor.roles:
        services = true() if actor.services is None else Audit.service_id.in_(actor.services)
        seen.append(services & Audit.state.in_(SETTLED))
    if Role.QA_LEAD in actor.roles:
        seen.append(Audit.state.in_((*SUBMITTED, State.WITHDRAWN)))
    return or_(*seen) & ~awaiting_own_grade(actor) & ~may_come_to_grade(actor)


def readable_audits(actor: Actor) -> Select[Audit]:
    """Every audit whose grades and text this person may read; nobody else's draft is ever among them."""
    return select(Audit).where(_readable(actor))


def own_audits(actor: Actor) -> Select[Audit]:
    """The audits allocated to this person, in any state, once their month is released."""
    mine = Audit.auditor_id == actor.person_id if actor.may(Can.AUDIT_RECORD) else false()
    return select(Audit).where(mine, Audit.cycle_id.in_(select(Cycle.id).where(Cycle.state != "planned")))


def own_moderations(actor: Actor) -> Select[Moderation]:
    """The moderations given to this person; how much of the auditor's comes with them, the moderation query limits."""
    mine = Moderation.moderator_id == actor.person_id if actor.may(Can.MODERATION_GRADE) else false()
    return select(Moderation).where(mine)


def readable_audit(session: Session, actor: Actor, audit_id: UUID) -> Audit:
    """One audit to read.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    return _one(session, readable_audits(actor).where(Audit.id == audit_id))


def own_audit(session: Session, actor: Actor, audit_id: UUID) -> Audit:
    """One audit allocated to this person.

    Raises:
        OutOfScopeError: it is not there or not theirs.
    """
    return _one(session, own_audits(actor).where(Audit.id == audit_id))


def own_moderation(session: Session, actor: Actor, moderation_id: UUID) -> Moderation:
    """One moderation given to this person.

    Raises:
        OutOfScopeError: it is not there or not theirs.
    """
    return _one(session, own_moderations(actor).where(Moderation.id == moderation_id))


def readable_cases(actor: Actor) -> Select[Case]:
    """The cases this person may list, without their references."""
    return select(Case).where(true() if actor.may(Can.CASE_READ) else false())


def readable_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """One case of the list.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    return _one(session, readable_cases(actor).where(Case.id == case_id))


def must_stay_blind(session: Session, actor: Actor, audit_id: UUID) -> bool:
    """Whether this person has yet to grade this audit, so that not even its auditor's name may be shown to them."""
    waits = select(Audit.id).where(Audit.id == audit_id, awaiting_own_grade(actor))
    return session.scalar(waits) is not None


def may_not_learn(session: Session, actor: Actor, audit_id: UUID) -> bool:
    """Whether this person has yet to grade this audit or may be given it: then nothing of its ties is told to them."""
    blind = or_(awaiting_own_grade(actor), may_come_to_grade(actor))
    return session.scalar(select(Audit.id).where(Audit.id == audit_id, blind)) is not None


def may_reveal_case(actor: Actor, audit: Audit, session: Session) -> bool:
    """Whether this person may see the case reference of an audit: its auditor or moderator at work, or the QA lead."""
    if Role.QA_LEAD in actor.roles:
        return True
    if audit.auditor_id == actor.person_id and audit.state in (State.ALLOCATED, State.DRAFT):
        return True
    works = or_(_moderated_by(actor, *AT_WORK, "moderated"), _read_by(actor, "asked", "reading"), _decided_by(actor))
    at_work = select(Audit.id).where(Audit.id == audit.id, works)
    return session.scalar(at_work) is not None


def services_led(actor: Actor) -> frozenset[UUID] | None:
    """The services whose true counts this person may see; None is the whole council."""
    return None if Role.QA_LEAD in actor.roles else actor.services


def _one(session: Session, query: Select[Row]) -> Row:
    found = session.scalar(query)
    if found is None:
        raise OutOfScopeError
    return found
