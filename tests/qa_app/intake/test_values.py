"""Dates, months, answers and numbers in every spelling mean one thing, and nonsense is a sentence."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.intake import values
from qa_app.intake.limits import Cell
from qa_app.intake.values import BadValue, Bounds

DAYS = st.dates(date(1990, 1, 1), date(2068, 12, 31))
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spellings(day: date) -> tuple[Cell, ...]:
    named = SHORT[day.month - 1]
    return (
        *(f"{day.day:02}/{day.month:02}/{day.year}", f"{day.day}/{day.month}/{day.year % 100:02}"),
        *(f"{day.year}-{day.month:02}-{day.day:02}", f"{day.day:02}-{named}-{day.year % 100:02}"),
        *(f" {day.day} {named.upper()} {day.year} ", f"{day.day}.{day.month}.{day.year}"),
        *(f"{day.isoformat()} 09:30", f"{day.isoformat()}T00:00:00", f"{day.day}/{day.month}/{day.year} 10:15 PM"),
        *(day, datetime(day.year, day.month, day.day, 23, 59)),  # noqa: DTZ001 (a workbook's times have no zone)
        (day - date(1899, 12, 30)).days,
        float((day - date(1899, 12, 30)).days) + 0.75,
    )


@settings(deadline=None)
@given(DAYS)
def test_a_day_is_the_same_in_every_spelling(day: date) -> None:
    assert {values.read_date(spelling) for spelling in spellings(day)} == {day}


@settings(deadline=None)
@given(DAYS)
def test_a_month_is_the_same_in_every_spelling(day: date) -> None:
    short = SHORT[day.month - 1]
    ways = (f"{short} {day.year}", f"{day:%Y-%m}", f"{day:%m/%Y}", f"{short}-{day.year % 100:02}", day)
    assert {values.read_month(way) for way in (*ways, f"{day:%d/%m/%Y}")} == {day.replace(day=1)}


@settings(deadline=None)
@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.dates(), st.datetimes()))
def test_any_cell_is_a_value_or_a_sentence(cell: Cell) -> None:
    readers: tuple[Callable[[Cell], object], ...] = (
        *(values.read_date, values.read_month, values.read_yes_no, values.read_yes_partly_no, values.read_whole),
        *(values.read_share, values.age_band, values.read_text, values.read_identifier),
    )
    for reader in readers:
        try:
            reader(cell)
        except BadValue as fault:
            said = str(fault)
        else:
            said = "It means something."
        assert said.endswith(".")


@pytest.mark.parametrize("text", ["31/02/2026", "29/02/2025", "00/01/2026", "11/17/2024", "2026-13-01", "31-Nov-25"])
def test_a_day_in_no_calendar_is_refused_as_such(text: str) -> None:
    with pytest.raises(BadValue, match="no such day"):
        values.read_date(text)


@pytest.mark.parametrize("text", ["soon", "1/2", "2026", "12 Foo 2026", "1/2/3/4", 12, -1, 1e300, float("nan")])
def test_what_is_no_date_is_refused(text: str | float) -> None:
    with pytest.raises(BadValue):
        values.read_date(text)


def test_dates_outside_the_bounds_are_refused_with_the_bound() -> None:
    bounds = Bounds(date(2000, 1, 1), date(2026, 11, 23))
    assert values.read_date("23/11/2026", bounds) == date(2026, 11, 23)
    with pytest.raises(BadValue, match="after 23 November 2026"):
        values.read_date("24/11/2026", bounds)
    with pytest.raises(BadValue, match="before 1 January 2000"):
        values.read_date("1/1/1900", Bounds(date(2000, 1, 1)))


@pytest.mark.parametrize("month", ["Nov", "13/2026", "2026-00", "Nov 1026", "never 2026", 7])
def test_what_is_no_month_is_refused(month: str | int) -> None:
    with pytest.raises(BadValue):
        values.read_month(month)


def test_full_and_four_letter_months_are_read() -> None:
    assert values.read_month("November 2024") == values.read_month("Nov 24") == date(2024, 11, 1)
    assert values.read_month("Sept 2025") == date(2025, 9, 1)


def test_empty_is_nothing_seen() -> None:
    readers = (values.read_date, values.read_month, values.read_yes_no, values.read_yes_partly_no, values.read_whole)
    assert [reader(None) for reader in readers] == [None] * 5
    assert values.read_share(None) is None
    assert values.age_band(None) == values.read_text(None) == ""


def test_yes_partly_and_no_in_the_spellings_of_councils() -> None:
    assert {values.read_yes_no(word) for word in ("Y", "y", " yes ", "TRUE", 1)} == {True}
    assert {values.read_yes_no(word) for word in ("N", "No", "false", 0, 0.0)} == {False}
    assert {values.read_yes_partly_no(word) for word in ("P", "Partly", "partial")} == {"partly"}
    assert values.read_yes_partly_no("n/a") is None
    with pytest.raises(BadValue):
        values.read_yes_no("perhaps")


def test_numbers_that_name_something_lose_their_decimals_and_keep_their_noughts() -> None:
    assert {values.read_identifier(cell) for cell in (400047, 400047.0, "400047.0", " 400047 ")} == {"400047"}
    assert values.read_identifier("007") == "007"
    assert values.read_identifier("A.0") == "A.0"


def test_ages_become_bands_and_nothing_more() -> None:
    ages: dict[Cell, str] = {
        0: "0 to 4",
        4.0: "0 to 4",
        "5": "5 to 9",
        15: "10 to 15",
        "17.0": "16 to 17",
        25: "18 to 25",
    }
    assert {age: values.age_band(age) for age in ages} == ages
    assert values.age_band("unborn") == "Unborn"
    wrongs: tuple[Cell, ...] = (26, -1, "old")
    for wrong in wrongs:
        with pytest.raises(BadValue):
            values.age_band(wrong)


def test_shares_of_full_time() -> None:
    assert values.read_share("0.6") == values.read_share(0.6) == Decimal("0.6")
    for wrong in (0, -1, 37, "nan", "half"):
        with pytest.raises(BadValue):
            values.read_share(wrong)
