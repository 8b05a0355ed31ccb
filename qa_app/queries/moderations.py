"""What a moderator may be shown: before grading, a task with nothing of the auditor's in it; afterwards both sides."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Judged, judged
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Answers, Audit, Case, Cycle, Difference, Draft, Judgement, Moderation, Person, Team

GRADED = ("moderated", "agreed")


class NotGradedYet(LookupError):  # noqa: N818
    """The moderator has not given their own grades, so nothing of the auditor's may be shown."""


@dataclass(frozen=True)
class BlindTask:
    """An audit to grade again, as its moderator may know it before grading.

    It is built from columns chosen one by one, never from the audit itself, so that nothing of the auditor's (their
    name, grades, words, the day they submitted, the stratum or stream) can come with it.
    """

    moderation_id: UUID
    audit_id: UUID
    reference: str
    month: date
    due_on: date
    tool_key: str
    tool_version: int
    team: str
    plan_type: str
    worker: str
    state: str
    answers: dict[str, Any]
    draft_version: int
    saved_at: datetime | None


@dataclass(frozen=True)
class Side:
    """What one judge gave: a judgement for each element, and the stored answers."""

    name: str
    judgements: dict[str, Judged]
    answers: dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Both sides of a moderated audit, the final grades where they are agreed, and what was said of differences."""

    moderation_id: UUID
    audit_id: UUID
    reference: str
    month: date
    tool_key: str
    tool_version: int
    state: str
    stream: str
    mode: str
    auditor: Side
    moderator: Side
    final: dict[str, Judged]
    reasons: dict[str, tuple[str, str]]  # element -> reason code and note
    form_sound: bool | None


def tasks(session: Session, actor: Actor) -> list[BlindTask]:
    """The moderations this person has to grade, in an order that says nothing: by due date and reference."""
    return [
        _task(row) for row in session.execute(_task_query(actor).where(Moderation.state.not_in((*GRADED, "not_done"))))
    ]


def task(session: Session, actor: Actor, moderation_id: UUID) -> BlindTask:
    """One moderation to grade.

    Raises:
        OutOfScopeError: it is not there or not this person's.
    """
    row = session.execute(_task_query(actor).where(Moderation.id == moderation_id)).one_or_none()
    if row is None:
        raise scope.OutOfScopeError
    return _task(row)


def _task_query(actor: Actor) -> Any:
    mine = scope.own_moderations(actor).with_only_columns(Moderation.id)
    draft = (Draft.audit_id == Audit.id) & (Draft.stage == "moderator")
    return (
        select(
            Moderation.id, Moderation.state, Audit.id, Audit.number, Audit.month, Audit.tool_key, Audit.tool_version,
            Audit.plan_type, Cycle.due_on, Team.name, Person.name, Draft.answers, Draft.version, Draft.saved_at,
        )
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .join(Case, Case.id == Audit.case_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(Person, Person.id == Audit.worker_id)
        .outerjoin(Draft, draft)
        .where(Moderation.id.in_(mine))
        .order_by(Cycle.due_on, Audit.month, Audit.number)
    )  # fmt: skip


def _task(row: Any) -> BlindTask:
    (moderation_id, state, audit_id, number, month, tool_key, tool_version, plan_type, due_on, team, worker, answers,
     version, saved_at) = row  # fmt: skip
    return BlindTask(
        moderation_id, audit_id, f"QA-{month:%Y-%m}-{number:03d}", month, due_on, tool_key, tool_version, team,
        plan_type, worker or "", state, answers or {}, version or 0, saved_at,
    )  # fmt: skip


def comparison(session: Session, actor: Actor, moderation_id: UUID) -> Comparison:
    """Both sides of a moderation, for its moderator once they have graded.

    Raises:
        OutOfScopeError: it is not there or not this person's.
        NotGradedYet: the moderator's own grades are not given yet.
    """
    found = scope.own_moderation(session, actor, moderation_id)
    if found.state not in GRADED:
        raise NotGradedYet("Grade every part yourself first. The auditor's grades are shown afterwards.")
    return _compare(session, found)


def outcome(session: Session, audit: Audit) -> Comparison | None:
    """What came of moderating an audit that the reader may already read; None until the moderator has graded."""
    found = session.scalar(select(Moderation).where(Moderation.audit_id == audit.id, Moderation.state.in_(GRADED)))
    return _compare(session, found) if found else None


def _compare(session: Session, moderation: Moderation) -> Comparison:
    audit = moderation.audit
    given: dict[str, dict[str, Judged]] = {"auditor": {}, "moderator": {}, "final": {}}
    rows = session.execute(
        select(Judgement.stage, Judgement.element, Judgement.grade).where(Judgement.audit_id == audit.id)
    )
    for stage, element, grade in rows:
        given[stage][element] = judged(grade)
    words: dict[str, dict[str, Any]] = dict(
        session.execute(select(Answers.stage, Answers.answers).where(Answers.audit_id == audit.id)).all()
    )
    reasons = session.execute(
        select(Difference.element, Difference.reason, Difference.note).where(Difference.moderation_id == moderation.id)
    )
    moderator = moderation.moderator.name if moderation.moderator else ""
    return Comparison(
        moderation_id=moderation.id,
        audit_id=audit.id,
        reference=audit.reference,
        month=audit.month,
        tool_key=audit.tool_key,
        tool_version=audit.tool_version,
        state=moderation.state,
        stream=moderation.stream,
        mode=moderation.mode,
        auditor=Side(audit.auditor.name, given["auditor"], words.get("auditor", {})),
        moderator=Side(moderator, given["moderator"], words.get("moderator", {})),
        final=given["final"],
        reasons={element: (reason, note) for element, reason, note in reasons},
        form_sound=moderation.form_sound,
    )
