"""The change of a share between two periods with its interval: without it, no arrow up and no arrow down."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Estimate


class Change(StrEnum):
    """What may be said of a difference: a direction only where the whole interval lies on one side of no change."""

    HIGHER = "higher"
    LOWER = "lower"
    NOT_CLEAR = "no clear change"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Difference:
    """One share less another, in shares of 1 (0.15 is 15 percentage points); None when one of them has no figure."""

    value: Fraction | None
    interval: Interval | None
    reason: str = ""

    @property
    def change(self) -> Change:
        if self.interval is None:
            return Change.UNKNOWN
        if self.interval.low > 0:
            return Change.HIGHER
        return Change.LOWER if self.interval.high < 0 else Change.NOT_CLEAR

    @property
    def text(self) -> str:
        """The difference in words, such as '+15 points (-9 to +38): no clear change'."""
        if self.value is None or self.interval is None:
            return self.reason
        low, high = (round(100 * end) for end in self.interval)
        return f"{round(100 * self.value):+} points ({low:+} to {high:+}): {self.change.value}"


def difference(now: Share, before: Share, confidence: float = 0.95) -> Difference:
    """The difference of two independent shares, with Newcombe's hybrid score interval (1998b, his method 10).

    It squares and adds how far each share lies from its own Wilson limits. Whether two intervals overlap is not the
    test: they can overlap and the change still be clear.
    """
    return _combined(now.fraction, now.wilson(confidence), before.fraction, before.wilson(confidence))


def difference_of_estimates(now: Estimate, before: Estimate) -> Difference:
    """The same of two independent weighted estimates, from their MOVER-Wilson limits (Zou and Donner 2008)."""
    return _combined(now.value, now.interval, before.value, before.interval)


def _combined(
    now: Fraction | None, limits: Interval | None, before: Fraction | None, earlier: Interval | None
) -> Difference:
    if now is None or limits is None:
        return Difference(None, None, "This period has no figure to compare.")
    if before is None or earlier is None:
        return Difference(None, None, "The period before has no figure to compare with.")
    p, was = float(now), float(before)
    low = p - was - sqrt((p - limits.low) ** 2 + (earlier.high - was) ** 2)
    high = p - was + sqrt((limits.high - p) ** 2 + (was - earlier.low) ** 2)
    return Difference(now - before, Interval(max(-1.0, low), min(1.0, high)))
