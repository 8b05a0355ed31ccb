"""Members of staff by their number, and the few whose name fits what was typed: never the list as a whole."""

from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.models import Person

MOST: Final = 5
SHORTEST: Final = 3
TOO_SHORT: Final = f"Type at least {SHORTEST} letters of the name, then find again."
NOBODY: Final = "Nobody on the staff list fits this. Check the spelling, or enter the staff number."


class Match(NamedTuple):
    """Somebody who may be meant."""

    number: str
    name: str
    job_title: str


class Matches(NamedTuple):
    """Whom what was typed may mean, whether there are more, and what to do where there is nobody."""

    people: tuple[Match, ...] = ()
    more: bool = False
    advice: str = ""


def by_number(session: Session, number: str) -> Person | None:
    """The active member of staff with this staff number."""
    return session.scalar(select(Person).where(Person.employee_id == number, Person.active))


def words(session: Session, number: str) -> str:
    """The name and job title that go with a staff number; empty where the staff list does not know it."""
    found = session.scalar(select(Person).where(Person.employee_id == number)) if number else None
    return "" if found is None else ", ".join(part for part in (found.name, found.job_title) if part)


def matches(session: Session, typed: str) -> Matches:
    """The first few active members of staff whose name holds these letters, by name."""
    sought = " ".join(typed.split()).casefold()[:100]
    if len(sought) < SHORTEST:
        return Matches(advice=TOO_SHORT)
    rows = session.execute(
        select(Person.employee_id, Person.name, Person.job_title)
        .where(
            Person.active, Person.employee_id.is_not(None), func.lower(Person.name).contains(sought, autoescape=True)
        )
        .order_by(Person.name, Person.id)
        .limit(MOST + 1)
    ).all()
    people = tuple(Match(str(number), name, job_title) for number, name, job_title in rows[:MOST])
    return Matches(people, len(rows) > MOST, "" if people else NOBODY)
