"""Counts as SQL delivers them, for tests of the measures."""

from datetime import date

from moderation.statistics.facts import FrameCount, GradeCount, PairCount
from moderation.statistics.months import Month
from moderation.statistics.rules import Rules

MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))
RULES = Rules()
GOOD, POOR = "good", "requires_improvement"


def grades(
    month: date, element: str, basis: str = "final", team: str = "Care Planning", **counts: int
) -> list[GradeCount]:
    return [GradeCount(month, "Care Management", team, element, basis, grade, n) for grade, n in counts.items()]


def pair(
    month: date,
    auditor_grade: str,
    moderator_grade: str,
    n: int,
    *,
    stratum: str = "rest",
    stream: str = "sampled",
    mode: str = "blind",
    element: str = "overall",
    auditor: str = "A1",
    moderator: str = "M1",
) -> PairCount:
    return PairCount(month, stratum, stream, mode, element, auditor, moderator, auditor_grade, moderator_grade, n)


def frame(month: date, audits: int, done: int = 0, stratum: str = "rest", *, certainty: bool = False) -> FrameCount:
    return FrameCount(month, stratum, certainty, audits, done, done, 0, 0)


def months(*closed: date, still_open: tuple[date, ...] = ()) -> tuple[Month, ...]:
    return (*(Month(one) for one in closed), *(Month(one, open=True) for one in still_open))
