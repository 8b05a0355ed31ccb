"""Agreement beyond chance from a table of pairs: Cohen's kappa, Gwet's AC1 and AC2, Brennan-Prediger, Scott's pi.

Each is (po - pe) / (1 - pe) with its own idea of the chance agreement pe. po is the weighted agreement. Formulas are
written for proportions P = T / n with row margins r, column margins c and pi = (r + c) / 2. The variance of each is
that of one number per cell over the cells (the delta method), so every standard error is one call of ``_error``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, ONE_GRADE_SCALE, Coefficient, undefined
from moderation.statistics.weighting import ByWeighting, Numbers, Weighting, stacked


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
    weights = stacked(counted.q)
    return ChanceCorrected(
        ByWeighting(*_kappas(counted, weights)),
        ByWeighting(*_gwets(counted, weights)),
        ByWeighting(*_brennan_predigers(counted, weights)),
        _pis(counted, weights[:1])[0],
    )


def cohen_kappa(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Cohen's kappa (1960; weighted 1968) of a q x q table of counts: pe = sum w r c.

    The standard error is that of Fleiss, Cohen and Everitt (1969), and ``null_error`` theirs under independence.
    Undefined without pairs and where both gave one and the same grade throughout (0 of 0).

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    return _kappas(counted, stacked(counted.q, weighting))[0]


def gwet(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Gwet's AC1 (2008), or AC2 (2014) under weights, of a q x q table: pe = sum(w) sum pi (1 - pi) / (q (q - 1)).

    The standard error is Gwet's for tables, which divides by n (his for raw ratings divides by n - 1).

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    return _gwets(counted, stacked(counted.q, weighting))[0]


def brennan_prediger(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Brennan and Prediger's coefficient (1981) of a q x q table: pe = sum(w) / q^2, PABAK where q is 2.

    The standard error divides by n.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    return _brennan_predigers(counted, stacked(counted.q, weighting))[0]


def scott_pi(table: npt.ArrayLike, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Scott's pi (1955) of a q x q table: pe = sum w pi pi, with the margins of both together.

    The standard error is Gwet's (2014, for tables), dividing by n.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counted = _Counted.of(table)
    return _pis(counted, stacked(counted.q, weighting))[0]


def kappa_chance(r: Numbers, c: Numbers, weights: Numbers) -> Numbers:
    """Chance agreement of kappa for b pairs of margins (b x q) and m weights (m x q x q), as b x m."""
    return _through(r[:, :, None] * c[:, None, :], weights)


def gwet_chance(r: Numbers, c: Numbers, weights: Numbers) -> Numbers:
    """Chance agreement of AC1 and AC2, in the shapes of ``kappa_chance``."""
    q, pi = weights.shape[-1], (r + c) / 2
    spread: Numbers = (pi * (1 - pi)).sum(axis=1)
    made: Numbers = spread[:, None] * (weights.sum(axis=(1, 2)) / (q * (q - 1)))
    return made


def agreement(proportions: Numbers, weights: Numbers) -> Numbers:
    """Weighted agreement of b tables (b x q x q) under m weights, as b x m."""
    return _through(proportions, weights)


def _through(cells: Numbers, weights: Numbers) -> Numbers:
    made: Numbers = cells.reshape(len(cells), -1) @ weights.reshape(len(weights), -1).T
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


def _kappas(counted: _Counted, weights: Numbers) -> list[Coefficient]:
    if reason := counted.why_without_variety():
        return [undefined(reason)] * len(weights)
    r, c, p = counted.r, counted.c, counted.p
    by_row, by_column = weights @ c, weights @ r
    pe = by_row @ r
    value, rest = _values(counted, weights, pe)
    chance = by_row[:, :, None] + by_column[:, None, :]
    error = _error(p, weights - chance * (1 - value)[:, None, None], counted.n, rest)
    null = _error(r[:, None] * c, weights - chance, counted.n, rest)
    return _made(value, error, null)


def _gwets(counted: _Counted, weights: Numbers) -> list[Coefficient]:
    if reason := counted.why_undefined():
        return [undefined(reason)] * len(weights)
    pi = (counted.r + counted.c) / 2
    scale = weights.sum(axis=(1, 2)) / (counted.q * (counted.q - 1))
    value, rest = _values(counted, weights, scale * (1 - pi @ pi))
    unlike = 1 - (pi[:, None] + pi) / 2
    cells = weights - (2 * (1 - value) * scale)[:, None, None] * unlike
    return _made(value, _error(counted.p, cells, counted.n, rest))


def _brennan_predigers(counted: _Counted, weights: Numbers) -> list[Coefficient]:
    if reason := counted.why_undefined():
        return [undefined(reason)] * len(weights)
    value, rest = _values(counted, weights, weights.sum(axis=(1, 2)) / counted.q**2)
    return _made(value, _error(counted.p, weights, counted.n, rest))


def _pis(counted: _Counted, weights: Numbers) -> list[Coefficient]:
    if reason := counted.why_without_variety():
        return [undefined(reason)] * len(weights)
    pi = (counted.r + counted.c) / 2
    by_grade = weights @ pi
    value, rest = _values(counted, weights, by_grade @ pi)
    chance = by_grade[:, :, None] + by_grade[:, None, :]
    return _made(value, _error(counted.p, weights - chance * (1 - value)[:, None, None], counted.n, rest))


def _values(counted: _Counted, weights: Numbers, pe: Numbers) -> tuple[Numbers, Numbers]:
    rest = 1 - pe
    po = weights.reshape(len(weights), -1) @ counted.p.reshape(-1)
    return (po - pe) / rest, rest


def _error(p: Numbers, cells: Numbers, n: float, rest: Numbers) -> Numbers:
    """The standard error from what a pair in each cell (m x q x q) moves the coefficient by, times ``rest``."""
    moves, chance = cells.reshape(len(cells), -1), p.reshape(-1)
    centred = moves - (moves @ chance)[:, None]
    made: Numbers = np.sqrt((centred * centred) @ chance / n) / rest
    return made


def _made(value: Numbers, error: Numbers, null: Numbers | None = None) -> list[Coefficient]:
    nulls = [None] * len(value) if null is None else null.tolist()
    return list(map(Coefficient, value.tolist(), error.tolist(), nulls))
