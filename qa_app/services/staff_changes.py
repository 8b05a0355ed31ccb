"""What a staff list would change: the people it adds, what it says otherwise of those held, whom it leaves out."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.intake.findings import Problem, Read
from qa_app.intake.reference import folded
from qa_app.intake.staff import StaffRow
from qa_app.models import Person, Service, Team
from qa_app.services.batches import Line, Outcome

LABELS = {
    "employee_id": "Employee number",
    "name": "Name",
    "email": "Email",
    "job_title": "Job title",
    "team": "Team",
    "line_manager": "Line manager",
    "fte": "Full-time equivalent",
    "active": "Active",
}


class Difference(NamedTuple):
    """One thing about a person that the file says otherwise: `words` as shown."""

    what: str
    words: str


@dataclass
class Held:
    """What the database holds when a staff list is read, by folded name or number."""

    services: dict[str, Service] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    named_only: dict[str, Person] = field(default_factory=dict)
    addresses: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, rows: tuple[StaffRow, ...]) -> "Held":
        """Everything a list of these rows is compared with."""
        people = session.scalars(
            select(Person).options(selectinload(Person.grants), selectinload(Person.line_manager))
        ).all()
        named = [person for person in people if person.employee_id is None]
        # A name alone says who is meant only where one person bears it, here and in the list.
        here, there = Counter(folded(person.name) for person in named), Counter(folded(row.name) for row in rows)
        alone = {folded(p.name): p for p in named if here[folded(p.name)] == there[folded(p.name)] == 1}
        return cls(
            services={folded(one.name): one for one in session.scalars(select(Service))},
            teams={folded(one.name): one for one in session.scalars(select(Team))},
            people={folded(person.employee_id): person for person in people if person.employee_id},
            named_only=alone,
            addresses={person.email.casefold(): person for person in people if person.email},
        )

    def person(self, row: StaffRow) -> Person | None:
        """Whoever a row is about: by number, else somebody an imported register knew only by this name."""
        return self.people.get(folded(row.employee_id)) or self.named_only.get(folded(row.name))


def outcome_of(held: Held, read: Read[StaffRow]) -> Outcome:
    """What saving the list would do, in counts and in words."""
    additions: list[Line] = []
    changes: list[Line] = []
    problems = list(read.problems)
    unchanged = 0
    for row in read.good:
        person = held.person(row)
        taken = _address_taken(held, row, person, read.good)
        if taken is not None:
            problems.append(taken)
        elif person is None:
            additions.append(Line(row.number, row.name, _introduce(row)))
        elif found := differences(held, row):
            changes.append(Line(row.number, row.name, "; ".join(one.words for one in found)))
        else:
            unchanged += 1
    return Outcome(
        added=len(additions),
        changed=len(changes),
        unchanged=unchanged,
        refused=len({problem.row_number for problem in problems if problem.refused}),
        additions=tuple(additions),
        changes=tuple(changes),
        problems=tuple(sorted(problems, key=lambda problem: problem.row_number)),
        notes=_notes(held, read),
    )


def _notes(held: Held, read: Read[StaffRow]) -> tuple[str, ...]:
    listed = {folded(row.employee_id) for row in read.good}
    absent = sum(person.active and number not in listed for number, person in held.people.items())
    services = {folded(row.service) for row in read.good} - held.services.keys()
    teams = {folded(row.team) for row in read.good} - held.teams.keys()
    notes = []
    if services or teams:
        notes.append(f"New services: {len(services)}. New teams: {len(teams)}.")
    if absent:
        noun = "person is" if absent == 1 else "people are"
        notes.append(
            f"{absent} {noun} here and not in this file. They stay as they are."
            " To end somebody, list them as not active."
        )
    return tuple(notes)


def _introduce(row: StaffRow) -> str:
    words = ", ".join(part for part in (row.job_title, row.team) if part)
    return words if row.active else f"{words} (not active)"


def _address_taken(held: Held, row: StaffRow, person: Person | None, rows: tuple[StaffRow, ...]) -> Problem | None:
    """An address somebody outside this file holds already; one that the file itself moves on is free."""
    holder = held.addresses.get(row.email.casefold()) if row.email else None
    if holder is None or holder is person:
        return None
    moved = any(held.person(other) is holder and other.email != holder.email for other in rows)
    if moved:
        return None
    return Problem(row.number, "Email", row.email, "Somebody else here has this email address. Correct one of the two.")


def differences(held: Held, row: StaffRow) -> tuple[Difference, ...]:
    """What a row says otherwise than the database does about the person it names."""
    person = held.person(row)
    if person is None:
        return ()
    now, then = _as_held(person), _as_listed(row)
    found = [
        Difference(key, f"{LABELS[key]}: {then[key] or 'none'}, was {now[key] or 'none'}")
        for key in LABELS
        if _differs(key, now[key], then[key])
    ]
    team = held.teams.get(folded(row.team))
    if team is not None and folded(team.service.name) != folded(row.service):
        found.append(Difference("service", f"Service of {team.name}: {row.service}, was {team.service.name}"))
    return tuple(found)


def _as_held(person: Person) -> dict[str, str | None]:
    return {
        "employee_id": person.employee_id,
        "name": person.name,
        "email": person.email,
        "job_title": person.job_title or None,
        "team": person.team.name if person.team else None,
        "line_manager": person.line_manager.employee_id if person.line_manager else None,
        "fte": f"{person.fte:.2f}" if person.fte is not None else None,
        "active": "yes" if person.active else "no",
    }


def _as_listed(row: StaffRow) -> dict[str, str | None]:
    return {
        "employee_id": row.employee_id,
        "name": row.name,
        "email": row.email,
        "job_title": row.job_title or None,
        "team": row.team,
        "line_manager": row.line_manager,
        "fte": f"{row.fte:.2f}" if row.fte is not None else None,
        "active": "yes" if row.active else "no",
    }


def _differs(key: str, now: str | None, then: str | None) -> bool:
    if key in ("team", "line_manager", "employee_id"):
        return folded(now or "") != folded(then or "")
    return now != then
