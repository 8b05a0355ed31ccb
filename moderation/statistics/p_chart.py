"""The p-chart of monthly shares: limits that know how many audits a month has, and Anhoej's runs about the centre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Final

from moderation.statistics.runs import Runs, runs
from moderation.statistics.share import Interval, Share

LIMITS_FROM: Final = 12
COUNTED_FROM: Final = 5
_RANGE_TO_SIGMA: Final = 1.128  # the mean range of two from a normal distribution, in standard deviations


@dataclass(frozen=True, slots=True)
class PPoint:
    """One period. ``value`` is None where nothing was seen: a gap. ``counted`` points take part in the rules.

    ``limits`` are three standard deviations either side of the centre, held within 0 to 1, and ``laney`` those of the
    p'-chart; both None for a gap and while there are too few periods.
    """

    share: Share
    value: Fraction | None
    counted: bool
    limits: Interval | None
    laney: Interval | None
    outside: bool


@dataclass(frozen=True, slots=True)
class PChart:
    """A p-chart. ``centre`` is the pooled share of all counted periods, None without any.

    ``sigma_z`` is Laney's measure of how much more the shares vary than chance (1 = just as much), None where it
    cannot be told. ``limited`` says whether there are periods enough for limits; without them it is a run chart.
    """

    centre: Fraction | None
    points: tuple[PPoint, ...]
    runs: Runs
    sigma_z: float | None
    limited: bool

    @property
    def outside(self) -> tuple[int, ...]:
        """The places of points beyond the limits, from 0."""
        return tuple(place for place, point in enumerate(self.points) if point.outside)

    @property
    def signal(self) -> bool:
        """Whether a point beyond the limits or the runs say that something other than chance is at work."""
        return bool(self.outside) or bool(self.runs.signal)


def p_chart(shares: Iterable[Share], *, limits_from: int = LIMITS_FROM, counted_from: int = COUNTED_FROM) -> PChart:
    """The p-chart of shares in order of time (Montgomery 2013, chapter 7; Laney 2002 for p').

    Periods with fewer than ``counted_from`` audits are drawn and take no part in centre, limits or rules; limits are
    drawn from ``limits_from`` counted periods.
    """
    series = list(shares)
    counted = [share for share in series if share.n >= max(counted_from, 1)]
    pooled = sum(counted, Share(0, 0)).fraction
    if pooled is None:
        bare = tuple(PPoint(one, one.fraction, counted=False, limits=None, laney=None, outside=False) for one in series)
        return PChart(None, bare, runs((), 0), None, limited=False)
    limited = len(counted) >= limits_from
    sigma_z = _laney(counted, pooled)
    points = tuple(_point(one, pooled, sigma_z, counted_from, limited=limited) for one in series)
    about = runs([one.fraction for one in counted if one.fraction is not None], pooled)
    return PChart(pooled, points, about, sigma_z, limited)


def _point(share: Share, centre: Fraction, sigma_z: float | None, counted_from: int, *, limited: bool) -> PPoint:
    value = share.fraction
    if value is None:
        return PPoint(share, None, counted=False, limits=None, laney=None, outside=False)
    counted = share.n >= counted_from
    limits = _limits(centre, _sigma(share.n, centre)) if limited else None
    laney = _limits(centre, _sigma(share.n, centre) * sigma_z) if limited and sigma_z is not None else None
    outside = counted and limited and 9 * centre * (1 - centre) < share.n * (value - centre) ** 2
    return PPoint(share, value, counted, limits, laney, outside)


def _sigma(n: int, centre: Fraction) -> float:
    return sqrt(centre * (1 - centre) / n)


def _limits(centre: Fraction, sigma: float) -> Interval:
    return Interval(max(0.0, float(centre) - 3 * sigma), min(1.0, float(centre) + 3 * sigma))


def _laney(counted: Sequence[Share], centre: Fraction) -> float | None:
    """The mean moving range of the standardised shares, over 1.128; None with one share or a centre of 0 or 1."""
    if len(counted) < 2 or centre in (0, 1):
        return None
    scores = [(float(one.fraction or 0) - float(centre)) / _sigma(one.n, centre) for one in counted]
    ranges = [abs(two - one) for one, two in pairwise(scores)]
    return sum(ranges) / len(ranges) / _RANGE_TO_SIGMA
