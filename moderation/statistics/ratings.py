"""Many people grading the same files: the counts per file, pairwise agreement, and coefficients from them.

A unit is what is graded (a file), a rating one person's grade of it; not everybody rates every unit. The formulas are
Gwet's for raw ratings with missing ones (Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition): agreement over
the units rated twice or more, chance from all ratings, standard errors over units, dividing by (units - 1).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, ONE_GRADE_SCALE, Coefficient, undefined
from moderation.statistics.weighting import Numbers, Weighting, weights


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """How often units were given each grade: patterns x q counts in the scale's order, and the units with each pattern.

    Units with the same counts are one pattern, so a million units of a few raters are a few hundred rows.

    Raises:
        ValueError: these are not counts of zero or more with at least one grade, or not one number of units for each.
    """

    counts: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or not self.counts.shape[1] or self.times.shape != self.counts.shape[:1]:
            raise ValueError("Ratings are counts, units by grades, with at least one grade.")
        if self.counts.size and min(self.counts.min(), self.times.min()) < 0:
            raise ValueError("Ratings are counts of zero or more.")

    @property
    def q(self) -> int:
        return int(self.counts.shape[1])

    @property
    def units(self) -> int:
        """All units, rated or not."""
        return int(self.times.sum())

    @property
    def rated(self) -> int:
        """Units rated at least once."""
        return int(self.times[self.counts.sum(axis=1) > 0].sum())

    @property
    def pairable(self) -> int:
        """Units rated at least twice: what agreement can be seen in."""
        return int(self.times[self.counts.sum(axis=1) > 1].sum())


def ratings(rows: Iterable[Iterable[Hashable | None]], scale: Sequence[Hashable]) -> Ratings:
    """Ratings from rows of grades, a row for each unit; None and NaN are ratings not given, rows may differ in length.

    ``scale`` lists every grade that could be given, in order.

    Raises:
        ValueError: a grade is not on the scale, or the scale names one twice.
    """
    place = {grade: position for position, grade in enumerate(scale)}
    if len(place) != len(scale):
        raise ValueError("The scale names a grade twice.")
    listed = [[grade for grade in row if grade is not None and grade == grade] for row in rows]  # noqa: PLR0124 - NaN
    counts = np.zeros((len(listed), len(scale)), dtype=np.int64)
    for unit, row in enumerate(listed):
        for grade in row:
            if grade not in place:
                raise ValueError(f"'{grade}' is not on the scale {', '.join(map(str, scale))}.")
            counts[unit, place[grade]] += 1
    return Ratings(counts, np.ones(len(counts), dtype=np.int64))


def coded(codes: npt.ArrayLike, q: int) -> Ratings:
    """Ratings from an array units x raters of places on the scale, 0 to q - 1; below 0 and NaN are not given.

    Raises:
        ValueError: the array is not two-dimensional, or a code is q or more.
    """
    given = np.asarray(codes)
    if given.ndim != 2 or q < 1:
        raise ValueError("Codes of ratings come as an array of units by raters, on a scale of at least one grade.")
    cells = np.where(given >= 0, given, -1).astype(np.intp)  # NaN is not >= 0
    if cells.size and (cells.max() >= q or (given.dtype.kind == "f" and (given > cells).any())):
        raise ValueError(f"A code of a rating is a whole number from 0 to {q - 1}.")
    base = given.shape[1] + 1
    if base**q > _MOST_PATTERNS:
        return _unit_by_unit(cells, q)
    powers = np.append(base ** np.arange(q), 0)  # the last is for -1: a rating not given
    patterns = np.zeros(len(cells), dtype=np.intp)
    for rater in range(given.shape[1]):
        patterns += powers[cells[:, rater]]
    times = np.bincount(patterns, minlength=1)
    seen = np.flatnonzero(times)
    return Ratings(seen[:, None] // powers[:q] % base, times[seen])


_MOST_PATTERNS: Final = 1 << 16


def _unit_by_unit(cells: npt.NDArray[np.intp], q: int) -> Ratings:
    """Ratings with a row for each unit, where there could be too many patterns."""
    at = np.where(cells < 0, q, cells) + (np.arange(len(cells)) * (q + 1))[:, None]
    counts = np.bincount(at.ravel(), minlength=len(cells) * (q + 1)).reshape(len(cells), q + 1)
    return Ratings(counts[:, :q], np.ones(len(cells), dtype=np.int64))


def pairwise_agreement(given: Ratings, weighting: Weighting = Weighting.IDENTITY) -> float | None:
    """The share of agreeing pairs of ratings within a unit, averaged over units rated twice or more; None without any.

    Under weights a pair counts as much as its two grades do.
    """
    sums = _Sums.of(given, weighting)
    return None if sums is None else sums.pa


def fleiss_kappa(given: Ratings, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Fleiss' kappa (1971; for missing ratings and weights Gwet 2014): pe = sum w pi pi, pi the mean share of a grade.

    Undefined where nothing was rated twice and where one grade was given throughout. The standard error needs two
    units.
    """
    sums = _Sums.of(given, weighting)
    if sums is None:
        return undefined(NO_PAIRS)
    if np.count_nonzero(sums.pi) == 1:
        return undefined(ONE_GRADE)
    by_grade = sums.w @ sums.pi
    return sums.coefficient(float(by_grade @ sums.pi), sums.shares @ by_grade)


def gwet_of(given: Ratings, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Gwet's AC1 (2008), or AC2 under weights: pe = sum(w) sum pi (1 - pi) / (q (q - 1)).

    Undefined where nothing was rated twice. The standard error needs two units.
    """
    sums = _Sums.of(given, weighting)
    if sums is None:
        return undefined(NO_PAIRS)
    if given.q == 1:
        return undefined(ONE_GRADE_SCALE)
    scale = sums.w.sum() / (given.q * (given.q - 1))
    return sums.coefficient(float(scale * (1 - sums.pi @ sums.pi)), scale * (sums.shares @ (1 - sums.pi)))


def brennan_prediger_of(given: Ratings, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Brennan and Prediger's coefficient (1981): pe = sum(w) / q^2. Undefined where nothing was rated twice.

    The standard error needs two units.
    """
    sums = _Sums.of(given, weighting)
    if sums is None:
        return undefined(NO_PAIRS)
    if given.q == 1:
        return undefined(ONE_GRADE_SCALE)
    return sums.coefficient(float(sums.w.sum()) / given.q**2, None)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What every coefficient of raw ratings is made of, a row for each pattern of rated units.

    ``w`` are the weights, ``times`` the units of each pattern, ``shares`` their share of each grade, ``pi`` its mean
    over units, ``agreeing`` their agreement, 0 where they were rated once, and ``pairable`` whether more often.
    """

    w: Numbers
    times: npt.NDArray[np.int64]
    shares: Numbers
    pi: Numbers
    agreeing: Numbers
    pairable: npt.NDArray[np.bool_]
    pa: float

    @classmethod
    def of(cls, given: Ratings, weighting: Weighting) -> "_Sums | None":
        """The sums, or None where nothing was rated twice."""
        rated = given.counts.sum(axis=1) > 0
        counts, times = given.counts[rated].astype(np.float64), given.times[rated]
        each = counts.sum(axis=1)
        pairable = each > 1
        pairs = int(times[pairable].sum())
        if not pairs:
            return None
        w = weights(given.q, weighting)
        agreeing = (counts * (counts @ w - 1)).sum(axis=1) / np.where(pairable, each * (each - 1), 1)
        agreeing = np.where(pairable, agreeing, 0.0)
        shares = counts / each[:, None]
        return cls(w, times, shares, times @ shares / times.sum(), agreeing, pairable, float(times @ agreeing) / pairs)

    def coefficient(self, pe: float, unit_chance: Numbers | None) -> Coefficient:
        """The coefficient of a chance agreement; ``unit_chance`` is what a unit adds to it, None where nothing."""
        units, rest = int(self.times.sum()), 1 - pe
        value = (self.pa - pe) / rest
        if units == 1:
            return Coefficient(value, reason="One unit has no standard error.")
        share = int(self.times[self.pairable].sum()) / units
        moves = (self.agreeing - pe * self.pairable) / (share * rest)
        if unit_chance is not None:
            moves = moves - 2 * (1 - value) * (unit_chance - pe) / rest
        error = float(np.sqrt(self.times @ (moves - value) ** 2 / (units * (units - 1))))
        return Coefficient(value, error)
