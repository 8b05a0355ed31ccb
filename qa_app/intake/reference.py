"""What is known already when a file is read: the teams and the people, and which of them a cell means."""

import difflib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from qa_app.intake.findings import RowRefused
from qa_app.intake.limits import Cell
from qa_app.intake.values import read_identifier, read_text

NAME_LENGTH: Final = 200
TEAM_LENGTH: Final = 120
NUMBER_LENGTH: Final = 40


class KnownPerson(NamedTuple):
    """A member of staff as the staff list has them."""

    employee_id: str
    name: str


class Who(NamedTuple):
    """A person a row names: the employee number when the staff list knows them, and the name to show."""

    employee_id: str | None
    name: str


class Reference:
    """The known teams and people. With no teams or no people nothing is checked against them."""

    def __init__(self, teams: Iterable[str] = (), people: Iterable[KnownPerson] = ()) -> None:
        self._teams = {spelling: team for team in teams for spelling in (team, folded(team))}
        self._numbers: dict[str, KnownPerson] = {}
        self._names: dict[str, list[KnownPerson]] = {}
        for person in people:
            self._numbers[folded(person.employee_id)] = person
            self._names.setdefault(folded(person.name), []).append(person)
        self._suggest = lru_cache(maxsize=4096)(self._nearest)

    def team(self, cell: Cell, column: str) -> str:
        """The team a cell means, spelt as it is known.

        Raises:
            RowRefused: no team, or none we know; the nearest known name is suggested.
        """
        name = read_text(cell)
        known = self._teams.get(name) or self._teams.get(folded(name))
        if known is not None:
            return known
        if not name:
            raise RowRefused(column, None, "There is no team. Write the team that holds the case.")
        if len(name) > TEAM_LENGTH:
            raise RowRefused(column, name, f"The team name is longer than {TEAM_LENGTH} characters.")
        if not self._teams:
            return name
        near = self._suggest(folded(name))
        hint = f" Did you mean ‘{near}’?" if near else " Correct it, or add the team with the staff list first."
        raise RowRefused(column, name, f"There is no team called ‘{name}’.{hint}")

    def _nearest(self, name: str) -> str | None:
        near = difflib.get_close_matches(name, self._teams, n=1, cutoff=0.6)
        return self._teams[near[0]] if near else None

    def person(self, number: Cell, name: Cell, column: str) -> Who | None:
        """The person with this employee number, else with this name (or a number in the name's place).

        None when both cells are empty. Someone unknown is returned by name with no number; `knows` tells.

        Raises:
            RowRefused: two people have the name, or it is too long to be one.
        """
        written, called = read_identifier(number), read_identifier(name)
        if not written and not called:
            return None
        known = self._numbers.get(folded(written)) or self._numbers.get(folded(called))
        if known is not None:
            return Who(known.employee_id, known.name)
        if len(written) > NAME_LENGTH or len(called) > NAME_LENGTH:
            raise RowRefused(column, called or written, f"The name is longer than {NAME_LENGTH} characters.")
        same = self._names.get(folded(called or written), []) if not written or not called else []
        if len(same) > 1:
            raise RowRefused(
                column, called or written, "Two or more people have this name. Write the employee number instead."
            )
        return Who(same[0].employee_id, same[0].name) if same else Who(None, called or written)

    def has_people(self) -> bool:
        return bool(self._numbers)


def folded(name: str) -> str:
    """A name without capitals and doubled spaces, for comparing."""
    return " ".join(name.split()).casefold()
