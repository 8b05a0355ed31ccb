"""Many people grading the same files: the counts per file, pairwise agreement, and coefficients from them.

A unit is what is graded (a file), a rating one person's grade of it; not everybody rates every unit. The formulas are
Gwet's for raw ratings with missing ones (Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition): agreement over
the units rated twice or more, chance from all ratings, standard errors over units, dividing by (units - 1).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, ONE_GRADE_SCALE, Coefficient, undefined
from moderation.statistics.weighting import Numbers, Weighting, weights


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """How often each unit was given each grade: units x q counts, the grades in the order of the scale.

    Raises:
        ValueError: it is not a two-dimensional array of counts of zero or more with at least one grade.
    """

    counts: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or not self.counts.shape[1] or (self.counts.size and self.counts.min() < 0):
            raise ValueError("Ratings are counts of zero or more, units by grades, with at least one grade.")

    @property
    def q(self) -> int:
        return int(self.counts.shape[1])

    @property
    def units(self) -> int:
        """All units, rated or not."""
        return len(self.counts)

    @property
    def rated(self) -> int:
        """Units rated at least once."""
        return int(np.count_nonzero(self.counts.sum(axis=1)))

    @property
    def pairable(self) -> int:
        """Units rated at least twice: what agreement can be seen in."""
        return int(np.count_nonzero(self.counts.sum(axis=1) > 1))


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
    return Ratings(counts)


def coded(codes: npt.ArrayLike, q: int) -> Ratings:
    """Ratings from an array units x raters of places on the scale, 0 to q - 1; below 0 and NaN are not given.

    Raises:
        ValueError: the array is not two-dimensional, or a code is q or more.
    """
    given = np.asarray(codes)
    if given.ndim != 2:
        raise ValueError("Codes of ratings come as an array of units by raters.")
    if given.dtype.kind == "f":
        given = np.where(given >= 0, given, -1.0)  # NaN is not >= 0
    cells = given.astype(np.int64)
    if cells.size and cells.max() >= q:
        raise ValueError(f"A code of a rating lies between 0 and {q - 1}.")
    cells = np.where(cells < 0, q, cells)
    cells += (np.arange(len(cells)) * (q + 1))[:, None]
    counts = np.bincount(cells.ravel(), minlength=len(cells) * (q + 1)).reshape(len(cells), q + 1)
    return Ratings(counts[:, :q])


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
    """What every coefficient of raw ratings is made of.

    ``w`` are the weights, ``shares`` each rated unit's share of each grade, ``pi`` their mean, ``agreeing`` each rated
    unit's agreement, 0 where it was rated once, and ``pairable`` whether it was rated more often.
    """

    w: Numbers
    shares: Numbers
    pi: Numbers
    agreeing: Numbers
    pairable: npt.NDArray[np.bool_]
    pa: float

    @classmethod
    def of(cls, given: Ratings, weighting: Weighting) -> "_Sums | None":
        """The sums, or None where nothing was rated twice."""
        counts = given.counts[given.counts.sum(axis=1) > 0].astype(np.float64)
        times = counts.sum(axis=1)
        pairable = times > 1
        if not pairable.any():
            return None
        w = weights(given.q, weighting)
        agreeing = (counts * (counts @ w - 1)).sum(axis=1) / np.where(pairable, times * (times - 1), 1)
        agreeing = np.where(pairable, agreeing, 0.0)
        shares = counts / times[:, None]
        pa = float(agreeing.sum() / np.count_nonzero(pairable))
        return cls(w, shares, shares.mean(axis=0), agreeing, pairable, pa)

    def coefficient(self, pe: float, unit_chance: Numbers | None) -> Coefficient:
        """The coefficient of a chance agreement; ``unit_chance`` is what each unit adds to it, None where nothing."""
        units, rest = len(self.shares), 1 - pe
        value = (self.pa - pe) / rest
        if units == 1:
            return Coefficient(value, reason="One unit has no standard error.")
        share = np.count_nonzero(self.pairable) / units
        moves = (self.agreeing - pe * self.pairable) / (share * rest)
        if unit_chance is not None:
            moves = moves - 2 * (1 - value) * (unit_chance - pe) / rest
        error = float(np.sqrt(((moves - value) ** 2).sum() / (units * (units - 1))))
        return Coefficient(value, error)
