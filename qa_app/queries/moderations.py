"""What a moderator may be shown: before grading, a task with nothing of the auditor's in it; afterwards both sides."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from audit_forms.answers import in_words
from audit_forms.differing import reason_words
from audit_forms.forms import moderator_tool
from audit_forms.grades import Judged, judged
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import (
    Alert,
    AlertRecipient,
    Answers,
    Audit,
    Cycle,
    Difference,
    Draft,
    Judgement,
    Moderation,
    Person,
    Team,
)
from qa_app.models.audit import audit_reference
from qa_app.queries.tools import tool_of

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
    knows: bool  # they were told that the child may not be safe, so they cannot grade it any more
    answers: dict[str, Any]


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
    reasons: dict[str, tuple[str, str]]  # element -> the reason in words, and the note
    form_sound: bool | None
    form_quality: tuple[tuple[str, str], ...]  # question and answer in words, of the audit form itself
    month_closed: bool


class Graded(NamedTuple):
    """A moderation its moderator has graded: waiting for final grades, or agreed."""

    moderation_id: UUID
    reference: str
    team: str
    month: date
    state: str
    graded_on: date | None
    month_closed: bool


def tasks(session: Session, actor: Actor) -> list[BlindTask]:
    """The moderations this person has to grade, in an order that says nothing: by due date and reference."""
    return [
        _task(row) for row in session.execute(_task_query(actor).where(Moderation.state.not_in((*GRADED, "not_done"))))
    ]


def graded(session: Session, actor: Actor) -> tuple[Graded, ...]:
    """What this person has graded, the latest month first, those still to be agreed before the others."""
    mine = scope.own_moderations(actor).with_only_columns(Moderation.id)
    rows = session.execute(
        select(Moderation.id, Moderation.state, Moderation.graded_on, Audit.month, Audit.number, Team.name, Cycle.state)
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .join(Team, Team.id == Audit.team_id)
        .where(Moderation.id.in_(mine), Moderation.state.in_(GRADED))
        .order_by(Audit.month.desc(), Audit.number)
    )
    found = [
        Graded(moderation_id, audit_reference(month, number), team, month, state, graded_on, cycle == "closed")
        for moderation_id, state, graded_on, month, number, team, cycle in rows
    ]
    return tuple(sorted(found, key=lambda one: one.state == "agreed" or one.month_closed))


def task(session: Session, actor: Actor, moderation_id: UUID) -> BlindTask:
    """One moderation to grade.

    Raises:
        OutOfScopeError: it is not there, not this person's, or its month closed before it was graded.
    """
    this = _task_query(actor).where(Moderation.id == moderation_id, Moderation.state != "not_done")
    row = session.execute(this).one_or_none()
    if row is None:
        raise scope.OutOfScopeError
    return _task(row)


def _task_query(actor: Actor) -> Any:
    mine = scope.own_moderations(actor).with_only_columns(Moderation.id)
    draft = (Draft.audit_id == Audit.id) & (Draft.stage == "moderator") & (Draft.person_id == actor.person_id)
    return (
        select(
            Moderation.id, Moderation.state, Audit.id, Audit.number, Audit.month, Audit.tool_key, Audit.tool_version,
            Audit.plan_type, Cycle.due_on, Team.name, Person.name, knows_of_it(), Draft.answers,
        )
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(Person, Person.id == Audit.worker_id)
        .outerjoin(Draft, draft)
        .where(Moderation.id.in_(mine))
        .order_by(Cycle.due_on, Audit.month, Audit.number)
    )  # fmt: skip


def _task(row: Any) -> BlindTask:
    (
        moderation_id, state, audit_id, number, month, tool_key, tool_version, plan_type, due_on, team, worker, knows,
        answers,
    ) = row  # fmt: skip
    return BlindTask(
        moderation_id, audit_id, audit_reference(month, number), month, due_on, tool_key, tool_version, team,
        plan_type, worker or "", state, knows, answers or {},
    )  # fmt: skip


def knows_of_it() -> ColumnElement[bool]:
    """Whether the moderator of a moderation was told of an alert about its audit, and so cannot grade it blind."""
    told = select(AlertRecipient.id).join(Alert, Alert.id == AlertRecipient.alert_id)
    theirs = AlertRecipient.person_id == Moderation.moderator_id
    return told.where(Alert.audit_id == Moderation.audit_id, theirs).exists()


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
    """What came of moderating an audit that the reader may already read; None until the final grades are agreed."""
    found = session.scalar(select(Moderation).where(Moderation.audit_id == audit.id, Moderation.state == "agreed"))
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
    tool = moderator_tool(tool_of(session, audit))
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
        reasons={element: (reason_words(reason), note) for element, reason, note in reasons},
        form_sound=moderation.form_sound,
        form_quality=tuple((one.question.label, one.words) for one in in_words(tool, words.get("agreement", {}))),
        month_closed=audit.cycle.state == "closed",
    )
