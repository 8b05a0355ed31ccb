"""The same measure before and after a change in practice: the closed months on either side, and the difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from moderation.statistics.difference import Difference, difference
from moderation.statistics.figures import MonthShare
from moderation.statistics.share import Share

LENGTH: Final = 3
NOTHING_BEFORE: Final = "No month before the change is closed, so there is nothing to compare with."
NOTHING_AFTER: Final = "No month after the change is closed yet."


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """A share over the months before and after a change. The month of the change is on neither side."""

    changed: date
    before_months: tuple[date, ...]
    after_months: tuple[date, ...]
    before: Share
    after: Share
    difference: Difference


def before_and_after(months: Iterable[MonthShare], changed_on: date, *, length: int = LENGTH) -> BeforeAfter:
    """The last `length` closed months before the month of the change, and the first `length` closed ones after it.

    The months of one measure, in any order; open ones count on neither side. It says what was, not why.
    """
    month = changed_on.replace(day=1)
    closed = sorted((one for one in months if not one.open), key=lambda one: one.month)
    before = [one for one in closed if one.month < month][-length:]
    after = [one for one in closed if one.month > month][:length]
    earlier, later = (sum((one.share for one in side), Share(0, 0)) for side in (before, after))
    return BeforeAfter(
        month, tuple(one.month for one in before), tuple(one.month for one in after), earlier, later,
        _difference(before, after, earlier, later),
    )  # fmt: skip


def _difference(before: list[MonthShare], after: list[MonthShare], earlier: Share, later: Share) -> Difference:
    if not after:
        return Difference(None, None, NOTHING_AFTER)
    if not before:
        return Difference(None, None, NOTHING_BEFORE)
    return difference(later, earlier)
