"""The few GROUP BYs behind every figure: SQL counts, nothing here judges. Withdrawn audits are in none of them."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from audit_forms.lifecycle import State
from moderation.statistics import facts as shapes
from moderation.statistics.months import Month
from qa_app.models import Audit, CountedAnswer, Cycle, Expectation, FrameMember, Judgement, Moderation

TOOL = "case_file"
COUNTED = ("overall", "supervision", "plan", "permanence")
CHRONOLOGY = ("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used")
DONE = ("moderated", "agreed")


@dataclass(frozen=True)
class Reach:
    """Which part of the council a reader asked for, and how finely to count.

    `services` and `team` narrow every count; None is all. `by_team` keeps services and teams apart, `by_person`
    auditors and moderators; without them these keys are empty, which keeps the counts few. `months`, where given, are
    the first and last month of the grades and pairs.
    """

    services: frozenset[UUID] | None = None
    team: UUID | None = None
    elements: Collection[str] = COUNTED
    pair_elements: Collection[str] = ("overall",)
    by_team: bool = False
    by_person: bool = False
    open_months: bool = True
    months: tuple[date, date] | None = None


def collect(session: Session, reach: Reach | None = None) -> shapes.Facts:
    """Every count the figures are made of, for the case file audit."""
    asked = reach or Reach()
    months = cycle_months(session, asked)
    shown = [month.month for month in months]
    return shapes.Facts(
        months=months,
        grades=tuple(row for row in _grades(session, asked) if row.month in shown),
        pairs=tuple(row for row in _pairs(session, asked) if row.month in shown),
        frame=tuple(row for row in _frame(session, asked) if row.month in shown),
        chronology=tuple(row for row in _chronology(session, asked) if row.month in shown),
        expectations=tuple(row for row in _expectations(session, asked) if row.month in shown),
        quality=tuple(row for row in _quality(session, asked) if row.month in shown),
    )


def breakdown(session: Session, reach: Reach) -> shapes.Facts:
    """The grades and pairs alone, of the months of this reach: what shares are broken down from."""
    return shapes.Facts(
        months=cycle_months(session, reach),
        grades=tuple(_grades(session, reach)),
        pairs=tuple(_pairs(session, reach)) if reach.pair_elements else (),
    )


def cycle_months(session: Session, reach: Reach | None = None) -> tuple[Month, ...]:
    """The cycle months, oldest first. A month that is only planned is not a month of figures yet."""
    rows = session.execute(
        select(Cycle.month, Cycle.state)
        .where(Cycle.tool_key == TOOL, Cycle.state.in_(("released", "closed")))
        .order_by(Cycle.month)
    )
    open_too = reach is None or reach.open_months
    return tuple(Month(month, open=state != "closed") for month, state in rows if state == "closed" or open_too)


def _kept(column: Any) -> ColumnElement[bool]:
    withdrawn = select(Audit.id).where(Audit.state == literal(State.WITHDRAWN.value, literal_execute=True))
    return cast("ColumnElement[bool]", column.not_in(withdrawn))


def _within(reach: Reach, month: Any, service: Any, team: Any) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if reach.months is not None:
        limits.append(month.between(*reach.months))
    if reach.services is not None:
        limits.append(service.in_(sorted(reach.services)))
    if reach.team is not None:
        limits.append(team == reach.team)
    return limits


def _place(reach: Reach, service: Any, team: Any) -> list[Any]:
    return [service, team] if reach.by_team else []


def _split(reach: Reach, row: Any) -> tuple[str, str, tuple[Any, ...]]:
    """The place of a counted row as text, and the rest of it."""
    if reach.by_team:
        return str(row[0]), str(row[1]), tuple(row[2:])
    return "", "", tuple(row)


def _grades(session: Session, reach: Reach) -> Iterator[shapes.GradeCount]:
    """Grades as audited, and as they stand: the final one takes the auditor's place wherever there is one.

    What stands is counted as all of the auditors' grades, less those a final grade replaced, plus the final ones. So
    both queries are answered from one index, and only the moderated few are joined.
    """
    graded = Counter[tuple[Any, ...]]()
    standing = Counter[tuple[Any, ...]]()
    for row in session.execute(_auditor_grades(reach)):
        service, team, (month, element, grade, n) = _split(reach, row)
        graded[month, service, team, element, grade] += n
        standing[month, service, team, element, grade] += n
    for row in session.execute(_replaced_grades(reach)):
        service, team, (month, element, was, now, n) = _split(reach, row)
        if was is not None:
            standing[month, service, team, element, was] -= n
        standing[month, service, team, element, now] += n
    for basis, counts in ((shapes.AUDITOR, graded), (shapes.FINAL, standing)):
        for (month, service, team, element, grade), n in counts.items():
            if n:
                yield shapes.GradeCount(month, service, team, element, basis, grade, n)


def _auditor_grades(reach: Reach) -> Select[Any]:
    keys = [
        *_place(reach, Judgement.service_id, Judgement.team_id),
        Judgement.month,
        Judgement.element,
        Judgement.grade,
    ]
    return (
        select(*keys, func.count())
        .where(
            Judgement.tool_key == TOOL,
            Judgement.stage == "auditor",
            Judgement.element.in_(sorted(reach.elements)),
            _kept(Judgement.audit_id),
            *_within(reach, Judgement.month, Judgement.service_id, Judgement.team_id),
        )
        .group_by(*keys)
    )


def _replaced_grades(reach: Reach) -> Select[Any]:
    final, first = aliased(Judgement), aliased(Judgement)
    keys = [*_place(reach, final.service_id, final.team_id), final.month, final.element, first.grade, final.grade]
    same = and_(first.audit_id == final.audit_id, first.element == final.element, first.stage == "auditor")
    return (
        select(*keys, func.count())
        .select_from(final)
        .outerjoin(first, same)
        .where(
            final.tool_key == TOOL,
            final.stage == "final",
            final.element.in_(sorted(reach.elements)),
            _kept(final.audit_id),
            *_within(reach, final.month, final.service_id, final.team_id),
        )
        .group_by(*keys)
    )


def _pairs(session: Session, reach: Reach) -> Iterator[shapes.PairCount]:
    """Auditor's and moderator's first grades side by side, for every moderation that was graded."""
    first, second = aliased(Judgement), aliased(Judgement)
    people = [Audit.auditor_id, Moderation.moderator_id] if reach.by_person else []
    keys = [second.month, FrameMember.stratum, Moderation.stream, Moderation.mode, second.element]
    query = (
        select(*keys, *people, first.grade, second.grade, func.count())
        .select_from(Moderation)
        .join(Audit, Audit.id == Moderation.audit_id)
        .outerjoin(FrameMember, FrameMember.audit_id == Moderation.audit_id)
        .join(second, and_(second.audit_id == Moderation.audit_id, second.stage == "moderator"))
        .join(first, and_(first.audit_id == second.audit_id, first.element == second.element, first.stage == "auditor"))
        .where(
            Moderation.state.in_(DONE),
            second.element.in_(sorted(reach.pair_elements)),
            Audit.tool_key == TOOL,
            Audit.state != State.WITHDRAWN,
            *_within(reach, Audit.month, Audit.service_id, Audit.team_id),
        )
        .group_by(*keys, *people, first.grade, second.grade)
    )
    for row in session.execute(query):
        month, stratum, stream, mode, element, *people_and_grades = tuple[Any, ...](row)
        *judges, auditor_grade, moderator_grade, n = people_and_grades
        auditor, moderator = map(str, judges) if judges else ("", "")
        yield shapes.PairCount(
            month, stratum or "", stream, mode, element, auditor, moderator, auditor_grade, moderator_grade, n
        )


def _frame(session: Session, reach: Reach) -> Iterator[shapes.FrameCount]:
    """The strata of each month's draws and what became of the audits selected; certainty strata first."""
    sampled = and_(FrameMember.selected, Moderation.state.in_(DONE), Moderation.stream == "sampled")
    blind = func.sum(case((and_(sampled, Moderation.mode == "blind"), 1), else_=0))
    otherwise = func.sum(case((and_(sampled, Moderation.mode != "blind"), 1), else_=0))
    keys = (FrameMember.month, FrameMember.stratum, FrameMember.certainty)
    query = (
        select(*keys, func.count(), func.sum(case((FrameMember.selected, 1), else_=0)), blind, otherwise)
        .join(Audit, Audit.id == FrameMember.audit_id)
        .outerjoin(Moderation, Moderation.audit_id == FrameMember.audit_id)
        .where(
            Audit.tool_key == TOOL,
            Audit.state != State.WITHDRAWN,
            *_within(reach, Audit.month, Audit.service_id, Audit.team_id),
        )
        .group_by(*keys)
        .order_by(FrameMember.month, FrameMember.certainty.desc(), FrameMember.stratum)
    )
    for month, stratum, certainty, audits, selected, done_blind, done_otherwise in session.execute(query):
        left = selected - done_blind - done_otherwise
        yield shapes.FrameCount(month, stratum, certainty, audits, selected, done_blind, done_otherwise, left)


def _chronology(session: Session, reach: Reach) -> Iterator[shapes.ChronologyCount]:
    """Audits whose four chronology answers are all yes, of those that answered."""
    place = _place(reach, CountedAnswer.service_id, CountedAnswer.team_id)
    each = (
        select(
            *place,
            CountedAnswer.month.label("month"),
            CountedAnswer.audit_id,
            func.sum(case((CountedAnswer.value == "yes", 1), else_=0)).label("yes"),
        )
        .where(
            CountedAnswer.tool_key == TOOL,
            CountedAnswer.question.in_(CHRONOLOGY),
            _kept(CountedAnswer.audit_id),
            *_within(reach, CountedAnswer.month, CountedAnswer.service_id, CountedAnswer.team_id),
        )
        .group_by(*place, CountedAnswer.month, CountedAnswer.audit_id)
        .subquery()
    )
    keys = [*_place(reach, each.c.service_id, each.c.team_id)] if reach.by_team else []
    query = select(
        *keys, each.c.month, func.sum(case((each.c.yes == len(CHRONOLOGY), 1), else_=0)), func.count()
    ).group_by(*keys, each.c.month)
    for row in session.execute(query):
        service, team, (month, k, n) = _split(reach, row)
        yield shapes.ChronologyCount(month, service, team, k, n)


def _expectations(session: Session, reach: Reach) -> Iterator[shapes.ExpectationCount]:
    """People expected to audit, and those who submitted enough by the due date; for the whole council only."""
    if reach.services is not None or reach.team is not None:
        return
    done = (
        select(Audit.cycle_id, Audit.auditor_id, func.count().label("n"))
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .where(Audit.submitted_on <= Cycle.due_on, Audit.state != State.WITHDRAWN)
        .group_by(Audit.cycle_id, Audit.auditor_id)
        .subquery()
    )
    expected = and_(Expectation.excused_at.is_(None), Expectation.expected > 0)
    met = and_(expected, done.c.n >= Expectation.expected)
    query = (
        select(
            Cycle.month,
            Expectation.role_group,
            func.sum(case((expected, 1), else_=0)),
            func.sum(case((met, 1), else_=0)),
            func.sum(case((Expectation.excused_at.is_not(None), 1), else_=0)),
        )
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .outerjoin(done, and_(done.c.cycle_id == Cycle.id, done.c.auditor_id == Expectation.person_id))
        .where(Cycle.tool_key == TOOL)
        .group_by(Cycle.month, Expectation.role_group)
        .order_by(Cycle.month, Expectation.role_group)
    )
    for month, role_group, people, enough, excused in session.execute(query):
        yield shapes.ExpectationCount(month, role_group, role_group != "manager", people, enough, excused)


def _quality(session: Session, reach: Reach) -> Iterator[shapes.QualityCount]:
    """Moderated audits whose form was judged sound, of those where it was judged."""
    query = (
        select(Audit.month, func.sum(case((Moderation.form_sound.is_(True), 1), else_=0)), func.count())
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(
            Moderation.form_sound.is_not(None),
            Audit.tool_key == TOOL,
            Audit.state != State.WITHDRAWN,
            *_within(reach, Audit.month, Audit.service_id, Audit.team_id),
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
