"""Agreement beyond chance from a table of pairs: Cohen's kappa, Gwet's AC1 and AC2, Brennan-Prediger, Scott's pi.

Each is (po - pe) / (1 - pe): po is the weighted agreement, pe its own idea of chance agreement. Formulas are written
for proportions P = T / n with row margins r, column margins c and pi = (r + c) / 2. By the delta method the variance of
each is that of w - (1 - value) x over the cells, where x is what a pair in the cell adds to pe, over n (1 - pe)^2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, ONE_GRADE_SCALE, Coefficient, undefined
from moderation.statistics.weighting import ALL, ByWeighting, Numbers, Weighting, chance_scale, stacked


@dataclass(frozen=True, slots=True)
class ChanceCorrected:
    """Every coefficient of a table. ``gwet`` is AC1 under identity weights and AC2 under the others."""

    kappa: ByWeighting[Coefficient]
    gwet: ByWeighting[Coefficient]
    brennan_prediger: ByWeighting[Coefficient]
    scott_pi: Coefficient


def chance_corrected(table: npt.ArrayLike) -> ChanceCorrected:
    """Every coefficient of a q x q table of counts (rows the auditor, columns the moderator, any one order of grades).

    A weighted table (sum of N_h/n_h T_h) gives the same values for all audits; its standard errors do not hold, and
    ``bootstrap.stratified`` gives intervals instead.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    if reason := counted.why_undefined():
        none = undefined(reason)
        three = ByWeighting(none, none, none)
        return ChanceCorrected(three, three, three, none)
    always = (_gwet(counted, *ALL), _brennan_prediger(counted, *ALL))
    if reason := counted.why_without_variety():
        none, made = undefined(reason), _coefficients(counted, stacked(counted.q, *ALL * 2), *always)
        return ChanceCorrected(ByWeighting(none, none, none), ByWeighting(*made[:3]), ByWeighting(*made[3:]), none)
    kappa = _kappa(counted, *ALL)
    weights = stacked(counted.q, *ALL * 3, Weighting.IDENTITY)
    made = _coefficients(counted, weights, kappa, *always, _pi(counted, Weighting.IDENTITY))
    kappas = _with_null(counted, weights[:3], kappa, made[:3])
    return ChanceCorrected(ByWeighting(*kappas), ByWeighting(*made[3:6]), ByWeighting(*made[6:9]), made[9])


def without_errors(made: ChanceCorrected) -> ChanceCorrected:
    """The values alone, as a weighted table has them: its standard errors would not hold."""

    def bare(one: Coefficient) -> Coefficient:
        return Coefficient(one.value, reason=one.reason)

    return ChanceCorrected(
        made.kappa.map(bare), made.gwet.map(bare), made.brennan_prediger.map(bare), bare(made.scott_pi)
    )


def cohen_kappa(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Cohen's kappa (1960; weighted 1968) of a q x q table of counts: pe = sum w r c.

    The standard error is that of Fleiss, Cohen and Everitt (1969), and ``null_error`` theirs under independence.
    Undefined without pairs and where both gave one and the same grade throughout (0 of 0).

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    if reason := counted.why_without_variety():
        return undefined(reason)
    weights, kappa = stacked(counted.q, weighting), _kappa(counted, weighting)
    return _with_null(counted, weights, kappa, _coefficients(counted, weights, kappa))[0]


def gwet(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Gwet's AC1 (2008), or AC2 (2014) under weights, of a q x q table: pe = sum(w) sum pi (1 - pi) / (q (q - 1)).

    The standard error is Gwet's for tables, which divides by n (his for raw ratings divides by n - 1).

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    if reason := counted.why_undefined():
        return undefined(reason)
    return _coefficients(counted, stacked(counted.q, weighting), _gwet(counted, weighting))[0]


def brennan_prediger(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Brennan and Prediger's coefficient (1981) of a q x q table: pe = sum(w) / q^2, PABAK where q is 2.

    The standard error divides by n.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    if reason := counted.why_undefined():
        return undefined(reason)
    return _coefficients(counted, stacked(counted.q, weighting), _brennan_prediger(counted, weighting))[0]


def scott_pi(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Scott's pi (1955) of a q x q table: pe = sum w pi pi, with the margins of both together.

    The standard error is Gwet's (2014, for tables), dividing by n.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    if reason := counted.why_without_variety():
        return undefined(reason)
    return _coefficients(counted, stacked(counted.q, weighting), _pi(counted, weighting))[0]


def kappa_chance(r: Numbers, c: Numbers, *weightings: Weighting) -> Numbers:
    """Chance agreement of kappa for the margins of b tables (q x b each) under m weightings, as m x b."""
    made: Numbers = (np.tensordot(stacked(len(r), *weightings), c, 1) * r).sum(axis=1)
    return made


def gwet_chance(r: Numbers, c: Numbers, *weightings: Weighting) -> Numbers:
    """Chance agreement of AC1 and AC2 for the margins of b tables (q x b each) under m weightings, as m x b."""
    pi = (r + c) / 2
    return np.outer(chance_scale(len(r), *weightings), 1 - (pi * pi).sum(axis=0))


def agreement(proportions: Numbers, *weightings: Weighting) -> Numbers:
    """Weighted agreement of b tables (q x q x b) under m weightings, as m x b."""
    made: Numbers = np.tensordot(stacked(len(proportions), *weightings), proportions, 2)
    return made


@dataclass(frozen=True, slots=True)
class _Counted:
    """A table as proportions of its sum (1 x q x q), with its margins (q)."""

    p: Numbers
    n: float
    r: Numbers
    c: Numbers

    @classmethod
    def of(cls, table: npt.ArrayLike) -> "_Counted":
        counts = np.asarray(table, dtype=np.float64)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
            raise ValueError("A table of pairs has as many columns as rows, at least one.")
        n = float(counts.sum())
        if not (counts.min() >= 0 and n < np.inf):
            raise ValueError("A table of pairs holds counts of zero or more.")
        p = counts / n if n else counts
        return cls(p, n, p.sum(axis=1), p.sum(axis=0))

    @property
    def q(self) -> int:
        return len(self.p)

    def why_undefined(self) -> str:
        """Why no coefficient exists that asks for a scale and pairs; empty when they do."""
        if not self.n:
            return NO_PAIRS
        return ONE_GRADE_SCALE if self.q == 1 else ""

    def why_without_variety(self) -> str:
        """Why a coefficient whose chance comes from the margins does not exist; empty when it does."""
        one = np.count_nonzero(self.r + self.c) == 1
        return self.why_undefined() or (ONE_GRADE if one else "")


@dataclass(frozen=True, slots=True)
class _Chance:
    """Chance agreement of m coefficients (m), and what a pair in each cell adds to it (m x q x q)."""

    pe: Numbers
    cells: Numbers


def _kappa(counted: _Counted, *weightings: Weighting) -> _Chance:
    weights = stacked(counted.q, *weightings)
    by_row, by_column = weights @ counted.c, weights @ counted.r
    return _Chance(by_row @ counted.r, by_row[:, :, None] + by_column[:, None, :])


def _gwet(counted: _Counted, *weightings: Weighting) -> _Chance:
    pi, scale = (counted.r + counted.c) / 2, chance_scale(counted.q, *weightings)
    return _Chance(scale * (1 - pi @ pi), scale[:, None, None] * (2 - pi[:, None] - pi))


def _brennan_prediger(counted: _Counted, *weightings: Weighting) -> _Chance:
    q = counted.q
    return _Chance(chance_scale(q, *weightings) * ((q - 1) / q), np.zeros((len(weightings), q, q)))


def _pi(counted: _Counted, *weightings: Weighting) -> _Chance:
    weights, pi = stacked(counted.q, *weightings), (counted.r + counted.c) / 2
    by_grade = weights @ pi
    return _Chance(by_grade @ pi, by_grade[:, :, None] + by_grade[:, None, :])


def _coefficients(counted: _Counted, weights: Numbers, *chances: _Chance) -> list[Coefficient]:
    """The coefficients of several kinds of chance agreement, one after the other, with a weighting each."""
    pe, cells = np.concatenate([one.pe for one in chances]), np.concatenate([one.cells for one in chances])
    rest = 1 - pe
    value = (weights.reshape(len(weights), -1) @ counted.p.reshape(-1) - pe) / rest
    error = _spread(counted.p, weights - (1 - value)[:, None, None] * cells, counted.n) / rest
    return list(map(Coefficient, value.tolist(), error.tolist()))


def _with_null(counted: _Counted, weights: Numbers, chance: _Chance, made: list[Coefficient]) -> list[Coefficient]:
    """The kappas with their standard errors under independence."""
    null = _spread(counted.r[:, None] * counted.c, weights - chance.cells, counted.n) / (1 - chance.pe)
    return [Coefficient(one.value, one.error, error) for one, error in zip(made, null.tolist(), strict=True)]


def _spread(p: Numbers, cells: Numbers, n: float) -> Numbers:
    """The standard deviation over pairs of what stands in their cells (m x q x q), over sqrt(n)."""
    moves, chance = cells.reshape(len(cells), -1), p.reshape(-1)
    centred = moves - (moves @ chance)[:, None]
    made: Numbers = np.sqrt((centred * centred) @ chance / n)
    return made
