"""Intervals of coefficients by resampling: the q x q counts are drawn again, within each stratum, not the pairs.

Drawing n pairs with replacement and counting them is one draw from the multinomial distribution of the cells, so ten
thousand resamples take the same time for a hundred pairs as for a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.statistics.chance_corrected import agreement, gwet_chance, kappa_chance
from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE_SCALE
from moderation.statistics.share import Interval, two_sided_z
from moderation.statistics.weighting import ALL, ByWeighting, Numbers

RESAMPLES: Final = 10_000
MOST_UNDEFINED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Resampled:
    """A percentile interval; ``undefined`` of the resamples had no such coefficient and are left out.

    None with a ``reason`` where there is nothing to draw from, or more than 5% of the resamples are undefined.
    """

    interval: Interval | None
    undefined: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resamples:
    """Intervals of the weighted agreement and of the coefficients, all from the same resamples."""

    agreement: ByWeighting[Resampled]
    kappa: ByWeighting[Resampled]
    gwet: ByWeighting[Resampled]


@dataclass(frozen=True, slots=True, eq=False)
class TableStratum:
    """A stratum's q x q table of pairs and how many audits it stands for."""

    audits: int
    table: npt.ArrayLike


def bootstrap(table: npt.ArrayLike, *, seed: int, resamples: int = RESAMPLES, confidence: float = 0.95) -> Resamples:
    """Percentile intervals (Efron and Tibshirani 1993, chapter 13) of a q x q table; the same seed, the same answer.

    Where every pair agrees, every resample does: that interval is a point and says nothing about other audits.

    Raises:
        ValueError: the table is not square or holds something else than counts of zero or more.
    """
    return stratified([TableStratum(int(np.sum(table)), table)], seed=seed, resamples=resamples, confidence=confidence)


def stratified(
    strata: Sequence[TableStratum], *, seed: int, resamples: int = RESAMPLES, confidence: float = 0.95
) -> Resamples:
    """The same for the weighted table: each stratum is resampled by itself and weighted by N_h / n_h.

    A stratum without pairs is left out, as in the estimate.

    Raises:
        ValueError: there is no table, they differ in size, or one holds something else than counts of zero or more.
    """
    counted = [(one.audits, _counts(one.table)) for one in strata]
    if not counted or len({len(table) for _, table in counted}) != 1:
        raise ValueError("Resampling needs tables of one size.")
    q, generator = len(counted[0][1]), np.random.default_rng(seed)
    drawn = np.zeros((q * q, resamples))
    for audits, table in counted:
        n = int(table.sum())
        if n:
            cells = np.flatnonzero(table)
            sums = generator.multinomial(n, table.flat[cells] / n, size=resamples)
            drawn[cells] += sums.T * (audits / n)
    return _summed_up(drawn.reshape(q, q, resamples), confidence)


def weighted_table(strata: Sequence[TableStratum]) -> Numbers:
    """The q x q table of all audits that the strata stand for: the sum of N_h / n_h times each table.

    Raises:
        ValueError: there is no table, they differ in size, or one holds something else than counts of zero or more.
    """
    counted = [(one.audits, _counts(one.table)) for one in strata]
    if not counted or len({len(table) for _, table in counted}) != 1:
        raise ValueError("A weighted table needs tables of one size.")
    made = np.zeros(counted[0][1].shape)
    for audits, table in counted:
        n = int(table.sum())
        if n:
            made += table * (audits / n)
    return made


def _counts(table: npt.ArrayLike) -> npt.NDArray[np.int64]:
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size or counts.min() < 0:
        raise ValueError("A table of pairs has as many columns as rows, at least one, of counts of zero or more.")
    return counts


def _summed_up(drawn: Numbers, confidence: float) -> Resamples:
    """The intervals from tables as q x q x resamples: the long side last, where arithmetic is quick."""
    two_sided_z(confidence)  # refuses a confidence that is none
    q, n = len(drawn), drawn.sum(axis=(0, 1))
    if not n[0] or q == 1:
        none = Resampled(None, reason=ONE_GRADE_SCALE if n[0] else NO_PAIRS)
        return Resamples(*(ByWeighting(none, none, none) for _ in range(3)))
    p = drawn / n
    po, r, c = agreement(p, *ALL), p.sum(axis=1), p.sum(axis=0)
    varied = (r + c > 0).sum(axis=0) > 1
    pe, chance = kappa_chance(r, c, *ALL), gwet_chance(r, c, *ALL)
    kappa = np.full_like(po, np.nan)
    np.divide(po - pe, 1 - pe, out=kappa, where=varied)
    return Resamples(*(_by_weighting(values, confidence) for values in (po, kappa, (po - chance) / (1 - chance))))


def _by_weighting(values: Numbers, confidence: float) -> ByWeighting[Resampled]:
    return ByWeighting(*(_percentiles(each, confidence) for each in values))


def _percentiles(values: Numbers, confidence: float) -> Resampled:
    defined = values[~np.isnan(values)]
    missing = len(values) - len(defined)
    if missing > MOST_UNDEFINED * len(values):
        return Resampled(None, missing, f"{missing:,} of {len(values):,} resamples used one grade only.")
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Resampled(Interval(float(low), float(high)), missing)
