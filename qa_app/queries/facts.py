"""The few GROUP BYs behind every figure: SQL counts, nothing here judges. Withdrawn audits are in none of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from moderation.statistics import facts as shapes
from moderation.statistics.months import Month
from qa_app.models import Audit, CountedAnswer, Cycle, Moderation
from qa_app.queries import tallies
from qa_app.queries.expected import expected
from qa_app.queries.framed import frame
from qa_app.queries.graded import grades, pairs
from qa_app.queries.practitioners import Said, practitioners, said
from qa_app.queries.reach import CHRONOLOGY, DONE, REMEMBERED, TOOL, Reach, kept, place, split, within

__all__ = [
    "CHRONOLOGY",
    "DONE",
    "TOOL",
    "Reach",
    "breakdown",
    "collect",
    "count",
    "cycle_months",
    "latest_month",
    "moderated",
]


def collect(session: Session, reach: Reach | None = None) -> shapes.Facts:
    """Every count the figures are made of, for the case file audit: of closed months as kept, of the others anew."""
    asked = reach or Reach()
    months = cycle_months(session, asked)
    closed = [month.month for month in months if not month.open]
    known = tallies.counts(session, asked, closed)
    facts, people = known.facts, dict(known.said)
    for run in _runs([month.month for month in months], known.months):
        facts = tallies.added(facts, count(session, asked, run))
        people |= answers(session, asked, run)
    return replace(facts, months=months, practitioners=practitioners(people))


def count(session: Session, reach: Reach, months: Sequence[date]) -> shapes.Facts:
    """The counts of a run of months from the rows themselves."""
    of, shown = replace(reach, months=(months[0], months[-1])), set(months)
    return shapes.Facts(
        grades=tuple(row for row in grades(session, of) if row.month in shown),
        pairs=tuple(row for row in pairs(session, of) if row.month in shown),
        frame=tuple(row for row in frame(session, of) if row.month in shown),
        chronology=tuple(row for row in chronology(session, of) if row.month in shown),
        expectations=tuple(row for row in _expectations(session, of) if row.month in shown),
        quality=tuple(row for row in _quality(session, of) if row.month in shown),
    )


def answers(session: Session, reach: Reach, months: Sequence[date]) -> dict[date, Said]:
    """What practitioners said in a run of months, from the rows themselves."""
    of = replace(reach, months=(months[0], months[-1]))
    return {month: people for month, people in said(session, of).items() if month in months}


def moderated(session: Session, reach: Reach) -> shapes.Facts:
    """What agreement alone is made of: the overall grades, the frames, and pairs with teams and people kept apart."""
    months = cycle_months(session, reach)
    shown = {month.month for month in months}
    apart = replace(reach, by_team=True, by_person=True)
    return shapes.Facts(
        months=months,
        grades=tuple(row for row in grades(session, replace(reach, elements=("overall",))) if row.month in shown),
        pairs=tuple(row for row in pairs(session, apart) if row.month in shown),
        frame=tuple(row for row in frame(session, reach) if row.month in shown),
    )


def breakdown(session: Session, reach: Reach) -> shapes.Facts:
    """The grades and pairs alone, of the months of this reach: what shares are broken down from."""
    months = cycle_months(session, reach)
    first, last = reach.months or (date.min, date.max)
    wanted = {month.month for month in months if first <= month.month <= last}
    known = tallies.parts(session, reach, [month.month for month in months if not month.open and month.month in wanted])
    facts = known.facts
    for run in _runs(sorted(wanted), known.months):
        of = replace(reach, months=(run[0], run[-1]))
        counted = shapes.Facts(
            grades=tuple(row for row in grades(session, of) if row.month in run),
            pairs=tuple(row for row in pairs(session, of) if row.month in run) if reach.pair_elements else (),
        )
        facts = tallies.added(facts, counted)
    return replace(facts, months=months)


def _runs(months: Sequence[date], known: Collection[date]) -> Iterator[list[date]]:
    """The months to count, in runs that hold none of those known, which are not read again for those around them."""
    for is_known, run in groupby(months, key=lambda month: month in known):
        if not is_known:
            yield list(run)


def cycle_months(session: Session, reach: Reach | None = None) -> tuple[Month, ...]:
    """The cycle months, oldest first. A month that is only planned is not a month of figures yet."""
    rows = session.execute(
        select(Cycle.month, Cycle.state)
        .where(Cycle.tool_key == TOOL, Cycle.state.in_(("released", "closed")))
        .order_by(Cycle.month)
    )
    open_too = reach is None or reach.open_months
    return tuple(Month(month, open=state != "closed") for month, state in rows if state == "closed" or open_too)


def chronology(session: Session, reach: Reach) -> Iterator[shapes.ChronologyCount]:
    """Audits whose four chronology answers are all yes, of those that answered."""
    for row in session.execute(_chronologies(reach)):
        service, team, (month, k, n) = split(reach, row)
        yield shapes.ChronologyCount(month, service, team, k, n)


@lru_cache(maxsize=REMEMBERED)
def _chronologies(reach: Reach) -> Select[Any]:
    audit = (CountedAnswer.month, CountedAnswer.service_id, CountedAnswer.team_id, CountedAnswer.audit_id)
    each = (
        select(*audit, func.sum(case((CountedAnswer.value == "yes", 1), else_=0)).label("yes"))
        .where(
            CountedAnswer.tool_key == TOOL,
            CountedAnswer.question.in_(CHRONOLOGY),
            *within(
                reach, CountedAnswer.month, CountedAnswer.service_id, CountedAnswer.team_id, CountedAnswer.audit_id
            ),
        )
        .group_by(*audit)
        .subquery()
    )
    keys = [*place(reach, each.c.service_id, each.c.team_id)] if reach.by_team else []
    all_four = func.sum(case((each.c.yes == len(CHRONOLOGY), 1), else_=0))
    return (
        select(*keys, each.c.month, all_four, func.count())
        .where(kept(each.c.audit_id, reach))
        .group_by(*keys, each.c.month)
    )


def _expectations(session: Session, reach: Reach) -> Iterator[shapes.ExpectationCount]:
    """People expected to audit, and those who submitted enough by the due date; for the whole council only."""
    if (reach.services, reach.teams, reach.team) != (None, None, None) or any(reach.narrow):
        return
    for month, role_group, people, enough, excused in session.execute(_expected_of(reach.months)):
        yield shapes.ExpectationCount(month, role_group, role_group != "manager", people, enough, excused)


@lru_cache(maxsize=REMEMBERED)
def _expected_of(months: tuple[date, date] | None) -> Select[Any]:
    each = expected(months).subquery()
    standing = and_(each.c.excused_at.is_(None), each.c.expected > 0)
    met = and_(standing, each.c.in_time >= each.c.expected)
    return (
        select(
            each.c.month,
            each.c.role_group,
            func.sum(case((standing, 1), else_=0)),
            func.sum(case((met, 1), else_=0)),
            func.sum(case((each.c.excused_at.is_not(None), 1), else_=0)),
        )
        .group_by(each.c.month, each.c.role_group)
        .order_by(each.c.month, each.c.role_group)
    )


def _quality(session: Session, reach: Reach) -> Iterator[shapes.QualityCount]:
    """Moderated audits whose form was judged sound, of those where it was judged."""
    query = (
        select(Audit.month, func.sum(case((Moderation.form_sound.is_(True), 1), else_=0)), func.count())
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(
            Moderation.form_sound.is_not(None),
            Audit.tool_key == TOOL,
            kept(Audit.id, reach),
            *within(reach, Audit.month, Audit.service_id, Audit.team_id, Audit.id),
        )
        .group_by(Audit.month)
    )
    for month, k, n in session.execute(query):
        yield shapes.QualityCount(month, k, n)


def latest_month(session: Session) -> date | None:
    """The newest month that has figures, open or closed."""
    return session.scalar(
        select(func.max(Cycle.month)).where(Cycle.tool_key == TOOL, Cycle.state.in_(("released", "closed")))
    )
