"""Which third readings, challenges and overrides a person may see: their own, and all for who runs moderation."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.models import Audit, Challenge, Moderation, Override, Reading

Row = TypeVar("Row")


def own_readings(actor: Actor) -> Select[Reading]:
    """The third readings given to this person."""
    mine = Reading.reader_id == actor.person_id if actor.may(Can.MODERATION_GRADE) else false()
    return select(Reading).where(mine, Reading.kind == "third", Reading.state != "ended")


def own_reading(session: Session, actor: Actor, reading_id: UUID) -> Reading:
    """One third reading given to this person.

    Raises:
        OutOfScopeError: it is not there, not theirs, or was called off.
    """
    return _one(session, own_readings(actor).where(Reading.id == reading_id))


def run_readings(actor: Actor) -> Select[Reading]:
    """The third readings somebody gives to others; not of an audit they have to stay blind to themselves."""
    runs = true() if actor.may(Can.MODERATION_RUN) else false()
    blind = scope.awaiting_own_grade(actor)
    of = select(Reading).join(Audit, Audit.id == Reading.audit_id)
    return of.where(runs, Reading.kind == "third", ~blind)


def run_reading(session: Session, actor: Actor, reading_id: UUID) -> Reading:
    """One third reading as the QA lead gives it to somebody.

    Raises:
        OutOfScopeError: it is not there or not theirs to run.
    """
    return _one(session, run_readings(actor).where(Reading.id == reading_id))


def challenges(actor: Actor) -> Select[Challenge]:
    """The challenges this person raised, decides, or gives to somebody to decide."""
    seen: list[ColumnElement[bool]] = [false()]
    if actor.may(Can.CHALLENGE_RAISE):
        seen.append(Audit.auditor_id == actor.person_id)
    if actor.may(Can.CHALLENGE_DECIDE):
        seen.append(Challenge.decider_id == actor.person_id)
    if actor.may(Can.MODERATION_RUN):
        seen.append(true())
    blind = scope.awaiting_own_grade(actor)
    return select(Challenge).join(Audit, Audit.id == Challenge.audit_id).where(or_(*seen), ~blind)


def challenge(session: Session, actor: Actor, challenge_id: UUID) -> Challenge:
    """One challenge this person may see.

    Raises:
        OutOfScopeError: it is not there or not theirs to see.
    """
    return _one(session, challenges(actor).where(Challenge.id == challenge_id))


def challenge_to_decide(session: Session, actor: Actor, challenge_id: UUID) -> Challenge:
    """One challenge given to this person to decide.

    Raises:
        OutOfScopeError: it is not there or not theirs to decide.
    """
    mine = Challenge.decider_id == actor.person_id
    return _one(session, challenges(actor).where(Challenge.id == challenge_id, mine))


def overrides(actor: Actor) -> Select[Override]:
    """The overrides this person may answer: of their service, and of no audit they may have to grade themselves."""
    if not actor.may(Can.MODERATION_OVERRIDE):
        return select(Override).where(false())
    leads = Role.QA_LEAD in actor.roles or actor.services is None
    served = true() if leads else Audit.service_id.in_(actor.services or ())
    of = select(Override).join(Moderation, Moderation.id == Override.moderation_id)
    blind = scope.awaiting_own_grade(actor) | scope.may_come_to_grade(actor)
    return of.join(Audit, Audit.id == Moderation.audit_id).where(served, ~blind)


def override(session: Session, actor: Actor, override_id: UUID) -> Override:
    """One override to answer.

    Raises:
        OutOfScopeError: it is not there or not theirs to see.
    """
    return _one(session, overrides(actor).where(Override.id == override_id))


def _one(session: Session, query: Select[Row]) -> Row:
    found = session.scalar(query)
    if found is None:
        raise scope.OutOfScopeError
    return found
