"""People as the screens list them: a search, one person's page, and the roles waiting for a yes."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qa_app.access.permissions import Role
from qa_app.models import Account, Person, RoleGrant, Service, Team

A_PAGE = 50
SUGGESTED, NOBODY = "suggested", "none"


class Wanted(NamedTuple):
    """What a search asks for; empty is anything. `role` is a role's value, 'suggested' or 'none'."""

    name: str = ""
    team_id: UUID | None = None
    role: str = ""


@dataclass(frozen=True)
class Found:
    """One page of a search."""

    people: tuple[Person, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Waiting:
    """One page of suggested roles nobody has decided."""

    suggestions: tuple[RoleGrant, ...]
    total: int


def search(session: Session, wanted: Wanted, *, page: int = 1) -> Found:
    """The people a search finds, by name, fifty a page; a page past the last is the last."""
    query = _matching(wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    people = session.scalars(
        query.options(selectinload(Person.grants).joinedload(RoleGrant.service))
        .order_by(Person.active.desc(), Person.name, Person.id)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    )
    return Found(tuple(people), total, page, pages)


def _matching(wanted: Wanted) -> Select[Person]:
    query = select(Person)
    if wanted.name:
        query = query.where(Person.name.icontains(wanted.name, autoescape=True))
    if wanted.team_id is not None:
        query = query.where(Person.team_id == wanted.team_id)
    current = select(RoleGrant.id).where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None))
    held = current.where(RoleGrant.granted_at.is_not(None))
    if wanted.role == SUGGESTED:
        query = query.where(exists(current.where(RoleGrant.granted_at.is_(None))))
    elif wanted.role == NOBODY:
        query = query.where(~exists(held))
    elif wanted.role:
        query = query.where(exists(held.where(RoleGrant.role == wanted.role)))
    return query


def person(session: Session, person_id: UUID) -> Person | None:
    """One person with team, line manager and every role ever spoken of."""
    return session.scalar(
        select(Person)
        .where(Person.id == person_id)
        .options(selectinload(Person.grants).joinedload(RoleGrant.service), joinedload(Person.line_manager))
    )


def account(session: Session, person_id: UUID) -> Account | None:
    """A person's sign-in."""
    return session.scalar(select(Account).where(Account.person_id == person_id))


def sign_ins(session: Session, people: tuple[Person, ...]) -> dict[UUID, bool]:
    """Of these people, who has a sign-in, and whether it is on."""
    rows = session.execute(
        select(Account.person_id, Account.disabled_at).where(Account.person_id.in_([one.id for one in people]))
    )
    return {person_id: disabled_at is None for person_id, disabled_at in rows}


def teams(session: Session) -> tuple[Team, ...]:
    """Every team, by name."""
    return tuple(session.scalars(select(Team).order_by(Team.name)))


def services(session: Session) -> tuple[Service, ...]:
    """Every service, by name."""
    return tuple(session.scalars(select(Service).order_by(Service.name)))


def waiting_roles(session: Session, *, most: int = A_PAGE) -> Waiting:
    """The first of the suggested roles nobody has decided, by role and name."""
    query = (
        select(RoleGrant)
        .join(RoleGrant.person)
        .where(RoleGrant.granted_at.is_(None), RoleGrant.ended_at.is_(None), Person.active.is_(True))
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    # Heads of Service first: they are few, and each needs a service chosen.
    first = RoleGrant.role == Role.HEAD_OF_SERVICE
    rows = session.scalars(
        query.options(joinedload(RoleGrant.person).selectinload(Person.grants))
        .order_by(first.desc(), RoleGrant.role, Person.name, Person.id)
        .limit(most)
    )
    return Waiting(tuple(rows), total)


def grant(session: Session, grant_id: UUID) -> RoleGrant | None:
    """One role granted or suggested."""
    return session.get(RoleGrant, grant_id)


def grants(session: Session, grant_ids: list[UUID]) -> tuple[RoleGrant, ...]:
    """These roles, granted or suggested, in the order of the people's names."""
    query = select(RoleGrant).join(RoleGrant.person).where(RoleGrant.id.in_(grant_ids)).order_by(Person.name)
    return tuple(session.scalars(query))
