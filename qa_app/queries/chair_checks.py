"""Reviewing officers' and chairs' checks of practice: green, amber and red by month, and what they spoke of."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from qa_app.queries.reach import Reach
from qa_app.queries.sources import Count, Source, Span, tally
from qa_app.queries.told import Told, told

TOOL: Final = "chair_check"


@dataclass(frozen=True, slots=True)
class MonthOfChecks:
    """The checks of a month."""

    month: date
    green: int
    amber: int
    red: int
    in_time: int
    took_part: int
    concerns: int

    @property
    def n(self) -> int:
        return self.green + self.amber + self.red


def checks(session: Session, reach: Reach, span: Span, *, known_by: datetime | None = None) -> tuple[Told, ...]:
    """The checks of these months, those alone that were submitted by a moment where one is given."""
    return told(session, (TOOL,), reach, span, known_by=known_by)


def by_month(found: Iterable[Told]) -> tuple[MonthOfChecks, ...]:
    """The checks month by month, newest first."""
    months: dict[date, list[Told]] = {}
    for one in found:
        months.setdefault(one.month, []).append(one)
    return tuple(_month(month, months[month]) for month in sorted(months, reverse=True))


def _month(month: date, found: list[Told]) -> MonthOfChecks:
    quality = Counter(one.said("quality") for one in found)
    return MonthOfChecks(
        month,
        quality["green"],
        quality["amber"],
        quality["red"],
        in_time=sum(one.said("in_time") == "yes" for one in found),
        took_part=sum(one.said("child_part") not in ("", "none") for one in found),
        concerns=sum(one.said("concern_raised") == "yes" for one in found),
    )


def counts(
    session: Session, reach: Reach, span: Span, *, by: Collection[str] = ("theme",), known_by: datetime | None = None
) -> tuple[Count, ...]:
    """What reviewing officers and chairs ticked, in plain counts: of `n` checks, `k` named a theme as a concern."""
    return tally(Source.CHECKS, (one.heard() for one in checks(session, reach, span, known_by=known_by)), by)
