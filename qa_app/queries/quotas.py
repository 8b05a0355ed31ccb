"""Audits expected and done in a month, person by person and added up, as far as somebody may see them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from audit_forms.lifecycle import State
from moderation.statistics.share import Share
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Audit, Cycle, Expectation, Person, Service, Team
from qa_app.queries.expected import expected
from qa_app.queries.reach import TOOL
from qa_app.queries.sight import Sight

NO_TEAM = "No team"
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was expected of one person in a month and how far they are; somebody excused owes nothing."""

    person_id: UUID
    name: str
    job_title: str
    team: str
    service: str
    role_group: str
    asked: int
    excused_code: str | None
    submitted_in_time: int
    submitted: int

    @property
    def expected(self) -> int:
        return 0 if self.excused_code is not None else self.asked

    @property
    def in_time(self) -> int:
        """Of the audits expected, those submitted by the due date."""
        return min(self.submitted_in_time, self.expected)

    @property
    def late(self) -> int:
        """Of the audits expected, those submitted after it."""
        return min(self.submitted, self.expected) - self.in_time

    @property
    def outstanding(self) -> int:
        """Of the audits expected, those not submitted."""
        return self.expected - self.in_time - self.late


@dataclass(slots=True)
class Tally:
    """Standings added up: people of whom something was expected and who met it, audits, and the excused by reason."""

    people: int = 0
    met: int = 0
    expected: int = 0
    in_time: int = 0
    late: int = 0
    outstanding: int = 0
    excused: Counter[str] = field(default_factory=Counter)

    def add(self, one: Standing) -> None:
        if one.excused_code is not None:
            self.excused[one.excused_code] += 1
        if not one.expected:
            return
        self.people += 1
        self.met += one.in_time >= one.expected
        self.expected += one.expected
        self.in_time += one.in_time
        self.late += one.late
        self.outstanding += one.outstanding

    @property
    def share(self) -> Share:
        """Who did what was expected, of those of whom something was."""
        return Share(self.met, self.people)


@dataclass(frozen=True, slots=True)
class Listed:
    """One audit of somebody in a month; whether it can be opened, and nothing of what it says."""

    audit_id: UUID
    reference: str
    team: str
    state: State
    submitted_on: date | None
    readable: bool


def months(session: Session, seen: Sight) -> tuple[Cycle, ...]:
    """The months with expectations that this reader may look into, the newest first."""
    shown = ("released", "closed") if seen.open_months else ("closed",)
    rows = session.scalars(
        select(Cycle)
        .where(
            Cycle.tool_key == TOOL,
            Cycle.state.in_(shown),
            Cycle.id.in_(select(Expectation.cycle_id)),
        )
        .order_by(Cycle.month.desc())
    )
    return tuple(cycle for cycle in rows if seen.until(cycle.month) == cycle.month)


def standings(session: Session, actor: Actor, cycle: Cycle) -> tuple[Standing, ...]:
    """Everybody with an expectation in a month whom this person may see, by team and name."""
    each = expected().subquery()
    led = scope.services_led(actor)
    query = (
        select(Person, Team.name, Service.name, each)
        .join(each, each.c.person_id == Person.id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Service, Service.id == Team.service_id)
        .where(each.c.cycle_id == cycle.id)
        .order_by(Service.name, Team.name, Person.name)
    )
    if led is not None:
        query = query.where(Team.service_id.in_(led))
    return tuple(
        Standing(
            row.Person.id, row.Person.name, row.Person.job_title, row[1] or NO_TEAM, row[2] or "", row.role_group,
            row.expected, None if row.excused_at is None else row.excused_code or "other", int(row.in_time), row.done,
        )
        for row in session.execute(query)
    )  # fmt: skip


def added_up(rows: Iterable[Standing], by: Callable[[Standing], Key]) -> dict[Key, Tally]:
    """The standings added up by what `by` says of each, in the order they come."""
    found: dict[Key, Tally] = {}
    for one in rows:
        found.setdefault(by(one), Tally()).add(one)
    return found


def audits(session: Session, actor: Actor, cycle: Cycle, person_id: UUID) -> tuple[Listed, ...]:
    """The audits one person was given in a month, by number."""
    readable = scope.readable_audits(actor).with_only_columns(Audit.id).scalar_subquery()
    of_case = aliased(Team)
    rows = session.execute(
        select(Audit, of_case.name, Audit.id.in_(readable))
        .join(of_case, of_case.id == Audit.team_id)
        .where(Audit.cycle_id == cycle.id, Audit.auditor_id == person_id, ~scope.awaiting_own_grade(actor))
        .order_by(Audit.number)
    )
    return tuple(
        Listed(audit.id, audit.reference, team, State(audit.state), audit.submitted_on, bool(may))
        for audit, team, may in rows
    )
