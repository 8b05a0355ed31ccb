"""Who may be sent mail: people at work with an address, as the rules of access see them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor, actor_of
from qa_app.models import Account, MailChoice, Person, RoleGrant


class Reachable(NamedTuple):
    """Somebody mail can be sent to."""

    actor: Actor
    email: str


def recipient(session: Session, person_id: UUID) -> Reachable | str:
    """Where to send this person's mail, or a sentence why nothing can be sent to them."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return "This person is not active."
    if not person.email:
        return "This person has no email address in the staff list."
    off = select(Account.id).where(Account.person_id == person_id, Account.disabled_at.is_not(None))
    if session.scalar(off) is not None:
        return "This person's sign-in is switched off."
    held = session.execute(_held().where(RoleGrant.person_id == person_id)).all()
    roles = [(role, service) for _, role, service in held]
    return Reachable(actor_of(person.id, person.name, person.team_id, roles), person.email)


def reader(session: Session, person_id: UUID) -> Actor | None:
    """Who a person is while they may sign in; None for somebody who has left or whose sign-in is switched off."""
    person = session.get(Person, person_id)
    on = select(Account.id).where(Account.person_id == person_id, Account.disabled_at.is_(None))
    if person is None or not person.active or session.scalar(on) is None:
        return None
    held = session.execute(_held().where(RoleGrant.person_id == person_id)).all()
    return actor_of(person.id, person.name, person.team_id, [(role, service) for _, role, service in held])


def for_digest(session: Session) -> Iterator[Actor]:
    """Everybody who may be sent a digest and has not said no to it."""
    held: dict[UUID, list[tuple[str, UUID | None]]] = defaultdict(list)
    for person_id, role, service_id in session.execute(_held()):
        held[person_id].append((role, service_id))
    off = exists().where(Account.person_id == Person.id, Account.disabled_at.is_not(None))
    unwanted = exists().where(MailChoice.person_id == Person.id, MailChoice.digest == "none")
    people = session.execute(
        select(Person.id, Person.name, Person.team_id)
        .where(Person.active, Person.email.is_not(None), ~off, ~unwanted)
        .order_by(Person.name, Person.id)
    ).all()
    for person_id, name, team_id in people:
        yield actor_of(person_id, name, team_id, held[person_id])


def wants_digest(session: Session, person_id: UUID) -> bool:
    """Whether this person wants the day's digest; without a choice they do."""
    said = session.scalar(select(MailChoice.digest).where(MailChoice.person_id == person_id))
    return said != "none"


def _held() -> Select[UUID, str, UUID | None]:
    return select(RoleGrant.person_id, RoleGrant.role, RoleGrant.service_id).where(
        RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None)
    )
