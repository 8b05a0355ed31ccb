"""Months and days in words, as reports and pages write them, whatever the machine's language."""

from collections.abc import Iterable
from datetime import date
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def month_name(month: date) -> str:
    """A month in words: October 2026."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def day_name(day: date) -> str:
    """A day in words: 3 October 2026."""
    return f"{day.day} {month_name(day)}"


def tools_in_words(asked_with: Iterable[tuple[str, int, tuple[date, ...]]]) -> str:
    """The versions of the tool behind figures (title, version, months), as one sentence; empty where there is none."""
    said = "; ".join(f"{title}, version {version} ({span(months)})" for title, version, months in asked_with)
    return f"Asked with: {said}." if said else ""


def weekday_name(day: date, today: date) -> str:
    """A day near today in words: Friday 20 November; with its year where that is another one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def span(months: tuple[date, ...]) -> str:
    """The months of a window from first to last: 'August to October 2026'; 'no closed month' for none."""
    if not months:
        return "no closed month"
    first, last = months[0], months[-1]
    if first == last:
        return month_name(first)
    start = MONTHS[first.month - 1] if first.year == last.year else month_name(first)
    return f"{start} to {month_name(last)}"
