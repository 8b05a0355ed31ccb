"""Due dates as an iCalendar file that calendars subscribe to (RFC 5545, RFC 7986)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from icalendar import Alarm, Calendar, Event

PRODUCT: Final = "-//Beyond Auditing//Due dates//EN"
HOST: Final = "beyond-auditing"
READ_AGAIN: Final = timedelta(hours=6)


class Dated(Protocol):
    """What the calendar has to know of a due date."""

    @property
    def uid(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def path(self) -> str: ...
    @property
    def open(self) -> bool: ...
    @property
    def changed_at(self) -> datetime: ...


def calendar(dates: Iterable[Dated], *, site: str) -> bytes:
    """The file. The same dates always make the same bytes, so that a calendar that has them is told so."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Audit due dates")
    made.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", READ_AGAIN)
    for one in dates:
        made.add_component(_event(one, site))
    return bytes(made.to_ical())


def _event(one: Dated, site: str) -> Event:
    made = Event()
    made.add("uid", f"{one.uid}@{HOST}")
    made.add("dtstamp", one.changed_at)
    made.add("dtstart", one.on)
    made.add("dtend", one.on + timedelta(days=1))
    made.add("summary", one.words)
    made.add("url", f"{site}{one.path}")
    made.add("class", "PRIVATE")
    made.add("transp", "TRANSPARENT")  # a due date does not make anybody busy
    made.add("status", "CONFIRMED" if one.open else "CANCELLED")
    made.add("sequence", 0 if one.open else 1)
    if one.open:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.words)
        alarm.add("trigger", timedelta(days=-1))
        made.add_component(alarm)
    return made
