"""Who holds which role: granted, confirmed, turned down and ended by an administrator, never for oneself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.access.permissions import APART, Role
from qa_app.models import Person, RoleGrant, Service
from qa_app.services.events import record


class RoleRefused(ValueError):  # noqa: N818
    """The role cannot be granted or ended; the message says why and what to do."""


def grant(
    session: Session, person: Person, role: Role, *, service: Service | None = None, by: str, at: datetime
) -> RoleGrant:
    """Give a person a role; a suggestion of the same role becomes the grant.

    A Head of Service answers for `service`, or with None for the whole council; other roles have no service.

    Raises:
        RoleRefused: one's own account, an inactive person, held already, or not to be combined with a role held.
    """
    _check_not_own(person, by)
    service_id = service.id if service is not None and role is Role.HEAD_OF_SERVICE else None
    _check_fits(person, role, service_id)
    found = next((one for one in person.grants if one.role == role and is_suggested(one)), None)
    if found is None:
        found = RoleGrant(person_id=person.id, person=person, role=role.value)
        session.add(found)
    found.service_id = service_id
    found.granted_at, found.granted_by = at, by
    session.flush()
    record(
        session, "role.granted", "person", person.id, by=by, at=at,
        role=role.value, service=str(service_id) if service_id else None, suggested=found.suggested_at is not None,
    )  # fmt: skip
    return found


def confirm(session: Session, suggestions: Sequence[RoleGrant], *, by: str, at: datetime) -> tuple[str, ...]:
    """Grant what the staff list suggested, all that can be; the answer says in sentences what could not.

    A suggested Head of Service is granted for the whole council here: callers that ask for a service use `grant`.
    """
    refused = []
    for one in suggestions:
        if not is_suggested(one):
            continue  # somebody else decided it meanwhile
        try:
            grant(session, one.person, Role(one.role), by=by, at=at)
        except RoleRefused as fault:
            refused.append(f"{one.person.name}, {Role(one.role).label}: {fault}")
    return tuple(refused)


def turn_down(session: Session, suggestion: RoleGrant, *, by: str, at: datetime) -> None:
    """Say that a suggested role is not this person's; it is not suggested again.

    Raises:
        RoleRefused: it is no suggestion any more.
    """
    if not is_suggested(suggestion):
        raise RoleRefused("This suggestion was decided already.")
    _end(session, suggestion, "role.turned_down", by=by, at=at)


def end(session: Session, held: RoleGrant, *, by: str, at: datetime) -> None:
    """End a role; the person loses its rights with their next page.

    Raises:
        RoleRefused: one's own account, or not held any more.
    """
    _check_not_own(held.person, by)
    if not is_held(held):
        raise RoleRefused("This role has ended already.")
    _end(session, held, "role.ended", by=by, at=at)


def make_administrator(session: Session, email: str, name: str, *, by: str, at: datetime) -> Person:
    """A person, new or already here by this email address, as administrator.

    Raises:
        RoleRefused: the name or address cannot be, or the person holds a role that may not be combined with this one.
    """
    local, at_sign, domain = email.partition("@")
    if not (local and at_sign and "." in domain) or any(c.isspace() for c in email) or len(email) > 254:
        raise RoleRefused("Write the email address like name@council.example.")
    if not name or len(name) > 200 or not name.isprintable():
        raise RoleRefused("Write the administrator's name, up to 200 characters.")
    person = session.scalar(select(Person).where(func.lower(Person.email) == email.lower()))
    if person is None:
        person = Person(name=name, email=email, job_title="Administrator")
        session.add(person)
        session.flush()
        record(session, "person.added", "person", person.id, by=by, at=at)
    if Role.ADMINISTRATOR not in held_roles(person):
        grant(session, person, Role.ADMINISTRATOR, by=by, at=at)
    return person


def is_held(one: RoleGrant) -> bool:
    """Granted and not ended."""
    return one.granted_at is not None and one.ended_at is None


def is_suggested(one: RoleGrant) -> bool:
    """Suggested by the staff list, and nobody has decided yet."""
    return one.granted_at is None and one.ended_at is None


def held_roles(person: Person) -> frozenset[Role]:
    """The roles a person holds."""
    return frozenset(Role(one.role) for one in person.grants if is_held(one))


def _check_fits(person: Person, role: Role, service_id: UUID | None) -> None:
    if not person.active:
        raise RoleRefused("This person is not active. Mark them as active in the staff list first.")
    held = held_roles(person)
    for pair in APART:
        if role in pair and (other := next(iter(pair - {role}))) in held:
            raise RoleRefused(
                f"Nobody may be {role.label} and {other.label} at the same time. "
                f"End {person.name}'s role as {other.label} first, or choose somebody else."
            )
    same = [one.service_id for one in person.grants if is_held(one) and one.role == role]
    if None in same or (same and role is not Role.HEAD_OF_SERVICE) or service_id in same:
        raise RoleRefused(f"{person.name} already holds this role.")
    if same and service_id is None:
        raise RoleRefused(
            f"{person.name} answers for single services. End those roles before granting the whole council."
        )


def _check_not_own(person: Person, by: str) -> None:
    if by == f"person:{person.id}":
        raise RoleRefused("Nobody changes their own roles. Ask another administrator.")


def _end(session: Session, one: RoleGrant, action: str, *, by: str, at: datetime) -> None:
    one.ended_at, one.ended_by = at, by
    session.flush()
    record(session, action, "person", one.person_id, by=by, at=at, role=one.role)
