"""Whether several shares differ by more than chance: one test over all of them, so that nobody is put in an order."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from moderation.statistics.share import Share

LEAST_EXPECTED: Final = 5
"""Below so many expected in any cell the chi-square approximation is not to be trusted (Cochran 1954)."""
LEVEL: Final = 0.05


class Alike(StrEnum):
    """What may be said of several shares together."""

    DIFFER = "differ"
    NOT_CLEAR = "no clear difference"
    TOO_FEW = "too few"


class Homogeneity(NamedTuple):
    """The chi-square test that all shares are the same; without a statistic where there are too few to say."""

    verdict: Alike
    chi_square: float | None = None
    degrees: int = 0
    p: float | None = None


def homogeneity(shares: Sequence[Share]) -> Homogeneity:
    """Pearson's chi-square over the table of met and not met, one row a share; shares of nothing are left out."""
    seen = [one for one in shares if one.n]
    pooled = sum(seen, Share(0, 0))
    if len(seen) < 2:
        return Homogeneity(Alike.TOO_FEW)
    met = pooled.k / pooled.n
    if met in (0, 1):
        return Homogeneity(Alike.NOT_CLEAR, 0.0, len(seen) - 1, 1.0)
    if min(one.n for one in seen) * min(met, 1 - met) < LEAST_EXPECTED:
        return Homogeneity(Alike.TOO_FEW)
    from scipy.special import chdtrc

    statistic = sum((one.k - one.n * met) ** 2 / (one.n * met * (1 - met)) for one in seen)
    p = float(chdtrc(len(seen) - 1, statistic))
    return Homogeneity(Alike.DIFFER if p < LEVEL else Alike.NOT_CLEAR, statistic, len(seen) - 1, p)
