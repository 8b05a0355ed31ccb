"""Whose true counts somebody may see: everywhere else, small numbers are protected from them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from qa_app.access import line
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role


@dataclass(frozen=True, slots=True)
class Audience:
    """The places whose counts are shown as they are; the whole council's always are."""

    everywhere: bool = False
    services: frozenset[UUID] = frozenset()
    teams: frozenset[UUID] = frozenset()

    def sees(self, service: UUID, team: UUID | None = None) -> bool:
        """Whether the true counts of a service, or of one of its teams, may be shown."""
        return self.everywhere or service in self.services or team in self.teams


PUBLIC: Final = Audience()
"""The board, other services, analysts' exports and whatever leaves the council: nothing but protected counts."""


def audience(session: Session, actor: Actor) -> Audience:
    """The QA lead sees every true count, a Head of Service those of their services, a manager those of their teams."""
    if Role.QA_LEAD in actor.roles:
        return Audience(everywhere=True)
    led: frozenset[UUID] | None = frozenset()
    if Role.HEAD_OF_SERVICE in actor.roles:
        led = actor.services
    own = line.teams_led(session, actor.person_id)
    return Audience(everywhere=led is None, services=led or frozenset(), teams=own)
