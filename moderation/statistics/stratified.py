"""Shares of a sample drawn within strata, weighted to all audits: the estimate in exact fractions, and its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from moderation.statistics.share import Interval, Share


@dataclass(frozen=True, slots=True)
class Stratum:
    """A class of audits with a sampling rate of its own: ``audits`` in all (N), ``n`` of them seen, ``k`` of those so.

    ``joined_from`` names the strata it was joined from; it is empty for a stratum as drawn.

    Raises:
        ValueError: the counts are not 0 <= k <= n <= audits.
    """

    name: str
    audits: int
    n: int
    k: int
    certainty: bool = False
    joined_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n <= self.audits:
            raise ValueError(
                f"A stratum counts 0 <= k <= n <= N, not k = {self.k}, n = {self.n}, N = {self.audits} ({self.name})."
            )

    @property
    def share(self) -> Share:
        return Share(self.k, self.n)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the strata as drawn that it is made of."""
        return self.joined_from or (self.name,)

    def joined_with(self, other: "Stratum") -> "Stratum":
        """Both strata as one."""
        return Stratum(
            f"{self.name} and {other.name}",
            self.audits + other.audits,
            self.n + other.n,
            self.k + other.k,
            self.certainty and other.certainty,
            self.parts + other.parts,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a stratified sample says of all audits.

    ``value`` is exact, ``interval`` is MOVER-Wilson; both None when nothing was seen. ``used`` are the strata after
    joining, ``left_out`` those with audits of which none was seen, ``covered`` the share of audits ``used`` stand for.
    """

    value: Fraction | None
    interval: Interval | None
    used: tuple[Stratum, ...]
    left_out: tuple[Stratum, ...]

    @property
    def unweighted(self) -> Share:
        """The count over the strata used, as it is: k of n."""
        return Share(sum(one.k for one in self.used), sum(one.n for one in self.used))

    @property
    def covered(self) -> Share:
        """Audits in the strata used, of all audits."""
        used = sum(one.audits for one in self.used)
        return Share(used, used + sum(one.audits for one in self.left_out))


def weighted(strata: Iterable[Stratum], confidence: float = 0.95, *, fpc: bool = False) -> Estimate:
    """The sum of W_h p_h over strata with W_h = N_h / N, and its MOVER-Wilson interval.

    The limits combine each stratum's Wilson limits by the method of variance estimates recovery (Newcombe 1998; Zou
    and Donner 2008): low = p - sqrt(sum W_h^2 (1-f_h) (p_h-l_h)^2), high likewise. ``fpc`` sets f_h = n_h / N_h (the
    question is these audits); without it f_h = 0 (the question is the auditors), and one stratum gives Wilson's own.
    """
    given = [one for one in strata if one.audits]
    used = tuple(one for one in given if one.n)
    left_out = tuple(one for one in given if not one.n)
    total = sum(one.audits for one in used)
    if not total:
        return Estimate(None, None, used, left_out)
    value = sum((Fraction(one.audits * one.k, total * one.n) for one in used), Fraction(0))
    return Estimate(value, _mover(used, value, total, confidence, fpc=fpc), used, left_out)


def _mover(strata: Sequence[Stratum], value: Fraction, total: int, confidence: float, *, fpc: bool) -> Interval:
    below = above = 0.0
    for one in strata:
        limits = one.share.wilson(confidence)
        if limits is None:
            continue
        weight = one.audits / total
        spread = weight * weight * ((one.audits - one.n) / one.audits if fpc else 1.0)
        below += spread * (one.k / one.n - limits.low) ** 2
        above += spread * (limits.high - one.k / one.n) ** 2
    low = 0.0 if value == 0 else max(0.0, float(value) - sqrt(below))
    high = 1.0 if value == 1 else min(1.0, float(value) + sqrt(above))
    return Interval(low, high)


def joined(strata: Iterable[Stratum], fewest: int) -> tuple[Stratum, ...]:
    """The strata with each that has some but fewer than ``fewest`` pairs joined to its neighbour in the given order.

    Only strata that are not certainty strata are joined, and only with each other; where there is no such neighbour
    the stratum stays as it is. Strata nobody was seen of are not joined: they are named and left out.
    """
    result = list(strata)
    while True:
        open_to_join = [i for i, one in enumerate(result) if one.n and not one.certainty]
        small = next((place for place, i in enumerate(open_to_join) if result[i].n < fewest), None)
        if small is None or len(open_to_join) < 2:
            return tuple(result)
        first = small if small + 1 < len(open_to_join) else small - 1
        one, two = open_to_join[first], open_to_join[first + 1]
        result[one] = result[one].joined_with(result[two])
        del result[two]
