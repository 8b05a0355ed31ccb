"""Keeping the counts of closed months, so that a page does not count them again each time it is opened."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.facts import OVERALL
from qa_app.models import Cycle, MonthMark, Service, Tally
from qa_app.queries import tallies
from qa_app.queries.facts import count
from qa_app.queries.graded import grades, pairs
from qa_app.queries.practitioners import said
from qa_app.queries.reach import COUNTED, TOOL, Reach

SETTLES: Final = timedelta(minutes=5)
"""So long after a month is marked, whatever was being written as it closed has been written."""


def make(session: Session, *, at: datetime, settles: timedelta = SETTLES) -> int:
    """Mark the months that have closed, and count anew each marked one whose tally does not hold; how many were."""
    closed = set(session.scalars(select(Cycle.month).where(Cycle.tool_key == TOOL, Cycle.state == "closed")))
    marks = {mark.month: mark for mark in session.scalars(select(MonthMark))}
    for month in closed - set(marks):
        marks[month] = MonthMark(month=month, changes=0, marked_at=at)
        session.add(marks[month])
    session.flush()
    made = 0
    places = ["", *(str(key) for key in session.scalars(select(Service.id).order_by(Service.id)))]
    for month in sorted(closed):
        if marks[month].marked_at > at - settles:
            continue
        stale = list(_stale(session, marks[month], places))
        for place in stale:
            _count(session, marks[month], place, at=at)
        made += bool(stale)
    return made


def _stale(session: Session, mark: MonthMark, places: list[str]) -> Iterator[str]:
    held = {
        tally.place
        for tally in session.scalars(select(Tally).where(Tally.month == mark.month))
        if (tally.changes, tally.shape) == (mark.changes, tallies.SHAPE)
    }
    return (place for place in places if place not in held)


def _count(session: Session, mark: MonthMark, place: str, *, at: datetime) -> None:
    # The mark was read before the rows: what is written meanwhile raises it, and the tally does not hold.
    services = frozenset((UUID(place),)) if place else None
    session.merge(
        Tally(
            month=mark.month,
            place=place,
            changes=mark.changes,
            shape=tallies.SHAPE,
            counts=tallies.kept(
                count(session, Reach(services=services, elements=COUNTED, pair_elements=COUNTED), [mark.month])
            ),
            parts=_parts(session, mark.month, services),
            people=said(session, Reach(services=services, months=(mark.month, mark.month))).get(mark.month, {}),
            counted_at=at,
        )
    )
    session.flush()


def _parts(session: Session, month: date, services: frozenset[UUID] | None) -> dict[str, list[list[object]]]:
    span = (month, month)
    every = Reach(services=services, elements=tallies.PARTS, pair_elements=tallies.PARTS, months=span)
    teams = Reach(services=services, elements=(OVERALL,), by_team=True, months=span)
    return {
        "grades": [list(row[1:]) for row in grades(session, every)],
        "pairs": [list(row[1:]) for row in pairs(session, every)],
        "teams": [list(row[1:]) for row in grades(session, teams)],
    }
