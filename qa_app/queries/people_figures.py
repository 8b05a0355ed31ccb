"""One person's own figures: how their grades compare with others' of the same audits, and what they did."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from moderation.statistics.agreement import Pairs, pairs
from moderation.statistics.facts import BLIND, OVERALL, OVERRIDDEN, SAMPLED
from qa_app.models import Audit, Cycle, Expectation, Judgement, Moderation
from qa_app.models.audit import audit_reference
from qa_app.queries.facts import DONE, TOOL

GRADES = ("outstanding", "good", "requires_improvement", "inadequate")


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A month in which something was expected of a person: how many audits, and how many they submitted."""

    month: date
    expected: int
    done: int
    excused: bool
    open: bool


@dataclass(frozen=True, slots=True)
class PastModeration:
    """A moderation a person has graded: both overall grades, and whether the final grade is agreed."""

    moderation_id: UUID
    audit_id: UUID
    reference: str
    month: date
    own: str | None
    auditor: str | None
    agreed: bool
    stream: str
    mode: str


def as_auditor(session: Session, person_id: UUID) -> Pairs:
    """The table of a person's own overall grades and their moderators', blind, from the sample, of closed months."""
    return _table(session, Audit.auditor_id == person_id)


def as_moderator(session: Session, person_id: UUID) -> Pairs:
    """The table of auditors' overall grades and this person's as their moderator, of closed months."""
    return _table(session, Moderation.moderator_id == person_id)


def _table(session: Session, whose: ColumnElement[bool]) -> Pairs:
    first, second = aliased(Judgement), aliased(Judgement)
    rows = session.execute(
        select(first.grade, second.grade, func.count())
        .select_from(Moderation)
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .join(first, _overall(first, "auditor"))
        .join(second, _overall(second, "moderator"))
        .where(
            whose,
            Audit.tool_key == TOOL,
            Audit.state != "withdrawn",
            Cycle.state == "closed",
            Moderation.stream == SAMPLED,
            Moderation.mode == BLIND,
            Moderation.independence != OVERRIDDEN,
            Moderation.state.in_(DONE),
            first.grade.in_(GRADES),
            second.grade.in_(GRADES),
        )
        .group_by(first.grade, second.grade)
    )
    return pairs((auditor, moderator, n) for auditor, moderator, n in rows)


def _overall(judgement: type[Judgement], stage: str) -> ColumnElement[bool]:
    return and_(judgement.audit_id == Audit.id, judgement.element == OVERALL, judgement.stage == stage)


def own_months(session: Session, person_id: UUID, *, most: int = 12) -> tuple[OwnMonth, ...]:
    """The latest months with an expectation of this person, newest first; an imported month has none."""
    done = (
        select(Audit.cycle_id, func.count().label("n"))
        .where(Audit.auditor_id == person_id, Audit.submitted_at.is_not(None), Audit.state != "withdrawn")
        .group_by(Audit.cycle_id)
        .subquery()
    )
    rows = session.execute(
        select(Cycle.month, Expectation.expected, done.c.n, Expectation.excused_at, Cycle.state)
        .join(Expectation, Expectation.cycle_id == Cycle.id)
        .outerjoin(done, done.c.cycle_id == Cycle.id)
        .where(Expectation.person_id == person_id, Cycle.state.in_(("released", "closed")))
        .order_by(Cycle.month.desc())
        .limit(most)
    )
    return tuple(
        OwnMonth(month, expected, n or 0, excused is not None, state != "closed")
        for month, expected, n, excused, state in rows
    )


def past_moderations(session: Session, person_id: UUID, *, most: int = 100) -> tuple[PastModeration, ...]:
    """The moderations this person has graded, newest first: only those whose grades they have given."""
    first, second = aliased(Judgement), aliased(Judgement)
    rows = session.execute(
        select(
            Moderation.id, Audit.id, Audit.month, Audit.number, second.grade, first.grade, Moderation.state,
            Moderation.stream, Moderation.mode,
        )
        .select_from(Moderation)
        .join(Audit, Audit.id == Moderation.audit_id)
        .outerjoin(first, _overall(first, "auditor"))
        .outerjoin(second, _overall(second, "moderator"))
        .where(Moderation.moderator_id == person_id, Moderation.state.in_(DONE))
        .order_by(Audit.month.desc(), Audit.number)
        .limit(most)
    )  # fmt: skip
    return tuple(
        PastModeration(
            moderation_id, audit_id, audit_reference(month, number), month, own, auditor, state == "agreed",
            stream, mode,
        )
        for moderation_id, audit_id, month, number, own, auditor, state, stream, mode in rows
    )  # fmt: skip
