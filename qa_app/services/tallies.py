"""Keeping the counts of closed months, so that a page does not count them again each time it is opened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.facts import OVERALL, Facts, GradeCount
from qa_app.models import Cycle, MonthMark, Service, Tally, Team
from qa_app.queries import tallies
from qa_app.queries.facts import answers, count
from qa_app.queries.graded import grades
from qa_app.queries.reach import COUNTED, TOOL, Reach

SETTLES: Final = timedelta(minutes=5)
"""So long after a month is marked, whatever was being written as it closed has been written."""

MOST: Final = 3
"""So many months are counted at once: on SQLite nobody else writes meanwhile. The others wait for the next time."""

Places = Mapping[str, Reach]


def make(session: Session, *, at: datetime, settles: timedelta = SETTLES, most: int = MOST) -> int:
    """Mark the months that have closed, and count anew those whose tallies do not hold, newest first; how many were."""
    closed = set(session.scalars(select(Cycle.month).where(Cycle.tool_key == TOOL, Cycle.state == "closed")))
    marks = {mark.month: mark for mark in session.scalars(select(MonthMark))}
    for month in closed - set(marks):
        marks[month] = MonthMark(month=month, changes=0, marked_at=at)
        session.add(marks[month])
    session.flush()
    made, places = 0, _places(session)
    for month in sorted(closed, reverse=True):
        if made == most:
            break
        if marks[month].marked_at > at - settles:
            continue
        stale = _stale(session, marks[month], places)
        if stale:
            _count(session, marks[month], stale, at=at)
        made += bool(stale)
    return made


def _places(session: Session) -> Places:
    """The council, each service and each team, by the name tallies have for it."""
    services = session.scalars(select(Service.id).order_by(Service.id))
    teams = session.scalars(select(Team.id).order_by(Team.id))
    reaches = (
        Reach(),
        *(Reach(services=frozenset((one,))) for one in services),
        *(Reach(team=one) for one in teams),
    )
    return {str(tallies.place_of(one)): one for one in reaches}


def _stale(session: Session, mark: MonthMark, places: Places) -> Places:
    query = select(Tally.place, Tally.changes, Tally.shape).where(Tally.month == mark.month)
    held = {place for place, *state in session.execute(query) if state == [mark.changes, tallies.SHAPE]}
    return {place: reach for place, reach in places.items() if place not in held}


def _count(session: Session, mark: MonthMark, places: Places, *, at: datetime) -> None:
    # The mark was read before the rows: what is written meanwhile raises it, and the tallies do not hold.
    month, known = mark.month, {"changes": mark.changes, "shape": tallies.SHAPE, "counted_at": at}
    teams = list(grades(session, Reach(elements=(OVERALL,), by_team=True, months=(month, month))))
    for place, of in places.items():
        reach = replace(of, elements=tallies.PARTS, pair_elements=tallies.PARTS)
        every = count(session, reach, [month])
        here = [row for row in teams if place in {"", row.service, row.team}]
        people = answers(session, reach, [month]).get(month, {})
        session.merge(
            Tally(month=month, place=place, counts=_counts(every), parts=_parts(every, here), people=people, **known)
        )
    session.flush()


def _counts(every: Facts) -> dict[str, Any]:
    """What every figure is made of: of the parts of practice, those alone that have one."""
    graded = tuple(row for row in every.grades if row.element in COUNTED)
    paired = tuple(row for row in every.pairs if row.element in COUNTED)
    return tallies.kept(replace(every, grades=graded, pairs=paired))


def _parts(every: Facts, teams: list[GradeCount]) -> dict[str, Any]:
    kept = tallies.kept(Facts(grades=every.grades, pairs=every.pairs))
    return {"grades": [], "pairs": [], **kept, "teams": [list(row[1:]) for row in teams]}
