"""Pairs of an auditor's and a moderator's grade: exact agreement, the good line, within one grade, and direction.

Sources: the sign test is the exact binomial one (Dixon and Mood 1946); on the two sides of the good line it is
McNemar's exact test (McNemar 1947).
"""

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
_SUMMED_UP_TO: Final = 1000  # above so many differences the binomial tail comes from the beta function
_GOOD: Final = sum(grade.is_good_or_better for grade in BEST_FIRST)  # the first so many are good or better


@dataclass(frozen=True, slots=True)
class Direction:
    """Who graded higher where the two differ.

    ``p`` is the exact two-sided sign test (binomial at one half); None when there is no difference to test.
    """

    auditor_higher: int
    moderator_higher: int

    @property
    def differing(self) -> int:
        """Pairs in which the two differ."""
        return self.auditor_higher + self.moderator_higher

    @property
    def p(self) -> float | None:
        if not self.differing:
            return None
        fewer = min(self.auditor_higher, self.moderator_higher)
        if self.differing > _SUMMED_UP_TO:
            from scipy.special import bdtr

            return min(1.0, 2 * float(bdtr(fewer, self.differing, 0.5)))
        tail = sum(comb(self.differing, i) for i in range(fewer + 1))
        return float(min(Fraction(1), Fraction(2 * tail, 2**self.differing)))

    def net(self, n: int) -> Fraction | None:
        """(auditor higher - moderator higher) / n: above 0 auditors grade higher. None when n is 0."""
        return Fraction(self.auditor_higher - self.moderator_higher, n) if n else None


@dataclass(frozen=True, slots=True)
class ScaleTable:
    """Pairs on any ordered scale of q grades: rows the auditor's, columns the moderator's, best first (q x q counts).

    The scale is what could be given, not what was: a grade that nobody used keeps its row and column of zeros.

    Raises:
        ValueError: the table is not square, is empty, or holds something else than counts of zero or more.
    """

    table: Table

    def __post_init__(self) -> None:
        if {len(row) for row in self.table} != {len(self.table)}:
            raise ValueError("A table of pairs has as many columns as rows, at least one.")
        if min(map(min, self.table)) < 0:
            raise ValueError("A table of pairs holds counts of zero or more.")

    @property
    def n(self) -> int:
        return sum(map(sum, self.table))

    @property
    def auditor(self) -> tuple[int, ...]:
        """How often the auditors gave each grade, best first."""
        return tuple(map(sum, self.table))

    @property
    def moderator(self) -> tuple[int, ...]:
        """How often the moderators gave each grade, best first."""
        return tuple(map(sum, zip(*self.table, strict=True)))

    @property
    def exact(self) -> Share:
        """Pairs with the same grade."""
        return self._share(lambda row, column: row == column)

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


@dataclass(frozen=True, slots=True)
class Pairs(ScaleTable):
    """A table of pairs on the four grades: rows the auditor's, columns the moderator's, both best first (4 x 4 counts).

    Raises:
        ValueError: the table is not 4 x 4 counts of zero or more.
    """

    def __post_init__(self) -> None:
        if len(self.table) != _SIZE:
            raise ValueError("A table of pairs has four rows and four columns, best grade first.")
        ScaleTable.__post_init__(self)

    @property
    def good_line(self) -> Share:
        """Pairs on the same side of the line between good and requires improvement."""
        return self._share(lambda row, column: (row < _GOOD) == (column < _GOOD))

    @property
    def across_the_line(self) -> Direction:
        """Who graded higher where the good line lies between the two; its ``p`` is McNemar's exact test."""
        return Direction(
            auditor_higher=self._count(lambda row, column: row < _GOOD <= column),
            moderator_higher=self._count(lambda row, column: column < _GOOD <= row),
        )

    @property
    def auditor_good(self) -> Share:
        """Pairs that the auditor graded good or better."""
        return self._share(lambda row, _: row < _GOOD)

    @property
    def moderator_good(self) -> Share:
        """Pairs that the moderator graded good or better."""
        return self._share(lambda _, column: column < _GOOD)


def pairs(counts: Iterable[tuple[str, str, int]]) -> Pairs:
    """The table of (auditor's grade, moderator's grade, how many).

    Raises:
        ValueError: a grade is not one of the four; pairs where one side is not graded are counted elsewhere.
    """
    table = [[0] * _SIZE for _ in range(_SIZE)]
    for auditor, moderator, count in counts:
        table[_POSITION[Grade(auditor)]][_POSITION[Grade(moderator)]] += count
    return Pairs(tuple(tuple(row) for row in table))
