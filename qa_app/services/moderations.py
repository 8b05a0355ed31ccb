"""Moderating one audit: the moderator's own grades, then the talk about differences, then the final grade."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from audit_forms.differing import Reason, crosses_good_line, outcome_of
from audit_forms.grades import Judged, judged
from audit_forms.lifecycle import State, check_move
from qa_app.clock import london_day
from qa_app.models import Answers, Audit, Difference, Draft, Judgement, Moderation, Person, Reading
from qa_app.services import actions, drafts, letters, overrides, reaudits
from qa_app.services.events import record
from qa_app.services.moderators import IN_HAND, NotIndependent, WrongState, conflicts

__all__ = [
    "Reason",
    "Resolution",
    "Unresolved",
    "agree",
    "begin",
    "check_no_third_reading",
    "check_unagreed",
    "check_ungraded",
    "follow",
    "grade",
    "hold",
    "keep_judgements",
]


@dataclass(frozen=True)
class Resolution:
    """What was agreed about one element: its final judgement, and where the two differed why, with a note.

    ``decider_id`` is who decided where the two could not agree.
    """

    final: Judged
    reason: Reason | None = None
    note: str = ""
    decider_id: UUID | None = None


class Unresolved(ValueError):  # noqa: N818
    """Some elements have no final grade, no reason or no note yet; `elements` names them."""

    def __init__(self, elements: tuple[str, ...]) -> None:
        super().__init__(
            "Give a final grade for every part, a reason wherever you differ, and a note wherever only one of you says "
            "good or better."
        )
        self.elements = elements


def hold(session: Session, moderation: Moderation) -> None:
    """Let nobody else write on a moderation until this transaction ends, and read again where it stands."""
    drafts.lock(session, moderation.audit_id)
    session.refresh(moderation)
    session.refresh(moderation.audit)


def check_ungraded(moderation: Moderation) -> None:
    """Let the moderator write their own grades.

    Raises:
        WrongState: they were given before, or the month is closed.
    """
    if moderation.state == "not_done":
        raise WrongState("This month is closed, so this audit is no longer graded again.")
    if moderation.state not in IN_HAND:
        raise WrongState("You have graded this audit already. The first grades stand.")


def begin(session: Session, moderation: Moderation, *, by: str, at: datetime) -> None:
    """Note that the moderator has begun to grade."""
    if moderation.state == "allocated":
        moderation.state = "moderating"
        _move(moderation.audit, State.MODERATING)
        session.flush()
        record(session, "moderation.begun", "moderation", moderation.id, by=by, at=at)


def grade(
    session: Session,
    moderation: Moderation,
    moderator: Person,
    judgements: Mapping[str, Judged],
    answers: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
) -> None:
    """Keep the moderator's own grades for ever; only afterwards may anything of the auditor's be shown.

    Raises:
        WrongState: they were given before, or the month is closed.
        NotIndependent: the moderator has become tied to the audit since it was allocated.
    """
    hold(session, moderation)
    check_ungraded(moderation)
    tied = conflicts(session, moderation.audit, moderator, blind=moderation.mode == "blind")
    looked_past = overrides.allowed(session, moderation)
    found = tuple(conflict for conflict in tied if conflict not in looked_past)
    if found:
        sentences = " ".join(conflict.sentence for conflict in found)
        raise NotIndependent(f"You can no longer moderate this audit. {sentences} Tell the QA lead.")
    begin(session, moderation, by=by, at=at)
    audit = moderation.audit
    keep_judgements(session, audit, "moderator", judgements, judge_id=moderator.id, at=at)
    _keep_answers(session, audit, "moderator", answers, person_id=moderator.id, at=at)
    moderation.state, moderation.graded_at, moderation.graded_on = "moderated", at, london_day(at)
    _move(audit, State.MODERATED)
    session.flush()
    record(session, "moderation.graded", "moderation", moderation.id, by=by, at=at, mode=moderation.mode)


def agree(
    session: Session,
    moderation: Moderation,
    resolutions: Mapping[str, Resolution],
    *,
    form_sound: bool | None,
    answers: Mapping[str, Any] | None = None,
    by: str,
    judge_id: UUID,
    at: datetime,
) -> None:
    """Keep the final grades as a third record, with a reason for each difference.

    `answers` is what was said of the quality of the audit form, kept apart from the grades.

    Raises:
        WrongState: the moderator has not graded, the final grades were agreed before, or the month is closed.
        Unresolved: an element has no final grade, a difference no reason, or one across the good line no note.
    """
    hold(session, moderation)
    check_unagreed(moderation)
    check_no_third_reading(session, moderation)
    pairs = _pairs(session, moderation.audit_id)
    _check_resolved(pairs, resolutions)
    kept = {element: resolutions[element] for element in pairs}
    finals = {element: resolution.final for element, resolution in kept.items()}
    keep_judgements(session, moderation.audit, "final", finals, judge_id=judge_id, at=at)
    _keep_answers(session, moderation.audit, "agreement", answers or {}, person_id=judge_id, at=at)
    differing = [element for element, (first, second) in pairs.items() if first != second]
    session.add_all(_difference(moderation, one, pairs[one], kept[one], by=by, at=at) for one in differing)
    moderation.state, moderation.form_sound, moderation.agreed_at, moderation.agreed_by = "agreed", form_sound, at, by
    _move(moderation.audit, State.AGREED)
    session.flush()
    record(session, "moderation.agreed", "moderation", moderation.id, by=by, at=at, differences=len(differing))
    changed = [element for element, final in finals.items() if final != pairs[element][0]]
    follow(session, moderation.audit, changed, finals, by=by, at=at)


def _difference(
    moderation: Moderation, element: str, pair: tuple[str | None, str | None], kept: Resolution, *,
    by: str, at: datetime,
) -> Difference:  # fmt: skip
    first, second = (_judged(one) for one in pair)
    return Difference(
        moderation_id=moderation.id, element=element, reason=kept.reason, note=kept.note,
        outcome=outcome_of(first, second, kept.final), decider_id=kept.decider_id, recorded_at=at, recorded_by=by,
    )  # fmt: skip


def follow(
    session: Session, audit: Audit, changed: Sequence[str], stands: Mapping[str, Judged], *, by: str, at: datetime
) -> None:
    """What follows from grades that stand anew: actions are flagged, a re-audit is planned, the letter is told of."""
    actions.flag(session, audit, changed, "final_grade", by=by, at=at)
    reaudits.plan_on_agreement(session, audit, stands, by=by, at=at)
    letters.tell_settled(session, (audit.id,), at=at)


def check_no_third_reading(session: Session, moderation: Moderation) -> None:
    """Let final grades be agreed unless a third reader is at work.

    Raises:
        WrongState: a third reading was asked for, and is neither given nor called off.
    """
    waits = select(Reading.id).where(
        Reading.audit_id == moderation.audit_id, Reading.kind == "third", Reading.state.in_(("asked", "reading"))
    )
    if session.scalar(waits) is not None:
        raise WrongState("A third reader is at work. Wait for their grades, or call the third reading off first.")


def check_unagreed(moderation: Moderation) -> None:
    """Let the final grades be agreed.

    Raises:
        WrongState: the moderator has not graded, they were agreed before, or the month is closed.
    """
    if moderation.state == "agreed":
        raise WrongState("The final grades were agreed before.")
    if moderation.state != "moderated":
        raise WrongState("Grade every part yourself first.")
    if moderation.audit.state == State.CLOSED:
        raise WrongState("This month was closed before final grades were agreed, so the auditor’s grades stand.")


def _check_resolved(pairs: Mapping[str, tuple[str | None, str | None]], resolutions: Mapping[str, Resolution]) -> None:
    open_ones = tuple(
        element
        for element, (first, second) in pairs.items()
        if element not in resolutions or (first != second and not _settles(first, second, resolutions[element]))
    )
    if open_ones:
        raise Unresolved(open_ones)


def _settles(first: str | None, second: str | None, resolution: Resolution) -> bool:
    """Whether a difference has its reason, and the note it needs where it crosses the good line."""
    needs_note = crosses_good_line(_judged(first), _judged(second))
    return resolution.reason is not None and (bool(resolution.note.strip()) or not needs_note)


def _judged(code: str | None) -> Judged | None:
    return None if code is None else judged(code)


def _pairs(session: Session, audit_id: UUID) -> dict[str, tuple[str | None, str | None]]:
    """What the auditor and the moderator gave for every element that either of them judged."""
    given: dict[str, dict[str, str]] = {}
    rows = session.execute(
        select(Judgement.element, Judgement.stage, Judgement.grade).where(Judgement.audit_id == audit_id)
    )
    for element, stage, judgement in rows:
        given.setdefault(element, {})[stage] = judgement
    return {element: (sides.get("auditor"), sides.get("moderator")) for element, sides in given.items()}


def keep_judgements(
    session: Session, audit: Audit, stage: str, judgements: Mapping[str, Judged], *, judge_id: UUID, at: datetime
) -> None:
    """Grades of a second judge, each with the auditor's own beside it."""
    mine = select(Judgement.element, Judgement.grade).where(
        Judgement.audit_id == audit.id, Judgement.stage == "auditor"
    )
    firsts = {row.element: row.grade for row in session.execute(mine)}
    session.execute(
        insert(Judgement),
        [
            {
                "audit_id": audit.id, "element": element, "stage": stage, "grade": str(judgement), "month": audit.month,
                "auditor_grade": firsts.get(element),
                "service_id": audit.service_id, "team_id": audit.team_id, "tool_key": audit.tool_key,
                "judge_id": judge_id, "given_at": at,
            }
            for element, judgement in judgements.items()
        ],
    )  # fmt: skip


def _keep_answers(
    session: Session, audit: Audit, stage: str, answers: Mapping[str, Any], *, person_id: UUID, at: datetime
) -> None:
    """Keep what was written for ever; the draft it was written in goes."""
    session.add(
        Answers(
            audit_id=audit.id, stage=stage, person_id=person_id, tool_key=audit.tool_key,
            tool_version=audit.tool_version, answers=dict(answers), given_at=at,
        )
    )  # fmt: skip
    session.execute(delete(Draft).where(Draft.audit_id == audit.id, Draft.stage == stage))


def _move(audit: Audit, to: State) -> None:
    check_move(State(audit.state), to)
    audit.state = to
