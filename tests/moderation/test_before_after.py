"""Before and after a change: closed months alone, the month of the change on neither side, never more than asked."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.before_after import NOTHING_AFTER, NOTHING_BEFORE, before_and_after
from moderation.statistics.difference import Change, difference
from moderation.statistics.figures import MonthShare
from moderation.statistics.months import after
from moderation.statistics.share import Share

FIRST = date(2025, 1, 1)
SHARES = st.integers(0, 20).flatmap(lambda n: st.integers(0, n).map(lambda k: Share(k, n)))
MONTHS = st.lists(st.tuples(SHARES, st.booleans()), max_size=18).map(
    lambda given: [MonthShare(after(FIRST, place), share, is_open) for place, (share, is_open) in enumerate(given)]
)
DAYS = st.dates(FIRST, date(2026, 6, 30))


@given(MONTHS, DAYS, st.integers(1, 6), st.data())
def test_the_months_on_each_side(months: list[MonthShare], day: date, length: int, data: st.DataObject) -> None:
    made = before_and_after(data.draw(st.permutations(months)), day, length=length)
    closed = [one.month for one in months if not one.open]
    month = day.replace(day=1)
    assert made.before_months == tuple(one for one in closed if one < month)[-length:]
    assert made.after_months == tuple(one for one in closed if one > month)[:length]
    by_month = {one.month: one.share for one in months}
    assert made.before == sum((by_month[one] for one in made.before_months), Share(0, 0))
    assert made.after == sum((by_month[one] for one in made.after_months), Share(0, 0))
    if made.before_months and made.after_months:
        assert made.difference == difference(made.after, made.before)


def test_without_months_on_a_side_it_says_so_and_claims_no_change() -> None:
    months = [MonthShare(FIRST, Share(3, 4)), MonthShare(after(FIRST, 1), Share(4, 4))]
    late = before_and_after(months, date(2025, 2, 3))
    assert (late.difference.reason, late.difference.change) == (NOTHING_AFTER, Change.UNKNOWN)
    assert before_and_after(months, date(2024, 12, 3)).difference.reason == NOTHING_BEFORE


def test_a_clear_change_is_said_with_its_interval() -> None:
    months = [MonthShare(after(FIRST, n), Share(2, 20)) for n in range(3)]
    months += [MonthShare(after(FIRST, n), Share(18, 20)) for n in range(4, 7)]
    made = before_and_after(months, date(2025, 4, 30))
    assert made.changed == date(2025, 4, 1)
    assert made.difference.change is Change.HIGHER
