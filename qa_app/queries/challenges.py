"""Challenges as lists and as both sides: what an auditor sees of their moderated audits, and what a decider reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from audit_forms.definition import Tool
from audit_forms.grades import Judged, judged
from qa_app.access import scope, seconds
from qa_app.access.actor import Actor
from qa_app.clock import london_day
from qa_app.models import (
    Audit,
    Challenge,
    ChallengePoint,
    ChallengeRuling,
    Judgement,
    Moderation,
    Person,
    Team,
)
from qa_app.models.audit import audit_reference
from qa_app.queries.moderations import Comparison
from qa_app.working_days import add_working_days


class Moderated(NamedTuple):
    """An audit of somebody's own whose final grades are agreed: how many were changed, and until when to challenge."""

    audit_id: UUID
    reference: str
    month: date
    team: str
    agreed_on: date
    changed: int
    until: date | None
    challenge: str  # 'open', 'decided', or empty


class Listed(NamedTuple):
    """A challenge: of which audit, since when, who decides it, and whether it is decided."""

    challenge_id: UUID
    reference: str
    team: str
    raised_on: date
    decider: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """One challenged grade: both first grades, the agreed one, why it is challenged, and what was decided."""

    element: str
    title: str
    auditor: Judged | None
    moderator: Judged | None
    final: Judged | None
    auditor_words: str
    moderator_words: str
    note: str
    reason: str
    ruling: Judged | None
    ruling_note: str


def moderated(session: Session, actor: Actor, *, days: int) -> tuple[Moderated, ...]:
    """This person's own audits whose final grades are agreed, the newest first; `days` are those to challenge in."""
    own = scope.readable_audits(actor).with_only_columns(Audit.id)
    changed = (
        select(Judgement.audit_id, Judgement.id)
        .where(Judgement.stage == "final", Judgement.auditor_grade.is_distinct_from(Judgement.grade))
        .subquery()
    )
    rows: Sequence[Any] = session.execute(
        select(Audit, Moderation.agreed_at, Moderation.batch_id, Challenge.id, Challenge.decided_at)
        .join(Moderation, Moderation.audit_id == Audit.id)
        .outerjoin(Challenge, Challenge.audit_id == Audit.id)
        .where(Audit.auditor_id == actor.person_id, Audit.id.in_(own), Moderation.state == "agreed")
        .order_by(Audit.month.desc(), Audit.number)
    ).all()
    counts: dict[UUID, int] = {}
    for audit_id in session.scalars(select(changed.c.audit_id).where(changed.c.audit_id.in_([r[0].id for r in rows]))):
        counts[audit_id] = counts.get(audit_id, 0) + 1
    return tuple(
        Moderated(
            audit.id, audit.reference, audit.month, audit.team.name, london_day(agreed_at), counts.get(audit.id, 0),
            None if batch else add_working_days(london_day(agreed_at), days),
            "" if challenge is None else "decided" if decided_at else "open",
        )
        for audit, agreed_at, batch, challenge, decided_at in rows
    )  # fmt: skip


def listed(session: Session, actor: Actor, *, own: bool) -> tuple[Listed, ...]:
    """The challenges this person decides (`own`) or runs, the open ones first by their day."""
    seen = seconds.challenges(actor).with_only_columns(Challenge.id)
    mine = Challenge.decider_id == actor.person_id if own else Challenge.id.is_not(None)
    decider = aliased(Person)
    rows = session.execute(
        select(Challenge, Audit.month, Audit.number, Team.name, decider.name)
        .join(Audit, Audit.id == Challenge.audit_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(decider, decider.id == Challenge.decider_id)
        .where(Challenge.id.in_(seen), mine)
        .order_by(Challenge.raised_at, Audit.number)
    ).all()
    found = [
        Listed(
            one.id, audit_reference(month, number), team, london_day(one.raised_at), name or "",
            london_day(one.decided_at) if one.decided_at else None,
        )
        for one, month, number, team, name in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.decided_on is not None))


def of_audit(session: Session, audit_id: UUID) -> Challenge | None:
    """The challenge of an audit that its reader may read."""
    return session.scalar(select(Challenge).where(Challenge.audit_id == audit_id))


def points(session: Session, tool: Tool, challenge: Challenge, both: Comparison) -> tuple[Point, ...]:
    """The challenged grades in the tool's order, with both sides beside each."""
    asked: Mapping[str, str] = dict(
        session.execute(
            select(ChallengePoint.element, ChallengePoint.reason).where(ChallengePoint.challenge_id == challenge.id)
        ).all()
    )
    ruled = {
        row.element: row
        for row in session.scalars(select(ChallengeRuling).where(ChallengeRuling.challenge_id == challenge.id))
    }
    return tuple(
        Point(
            element=element.key, title=element.title, auditor=both.auditor.judgements.get(element.key),
            moderator=both.moderator.judgements.get(element.key), final=both.final.get(element.key),
            auditor_words=_text(both.auditor.answers, f"{element.key}_evidence"),
            moderator_words=_text(both.moderator.answers, f"{element.key}_rationale"),
            note=both.reasons.get(element.key, ("", ""))[1], reason=asked[element.key],
            ruling=judged(ruled[element.key].grade) if element.key in ruled else None,
            ruling_note=ruled[element.key].note if element.key in ruled else "",
        )
        for element in tool.elements
        if element.key in asked
    )  # fmt: skip


def _text(answers: Mapping[str, object], key: str) -> str:
    said = answers.get(key, "")
    return said if isinstance(said, str) else ""
