"""Working days: weekends and England's bank holidays are none, and counting there and back leads home."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    nth_working_day,
    working_days_between,
)

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))
numbers = st.integers(1, 60)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday, which Scotland does not have
        date(2026, 8, 31),  # the summer bank holiday of England
        date(2026, 12, 28),  # in place of Boxing Day, a Saturday
        date(2023, 5, 8),  # the coronation
        date(2026, 11, 28),  # a Saturday
    ],
)
def test_bank_holidays_and_weekends_are_no_working_days(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 8, 3), date(2026, 12, 29)])
def test_holidays_of_scotland_alone_and_days_between_are_working_days(day: date) -> None:
    assert is_working_day(day)


def test_christmas_is_counted_over() -> None:
    assert add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 29), -1) == date(2026, 12, 24)
    assert working_days_between(date(2026, 12, 24), date(2027, 1, 4)) == 4  # 29, 30, 31 December, 4 January


def test_the_days_of_a_month_are_counted_from_its_first_and_before_it() -> None:
    month = date(2026, 12, 1)
    assert nth_working_day(month, 1) == date(2026, 12, 1)
    assert nth_working_day(month, 15) == date(2026, 12, 21)
    assert nth_working_day(month, 0) == date(2026, 11, 30)
    assert nth_working_day(month, -5) == date(2026, 11, 23)


@given(days, numbers)
def test_so_many_days_on_lie_so_many_days_apart_and_back_again_leads_home(day: date, number: int) -> None:
    day = next_working_day(day)
    later = add_working_days(day, number)
    assert is_working_day(later)
    assert working_days_between(day, later) == number
    assert working_days_between(later, day) == -number
    assert add_working_days(later, -number) == day


@given(days)
def test_the_next_working_day_is_the_first_there_is(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(n)) for n in range((found - day).days))
    assert add_working_days(day, 0) == found


@given(days, st.integers(-20, 20))
def test_one_more_is_the_next_working_day_after(day: date, number: int) -> None:
    month = day.replace(day=1)
    assert working_days_between(nth_working_day(month, number), nth_working_day(month, number + 1)) == 1
