"""Intervals of the survey tradition for a stratified share: for the annex and for comparison, never for a verdict.

On the design this product uses they can be far too narrow (a certainty stratum without a difference hides the doubt
about the others), which is why the figures use MOVER-Wilson.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import exp, log, sqrt

from moderation.statistics.share import Interval
from moderation.statistics.stratified import Stratum


def standard_error(strata: Iterable[Stratum], *, fpc: bool) -> float | None:
    """sqrt(sum W_h^2 (1-f_h) p_h (1-p_h) / (n_h-1)) (Cochran 1977, 5.6).

    None when nothing was seen, or when a stratum has a single pair that does not cover it: its variance is unknown.
    """
    seen = _seen(strata)
    total = sum(one.audits for one in seen)
    if not total:
        return None
    variance = Fraction(0)
    for one in seen:
        rest = Fraction(one.audits - one.n, one.audits) if fpc else Fraction(1)
        if rest == 0:
            continue
        if one.n == 1:
            return None
        share = Fraction(one.k, one.n)
        variance += Fraction(one.audits, total) ** 2 * rest * share * (1 - share) / (one.n - 1)
    return sqrt(variance)


def degrees_of_freedom(strata: Iterable[Stratum]) -> int | None:
    """Pairs less strata; None when nothing was seen."""
    seen = _seen(strata)
    return sum(one.n for one in seen) - len(seen) if seen else None


def kish_size(strata: Iterable[Stratum]) -> float | None:
    """The effective sample size that the unequal weights alone leave: (sum w)^2 / sum w^2 (Kish 1965)."""
    seen = _seen(strata)
    total = sum(one.audits for one in seen)
    if not total:
        return None
    return float(total**2 / sum((Fraction(one.audits**2, one.n) for one in seen), Fraction(0)))


def logit(strata: Iterable[Stratum], confidence: float = 0.95, *, fpc: bool) -> Interval | None:
    """A t interval on the log odds; None at 0%, at 100%, and where the variance is 0 or unknown."""
    basis = _basis(_seen(strata), fpc=fpc)
    if basis is None:
        return None
    share, error, df = basis
    centre = log(share / (1 - share))
    half = _t(df, (1 + confidence) / 2) * error / (share * (1 - share))
    return Interval(1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre)))


def korn_graubard(strata: Iterable[Stratum], confidence: float = 0.95, *, fpc: bool) -> Interval | None:
    """Clopper-Pearson at the effective size p(1-p)/se^2, scaled by the squared ratio of t quantiles (1998).

    None at 0%, at 100%, and where the variance is 0 or unknown.
    """
    from scipy.special import betaincinv

    seen = _seen(strata)
    basis = _basis(seen, fpc=fpc)
    if basis is None:
        return None
    share, error, df = basis
    tail = (1 - confidence) / 2
    pairs = sum(one.n for one in seen)
    size = share * (1 - share) / error**2 * (_t(pairs - 1, 1 - tail) / _t(df, 1 - tail)) ** 2
    low = float(betaincinv(size * share, size * (1 - share) + 1, tail))
    high = float(betaincinv(size * share + 1, size * (1 - share), 1 - tail))
    return Interval(low, high)


def _seen(strata: Iterable[Stratum]) -> tuple[Stratum, ...]:
    return tuple(one for one in strata if one.n)


def _basis(seen: Sequence[Stratum], *, fpc: bool) -> tuple[float, float, int] | None:
    """The estimate, its standard error and the degrees of freedom, or None where no interval can be made of them."""
    error = standard_error(seen, fpc=fpc)
    df = degrees_of_freedom(seen)
    if not error or not df:
        return None
    total = sum(one.audits for one in seen)
    share = float(sum((Fraction(one.audits * one.k, total * one.n) for one in seen), Fraction(0)))
    return share, error, df


def _t(df: int, quantile: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, quantile))
