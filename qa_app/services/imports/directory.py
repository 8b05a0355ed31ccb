"""Who and what is known already when a file comes in: teams, services and people, by name and by number."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.intake.reference import KnownPerson, Reference, Who, folded
from qa_app.models import Person, Service, Team


class KnownTeam(NamedTuple):
    """A team and the service it belongs to now."""

    id: UUID
    service_id: UUID


class Directory:
    """Teams and services by name; people by employee number, and those without one by name."""

    def __init__(self, session: Session) -> None:
        people = session.execute(select(Person.id, Person.employee_id, Person.name).order_by(Person.name)).all()
        teams = session.execute(select(Team.id, Team.name, Team.service_id).order_by(Team.name)).all()
        self.services = {folded(name): one for one, name in session.execute(select(Service.id, Service.name))}
        self.teams = {folded(name): KnownTeam(one, service) for one, name, service in teams}
        self.team_names = {one: name for one, name, _ in teams}
        self.person_names = {one: name for one, _, name in people}
        self._numbers = {folded(number): one for one, number, _ in people if number is not None}
        self.strangers = {folded(name): one for one, number, name in people if number is None}
        self._staff = [KnownPerson(number, name) for _, number, name in people if number is not None]

    def reference(self, *, teams: bool) -> Reference:
        """What the reading of a file checks against; without `teams` any team's name is accepted."""
        return Reference(self.team_names.values() if teams else (), self._staff)

    def person(self, who: Who | None) -> UUID | None:
        """The person a row names, None when there is none or nobody knows them."""
        if who is None:
            return None
        if who.employee_id is not None:
            return self._numbers.get(folded(who.employee_id))
        return self.strangers.get(folded(who.name))

    def unknown(self, named: Iterable[Who | None]) -> dict[str, str]:
        """The people named that nobody knows, each once: the name for comparing and the name to keep."""
        return {folded(who.name): who.name for who in named if who is not None and self.person(who) is None}
