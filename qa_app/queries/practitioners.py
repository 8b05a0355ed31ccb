"""Practitioners' own answers: whether support helps their practice, each person once a month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from moderation.statistics.facts import PractitionerCount
from qa_app.models import Audit, CountedAnswer, Reflection
from qa_app.queries.reach import REMEMBERED, TOOL, Reach, kept, within

QUESTION: Final = "worker_supervision_helps"

Said = Mapping[str, Sequence[str]]
"""Who gave which answer as their last of a month: answer -> people, by identity."""


def said(session: Session, reach: Reach) -> dict[date, Said]:
    """What people answered last, in each month.

    A person answers in their reflection, or through the auditor, who asks them during the audit.
    """
    found: dict[date, dict[str, list[str]]] = {}
    for month, answer, person in session.execute(_latest(reach)):
        found.setdefault(month, {}).setdefault(answer, []).append(person.hex)
    return {**found}


@lru_cache(maxsize=REMEMBERED)
def _latest(reach: Reach) -> Select[Any]:
    given = union_all(_in_reflections(reach), _to_auditors(reach)).subquery()
    latest = func.row_number().over(
        partition_by=(given.c.person, given.c.month),
        order_by=(given.c.at.desc(), given.c.own.desc(), given.c.audit_id.desc()),
    )
    ranked = select(given.c.month, given.c.answer, given.c.person, latest.label("place")).subquery()
    return select(ranked.c.month, ranked.c.answer, ranked.c.person).where(ranked.c.place == 1)


def practitioners(answers: Mapping[date, Said]) -> tuple[PractitionerCount, ...]:
    """How many people gave which last answer in a month, and when they answered next."""
    following: dict[str, date] = {}
    counts = Counter[tuple[date, str, date | None]]()
    for month in sorted(answers, reverse=True):
        for answer, people in answers[month].items():
            counts.update((month, answer, following.get(person)) for person in people)
        following.update(dict.fromkeys((one for people in answers[month].values() for one in people), month))
    in_order = sorted(counts, key=lambda key: (key[0], key[1], key[2] or date.min))
    return tuple(PractitionerCount(*key, counts[key]) for key in in_order)


def _in_reflections(reach: Reach) -> Select[Any]:
    columns: list[Any] = [
        Reflection.audit_id, Reflection.person_id.label("person"), Audit.month.label("month"),
        Reflection.given_at.label("at"), Reflection.helped.label("answer"), literal(1).label("own"),
    ]  # fmt: skip
    return (
        select(*columns)
        .join(Audit, Audit.id == Reflection.audit_id)
        .where(Reflection.given_at.is_not(None), Reflection.helped != "", *_counted(reach))
    )


def _to_auditors(reach: Reach) -> Select[Any]:
    """What an auditor noted of the worker who was asked to reflect on the same audit."""
    columns: list[Any] = [
        *(Reflection.audit_id, Reflection.person_id, Audit.month, Audit.submitted_at),
        *(CountedAnswer.value, literal(0)),
    ]
    return (
        select(*columns)
        .join(Audit, Audit.id == Reflection.audit_id)
        .join(CountedAnswer, (CountedAnswer.audit_id == Audit.id) & (CountedAnswer.question == QUESTION))
        .where(*_counted(reach))
    )


def _counted(reach: Reach) -> tuple[Any, ...]:
    places = within(reach, Audit.month, Audit.service_id, Audit.team_id)
    return (Audit.tool_key == TOOL, kept(Audit.id, reach), *places)
