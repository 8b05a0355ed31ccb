"""The periods breakdowns are published for: quarters and financial years that are over, never a month less or more."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from moderation.statistics.months import Month, after, financial_year


class Period(NamedTuple):
    """A quarter (April to June and so on) or a financial year, by its first and last month."""

    first: date
    last: date

    @property
    def is_year(self) -> bool:
        return after(self.first, 11) == self.last

    @property
    def year(self) -> "Period":
        """The financial year it lies in."""
        months = financial_year(self.first)
        return Period(months[0], months[-1])

    @property
    def before(self) -> "Period":
        """The period of the same length before it."""
        steps = -12 if self.is_year else -3
        return Period(after(self.first, steps), after(self.last, steps))

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(month for month in financial_year(self.first) if self.first <= month <= self.last)

    @property
    def name(self) -> str:
        """How an address names it, such as 2026-04-to-2026-06."""
        return f"{self.first:%Y-%m}-to-{self.last:%Y-%m}"


def quarters(year: Period) -> tuple[Period, ...]:
    """The four quarters of a financial year."""
    return tuple(Period(after(year.first, step), after(year.first, step + 2)) for step in (0, 3, 6, 9))


def over(months: Iterable[Month]) -> tuple[Period, ...]:
    """The quarters and financial years that are over, newest first: no month of theirs is open, and the last is past.

    A period has begun to be over when its last month, or a later one, is closed.
    """
    states = list(months)
    closed = [one.month for one in states if not one.open]
    still_open = [one.month for one in states if one.open]
    years = {Period(month, month).year for month in closed}
    found = [
        period
        for year in years
        for period in (year, *quarters(year))
        if any(period.first <= month <= period.last for month in closed)
        and not any(period.first <= month <= period.last for month in still_open)
        and period.last <= max(closed)
    ]
    return tuple(sorted(found, key=lambda one: (one.last, one.first), reverse=True))
