"""The kept counts of closed months: which of them still hold, and what they say for a part of the council.

A tally holds when it was counted at the mark its month has now and in the shape this program keeps. What a reader asks
for that tallies do not keep (several places, some of the audits, the auditors' own grades) is counted from the rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from moderation.statistics import facts as shapes
from moderation.statistics.facts import FINAL, Facts
from qa_app.models import MonthMark, Tally
from qa_app.queries.practitioners import Said
from qa_app.queries.reach import COUNTED, NOTHING_NARROWED, TOOL, Reach

PARTS: Final = tuple(sorted({*COUNTED, *(element.key for element in latest(TOOL).elements)}))
ROWS: Final[Mapping[str, Any]] = {
    "grades": shapes.GradeCount,
    "pairs": shapes.PairCount,
    "frame": shapes.FrameCount,
    "chronology": shapes.ChronologyCount,
    "expectations": shapes.ExpectationCount,
    "quality": shapes.QualityCount,
}
"""What `counts` keeps, by the name it has among the facts. Practitioners' answers are kept apart, by person."""

SHAPE: Final = sha256(
    repr(("2", PARTS, COUNTED, {name: kind._fields for name, kind in ROWS.items()})).encode()
).hexdigest()


@dataclass(frozen=True)
class Kept:
    """What the tallies of some months say; `months` are those they speak for, the others have to be counted."""

    months: frozenset[date] = frozenset()
    facts: Facts = field(default_factory=Facts)
    said: Mapping[date, Said] = field(default_factory=dict)


def can_say(reach: Reach) -> bool:
    """Whether tallies keep what is asked: the whole council, one service or one team, every audit, as grades stand."""
    return (
        place_of(reach) is not None
        and reach.narrow == NOTHING_NARROWED
        and reach.stage == FINAL
        and not reach.before_challenges
        and not reach.by_person
    )


def place_of(reach: Reach) -> str | None:
    """The one place a reach is of, as tallies name it: empty for the whole council, None where it is not one place."""
    teams = reach.teams
    if reach.team is not None:
        teams = frozenset((reach.team,)) if teams is None else teams & {reach.team}
    asked = [places for places in (reach.services, teams) if places is not None]
    if not asked:
        return ""
    return str(*asked[0]) if len(asked) == 1 and len(asked[0]) == 1 else None


def counts(session: Session, reach: Reach, months: Collection[date]) -> Kept:
    """Everything the figures are made of, for those of these months whose tally holds."""
    if not can_say(reach) or reach.by_team or not {*reach.elements, *reach.pair_elements} <= set(COUNTED):
        return Kept()
    held = _holding(session, place_of(reach), months, Tally.counts, Tally.people)
    made = {
        name: tuple(
            row
            for month, kept, _ in held
            for row in restored(name, month, kept.get(name, ()))
            if _wanted(row, name, reach)
        )
        for name in ROWS
    }
    people = {month: said for month, _, said in held}
    return Kept(frozenset(people), Facts(**made), people)


def parts(session: Session, reach: Reach, months: Collection[date]) -> Kept:
    """Grades and pairs of every part of practice, or the overall grades of each team, for those that hold."""
    by_team = reach.by_team and set(reach.elements) == {shapes.OVERALL} and not reach.pair_elements
    if (
        not can_say(reach)
        or (reach.by_team and not by_team)
        or not {*reach.elements, *reach.pair_elements} <= set(PARTS)
    ):
        return Kept()
    held = dict(_holding(session, place_of(reach), months, Tally.parts))
    grades = "teams" if by_team else "grades"
    return Kept(
        frozenset(held),
        Facts(
            grades=tuple(
                row
                for month, kept in held.items()
                for row in restored("grades", month, kept.get(grades, ()))
                if row.element in reach.elements
            ),
            pairs=tuple(
                row
                for month, kept in held.items()
                for row in restored("pairs", month, kept.get("pairs", ()))
                if row.element in reach.pair_elements
            ),
        ),
    )


def added(one: Facts, other: Facts) -> Facts:
    """The counts of both, of months that are apart."""
    joined = {name: getattr(one, name) + getattr(other, name) for name in (each.name for each in fields(Facts))}
    return Facts(**{**joined, "months": one.months or other.months})


def kept(facts: Facts) -> dict[str, list[list[Any]]]:
    """A month's counts as a tally keeps them: rows without their month."""
    return {name: [list(row[1:]) for row in getattr(facts, name)] for name in ROWS if getattr(facts, name)}


def restored(name: str, month: date, rows: Iterable[Iterable[Any]]) -> Iterable[Any]:
    """Rows as facts again."""
    kind = ROWS[name]
    return (kind(month, *row) for row in rows)


def _wanted(row: Any, name: str, reach: Reach) -> bool:
    if name == "grades":
        return row.element in reach.elements
    return name != "pairs" or row.element in reach.pair_elements


def _holding(session: Session, place: str | None, months: Collection[date], *columns: Any) -> Sequence[Any]:
    query = (
        select(Tally.month, *columns)
        .join(MonthMark, MonthMark.month == Tally.month)
        .where(
            Tally.place == place,
            Tally.month.in_(sorted(months)),
            Tally.changes == MonthMark.changes,
            Tally.shape == SHAPE,
        )
        .order_by(Tally.month)
    )
    return session.execute(query).all()
