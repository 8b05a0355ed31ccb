"""Whose training and reading somebody may see, and what their roles ask them to read."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import OutOfScopeError
from qa_app.models import DocumentVersion, Person, Team


def asks(version: DocumentVersion, roles: frozenset[Role]) -> bool:
    """Whether people with these roles have to read a version."""
    return (version.for_auditors and Role.AUDITOR in roles) or (version.for_moderators and Role.MODERATOR in roles)


def visible_people(actor: Actor) -> Select[Person]:
    """Oneself; the QA lead everybody; a Head of Service the people of their services."""
    led = scope.services_led(actor)
    if not actor.may(Can.DEVELOPMENT_READ):
        others: ColumnElement[bool] = false()
    elif led is None:
        others = true()
    else:
        others = Person.team_id.in_(select(Team.id).where(Team.service_id.in_(sorted(led))))
    own = Person.id == actor.person_id if actor.may(Can.DEVELOPMENT_OWN) else false()
    return select(Person).where(or_(own, others))


def person(session: Session, actor: Actor, person_id: UUID) -> Person:
    """One person whose development this reader may see.

    Raises:
        OutOfScopeError: they are not there or not this person's to see.
    """
    found = session.scalar(visible_people(actor).where(Person.id == person_id))
    if found is None:
        raise OutOfScopeError
    return found
