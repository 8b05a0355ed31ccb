"""Practitioners' own answers counted: whether support helps their practice, each person once a month."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Date, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from moderation.statistics.facts import PractitionerCount
from qa_app.models import Audit, CountedAnswer, Reflection
from qa_app.queries.reach import TOOL, Reach, kept, within

QUESTION: Final = "worker_supervision_helps"


def practitioners(session: Session, reach: Reach) -> Iterator[PractitionerCount]:
    """How many people gave which last answer in a month, and when they answered next.

    A person answers in their reflection, or through the auditor, who asks them during the audit.
    """
    given = union_all(_in_reflections(reach), _to_auditors(reach)).subquery()
    latest = func.row_number().over(
        partition_by=(given.c.person, given.c.month), order_by=(given.c.at.desc(), given.c.own.desc())
    )
    ranked = select(given, latest.label("place")).subquery()
    again = func.lead(ranked.c.month, type_=Date).over(partition_by=ranked.c.person, order_by=ranked.c.month)
    each = select(ranked.c.month, ranked.c.answer, again.label("again")).where(ranked.c.place == 1).subquery()
    query = select(each.c.month, each.c.answer, each.c.again, func.count()).group_by(
        each.c.month, each.c.answer, each.c.again
    )
    for month, answer, following, n in session.execute(query.order_by(each.c.month, each.c.answer, each.c.again)):
        yield PractitionerCount(month, answer, following, n)


def _in_reflections(reach: Reach) -> Select[Any]:
    columns: list[Any] = [
        Reflection.person_id.label("person"), Audit.month.label("month"), Reflection.given_at.label("at"),
        Reflection.helped.label("answer"), literal(1).label("own"),
    ]  # fmt: skip
    return (
        select(*columns)
        .join(Audit, Audit.id == Reflection.audit_id)
        .where(Reflection.given_at.is_not(None), Reflection.helped != "", *_counted(reach))
    )


def _to_auditors(reach: Reach) -> Select[Any]:
    """What an auditor noted of the worker who was asked to reflect on the same audit."""
    columns: list[Any] = [Reflection.person_id, Audit.month, Audit.submitted_at, CountedAnswer.value, literal(0)]
    return (
        select(*columns)
        .join(Audit, Audit.id == Reflection.audit_id)
        .join(CountedAnswer, (CountedAnswer.audit_id == Audit.id) & (CountedAnswer.question == QUESTION))
        .where(*_counted(reach))
    )


def _counted(reach: Reach) -> tuple[Any, ...]:
    places = within(reach, Audit.month, Audit.service_id, Audit.team_id)
    return (Audit.tool_key == TOOL, kept(Audit.id), *places)
