"""A streak: consecutive closed months that each meet a target, and what breaks or holds the run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from moderation.statistics.months import Month, without_gaps
from moderation.statistics.share import Share
from moderation.statistics.target import Operator, Target


class Gap(StrEnum):
    """What a month without enough judgements does to a run: it ends it, or the run holds without growing."""

    BREAK = "break"
    HOLD = "hold"

    @property
    def words(self) -> str:
        return "ends the run" if self is Gap.BREAK else "leaves the run as it stands, without adding to it"


class Standing(StrEnum):
    """How one month stands in a streak."""

    MET = "pass"
    NOT_MET = "fail"
    NOTHING_SEEN = "no_audits"
    TOO_FEW = "too_few"
    OPEN = "open"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS: Final = {
    Standing.MET: "target met",
    Standing.NOT_MET: "target not met",
    Standing.NOTHING_SEEN: "no judgements",
    Standing.TOO_FEW: "too few judgements",
    Standing.OPEN: "month still open",
}


class MonthCount(NamedTuple):
    """What a month saw: k of n, and whether the month is still open."""

    month: date
    share: Share
    open: bool = False


@dataclass(frozen=True, slots=True)
class StreakMonth:
    """One month of a streak: its standing, and the length of the run that stood when it ended."""

    month: date
    share: Share
    standing: Standing
    run: int
    in_current_run: bool = False


@dataclass(frozen=True, slots=True)
class Streak:
    """The run that stands now, the longest one, and when the required length was first reached.

    ``chance`` is the probability that every month of the current run meets the target when the true share is exactly
    the target's line (independent binomial months of these sizes); None without a run.
    """

    months: tuple[StreakMonth, ...]
    current: int
    longest: int
    required: int
    first_met: date | None
    chance: float | None

    @property
    def ever_met(self) -> bool:
        return self.first_met is not None

    @property
    def currently_met(self) -> bool:
        return self.current >= self.required

    @property
    def current_months(self) -> tuple[date, ...]:
        return tuple(month.month for month in self.months if month.in_current_run)


def streak(
    counts: Iterable[MonthCount], target: Target, *, required: int = 4, min_n: int = 1, gap: Gap = Gap.BREAK
) -> Streak:
    """The streak of months against a target.

    Months come in any order; a calendar month that is missing between two others is a month without judgements. An
    open month never counts: at the end it changes nothing, before a closed month it is a gap like any other.

    Raises:
        ValueError: a month is given twice or not by its first day, or the required length is below 1.
    """
    if required < 1:
        raise ValueError("A streak needs at least one month.")
    listed = tuple(counts)
    calendar = without_gaps(Month(count.month, count.open) for count in listed)
    shares = {count.month: count.share for count in listed}
    months: list[StreakMonth] = []
    run = 0
    for position, state in enumerate(calendar):
        share = shares.get(state.month, Share(0, 0))
        standing = _standing(share, target, min_n, is_open=state.open)
        run = _run_after(run, standing, gap, is_last=all(later.open for later in calendar[position:]))
        months.append(StreakMonth(state.month, share, standing, run))
    return _summed_up(months, run, required, target)


def _standing(share: Share, target: Target, min_n: int, *, is_open: bool) -> Standing:
    if is_open:
        return Standing.OPEN
    if share.fraction is None:
        return Standing.NOTHING_SEEN
    if share.n < min_n:
        return Standing.TOO_FEW
    return Standing.MET if target.met_by(share.fraction) else Standing.NOT_MET


def _run_after(run: int, standing: Standing, gap: Gap, *, is_last: bool) -> int:
    if standing is Standing.MET:
        return run + 1
    if standing is Standing.NOT_MET:
        return 0
    if gap is Gap.HOLD or (standing is Standing.OPEN and is_last):
        return run
    return 0


def _summed_up(months: Sequence[StreakMonth], current: int, required: int, target: Target) -> Streak:
    standing_now = [month for month in months if month.standing is Standing.MET][-current:] if current else []
    marked = {month.month for month in standing_now}
    reached = (month.month for month in months if month.standing is Standing.MET and month.run >= required)
    return Streak(
        months=tuple(StreakMonth(one.month, one.share, one.standing, one.run, one.month in marked) for one in months),
        current=current,
        longest=max((month.run for month in months), default=0),
        required=required,
        first_met=next(reached, None),
        chance=chance_of_run([month.share.n for month in standing_now], target) if standing_now else None,
    )


def chance_of_run(sizes: Iterable[int], target: Target) -> float:
    """The probability that months of these sizes all meet the target when the true share is exactly its line."""
    chance = 1.0
    for n in sizes:
        chance *= chance_of_meeting(n, target)
    return chance


def chance_of_meeting(n: int, target: Target) -> float:
    """The probability that k of n meets a target that asks for more, when the true share is exactly its line."""
    if not target.looks_up:
        raise ValueError("The chance of meeting a target is given for targets that ask for more, not for less.")
    line = target.line
    above = target.operator is Operator.ABOVE
    least = line.numerator * n // line.denominator + 1 if above else -(-line.numerator * n // line.denominator)
    return at_least(least, n, float(line))


def at_least(k: int, n: int, p: float) -> float:
    """The binomial probability of k or more out of n when each happens with probability p."""
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    from scipy.special import bdtrc

    return float(bdtrc(k - 1, n, p))
