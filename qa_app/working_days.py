"""Working days in England: Monday to Friday without the bank holidays."""

from datetime import date, timedelta
from functools import cache


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, substitutes included."""
    import holidays  # a quarter of a second that starting the server does not wait for

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, number: int) -> date:
    """The working day that lies `number` working days after a day, or before it where `number` is negative.

    The day itself is not counted: one working day after a Friday or a Saturday is Monday. 0 gives the day itself, or
    the next working day.
    """
    if number == 0:
        return next_working_day(day)
    step = timedelta(days=1 if number > 0 else -1)
    left = abs(number)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(earlier: date, later: date) -> int:
    """How many working days lie after `earlier` up to and including `later`; negative when `later` comes first."""
    if later < earlier:
        return -working_days_between(later, earlier)
    days = (earlier + timedelta(days=n) for n in range(1, (later - earlier).days + 1))
    return sum(is_working_day(day) for day in days)


def nth_working_day(month: date, number: int) -> date:
    """The `number`-th working day of a month, counted from 1; 0 and less lie before the month.

    0 is the last working day before the month, -5 the sixth before it.
    """
    first = month.replace(day=1)
    if number >= 1:
        return add_working_days(first - timedelta(days=1), number)
    return add_working_days(first, number - 1)
