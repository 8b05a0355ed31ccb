"""Who is acting: the signed-in person, their roles and the services they answer for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qa_app.access.permissions import Can, Role, may
from qa_app.models import Person


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the rules of access see them."""

    person_id: UUID
    name: str
    roles: frozenset[Role]
    team_id: UUID | None
    services: frozenset[UUID] | None  # those a Head of Service answers for; None is the whole council
    must_change_password: bool = False
    session_ends: datetime | None = None  # however much it is used

    @property
    def by(self) -> str:
        """How events name this person."""
        return f"person:{self.person_id}"

    def may(self, can: Can) -> bool:
        """Whether any of the person's roles allows this."""
        return may(self.roles, can)


def actor_of(
    person_id: UUID,
    name: str,
    team_id: UUID | None,
    held: Sequence[tuple[str, UUID | None]],
    *,
    must_change: bool = False,
    session_ends: datetime | None = None,
) -> Actor:
    """The actor a person is by the roles they hold, each with its service; None as service is the whole council."""
    led = [service for role, service in held if role == Role.HEAD_OF_SERVICE]
    return Actor(
        person_id=person_id,
        name=name,
        roles=frozenset(Role(role) for role, _ in held),
        team_id=team_id,
        services=None if None in led else frozenset(service for service in led if service is not None),
        must_change_password=must_change,
        session_ends=session_ends,
    )


def actor_from(person: Person) -> Actor:
    """The actor a person would be if they signed in, from the roles granted and not ended."""
    held = [(one.role, one.service_id) for one in person.grants if one.granted_at is not None and one.ended_at is None]
    return actor_of(person.id, person.name, person.team_id, held)
