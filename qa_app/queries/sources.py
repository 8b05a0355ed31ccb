"""What the sources beside audit have in common: a span of months, and plain counts by theme, place and month."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from moderation.statistics.months import after
from qa_app.queries.asked import Asked
from qa_app.queries.reach import Reach

LENGTHS: Final = {"last_3": 3, "last_12": 12}
BEGINNING: Final = date(1990, 1, 1)


class Source(StrEnum):
    """Where something was heard."""

    VOICE = "voice"
    CHECKS = "checks"
    ALERTS = "alerts"
    COMPLAINTS = "complaints"
    OBSERVATIONS = "observations"

    @property
    def label(self) -> str:
        """The source as people say it."""
        return _LABELS[self]


_LABELS: Final = {
    Source.VOICE: "Children’s and families’ voice",
    Source.CHECKS: "Reviewing officers’ and chairs’ checks",
    Source.ALERTS: "Practice alerts",
    Source.COMPLAINTS: "Complaints and compliments",
    Source.OBSERVATIONS: "Practice observations",
}


class Span(NamedTuple):
    """The first and last month asked for, both included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        return self.first, after(self.last, 1) - timedelta(days=1)


class Heard(NamedTuple):
    """One thing a source said: when, about which team, and the themes it named as a worry and as good."""

    day: date
    month: date
    service_id: UUID
    team_id: UUID
    worries: frozenset[str]
    strengths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Count:
    """Of `n` things a source said, `k` named the theme as a worry and `good` as a strength; the newest was on `newest`.

    Without a theme, `k` named any theme as a worry and `good` any as a strength. Keys that were not asked for are None.
    """

    source: Source
    k: int
    good: int
    n: int
    newest: date
    theme: str | None = None
    service_id: UUID | None = None
    team_id: UUID | None = None
    month: date | None = None


def span_of(wanted: Asked, today: date) -> Span:
    """The months that were asked for; whether a month is closed makes no difference to what was heard in it."""
    last = wanted.until or today.replace(day=1)
    length = LENGTHS.get(wanted.window)
    return Span(after(last, 1 - length) if length else BEGINNING, last)


def place_of(wanted: Asked) -> Reach:
    """The services and team that were asked for, never beyond those whose true counts this person may see."""
    return wanted.teams_reach


def tally(source: Source, heard: Iterable[Heard], by: Collection[str] = ("theme",)) -> tuple[Count, ...]:
    """Counts of what was heard, kept apart by any of 'theme', 'service', 'team' and 'month'.

    With 'theme' there is a count for each theme that was named; its `n` is everything that was heard in its place.
    """
    asked = frozenset(by)
    if unknown := asked - {"theme", "service", "team", "month"}:
        raise ValueError(f"Counts cannot be kept apart by {', '.join(sorted(unknown))}.")

    def place(one: Heard) -> tuple[str, str, str]:
        return (
            str(one.service_id) if "service" in asked else "",
            str(one.team_id) if "team" in asked else "",
            one.month.isoformat() if "month" in asked else "",
        )

    made: list[Count] = []
    for keys, group in groupby(sorted(heard, key=place), key=place):
        within = list(group)
        themes: list[str | None] = [None]
        if "theme" in asked:
            themes = [*sorted(frozenset().union(*(one.worries | one.strengths for one in within)))]
        made += [_count(source, within, theme, keys) for theme in themes]
    return tuple(made)


def _count(source: Source, within: list[Heard], theme: str | None, keys: tuple[str, str, str]) -> Count:
    service, team, month = keys
    return Count(
        source=source,
        k=sum(bool(one.worries) if theme is None else theme in one.worries for one in within),
        good=sum(bool(one.strengths) if theme is None else theme in one.strengths for one in within),
        n=len(within),
        newest=max(one.day for one in within),
        theme=theme,
        service_id=UUID(service) if service else None,
        team_id=UUID(team) if team else None,
        month=date.fromisoformat(month) if month else None,
    )
