"""Two sets of figures beside each other, and what they are close to losing: differences with intervals, and margins."""

from dataclasses import dataclass
from fractions import Fraction

from moderation.statistics.difference import Difference, difference, difference_of_estimates
from moderation.statistics.figures import AgreementFigure, Figure, Figures, ShareFigure
from moderation.statistics.measure import Measure
from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Estimate
from moderation.statistics.target import Target, judge

SHARED = "Some audits are in both, so there is no interval for the difference."


@dataclass(frozen=True, slots=True)
class Side:
    """A measure over one window: the unweighted share, and for agreement the weighted estimate with its interval."""

    share: Share
    estimate: Fraction | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure on two sides, and the first less the second."""

    measure: Measure
    one: Side
    other: Side
    difference: Difference


def compared(
    one: Figures, other: Figures, window: str, other_window: str, *, apart: bool = True
) -> tuple[Compared, ...]:
    """Every measure that is a share over a window, on both sides; measures only one side has are left out.

    ``window`` and ``other_window`` are names of windows ('last_3'). ``apart`` says that no audit is on both sides:
    only then are the two independent, and has the difference an interval.
    """
    beside = {figure.measure.key: figure for figure in other.all}
    made = []
    for figure in one.all:
        twin = beside.get(figure.measure.key)
        first = _side(figure, window)
        second = _side(twin, other_window) if twin is not None else None
        if first is not None and second is not None:
            made.append(Compared(figure.measure, first, second, _difference(figure, first, second, apart=apart)))
    return tuple(made)


def _side(figure: Figure, window: str) -> Side | None:
    if isinstance(figure, ShareFigure):
        pooled = dict(figure.windows.items())[window]
        return Side(pooled.share, pooled.share.fraction, pooled.interval)
    if isinstance(figure, AgreementFigure):
        over = dict(figure.windows.items())[window]
        return Side(over.share, over.estimate, over.interval)
    return None


def _difference(figure: Figure, one: Side, other: Side, *, apart: bool) -> Difference:
    if one.estimate is None or other.estimate is None:
        return difference(Share(0, 0) if one.estimate is None else one.share, other.share)
    if not apart:
        return Difference(one.estimate - other.estimate, None, SHARED)
    if isinstance(figure, AgreementFigure):
        return difference_of_estimates(_estimate(one), _estimate(other))
    return difference(one.share, other.share)


def _estimate(side: Side) -> Estimate:
    return Estimate(side.estimate, side.interval, (), ())


def margin(share: Share, target: Target) -> int | None:
    """How many of the k would have to be otherwise before the target is missed; None where it is not met.

    At 18 of 20 against 'at least 85%' it is 2: 17 of 20 is still 85%, 16 of 20 is not.
    """
    if not share.n or not judge(share, target).literal:
        return None
    return next(
        less for less in range(1, share.k + 2) if less > share.k or not judge(_less(share, less), target).literal
    )


def _less(share: Share, by: int) -> Share:
    return Share(share.k - by, share.n)
