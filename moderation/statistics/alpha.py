"""Krippendorff's alpha: any number of raters, ratings missing, a nominal, ordinal or interval scale.

Alpha = 1 - (n - 1) sum o d / sum n_c n_k d over the coincidences o of ratings within a unit, each unit's pairs weighted
by 1 / (its ratings - 1), n the ratings in units rated twice or more (Krippendorff 2011, Computing Krippendorff's
Alpha-Reliability; Krippendorff 2019, Content Analysis, 4th edition, chapter 12).
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, Coefficient, undefined
from moderation.statistics.ratings import Ratings
from moderation.statistics.weighting import Numbers


class Level(StrEnum):
    """How far apart two grades are: nominal all alike, ordinal by the ratings between, interval by their values."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def alpha(given: Ratings, level: Level = Level.ORDINAL, values: Sequence[float] | None = None) -> Coefficient:
    """Krippendorff's alpha of ratings; units rated once drop out.

    ``values`` are the grades' numbers for the interval level, their places on the scale unless given. Undefined where
    nothing was rated twice and where one grade was given throughout. There is no standard error.

    Raises:
        ValueError: there are not as many values as grades.
    """
    each = given.counts.sum(axis=1)
    pairable = each > 1
    counts = given.counts[pairable].astype(np.float64)
    scaled = counts * (given.times[pairable] / (each[pairable] - 1))[:, None]
    coincidences = counts.T @ scaled
    coincidences.flat[:: given.q + 1] -= scaled.sum(axis=0)
    return _of_coincidences(coincidences, level, values)


def alpha_of_pairs(
    table: npt.ArrayLike, level: Level = Level.ORDINAL, values: Sequence[float] | None = None
) -> Coefficient:
    """The same from a q x q table of pairs: two raters, each unit rated by both.

    Raises:
        ValueError: the table is not square or negative, or there are not as many values as grades.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size or counts.min() < 0:
        raise ValueError("A table of pairs has as many columns as rows, at least one, of counts of zero or more.")
    return _of_coincidences(counts + counts.T, level, values)


def _of_coincidences(coincidences: Numbers, level: Level, values: Sequence[float] | None) -> Coefficient:
    margins = coincidences.sum(axis=0)
    used = int(np.count_nonzero(margins > 0))
    if not used:
        return undefined(NO_PAIRS)
    if used == 1:
        return undefined(ONE_GRADE)
    apart = _distances(margins, level, values)
    expected = float(margins @ apart @ margins)
    if not expected:
        return undefined("All grades given have one and the same value, so there is nothing to compare.")
    observed = float((coincidences * apart).sum())
    return Coefficient(1 - (float(margins.sum()) - 1) * observed / expected)


def _distances(margins: Numbers, level: Level, values: Sequence[float] | None) -> Numbers:
    """The squared distance of every two grades."""
    q = len(margins)
    if level is Level.NOMINAL:
        return 1 - np.eye(q)
    if level is Level.ORDINAL:
        middle = np.cumsum(margins) - margins / 2  # the mean rank of a grade's ratings
        ranks: Numbers = (middle[:, None] - middle) ** 2
        return ranks
    at = np.arange(q, dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
    if at.shape != (q,):
        raise ValueError(f"An interval scale of {q} grades needs {q} values.")
    made: Numbers = (at[:, None] - at) ** 2
    return made
