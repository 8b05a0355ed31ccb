"""How councils write dates, months, yes and no, numbers and ages, and what each of them means."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

from qa_app.intake.limits import Cell


class BadValue(ValueError):  # noqa: N818 (what the cell is; the sentence is for the reader)
    """A cell that does not mean what its column should hold; the message is a sentence for the reader."""


class Bounds(NamedTuple):
    """The days a date may lie between, both included."""

    earliest: date = date(1990, 1, 1)
    latest: date = date(2099, 12, 31)


ANY_DAY: Final = Bounds()
AGE_BANDS: Final = ((4, "0 to 4"), (9, "5 to 9"), (15, "10 to 15"), (17, "16 to 17"), (25, "18 to 25"))
UNBORN: Final = "Unborn"

_DAY_ZERO: Final = date(1899, 12, 30)  # Excel counts days from here, once past its 29 February 1900
_SERIALS: Final = (20_000, 80_000)  # 1954 to 2119: a number outside is no date
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_TIME: Final = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})", re.ASCII)
_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-/.]+([a-z]{3,9})\.?[ \-/,]*(\d{4}|\d{2})", re.ASCII | re.I)
_MONTH_NAMED: Final = re.compile(r"([a-z]{3,9})\.?[ \-/,']*(\d{4}|\d{2})", re.ASCII | re.I)
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[/.\-](\d{4})", re.ASCII)
_YEAR_MONTH: Final = re.compile(r"(\d{4})[/.\-](\d{1,2})", re.ASCII)
_WHOLE: Final = re.compile(r"([+-]?\d{1,15})(?:\.0+)?", re.ASCII)
_YES: Final = frozenset(("y", "yes", "true", "t", "1", "x", "✓", "✔"))
_NO: Final = frozenset(("n", "no", "false", "f", "0"))
_PARTLY: Final = frozenset(("p", "part", "partly", "partial", "partially", "in part", "some", "yes/no", "y/n"))


@lru_cache(maxsize=65_536)
def read_date(cell: Cell, bounds: Bounds = ANY_DAY) -> date | None:
    """The day a cell means; day before month, as in Britain. None for an empty cell.

    Raises:
        BadValue: no date, a day that is in no calendar, or one outside the bounds.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, str):
        day = _day(cell)
    else:
        day = _serial(cell)
    if day < bounds.earliest:
        raise BadValue(f"The date is before {_spoken(bounds.earliest)}. Check the year.")
    if day > bounds.latest:
        raise BadValue(f"The date is after {_spoken(bounds.latest)}. Check the year.")
    return day


def _spoken(day: date) -> str:
    return f"{day.day} {_FULL[day.month - 1].capitalize()} {day.year}"


def _serial(number: float) -> date:
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        raise BadValue("This number is not a date. Write the date as day/month/year, for example 27/10/2026.")
    return _DAY_ZERO + timedelta(days=int(number))


def _day(text: str) -> date:
    text = _TIME.sub("", text.strip())
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), _year(match[3])
    elif match := _NAMED.fullmatch(text):
        day, month, year = int(match[1]), _month_number(match[2]), _year(match[3])
    else:
        raise BadValue("This is not a date. Write it as day/month/year, for example 27/10/2026.")
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue("There is no such day in the calendar. Correct the date (day/month/year).") from None


def _year(digits: str) -> int:
    """Two digits are read as Excel and the C library do, with 69 as the first of the last century."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)


def _month_number(name: str) -> int:
    """1 to 12, from the first three letters or more of an English month ('Sept' is one)."""
    name = name.casefold()
    start = name[:3]
    if start in _MONTHS:
        number = _MONTHS.index(start)
        if _FULL[number].startswith(name):
            return number + 1
    raise BadValue("The month is not one we know. Write it as day/month/year, for example 27/10/2026.")


@lru_cache(maxsize=8192)
def read_month(cell: Cell, bounds: Bounds = ANY_DAY) -> date | None:
    """The first day of the month a cell means ('Nov 2024', '2024-11', a date); None for an empty cell.

    Raises:
        BadValue: no month, or one outside the bounds.
    """
    if not isinstance(cell, str):
        day = read_date(cell, bounds)
        return None if day is None else day.replace(day=1)
    text = cell.strip()
    if not text:
        return None
    if match := _YEAR_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
    elif match := _MONTH_YEAR.fullmatch(text):
        month, year = int(match[1]), int(match[2])
    elif match := _MONTH_NAMED.fullmatch(text):
        month, year = _month_number(match[1]), _year(match[2])
    else:
        try:
            day = read_date(text, bounds)
        except BadValue:
            day = None
        if day is None:
            raise BadValue("This is not a month. Write it with its year, for example Nov 2026.")
        return day.replace(day=1)
    if not 1 <= month <= 12:
        raise BadValue("There is no such month. Write it with its year, for example Nov 2026.")
    if not bounds.earliest.replace(day=1) <= date(max(year, 1), month, 1) <= bounds.latest:
        raise BadValue("The year of this month is not possible. Correct the year.")
    return date(year, month, 1)


def read_yes_no(cell: Cell) -> bool | None:
    """Yes is True and no is False, as councils spell them; None for an empty cell.

    Raises:
        BadValue: neither yes nor no.
    """
    word = _word(cell)
    if word is None:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise BadValue("Write Yes or No.")


def read_yes_partly_no(cell: Cell) -> str | None:
    """'yes', 'partly' or 'no'; None for an empty cell or one that says 'not applicable'.

    Raises:
        BadValue: none of the three.
    """
    word = _word(cell)
    if word is None or word in ("n/a", "na", "not applicable"):
        return None
    for meaning, spellings in (("yes", _YES), ("no", _NO), ("partly", _PARTLY)):
        if word in spellings:
            return meaning
    raise BadValue("Write Yes, Partly or No.")


def _word(cell: Cell) -> str | None:
    if cell is None:
        return None
    text = read_text(cell).casefold().rstrip(".")
    return text or None


def read_text(cell: Cell) -> str:
    """A cell as text: whole numbers without '.0', days as year-month-day, empty as ''."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def read_identifier(cell: Cell) -> str:
    """A number that names something (a case, an employee) as text; '400047.0' is 400047, leading noughts stay."""
    text = read_text(cell)
    head, dot, tail = text.partition(".")
    if dot and head.isdecimal() and tail and not tail.strip("0"):
        return head
    return text


def read_whole(cell: Cell) -> int | None:
    """A whole number, also when written as 7.0; None for an empty cell.

    Raises:
        BadValue: not a whole number.
    """
    text = read_text(cell)
    if not text:
        return None
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise BadValue("Write a whole number.")
    return int(match[1])


def read_share(cell: Cell) -> Decimal | None:
    """A share of full time, such as 0.6; None for an empty cell.

    Raises:
        BadValue: not a number above 0 and up to 2.
    """
    text = read_text(cell)
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 < share <= 2:
        raise BadValue("Write full time as 1 and part time as a share of it, for example 0.6.")
    return round(share, 2)


def age_band(cell: Cell) -> str:
    """The band an age in years falls in, '' for an empty cell; the age itself is not kept.

    Raises:
        BadValue: not an age between 0 and 25.
    """
    word = _word(cell)
    if word is None:
        return ""
    if word == UNBORN.casefold():
        return UNBORN
    age = read_whole(cell)
    if age is not None and age >= 0:
        for top, band in AGE_BANDS:
            if age <= top:
                return band
    raise BadValue("The age is not between 0 and 25.")
