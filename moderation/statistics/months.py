"""Calendar months as the first day of the month, and the windows of closed months that figures are given for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Month(NamedTuple):
    """A cycle's month (its first day) and whether it is still open; an open month is shown and never counted."""

    month: date
    open: bool = False


@dataclass(frozen=True)
class Windows(Generic[T]):
    """One thing for each window of closed months: the last 3, the last 12, and all of them."""

    last_3: T
    last_12: T
    all_closed: T

    def items(self) -> Iterator[tuple[str, T]]:
        """The windows with the names they have in files and addresses."""
        yield "last_3", self.last_3
        yield "last_12", self.last_12
        yield "all", self.all_closed

    def map(self, make: Callable[[T], U]) -> "Windows[U]":
        """The same windows with something made of each."""
        return Windows(make(self.last_3), make(self.last_12), make(self.all_closed))


def name(month: date) -> str:
    """A month as files and addresses write it: 2026-10."""
    return f"{month:%Y-%m}"


def read(text: str) -> date:
    """The month a text such as '2026-10' names.

    Raises:
        ValueError: it names none.
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f"'{text}' is not a month. Write the year and the month, such as 2026-10.") from None


def after(month: date, steps: int = 1) -> date:
    """The month so many months later (earlier when negative)."""
    years, months = divmod(month.year * 12 + month.month - 1 + steps, 12)
    return date(years, months + 1, 1)


def without_gaps(months: Iterable[Month]) -> tuple[Month, ...]:
    """Months in calendar order; one with no cycle between two others stands as a closed month with nothing in it.

    Raises:
        ValueError: a month is given twice, or not by its first day.
    """
    known = sorted(months)
    if any(month.month.day != 1 for month in known):
        raise ValueError("A month is given by its first day.")
    if any(one.month == two.month for one, two in pairwise(known)):
        raise ValueError("A month is given twice.")
    filled = known[:1]
    for state in known[1:]:
        while (following := after(filled[-1].month)) < state.month:
            filled.append(Month(following))
        filled.append(state)
    return tuple(filled)


def windows(months: Iterable[Month]) -> Windows[tuple[date, ...]]:
    """The last 3 and 12 closed months, and all closed months, of months in calendar order."""
    closed = tuple(state.month for state in months if not state.open)
    return Windows(closed[-3:], closed[-12:], closed)


def financial_year(month: date) -> tuple[date, ...]:
    """The twelve months, April to March, of the financial year a month is in."""
    april = date(month.year if month.month >= 4 else month.year - 1, 4, 1)
    return tuple(after(april, step) for step in range(12))
