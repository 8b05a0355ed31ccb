"""Who is meant by the owner typed for an action: one member of staff, several, a role, or nobody known."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Person, Team

ROLES: Final = (
    "Team manager", "Deputy team manager", "Assistant team manager", "Practice manager", "Practice supervisor",
    "Service manager", "Head of Service", "Group manager", "Social worker", "Worker", "The worker", "Child’s worker",
    "Newly qualified social worker", "Advanced practitioner", "Senior practitioner", "Principal social worker",
    "Personal adviser", "Family support worker", "Supervisor", "Manager", "The manager", "IRO",
    "Independent reviewing officer", "Conference chair", "Child protection chair", "Chair", "Virtual school head",
)  # fmt: skip
"""Roles an action may be given to where no member of staff is named, besides the job titles of the staff list."""

MOST_OFFERED: Final = 8


class Candidate(NamedTuple):
    """Somebody who may be meant: `code` names this one person for certain."""

    person_id: UUID
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What a typed owner means: one person, or a role; else the people to choose from."""

    person_id: UUID | None = None
    role: bool = False
    candidates: tuple[Candidate, ...] = ()
    fault: str = ""


@dataclass
class Directory:
    """The active staff by everything an owner may be typed as."""

    by_word: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    roles: set[str] = field(default_factory=lambda: {folded(role) for role in ROLES})

    def meant(self, typed: str, *, or_role: bool = True) -> Meant:
        """Who is meant by this; without `or_role` it has to be one person."""
        word = folded(typed)
        found = self.by_word.get(word, [])
        if len(found) == 1:
            return Meant(person_id=found[0].person_id)
        if found:
            return Meant(candidates=tuple(found), fault=f"{len(found)} people are called ‘{typed}’. Choose one.")
        if or_role and word in self.roles:
            return Meant(role=True)
        near = self._near(word)
        choose = "Choose who you mean, or enter" if near else "Enter"
        ways = "a full name, an email address"
        ways += ", an employee number, or a role such as team manager" if or_role else " or an employee number"
        return Meant(
            candidates=near,
            fault=f"Nobody on the staff list is called ‘{typed}’. {choose} {ways}.",
        )

    def _near(self, word: str) -> tuple[Candidate, ...]:
        parts = [part for part in word.split() if len(part) > 2]
        held = [name for name in self.names if any(part in name.split() for part in parts)]
        alike = get_close_matches(word, self.names, n=MOST_OFFERED, cutoff=0.75)
        found = [one for name in dict.fromkeys([*alike, *sorted(held)]) for one in self.names[name]]
        return tuple(found[:MOST_OFFERED])


def folded(typed: str) -> str:
    """A name as it is compared: capitals, accents' spelling and double spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", typed).replace("'", "’").casefold().split())


def directory(session: Session) -> Directory:
    """The active staff as owners may be typed."""
    rows = session.execute(
        select(Person.id, Person.employee_id, Person.email, Person.name, Person.job_title, Team.name.label("team"))
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.active)
        .order_by(Person.name, Person.id)
    )
    made = Directory()
    for row in rows:
        sure = row.employee_id or row.email
        code = f"{row.name}, {sure}" if sure else row.name
        said = ", ".join(part for part in (row.name, row.job_title, row.team) if part)
        one = Candidate(row.id, code, said)
        for word in {folded(part) for part in (row.employee_id, row.email, row.name, code) if part}:
            made.by_word[word].append(one)
        made.names[folded(row.name)].append(one)
        if row.job_title:
            made.roles.add(folded(row.job_title))
    return made


def unclear(session: Session, owners: Iterable[str]) -> dict[str, Meant]:
    """Of these owners as typed, those that are neither one member of staff nor a role, with whom they may mean."""
    typed = {owner for owner in owners if owner}
    if not typed:
        return {}
    staff = directory(session)
    found = {owner: staff.meant(owner) for owner in typed}
    return {owner: meant for owner, meant in found.items() if meant.fault}
