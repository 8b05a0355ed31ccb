"""Anhoej's two tests on points about a centre line: a run that is too long, or too few crossings of the line."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import groupby, pairwise
from math import comb, log2

CROSSINGS_LEVEL = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Runs:
    """Points about a centre, those exactly on it left out.

    ``longest`` run on one side may be up to ``longest_allowed``, and ``crossings`` of the centre may be as few as
    ``fewest_allowed``. All are None without a point off the centre.
    """

    useful: int
    longest: int | None
    longest_allowed: int | None
    crossings: int | None
    fewest_allowed: int | None

    @property
    def signal(self) -> bool | None:
        """Whether either test says that the points are not random about the centre; None where nothing can say so."""
        if None in (self.longest, self.longest_allowed, self.crossings, self.fewest_allowed):
            return None
        return bool(self.longest > self.longest_allowed or self.crossings < self.fewest_allowed)  # type: ignore[operator]


def runs(values: Iterable[Fraction | float], centre: Fraction | float) -> Runs:
    """The runs of values about a centre (Anhoej and Olesen 2014): over round(log2 n) + 3 is too long.

    Too few crossings are fewer than the 5% quantile of a binomial of n - 1 at one half.
    """
    above = [value > centre for value in values if value != centre]
    n = len(above)
    if not n:
        return Runs(0, None, None, None, None)
    longest = max(sum(1 for _ in run) for _, run in groupby(above))
    crossings = sum(one != two for one, two in pairwise(above))
    return Runs(n, longest, round(log2(n)) + 3, crossings, fewest_crossings(n))


@cache
def fewest_crossings(n: int) -> int:
    """The fewest crossings of the centre that n points may have: the 5% quantile of a binomial of n - 1 at one half."""
    tosses, below = max(n - 1, 0), 0
    for crossings in range(tosses + 1):
        below += comb(tosses, crossings)
        if Fraction(below, 2**tosses) >= CROSSINGS_LEVEL:
            return crossings
    return tosses
