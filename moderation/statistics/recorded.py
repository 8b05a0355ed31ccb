"""Values that come from elsewhere, held against what the plan asks: exact numbers, never rounded before judging."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Final, NamedTuple

from moderation.statistics.months import after
from moderation.statistics.target import Operator

NOTHING: Final = "No value is recorded."
NO_DENOMINATOR: Final = "The newest value is out of nobody, so there is no percentage."
NOT_OUT_OF: Final = "The newest value has no number it is out of, so there is no percentage."
_HOLDS: Final[dict[Operator, Callable[[Fraction, Fraction], bool]]] = {
    Operator.ABOVE: gt,
    Operator.AT_LEAST: ge,
    Operator.BELOW: lt,
    Operator.AT_MOST: le,
    Operator.ALL: eq,
}
_WORDS: Final = {
    Operator.ABOVE: "more than",
    Operator.AT_LEAST: "at least",
    Operator.BELOW: "less than",
    Operator.AT_MOST: "at most",
}


@dataclass(frozen=True, slots=True)
class Aim:
    """What is asked of a number: how it is held against its line, and in how many months running.

    A percentage is a share of 100; its line is 85, not 0.85.

    Raises:
        ValueError: the line is negative, or a percentage over 100, or fewer than one month is asked for.
    """

    operator: Operator
    line: Fraction
    percent: bool = False
    consecutive: int | None = None

    def __post_init__(self) -> None:
        if self.line < 0 or (self.percent and self.line > 100):
            raise ValueError("A target is not below 0, and a percentage is not over 100.")
        if self.consecutive is not None and self.consecutive < 1:
            raise ValueError("A run needs at least one month.")

    def met_by(self, value: Fraction) -> bool:
        """Whether an exact value meets the target to the letter."""
        return _HOLDS[self.operator](value, self.line)

    @property
    def text(self) -> str:
        """The target in words, such as 'more than 85%' or 'at most 8.45'."""
        number = f"{plainly(self.line)}{'%' if self.percent else ''}"
        if self.operator is Operator.ALL:
            words = "all" if self.percent and self.line == 100 else number
        else:
            words = f"{_WORDS[self.operator]} {number}"
        return words if self.consecutive is None else f"{words}, {self.consecutive} months running"


class Value(NamedTuple):
    """A value over a period of whole days, both ends included. Without `out_of` it is a plain number."""

    first: date
    last: date
    number: Fraction
    out_of: Fraction | None = None

    def against(self, aim: Aim) -> Fraction | None:
        """The exact number that stands against the target; None where there is none."""
        if not aim.percent:
            return self.number
        return 100 * self.number / self.out_of if self.out_of else None

    @property
    def month(self) -> date | None:
        """The calendar month this value is of; None where its period is another one."""
        whole = self.first.day == 1 and self.last == after(self.first) - timedelta(days=1)
        return self.first if whole else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the newest value stands: `literal` is None where there is no figure, and `reason` then says why.

    `run` is how many calendar months up to the newest one meet the target one after the other, where a run is asked
    for; `value` is the exact number of the newest value.
    """

    newest: Value | None
    value: Fraction | None
    literal: bool | None
    reason: str = ""
    run: int | None = None

    @property
    def words(self) -> str:
        """The state in the words of every figure."""
        if self.literal is None:
            return "no figure"
        return "met" if self.literal else "not met"


def reduced(baseline: Fraction, percent: Fraction) -> Fraction:
    """So many percent below a baseline, exactly: 35% below 13 is 8.45.

    Raises:
        ValueError: the reduction is below nothing or over everything, or the baseline is negative.
    """
    if baseline < 0 or not 0 <= percent <= 100:
        raise ValueError("A reduction is between 0% and 100% of a baseline that is not negative.")
    return baseline * (100 - percent) / 100


def outcome(values: Iterable[Value], aim: Aim | None, *, until: date | None = None) -> Outcome:
    """The newest value against its target; `until` leaves out periods that ended after that day.

    The newest value is the one whose period ends last; of two that end together, the one that began later.
    """
    known = sorted((one for one in values if until is None or one.last <= until), key=lambda one: (one.last, one.first))
    if not known:
        return Outcome(None, None, None, NOTHING)
    newest = known[-1]
    if aim is None:
        return Outcome(newest, newest.number if newest.out_of is None else None, None)
    value = newest.against(aim)
    if value is None:
        return Outcome(newest, None, None, NOT_OUT_OF if newest.out_of is None else NO_DENOMINATOR)
    if aim.consecutive is None:
        return Outcome(newest, value, aim.met_by(value))
    run = months_running(known, aim)
    return Outcome(newest, value, run >= aim.consecutive, run=run)


def months_running(values: Sequence[Value], aim: Aim) -> int:
    """How many calendar months, counted back from the newest one with a value, meet the target without a gap."""
    by_month = {one.month: one.against(aim) for one in values if one.month is not None}
    if not by_month:
        return 0
    run, month = 0, max(by_month)
    while (value := by_month.get(month)) is not None and aim.met_by(value):
        run, month = run + 1, after(month, -1)
    return run


def plainly(number: Fraction, decimals: int = 4) -> str:
    """A number as people write it: 8.45, 11, 33.3333; a number that does not end is cut at so many decimals."""
    scaled = round(number * 10**decimals)
    whole, rest = divmod(abs(scaled), 10**decimals)
    tail = f"{rest:0{decimals}d}".rstrip("0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole:,}.{tail}" if tail else f"{sign}{whole:,}"
