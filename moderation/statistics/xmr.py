"""The XmR chart of NHS Making Data Count: mean and limits from moving ranges, and its four kinds of special cause.

Rules read in the source of NHSRplotthedots 0.2.2. For monthly shares of audits the p-chart is the better chart, because
it knows how many audits a month has; this one is for boards that are used to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypeAlias

from moderation.statistics.runs import Runs, runs

Value: TypeAlias = Fraction | float | int

TRIAL_BELOW: Final = 12
_LIMIT: Final = Fraction(266, 100)
_CLOSE: Final = _LIMIT * 2 / 3
_SCREEN: Final = Fraction(3267, 1000)
_RUN: Final = 7


class SpecialCause(StrEnum):
    """Why a point stands out, in the order in which the first that applies is named."""

    ABOVE_LIMIT = "Above UCL"
    BELOW_LIMIT = "Below LCL"
    RISING = "7 Point Trend (Increasing)"
    FALLING = "7 Point Trend (Decreasing)"
    TWO_IN_THREE_ABOVE = "2 in 3 Above CL"
    TWO_IN_THREE_BELOW = "2 in 3 Below CL"
    SEVEN_ABOVE = "7 Points Above CL"
    SEVEN_BELOW = "7 Points Below CL"
    COMMON = "Common Cause"


@dataclass(frozen=True, slots=True)
class Limits:
    """The lower and upper process limit, mean -/+ 2.66 mean moving ranges; not held within 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Xmr:
    """An XmR chart.

    ``screened`` are the limits without moving ranges of 3.267 times their mean or more, as NHSRplotthedots draws them;
    ``limits`` use all of them, as the Making Data Count workbook does. ``outside`` are places in the series, from 0.
    Means and limits are None where there are too few values; ``trial`` says that there are fewer than 12.
    """

    mean: float | None
    limits: Limits | None
    screened: Limits | None
    causes: tuple[SpecialCause, ...]
    runs: Runs
    trial: bool

    @property
    def outside(self) -> tuple[int, ...]:
        beyond = (SpecialCause.ABOVE_LIMIT, SpecialCause.BELOW_LIMIT)
        return tuple(place for place, cause in enumerate(self.causes) if cause in beyond)


def xmr(values: Iterable[Value]) -> Xmr:
    """The XmR chart of values in order of time, in any unit; the rules are judged on exact fractions of them."""
    series = [Fraction(value) for value in values]
    trial = len(series) < TRIAL_BELOW
    if not series:
        return Xmr(None, None, None, (), runs((), 0), trial)
    mean = sum(series, Fraction(0)) / len(series)
    ranges = [abs(two - one) for one, two in pairwise(series)]
    about = runs(series, mean)
    if not ranges:
        return Xmr(float(mean), None, None, (SpecialCause.COMMON,), about, trial)
    usual = sum(ranges, Fraction(0)) / len(ranges)
    kept = [one for one in ranges if one < _SCREEN * usual] or ranges
    screened = sum(kept, Fraction(0)) / len(kept)
    causes = tuple(_causes(series, mean, usual))
    return Xmr(float(mean), _limits(mean, usual), _limits(mean, screened), causes, about, trial)


def _limits(mean: Fraction, moving: Fraction) -> Limits:
    return Limits(float(mean - _LIMIT * moving), float(mean + _LIMIT * moving))


def _causes(series: Sequence[Fraction], mean: Fraction, moving: Fraction) -> Iterable[SpecialCause]:
    sides = [_sign(value - mean) for value in series]
    outside = [abs(value - mean) > _LIMIT * moving for value in series]
    close = [abs(value - mean) > _CLOSE * moving and not out for value, out in zip(series, outside, strict=True)]
    steps = [_sign(two - one) for one, two in pairwise(series)]
    trend = _members(len(series), _RUN, lambda start: abs(sum(steps[start : start + _RUN - 1])) == _RUN - 1)
    shift = _members(len(series), _RUN, lambda start: abs(sum(sides[start : start + _RUN])) == _RUN)
    two = _members(
        len(series), 3, lambda start: sum(close[start : start + 3]) >= 2 and abs(sum(sides[start : start + 3])) == 3
    )
    for i, side in enumerate(sides):
        up = side > 0
        if outside[i]:
            yield SpecialCause.ABOVE_LIMIT if up else SpecialCause.BELOW_LIMIT
        elif trend[i]:
            step = steps[i] if i + 1 < len(series) and trend[i + 1] else steps[i - 1]
            yield SpecialCause.RISING if step > 0 else SpecialCause.FALLING
        elif two[i] and close[i]:
            yield SpecialCause.TWO_IN_THREE_ABOVE if up else SpecialCause.TWO_IN_THREE_BELOW
        elif shift[i]:
            yield SpecialCause.SEVEN_ABOVE if up else SpecialCause.SEVEN_BELOW
        else:
            yield SpecialCause.COMMON


def _members(points: int, length: int, holds: Callable[[int], bool]) -> list[bool]:
    """Which points are in some stretch of this length that it holds for; it is asked for the place of its first."""
    member = [False] * points
    for start in range(points - length + 1):
        if holds(start):
            member[start : start + length] = [True] * length
    return member


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
