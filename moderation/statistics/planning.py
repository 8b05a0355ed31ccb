"""How many moderations a verdict needs, and what a number of them can and cannot show: the verdict turned round."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import exp, lgamma

from moderation.statistics.share import Interval, Share
from moderation.statistics.streak import at_least
from moderation.statistics.target import Target, lies_beyond, surely_met

MOST_MODERATIONS = 10_000_000


class Method(StrEnum):
    """Which interval must lie beyond the target: Wilson's (as in the verdict) or Clopper-Pearson's (never too sure)."""

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper_pearson"


def needed(disagreements: int, target: Target, confidence: float = 0.95, method: Method = Method.WILSON) -> int | None:
    """The fewest moderations, so many of them disagreeing, with which the verdict is 'met' for certain.

    It turns ``target.judge`` round: with one moderation fewer it is not certain. None where no number is enough, as for
    a target of more than 100%.

    Raises:
        ValueError: the number of disagreements is negative, or the target asks for less and not for more.
    """
    _check(disagreements, target)
    return _fewest(
        disagreements, MOST_MODERATIONS, lambda n: confirmed(Share(n - disagreements, n), target, confidence, method)
    )


def needed_of(disagreements: int, audits: int, target: Target, confidence: float = 0.95) -> int | None:
    """The same about ``audits`` audits alone (N), without replacement: exact, from the hypergeometric distribution.

    Enough is the least n at which so few disagreements would turn up with probability of at most (1 - confidence) / 2
    if all N audits just missed the target. None where not even moderating all N is enough.

    Raises:
        ValueError: a number is negative, or the target asks for less and not for more.
    """
    _check(disagreements, target)
    if audits < 0:
        raise ValueError("The number of audits is 0 or more.")
    missing = _fewest_that_miss(audits, target)
    if missing is None:
        return min(disagreements, audits)
    tail = (1 - confidence) / 2 * (1 + 1e-12)
    return _fewest(disagreements, audits, lambda n: at_most_seen(disagreements, n, missing, audits) <= tail)


def at_most_seen(seen: int, n: int, marked: int, audits: int) -> float:
    """The hypergeometric probability of at most ``seen`` of ``marked`` among n drawn from ``audits``."""
    ways = _log_comb(audits, n)
    first, last = max(0, n - (audits - marked)), min(seen, n, marked)
    return min(
        1.0, sum(exp(_log_comb(marked, x) + _log_comb(audits - marked, n - x) - ways) for x in range(first, last + 1))
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What n moderations can show against a target.

    ``meets_up_to`` is the largest number of disagreements with which the share meets the target to the letter,
    ``certain_up_to`` the largest with which that is certain, ``missed_from`` the smallest with which it is certainly
    missed; None where no number does.
    """

    n: int
    target: Target
    meets_up_to: int | None
    certain_up_to: int | None
    missed_from: int | None

    @property
    def text(self) -> str:
        """What n can and cannot show, in sentences."""
        if not self.n:
            return "Without moderations nothing can be shown."
        of = f"{self.n:,} moderation{'' if self.n == 1 else 's'}"
        if self.meets_up_to is None:
            return f"With {of} no result meets {self.target.text}."
        says = [f"With {of} the share is {self.target.text} with {_up_to(self.meets_up_to)}."]
        if self.certain_up_to is None:
            says.append("Not even full agreement makes that certain.")
        else:
            says.append(f"It is certain with {_up_to(self.certain_up_to)}.")
        if self.missed_from is None:
            says.append("No result shows for certain that it is missed.")
        else:
            says.append(f"From {self.missed_from:,} it is certainly missed.")
        return " ".join(says)


def reach(n: int, target: Target, confidence: float = 0.95) -> Reach:
    """What n moderations can show, by Wilson's interval as the verdict has it.

    Raises:
        ValueError: n is negative, or the target asks for less and not for more.
    """
    _check(n, target)
    if not n:
        return Reach(0, target, None, None, None)
    meets = _most(n, lambda d: target.met_by(Fraction(n - d, n)))
    certain = _most(n, lambda d: confirmed(Share(n - d, n), target, confidence))
    not_missed = _most(n, lambda d: not _missed(Share(n - d, n), target, confidence))
    missed = 0 if not_missed is None else not_missed + 1
    return Reach(n, target, meets, certain, missed if missed <= n else None)


def power(n: int, truth: float, target: Target, confidence: float = 0.95, method: Method = Method.WILSON) -> float:
    """The probability that n moderations make the verdict 'met' certain, if each agrees with probability ``truth``.

    Raises:
        ValueError: n is negative, or the target asks for less and not for more.
    """
    _check(n, target)
    most = _most(n, lambda d: confirmed(Share(n - d, n), target, confidence, method)) if n else None
    return 0.0 if most is None else at_least(n - most, n, truth)


def chance_to_meet(n: int, truth: float, target: Target) -> float:
    """The probability that the share of n meets the target to the letter, if each agrees with probability ``truth``.

    Raises:
        ValueError: n is negative, or the target asks for less and not for more.
    """
    _check(n, target)
    most = _most(n, lambda d: target.met_by(Fraction(n - d, n))) if n else None
    return 0.0 if most is None else at_least(n - most, n, truth)


def confirmed(share: Share, target: Target, confidence: float = 0.95, method: Method = Method.WILSON) -> bool:
    """Whether the interval of a share lies wholly where the target is met; never without a share."""
    interval = share.wilson(confidence) if method is Method.WILSON else share.clopper_pearson(confidence)
    return interval is not None and surely_met(interval, target)


def _missed(share: Share, target: Target, confidence: float) -> bool:
    interval: Interval | None = share.wilson(confidence)
    return interval is not None and lies_beyond(interval, target)


def _check(number: int, target: Target) -> None:
    if number < 0:
        raise ValueError("A number of moderations or disagreements is 0 or more.")
    if not target.looks_up:
        raise ValueError("Sample sizes are given for targets that ask for more, not for less.")


def _fewest_that_miss(audits: int, target: Target) -> int | None:
    """The smallest number of disagreements among all audits with which the target is missed; None if none misses it."""
    most = _most(audits, lambda d: target.met_by(Fraction(audits - d, audits))) if audits else None
    if most is None:
        return 0
    return most + 1 if most < audits else None


def _fewest(least: int, most: int, enough: Callable[[int], bool]) -> int | None:
    """The smallest n from ``least`` (at least 1) to ``most`` that is enough, where more is never worse."""
    low = max(least, 1)
    if low > most:
        return None
    high = low
    while not enough(high):
        if high == most:
            return None
        low, high = high + 1, min(most, 2 * high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _most(n: int, holds: Callable[[int], bool]) -> int | None:
    """The largest of 0 to n for which it holds, where a larger number is never better; None if not even 0 does."""
    if not holds(0):
        return None
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _up_to(disagreements: int) -> str:
    if not disagreements:
        return "no disagreement"
    return f"up to {disagreements:,} disagreement{'' if disagreements == 1 else 's'}"
