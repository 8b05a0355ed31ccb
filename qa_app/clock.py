"""The one place that asks what time it is; everything below the web and the commands is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The moment now, in UTC."""
    return datetime.now(UTC)


def london_day(at: datetime) -> date:
    """The calendar day in London at a moment: 23:30 UTC on 30 June is 1 July."""
    return at.astimezone(LONDON).date()


def month_of(day: date) -> date:
    """The first day of the month a day is in."""
    return day.replace(day=1)
