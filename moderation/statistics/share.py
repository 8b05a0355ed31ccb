"""A share: k of n as exact integers, with its intervals and the way it is written for readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

WHOLE_PERCENT_BELOW: Final = 20
MOST_DECIMALS: Final = 6


class Interval(NamedTuple):
    """The lower and upper end of an interval: within 0 to 1 for a proportion, within -1 to 1 for what has a sign."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """k of n.

    Raises:
        ValueError: k and n are not whole numbers with 0 <= k <= n.
    """

    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"A share counts k of n with 0 <= k <= n, not {self.k} of {self.n}.")

    def __add__(self, other: "Share") -> "Share":
        return Share(self.k + other.k, self.n + other.n)

    @property
    def fraction(self) -> Fraction | None:
        """The exact proportion; None when nothing was seen."""
        return Fraction(self.k, self.n) if self.n else None

    def wilson(self, confidence: float = 0.95) -> Interval | None:
        """Wilson's score interval (Wilson 1927), its ends exactly 0 at k = 0 and exactly 1 at k = n."""
        if not self.n:
            return None
        z, n, p = two_sided_z(confidence), self.n, self.k / self.n
        middle = p + z * z / (2 * n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return self._with_exact_ends((middle - half) / scale, (middle + half) / scale)

    def clopper_pearson(self, confidence: float = 0.95) -> Interval | None:
        """The 'exact' interval from beta quantiles (Clopper and Pearson 1934): never below its confidence, so wider."""
        if not self.n:
            return None
        from scipy.special import betaincinv

        tail, k, n = (1 - confidence) / 2, self.k, self.n
        low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
        high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
        return self._with_exact_ends(low, high)

    def jeffreys(self, confidence: float = 0.95) -> Interval | None:
        """Jeffreys' interval with the end rule of Brown, Cai and DasGupta (2001): 0 at k = 0, 1 at k = n."""
        if not self.n:
            return None
        from scipy.special import betaincinv

        tail, a, b = (1 - confidence) / 2, self.k + 0.5, self.n - self.k + 0.5
        return self._with_exact_ends(float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail)))

    @property
    def text(self) -> str:
        """The share in words, such as '17 of 20, 85%'; k and n always stand in it."""
        return self.text_against()

    def text_against(self, *limits: Fraction) -> str:
        """The share in words, with enough decimals that the percentage stands where the share stands to each limit."""
        value = self.fraction
        if value is None:
            return "no figure"
        if self.n == 1:
            return f"{self.k} of 1"
        return f"{self.k:,} of {self.n:,}, {percent(value, self.n, limits)}"

    def _with_exact_ends(self, low: float, high: float) -> Interval:
        return Interval(0.0 if self.k == 0 else max(0.0, low), 1.0 if self.k == self.n else min(1.0, high))


def percent(value: Fraction, n: int, limits: Iterable[Fraction] = ()) -> str:
    """A proportion in percent: whole under 20 cases, else one decimal, and never on the wrong side of a limit.

    A figure just under 90% is not written '90%': decimals are added until the written number stands to 0, to 100% and
    to each of ``limits`` as the exact one does.
    """
    hundredfold = 100 * value
    marks = [Fraction(0), Fraction(100), *(100 * limit for limit in limits)]
    if hundredfold.denominator == 1:
        return f"{hundredfold.numerator}%"
    for decimals in range(0 if n < WHOLE_PERCENT_BELOW else 1, MOST_DECIMALS + 1):
        written = _rounded(hundredfold, decimals)
        if all(_side(written, mark) == _side(hundredfold, mark) for mark in marks):
            break
    return f"{float(written):.{decimals}f}%"


@cache
def two_sided_z(confidence: float) -> float:
    """The normal quantile of a two-sided interval, 1.96 for 0.95.

    Raises:
        ValueError: the confidence is not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence lies between 0 and 1, such as 0.95, not {confidence}.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _rounded(value: Fraction, decimals: int) -> Fraction:
    scale = 10**decimals
    return Fraction((2 * value * scale + 1) // 2, scale)


def _side(value: Fraction, mark: Fraction) -> int:
    return (value > mark) - (value < mark)
