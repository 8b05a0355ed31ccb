"""Whether auditors and moderators use the grades alike: Bowker's test of symmetry, and two tests of equal margins.

For the annex only. The test of direction is the exact sign test (``agreement.Direction``).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.statistics.weighting import Numbers

NOTHING_SEEN = "There are no pairs."
NOTHING_DIFFERS = "No pair differs, so there is no direction to test."


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A statistic that is chi-square with ``df`` degrees of freedom if the two use the grades alike.

    None where it is undefined, and ``reason`` says why.
    """

    statistic: float | None
    df: int | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bowker:
    """Bowker's test under both customs of counting degrees of freedom.

    ``full`` has q(q-1)/2 (SAS, statsmodels, Uebersax), ``used`` only the pairs of grades in which something differs
    (R). Without a difference the statistic is 0: p is 1 under ``full``, and ``used`` is undefined but for its 0.
    """

    full: ChiSquare
    used: ChiSquare


def bowker(table: npt.ArrayLike) -> Bowker:
    """Bowker's test of symmetry (1948): sum (n_ij - n_ji)^2 / (n_ij + n_ji); McNemar's without correction for q = 2.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counts = _square(table)
    if not counts.sum():
        return Bowker(ChiSquare(None, reason=NOTHING_SEEN), ChiSquare(None, reason=NOTHING_SEEN))
    upper = np.triu_indices(len(counts), 1)
    above, below = counts[upper], counts.T[upper]
    mass = above + below
    seen = mass > 0
    statistic = float(((above - below)[seen] ** 2 / mass[seen]).sum())
    pairs, used = len(mass), int(seen.sum())
    full = _chi_square(statistic, pairs) if pairs else ChiSquare(None, reason="The scale has only one grade.")
    return Bowker(full, _chi_square(statistic, used) if used else ChiSquare(0.0, 0, None, NOTHING_DIFFERS))


def stuart_maxwell(table: npt.ArrayLike) -> ChiSquare:
    """The Stuart-Maxwell test of equal margins (Stuart 1955, Maxwell 1970): d' V^-1 d.

    d are the differences of the margins, V = diag(r + c) - T - T'. Grades in which nothing differs are left out, and
    one grade of each group that differences connect, for the rest then follow: what remains is the rank of V.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    counts = _square(table)
    if not counts.sum():
        return ChiSquare(None, reason=NOTHING_SEEN)
    kept = _independent_grades(counts)
    if not kept:
        return ChiSquare(None, reason=NOTHING_DIFFERS)
    differences = (counts.sum(axis=1) - counts.sum(axis=0))[kept]
    both = counts + counts.T
    variance = (np.diag(both.sum(axis=1)) - both)[np.ix_(kept, kept)]
    return _chi_square(float(differences @ np.linalg.solve(variance, differences)), len(kept))


def bhapkar(table: npt.ArrayLike) -> ChiSquare:
    """Bhapkar's test of equal margins (1966): SM / (1 - SM / n) of the Stuart-Maxwell statistic SM.

    Undefined where SM equals n, as when every pair differs and all in one direction.

    Raises:
        ValueError: the table is not square or holds something else than numbers of zero or more.
    """
    first = stuart_maxwell(table)
    if first.statistic is None or first.df is None:
        return first
    n = float(_square(table).sum())
    rest = 1 - first.statistic / n
    if rest < 1e-12:
        return ChiSquare(None, first.df, None, "Every pair differs, in one direction: the statistic has no bound.")
    return _chi_square(first.statistic / rest, first.df)


def _chi_square(statistic: float, df: int) -> ChiSquare:
    from scipy.special import chdtrc

    return ChiSquare(statistic, df, float(chdtrc(df, max(statistic, 0.0))))


def _square(table: npt.ArrayLike) -> Numbers:
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size or not counts.min() >= 0:
        raise ValueError("A table of pairs has as many columns as rows, at least one, of counts of zero or more.")
    return counts


def _independent_grades(counts: Numbers) -> list[int]:
    """The grades whose differences are free: of each group connected by pairs that differ, all but one."""
    group = list(range(len(counts)))
    for i, j in zip(*np.nonzero(counts + counts.T), strict=True):
        one, other = group[i], group[j]
        group = [other if name == one else name for name in group]
    return [i for i, name in enumerate(group) if name in group[i + 1 :]]
