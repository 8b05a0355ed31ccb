"""Months are first days; windows are the last closed ones; a gap between two months is a month with nothing."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.months import Month, after, financial_year, name, read, windows, without_gaps

months = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(lambda day: day.replace(day=1))


@given(months)
def test_a_month_is_read_as_it_is_written(month: date) -> None:
    assert read(name(month)) == month


@pytest.mark.parametrize("text", ["2026-13", "October", "", "2026-10-01", "2026"])
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2026-10"):
        read(text)


@given(months, st.integers(-200, 200))
def test_steps_there_and_back(month: date, steps: int) -> None:
    assert after(after(month, steps), -steps) == month


def test_months_cross_the_year() -> None:
    assert after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert after(date(2026, 1, 1), -1) == date(2025, 12, 1)


@pytest.mark.parametrize("month", [date(2026, 4, 1), date(2026, 12, 1), date(2027, 3, 1)])
def test_a_financial_year_runs_from_april(month: date) -> None:
    assert financial_year(month) == tuple(after(date(2026, 4, 1), step) for step in range(12))


@given(st.lists(months, unique=True, max_size=4))
def test_gaps_are_filled_with_closed_months(given_months: list[date]) -> None:
    near = [month.replace(year=2020 + month.year % 5) for month in given_months]
    filled = without_gaps(Month(month, open=True) for month in set(near))
    assert all(after(one.month) == two.month for one, two in pairwise(filled))
    assert {state.month for state in filled if state.open} == set(near)


def test_windows_are_of_closed_months_alone() -> None:
    all_months = [Month(after(date(2025, 1, 1), i), open=i > 13) for i in range(16)]
    found = dict(windows(all_months).items())
    assert [len(found[window]) for window in ("last_3", "last_12", "all")] == [3, 12, 14]
    assert found["last_3"][-1] == date(2026, 2, 1)
