"""Grades and pairs counted: as audited, as they stand, and the auditor's beside the moderator's."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from moderation.statistics import facts as shapes
from qa_app.models import Audit, FrameMember, Judgement, Moderation
from qa_app.queries.reach import DONE, REMEMBERED, TOOL, Reach, kept, place, split, withdrawn, within


def grades(session: Session, reach: Reach) -> Iterator[shapes.GradeCount]:
    """Grades as audited, and as they stand: the final one takes the auditor's place wherever there is one.

    What stands is counted as all of the auditors' grades, less those a final grade replaced, plus the final ones. So
    both queries are answered from one index, and only the moderated few are joined. Where a challenge changed a final
    grade, that one is exchanged in the same way, unless the reach asks for the figures before challenges. A reach that
    asks for the auditors' own grades has them standing.
    """
    graded = Counter[tuple[Any, ...]]()
    standing = Counter[tuple[Any, ...]]()
    for query, sign in ((_auditor_grades(reach), 1), (_withdrawn_grades(reach), -1)):
        for row in session.execute(query):
            service, team, (month, element, grade, n) = split(reach, row)
            graded[month, service, team, element, grade] += sign * n
    standing.update(graded)
    for row in session.execute(_replaced_grades(reach)) if reach.stage == shapes.FINAL else ():
        service, team, (month, element, was, now, n) = split(reach, row)
        if was is not None:
            standing[month, service, team, element, was] -= n
        standing[month, service, team, element, now] += n
    challenged = reach.stage == shapes.FINAL and not reach.before_challenges
    for row in session.execute(_challenged_grades(reach)) if challenged else ():
        service, team, (month, element, was, now, n) = split(reach, row)
        standing[month, service, team, element, was] -= n
        standing[month, service, team, element, now] += n
    for basis, counts in ((shapes.AUDITOR, graded), (shapes.FINAL, standing)):
        for (month, service, team, element, grade), n in counts.items():
            if n:
                yield shapes.GradeCount(month, service, team, element, basis, grade, n)


@lru_cache(maxsize=REMEMBERED)
def _auditor_grades(reach: Reach) -> Select[Any]:
    """Every grade of the auditors, the withdrawn ones too: grouped in the order of the index, so nothing is sorted."""
    return _grade_counts(reach, Judgement.element, Judgement.month, Judgement.grade).where(
        Judgement.tool_key == TOOL,
        Judgement.stage == "auditor",
    )


@lru_cache(maxsize=REMEMBERED)
def _withdrawn_grades(reach: Reach) -> Select[Any]:
    """The few grades to take off again: the tool is asked of their audits, so that the search begins with these."""
    return _grade_counts(reach, Judgement.element, Judgement.month, Judgement.grade).where(
        Judgement.audit_id.in_(withdrawn(reach)),
        Judgement.stage == "auditor",
    )


@lru_cache(maxsize=REMEMBERED)
def _replaced_grades(reach: Reach) -> Select[Any]:
    keys = (Judgement.element, Judgement.month, Judgement.auditor_grade, Judgement.grade)
    return _grade_counts(reach, *keys).where(
        Judgement.tool_key == TOOL, Judgement.stage == "final", kept(Judgement.audit_id, reach)
    )


@lru_cache(maxsize=REMEMBERED)
def _challenged_grades(reach: Reach) -> Select[Any]:
    """The final grades that a challenge changed, and what they were changed to."""
    final = aliased(Judgement)
    before = (final.audit_id == Judgement.audit_id) & (final.element == Judgement.element) & (final.stage == "final")
    counted = _grade_counts(reach, Judgement.element, Judgement.month, final.grade, Judgement.grade)
    return counted.join(final, before).where(
        Judgement.tool_key == TOOL, Judgement.stage == "challenged", kept(Judgement.audit_id, reach)
    )


def _grade_counts(reach: Reach, *keys: Any) -> Select[Any]:
    where = place(reach, Judgement.service_id, Judgement.team_id)
    element, month, *grades = keys
    return (
        select(*where, month, element, *grades, func.count())
        .select_from(Judgement)
        .where(
            Judgement.element.in_(sorted(reach.elements)),
            *within(reach, Judgement.month, Judgement.service_id, Judgement.team_id, Judgement.audit_id),
        )
        .group_by(*keys, *where)
    )


def pairs(session: Session, reach: Reach) -> Iterator[shapes.PairCount]:
    """Auditor's and moderator's first grades side by side, for every moderation that was graded."""
    for row in session.execute(_pairs(reach)):
        _, team, (month, stratum, stream, mode, element, *people_and_grades) = split(reach, row)
        *judges, auditor_grade, moderator_grade, n = people_and_grades
        auditor, moderator = map(str, judges) if judges else ("", "")
        yield shapes.PairCount(
            month, stratum or "", stream, mode, element, auditor, moderator, auditor_grade, moderator_grade, n, team
        )


@lru_cache(maxsize=REMEMBERED)
def _pairs(reach: Reach) -> Select[Any]:
    where = place(reach, Judgement.service_id, Judgement.team_id)
    people = [Audit.auditor_id, Moderation.moderator_id] if reach.by_person else []
    given = [Judgement.auditor_grade, Judgement.grade]
    overridden = Moderation.independence == shapes.OVERRIDDEN
    mode = case((overridden, shapes.OVERRIDDEN), else_=Moderation.mode)
    keys = [Judgement.month, FrameMember.stratum, Moderation.stream, mode, Judgement.element]
    query = (
        select(*where, *keys, *people, *given, func.count())
        .select_from(Judgement)
        .join(Moderation, Moderation.audit_id == Judgement.audit_id)
        .outerjoin(FrameMember, FrameMember.audit_id == Judgement.audit_id)
        .where(
            Judgement.tool_key == TOOL,
            Judgement.stage == "moderator",
            Judgement.element.in_(sorted(reach.pair_elements)),
            Judgement.auditor_grade.is_not(None),
            Moderation.state.in_(DONE),
            kept(Judgement.audit_id, reach),
            *within(reach, Judgement.month, Judgement.service_id, Judgement.team_id, Judgement.audit_id),
        )
        .group_by(*where, *keys, *people, *given)
    )
    if reach.by_person:
        query = query.join(Audit, Audit.id == Judgement.audit_id)
    return query
