"""Who is acting: the signed-in person, their roles and the services they answer for."""

from dataclasses import dataclass
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

    @property
    def by(self) -> str:
        """How events name this person."""
        return f"person:{self.person_id}"

    def may(self, can: Can) -> bool:
        """Whether any of the person's roles allows this."""
        return may(self.roles, can)


def actor_for(person: Person, *, must_change_password: bool = False) -> Actor:
    """The actor a person is, from the roles granted and not ended."""
    grants = [g for g in person.grants if g.granted_at is not None and g.ended_at is None]
    led = [g.service_id for g in grants if g.role == Role.HEAD_OF_SERVICE]
    return Actor(
        person_id=person.id,
        name=person.name,
        roles=frozenset(Role(g.role) for g in grants) if person.active else frozenset(),
        team_id=person.team_id,
        services=None if None in led else frozenset(s for s in led if s is not None),
        must_change_password=must_change_password,
    )
