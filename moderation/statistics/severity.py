"""How much each auditor grades higher or lower than moderators, drawn towards the mean of all by how little is known.

Never a league table: the results stand in the order given. The method is stated in ``METHOD`` for the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from moderation.statistics.agreement import ScaleTable
from moderation.statistics.share import Interval, two_sided_z

FEWEST_AUDITORS: Final = 3
METHOD: Final = (
    "Each pair counts by how many grades the auditor was above (+) or below (-) the moderator. An auditor's mean is "
    "drawn towards the mean of all auditors: the fewer pairs there are, and the less auditors differ among themselves, "
    "the more. It is an empirical Bayes estimate with one variance within auditors and one between them."
)


@dataclass(frozen=True, slots=True)
class Leaning:
    """One auditor: the mean grades above the moderator, as counted and as drawn towards the mean of all.

    ``weight`` is how far the own mean is trusted, 0 to 1. ``interval`` is for the drawn value. All but the count are
    None where ``Leanings.reason`` says why.
    """

    name: str
    n: int
    mean: float | None
    shrunk: float | None
    weight: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Leanings:
    """All auditors. ``mean`` is that of all; ``within`` and ``between`` are standard deviations in grades."""

    auditors: tuple[Leaning, ...]
    mean: float | None
    within: float | None
    between: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Sums:
    name: str
    n: int
    mean: float
    squares: float


def leanings(tables: Iterable[tuple[str, ScaleTable]], confidence: float = 0.95) -> Leanings:
    """Each auditor's leaning from their table of pairs, in the order given.

    The variance between auditors is DerSimonian and Laird's moment estimate (1986), not below 0; the variance within
    is pooled over auditors, with one pair more that differs by a grade, so that few pairs that happen to be alike do
    not look certain. The interval adds the doubt about the mean of all (Kackar and Harville 1984, first order); it
    leaves out the doubt about the two variances.

    From three auditors with pairs; with fewer there is nothing to draw towards.
    """
    sums = [_sums(name, table) for name, table in tables]
    seen = [one for one in sums if one.n]
    if len(seen) < FEWEST_AUDITORS:
        reason = f"It takes {FEWEST_AUDITORS} auditors with enough pairs to compare them; there {_are(len(seen))}."
        bare = tuple(Leaning(one.name, one.n, one.mean if one.n else None, None, None, None) for one in sums)
        return Leanings(bare, None, None, None, reason)
    within = (sum(one.squares for one in seen) + 1) / (sum(one.n - 1 for one in seen) + 1)
    between = _between(seen, within)
    precisions = [1 / (between + within / one.n) for one in seen]
    doubt = 1 / sum(precisions)
    mean = doubt * sum(p * one.mean for p, one in zip(precisions, seen, strict=True))
    z = two_sided_z(confidence)

    def drawn(one: _Sums) -> Leaning:
        if not one.n:
            return Leaning(one.name, 0, None, None, None, None)
        weight = between / (between + within / one.n)
        shrunk = mean + weight * (one.mean - mean)
        half = z * sqrt(weight * within / one.n + (1 - weight) ** 2 * doubt)
        return Leaning(one.name, one.n, one.mean, shrunk, weight, Interval(shrunk - half, shrunk + half))

    return Leanings(tuple(map(drawn, sums)), mean, sqrt(within), sqrt(between))


def _sums(name: str, table: ScaleTable) -> _Sums:
    steps: dict[int, int] = {}
    for row, counts in enumerate(table.table):
        for column, count in enumerate(counts):
            steps[column - row] = steps.get(column - row, 0) + count
    n = table.n
    mean = sum(step * count for step, count in steps.items()) / n if n else 0.0
    return _Sums(name, n, mean, sum(count * (step - mean) ** 2 for step, count in steps.items()))


def _between(seen: Sequence[_Sums], within: float) -> float:
    weights = [one.n / within for one in seen]
    total = sum(weights)
    centre = sum(w * one.mean for w, one in zip(weights, seen, strict=True)) / total
    spread = sum(w * (one.mean - centre) ** 2 for w, one in zip(weights, seen, strict=True))
    return max(0.0, (spread - (len(seen) - 1)) / (total - sum(w * w for w in weights) / total))


def _are(auditors: int) -> str:
    return "is 1" if auditors == 1 else f"are {auditors or 'none'}"
