"""Pairs of an auditor's and a moderator's grade: exact agreement, the good line, within one grade, and direction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final, TypeAlias

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.share import Share

Table: TypeAlias = tuple[tuple[int, ...], ...]
_Test: TypeAlias = Callable[[int, int], bool]

_POSITION: Final = {grade: position for position, grade in enumerate(BEST_FIRST)}
_SIZE: Final = len(BEST_FIRST)
_GOOD: Final = sum(grade.is_good_or_better for grade in BEST_FIRST)  # the first so many are good or better


@dataclass(frozen=True, slots=True)
class Direction:
    """Who graded higher where the two differ.

    ``p`` is the exact two-sided sign test (binomial at one half); None when there is no difference to test.
    """

    auditor_higher: int
    moderator_higher: int

    @property
    def p(self) -> float | None:
        differing = self.auditor_higher + self.moderator_higher
        if not differing:
            return None
        fewer = min(self.auditor_higher, self.moderator_higher)
        tail = sum(comb(differing, i) for i in range(fewer + 1))
        return float(min(Fraction(1), Fraction(2 * tail, 2**differing)))


@dataclass(frozen=True, slots=True)
class Pairs:
    """A table of pairs: rows the auditor's grade, columns the moderator's, both best grade first (4 x 4 counts).

    Raises:
        ValueError: the table is not 4 x 4 counts of zero or more.
    """

    table: Table

    def __post_init__(self) -> None:
        if len(self.table) != _SIZE or any(len(row) != _SIZE for row in self.table):
            raise ValueError("A table of pairs has four rows and four columns, best grade first.")
        if any(cell < 0 for row in self.table for cell in row):
            raise ValueError("A table of pairs holds counts of zero or more.")

    @property
    def n(self) -> int:
        return sum(map(sum, self.table))

    @property
    def exact(self) -> Share:
        """Pairs with the same grade."""
        return self._share(lambda row, column: row == column)

    @property
    def good_line(self) -> Share:
        """Pairs on the same side of the line between good and requires improvement."""
        return self._share(lambda row, column: (row < _GOOD) == (column < _GOOD))

    @property
    def within_one(self) -> Share:
        """Pairs at most one grade apart."""
        return self._share(lambda row, column: abs(row - column) <= 1)

    @property
    def direction(self) -> Direction:
        return Direction(
            auditor_higher=self._count(lambda row, column: row < column),
            moderator_higher=self._count(lambda row, column: row > column),
        )

    def _share(self, holds: _Test) -> Share:
        return Share(self._count(holds), self.n)

    def _count(self, holds: _Test) -> int:
        return sum(count for r, row in enumerate(self.table) for c, count in enumerate(row) if holds(r, c))


def pairs(counts: Iterable[tuple[str, str, int]]) -> Pairs:
    """The table of (auditor's grade, moderator's grade, how many).

    Raises:
        ValueError: a grade is not one of the four; pairs where one side is not graded are counted elsewhere.
    """
    table = [[0] * _SIZE for _ in range(_SIZE)]
    for auditor, moderator, count in counts:
        table[_POSITION[Grade(auditor)]][_POSITION[Grade(moderator)]] += count
    return Pairs(tuple(tuple(row) for row in table))
