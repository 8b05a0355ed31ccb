"""Which evidence a person may see, write for, correct and withdraw."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Evidence, Person, Service, Team


def readable(actor: Actor) -> ColumnElement[bool]:
    """Entries that stand, for everybody who may read evidence; withdrawn ones for their owner and the QA lead."""
    if not actor.may(Can.EVIDENCE_READ):
        return false()
    if Role.QA_LEAD in actor.roles:
        return true()
    return or_(Evidence.withdrawn_at.is_(None), Evidence.owner_id == actor.person_id)


def readable_evidence(session: Session, actor: Actor, evidence_id: UUID) -> Evidence:
    """An entry this person may read.

    Raises:
        OutOfScopeError: there is none, or it is not theirs to see.
    """
    found = session.scalar(select(Evidence).where(Evidence.id == evidence_id, readable(actor)))
    if found is None:
        raise OutOfScopeError
    return found


def may_correct(actor: Actor, entry: Evidence) -> bool:
    """Whether this person may write a new version: the owner, or the QA lead, while the entry stands."""
    own = entry.owner_id == actor.person_id or Role.QA_LEAD in actor.roles
    return own and actor.may(Can.EVIDENCE_WRITE) and entry.withdrawn_at is None


def may_withdraw(actor: Actor, entry: Evidence) -> bool:
    """Whether this person may withdraw it: the QA lead, who keeps the register."""
    return actor.may(Can.PLAN_EDIT) and entry.withdrawn_at is None


def services_to_write_for(session: Session, actor: Actor) -> list[Service]:
    """The services somebody may write evidence of: their own; all of them for the QA lead."""
    found = select(Service).order_by(Service.name)
    if Role.QA_LEAD in actor.roles:
        return list(session.scalars(found))
    own = select(Team.service_id).join(Person, Person.team_id == Team.id).where(Person.id == actor.person_id)
    led = scope.services_led(actor)
    if Role.HEAD_OF_SERVICE in actor.roles and led is None:
        return list(session.scalars(found))
    return list(session.scalars(found.where(or_(Service.id.in_(own), Service.id.in_(led or ())))))


def teams_of(session: Session, services: Collection[Service]) -> list[Team]:
    """The teams of these services, by name."""
    within = [one.id for one in services]
    return list(session.scalars(select(Team).where(Team.service_id.in_(within)).order_by(Team.name)))


def service_of(session: Session, team_id: UUID) -> UUID:
    """The service a team belongs to."""
    return session.get_one(Team, team_id).service_id
