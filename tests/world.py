"""A small council to test with: two services, four teams, people in every role, and a few dozen cases."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from qa_app.access.actor import Actor, actor_of
from qa_app.access.permissions import Role
from qa_app.case_keys import CaseKeys
from qa_app.config import Settings
from qa_app.models import Account, Case, Person, RoleGrant, Service, Team

# The tests' secrets are long enough to be real ones, and protect nothing.
SECRETS = {"secret_key": "kZ3v-9fQxB7mTn2LwRj8cYhD5sGpAe6U", "case_key": "Wq8-Jt4xNc7vHb2mZs9kRf3yLd6gPa5E"}
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def actor_for(person: Person) -> Actor:
    """The actor a person is, from the roles granted and not ended."""
    grants = [g for g in person.grants if g.granted_at is not None and g.ended_at is None]
    return actor_of(person.id, person.name, person.team_id, [(g.role, g.service_id) for g in grants])


@dataclass
class World:
    """The people are named for what they are; every person with a role can sign in."""

    services: dict[str, Service] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    @classmethod
    def build(cls, session: Session, settings: Settings, *, at: datetime) -> "World":
        made = cls()
        for service, teams in {"North": ("Assessment", "Planning"), "South": ("Care", "Leaving")}.items():
            made.services[service] = Service(name=service)
            for team in teams:
                made.teams[team] = Team(name=team, service=made.services[service])
        made.services["Quality"] = Service(name="Quality")
        made.teams["Practice"] = Team(name="Practice", service=made.services["Quality"])
        session.add_all(made.teams.values())
        session.flush()
        made._people(session, at)
        made._cases(session, settings, at)
        session.flush()
        return made

    def _people(self, session: Session, at: datetime) -> None:
        self.person(session, "director", "Care", (Role.HEAD_OF_SERVICE,), at)
        self.person(
            session, "head_north", "Assessment", (Role.HEAD_OF_SERVICE,), at, manager="director", service="North"
        )
        self.person(session, "head_south", "Care", (Role.HEAD_OF_SERVICE,), at, manager="director", service="South")
        self.person(session, "qa_lead", "Practice", (Role.QA_LEAD,), at)
        self.person(session, "administrator", "Practice", (Role.ADMINISTRATOR,), at)
        self.person(session, "analyst", "Practice", (Role.ANALYST,), at)
        self.person(session, "board", "Practice", (Role.BOARD,), at)
        self.person(session, "governance", "Practice", (Role.INFORMATION_GOVERNANCE,), at)
        for team, head in (
            ("Assessment", "head_north"),
            ("Planning", "head_north"),
            ("Care", "head_south"),
            ("Leaving", "head_south"),
        ):
            manager = f"manager_{team.lower()}"
            self.person(session, manager, team, (Role.AUDITOR,), at, manager=head, title="Team Manager")
            for n in (1, 2):
                key = f"worker_{team.lower()}_{n}"
                roles = (Role.PRACTITIONER,) if n == 1 else ()  # the second has no sign-in
                self.person(session, key, team, roles, at, manager=manager, title="Social Worker")
        for n in (1, 2, 3):
            title = "Independent Reviewing Officer"
            self.person(session, f"moderator_{n}", "Practice", (Role.MODERATOR,), at, manager="qa_lead", title=title)

    def person(
        self, session: Session, key: str, team: str, roles: tuple[Role, ...], at: datetime, *,
        manager: str | None = None, service: str | None = None, title: str = "Officer",
    ) -> Person:  # fmt: skip
        """One more person, signed-in-able when they hold a role."""
        made = Person(
            employee_id=f"T{len(self.people) + 1:04d}",
            name=key.replace("_", " ").title(),
            email=f"{key}@test.example",
            job_title=title,
            team_id=self.teams[team].id,
            line_manager_id=self.people[manager].id if manager else None,
        )
        session.add(made)
        session.flush()
        for role in roles:
            led = self.services[service].id if service else None
            session.add(RoleGrant(person_id=made.id, role=role, service_id=led, granted_at=at, granted_by="test"))
        if roles:
            session.add(Account(person_id=made.id, password_hash="not used", changed_at=at))
        self.people[key] = made
        return made

    def _cases(self, session: Session, settings: Settings, at: datetime) -> None:
        keys = CaseKeys(settings.case_key)
        for n in range(48):
            team = ("Assessment", "Planning", "Care", "Leaving")[n % 4]
            made = Case(
                id=uuid4(),
                reference_key=keys.match(f"90{n:04d}"),
                reference_sealed=b"",
                team_id=self.teams[team].id,
                worker_id=self.people[f"worker_{team.lower()}_{1 + n // 4 % 2}"].id,
                plan_type="Child in Need",
                age_band="5 to 9",
                changed_at=at,
            )
            made.reference_sealed = keys.seal(f"90{n:04d}".encode(), made.id)
            session.add(made)
            self.cases.append(made)
