"""What a moderator may be shown: before grading, a task with nothing of the auditor's in it; afterwards both sides."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from audit_forms.answers import in_words
from audit_forms.differing import outcome_words, reason_words
from audit_forms.forms import moderator_tool
from audit_forms.grades import Judged, judged
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
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
    Reading,
    ReadingGrade,
    Team,
)
from qa_app.models.audit import audit_reference
from qa_app.queries.ties import holders
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
    mode: str
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
    outcomes: dict[str, str]  # element -> what came of the difference, in words
    third: Side | None  # the third reader, once their grades are given
    challenged: dict[str, Judged]  # what a challenge put in place of final grades
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
            Audit.plan_type, Cycle.due_on, Team.name, Person.name, knows_of_it(), Moderation.mode, Draft.answers,
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
        mode,
        answers,
    ) = row  # fmt: skip
    return BlindTask(
        moderation_id, audit_id, audit_reference(month, number), month, due_on, tool_key, tool_version, team,
        plan_type, worker or "", state, knows, mode, answers or {},
    )  # fmt: skip


def knows_of_it() -> ColumnElement[bool]:
    """Whether the moderator of a moderation was told of an alert about its audit, and so cannot grade it blind."""
    told = select(AlertRecipient.id).join(Alert, Alert.id == AlertRecipient.alert_id)
    theirs = AlertRecipient.person_id == Moderation.moderator_id
    return told.where(Alert.audit_id == Moderation.audit_id, theirs).exists()


def beside(session: Session, actor: Actor, task: BlindTask) -> Side | None:
    """The auditor's side while one grades, for a moderation that is sighted or joint; None for a blind one."""
    if task.mode == "blind":
        return None
    audit = scope.readable_audit(session, actor, task.audit_id)
    rows = session.execute(
        select(Judgement.element, Judgement.grade).where(Judgement.audit_id == audit.id, Judgement.stage == "auditor")
    )
    stored = session.scalar(select(Answers.answers).where(Answers.audit_id == audit.id, Answers.stage == "auditor"))
    return Side(audit.auditor.name, {element: judged(grade) for element, grade in rows}, stored or {})


def auditor_of(session: Session, task: BlindTask) -> str:
    """The auditor's name, for councils that do not hide it from moderators."""
    named = select(Person.name).join(Audit, Audit.auditor_id == Person.id).where(Audit.id == task.audit_id)
    return session.scalars(named).one()


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


def deciders(session: Session, actor: Actor) -> tuple[Person, ...]:
    """Who may decide where an auditor and a moderator cannot agree: QA leads and Heads of Service, by name."""
    found = {
        one.id: one for role in (Role.HEAD_OF_SERVICE, Role.QA_LEAD) for one in holders(session, role)
        if one.id != actor.person_id
    }  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: (one.name, str(one.id))))


def outcome(session: Session, audit: Audit) -> Comparison | None:
    """What came of moderating an audit that the reader may already read; None until the final grades are agreed."""
    found = session.scalar(select(Moderation).where(Moderation.audit_id == audit.id, Moderation.state == "agreed"))
    return _compare(session, found) if found else None


def _compare(session: Session, moderation: Moderation) -> Comparison:
    audit = moderation.audit
    given: dict[str, dict[str, Judged]] = {"auditor": {}, "moderator": {}, "final": {}, "challenged": {}}
    rows = session.execute(
        select(Judgement.stage, Judgement.element, Judgement.grade).where(Judgement.audit_id == audit.id)
    )
    for stage, element, grade in rows:
        given[stage][element] = judged(grade)
    words: dict[str, dict[str, Any]] = dict(
        session.execute(select(Answers.stage, Answers.answers).where(Answers.audit_id == audit.id)).all()
    )
    differences = session.execute(
        select(Difference, Person.name)
        .outerjoin(Person, Person.id == Difference.decider_id)
        .where(Difference.moderation_id == moderation.id)
    ).all()
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
        reasons={one.element: (reason_words(one.reason), one.note) for one, _ in differences},
        outcomes={one.element: _came_of(one, decider) for one, decider in differences},
        third=_third(session, audit.id, words),
        challenged=given["challenged"],
        form_sound=moderation.form_sound,
        form_quality=tuple((one.question.label, one.words) for one in in_words(tool, words.get("agreement", {}))),
        month_closed=audit.cycle.state == "closed",
    )


def _came_of(difference: Difference, decider: str | None) -> str:
    came = outcome_words(difference.outcome)
    return f"{came}, decided by {decider}" if came and decider else came


def _third(session: Session, audit_id: UUID, words: dict[str, dict[str, Any]]) -> Side | None:
    """The third reader's side, once it is given."""
    given = (Reading.audit_id == audit_id, Reading.kind == "third", Reading.state == "given")
    found = session.scalar(select(Reading).where(*given))
    if found is None:
        return None
    grades = session.execute(
        select(ReadingGrade.element, ReadingGrade.grade).where(ReadingGrade.reading_id == found.id)
    )
    name = found.reader.name if found.reader else ""
    return Side(name, {element: judged(grade) for element, grade in grades}, words.get("third", {}))
