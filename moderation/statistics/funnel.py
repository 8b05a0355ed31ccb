"""Teams beside each other without a ranking: how far chance alone carries a team of a size from the centre, exactly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import count
from math import log
from typing import Final

from moderation.statistics.share import Share

ALERT: Final = Fraction(25, 1000)
ALARM: Final = Fraction(1, 1000)


class Place(StrEnum):
    """Where a team stands: as chance would have it, or beyond the alert or the alarm on either side."""

    LOW_ALARM = "far below"
    LOW_ALERT = "below"
    WITHIN = "as chance would have it"
    HIGH_ALERT = "above"
    HIGH_ALARM = "far above"
    NO_FIGURE = "no figure"


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The counts of n at which a team stands out: at most the low ones, at least the high ones.

    None where no count of n does: the team is too small to show it.
    """

    n: int
    low_alarm: int | None
    low_alert: int | None
    high_alert: int | None
    high_alarm: int | None

    def place_of(self, k: int) -> Place:
        """Where k of n stands."""
        if not self.n:
            return Place.NO_FIGURE
        for limit, place in ((self.low_alarm, Place.LOW_ALARM), (self.low_alert, Place.LOW_ALERT)):
            if limit is not None and k <= limit:
                return place
        for limit, place in ((self.high_alarm, Place.HIGH_ALARM), (self.high_alert, Place.HIGH_ALERT)):
            if limit is not None and k >= limit:
                return place
        return Place.WITHIN


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A team in the funnel."""

    name: str
    share: Share
    limits: FunnelLimits
    place: Place


@dataclass(frozen=True, slots=True)
class Funnel:
    """Teams about a centre, in the order given: never ranked."""

    centre: Fraction
    points: tuple[FunnelPoint, ...]

    @property
    def cannot_show(self) -> str:
        """What teams of these sizes cannot show, in a sentence; empty where each could show either."""
        sizes = [point.share.n for point in self.points if point.share.n]
        largest = max(sizes, default=0)
        if not largest:
            return "No team has a figure."
        limits = [point.limits for point in self.points if point.share.n]
        high, low = shows_high_from(self.centre), shows_low_from(self.centre)
        says = []
        if any(one.high_alert is None for one in limits):
            says.append(_from(high, "so good that it could not be chance"))
        if any(one.low_alert is None for one in limits):
            says.append(_from(low, "so poor that it could not be chance"))
        return " ".join(says)


def limits(n: int, centre: Fraction, alert: Fraction = ALERT, alarm: Fraction = ALARM) -> FunnelLimits:
    """The funnel's limits for n audits about a centre, from exact binomial tails (Spiegelhalter 2002, 2005).

    A count stands out when it or one further out has a probability of at most ``alert`` (2.5%) or ``alarm`` (0.1%).
    Nothing is interpolated.

    Raises:
        ValueError: n is negative, or the centre does not lie between 0 and 1.
    """
    if n < 0 or not 0 <= centre <= 1:
        raise ValueError("A funnel needs a number of audits of 0 or more and a centre between 0 and 1.")
    if not n:
        return FunnelLimits(0, None, None, None, None)
    return _limits(n, Fraction(centre), alert, alarm)


def funnel(teams: Iterable[tuple[str, Share]], centre: Fraction | None = None) -> Funnel | None:
    """The funnel of teams by name about a centre: a target's line, or the share of all teams together unless given.

    None where no centre is given and no team has a figure.
    """
    listed = tuple(teams)
    about = sum((share for _, share in listed), Share(0, 0)).fraction if centre is None else centre
    if about is None:
        return None
    points = []
    for name, share in listed:
        bounds = limits(share.n, about)
        points.append(FunnelPoint(name, share, bounds, bounds.place_of(share.k)))
    return Funnel(about, tuple(points))


def shows_high_from(centre: Fraction) -> int | None:
    """The smallest n at which a team could stand out above the centre; None about a centre of 1."""
    return _first_rare(centre)


def shows_low_from(centre: Fraction) -> int | None:
    """The smallest n at which a team could stand out below the centre; None about a centre of 0."""
    return _first_rare(1 - centre)


@cache
def _first_rare(p: Fraction) -> int | None:
    """The smallest n of which all happen with a probability of at most the alert's."""
    if p == 1:
        return None
    n = max(1, int(log(ALERT) / log(p)) - 1) if p else 1
    return next(size for size in count(n) if p**size <= ALERT)


@cache
def _limits(n: int, centre: Fraction, alert: Fraction, alarm: Fraction) -> FunnelLimits:
    low_alarm, low_alert = _beyond(n, centre, alarm), _beyond(n, centre, alert)
    high_alarm, high_alert = _beyond(n, 1 - centre, alarm), _beyond(n, 1 - centre, alert)
    return FunnelLimits(n, low_alarm, low_alert, _turned(high_alert, n), _turned(high_alarm, n))


def _turned(low: int | None, n: int) -> int | None:
    return None if low is None else n - low


def _beyond(n: int, p: Fraction, level: Fraction) -> int | None:
    """The largest count that has, with all below it, at most this probability; None where not even 0 has."""
    found = None
    line = level * p.denominator**n
    for k, tail in enumerate(_tails(n, p)):
        if tail > line:
            return found
        found = k
    return found


def _tails(n: int, p: Fraction) -> Iterator[int]:
    """The binomial probabilities of at most 0, 1, 2 ... of n, each times the denominator of p to the power n."""
    yes, no = p.numerator, p.denominator - p.numerator
    if not no:
        yield from (0,) * n
        yield p.denominator**n
        return
    term = total = no**n
    for k in range(n + 1):
        yield total
        term = term * (n - k) * yes // ((k + 1) * no)
        total += term


def _from(n: int | None, shown: str) -> str:
    if n is None:
        return f"No team can be {shown}."
    return f"Below {n} audits no team can be {shown}."
