"""Submitting an audit: checked whole, its answers, judgements and counted answers inserted once and kept for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from audit_forms import answers
from audit_forms.completeness import Blank, blanks, judgements_in, reasonless
from audit_forms.consistency import Inconsistency, inconsistencies
from audit_forms.definition import Question, Tool, Value
from audit_forms.following import asked_only, beside
from audit_forms.lifecycle import State
from audit_forms.marked import Marked, hard, marked
from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys
from qa_app.models import Answers, Audit, CountedAnswer, Judgement, RestrictedAnswers
from qa_app.queries.tools import tool_of
from qa_app.services import actions, drafts, free_text, letters, reaudits, reflections
from qa_app.services.audits import check_open, writer_of
from qa_app.services.events import record
from qa_app.services.unsettled import unsettled, with_unsettled


class Incomplete(ValueError):  # noqa: N818 - named for the fault
    """Something still has to be done before submitting."""


class Unacknowledged(Incomplete):
    """The auditor has not said yet that their grades stand beside what does not sit together."""


class Unexplained(Incomplete):
    """The overall grade asks for a reason, and none was given."""


class Identifying(Incomplete):
    """Free text may name somebody, and neither was it mended nor was it said why it stays."""


class ChangedSince(ValueError):  # noqa: N818 - named for the fault
    """The draft has changed since the answers were checked."""


@dataclass(frozen=True, slots=True)
class Check:
    """A draft as it would be submitted: what is still to be done, and what does not sit together but may stand.

    `beside` are the questions whose answers are no part of the audit any more, because another answer has changed.
    """

    tool: Tool
    stored: dict[str, Any]
    values: Mapping[str, Value]
    to_do: tuple[Blank, ...]
    prompts: tuple[Inconsistency, ...]
    reasonless: tuple[Inconsistency, ...]
    marked: tuple[Marked, ...]
    version: str
    beside: tuple[Question, ...] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """The stored answers that are part of the audit."""
        out = {question.key for question in self.beside}
        return {key: answer for key, answer in self.stored.items() if key not in out}

    @property
    def open(self) -> dict[str, Any]:
        """Those that whoever may read the audit may read."""
        return {key: answer for key, answer in self.asked.items() if key not in self.tool.restricted}

    @property
    def restricted(self) -> dict[str, Any]:
        """Those that only the line of the member of staff may read."""
        return {key: answer for key, answer in self.asked.items() if key in self.tool.restricted}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was said on the check page beside what it points out."""

    version: str
    acknowledged: bool
    grades_reason: str = ""
    identifiers_reason: str = ""


def check(session: Session, audit: Audit, *, demographics: bool, today: date | None = None) -> Check:
    """The auditor's draft held against everything the tool asks; days that cannot be are found with `today`."""
    tool = tool_of(session, audit)
    kept = drafts.opened(session, writer_of(audit))
    checked = examine(session, tool, kept.answers, demographics=demographics, today=today)
    to_do = (*checked.to_do, *actions.faults(session, audit, tool, checked.values))
    return replace(checked, to_do=with_unsettled(to_do, unsettled(session, writer_of(audit), tool, kept)))


def examine(
    session: Session, tool: Tool, stored: dict[str, Any], *, demographics: bool = False, today: date | None = None
) -> Check:
    """Stored answers held against everything a tool asks, whoever fills it in."""
    values = answers.values(tool, stored)
    found = inconsistencies(tool, judgements_in(tool, asked_only(tool, values)))
    return Check(
        tool=tool,
        stored=stored,
        values=values,
        to_do=blanks(tool, values, demographics=demographics, today=today),
        prompts=tuple(one for one in found if not one.hard),
        reasonless=reasonless(tool, values),
        marked=marked(tool, values, names=free_text.staff_names(session)),
        version=drafts.version_of(stored),
        beside=beside(tool, values),
    )


def let_pass(checked: Check, said: Confirmed) -> None:
    """Let answers be given for ever, if nothing is left to do and all that is pointed out was answered.

    Raises:
        ChangedSince: they have changed since they were checked.
        Incomplete: something is blank, a rule is broken, or what is pointed out was not answered.
    """
    if checked.version != said.version:
        raise ChangedSince("Your answers have changed since this page was opened. Check them again, then submit.")
    if checked.to_do:
        raise Incomplete(f"Complete what is listed below. {len(checked.to_do)} left to do.")
    if hard(checked.marked) and not said.identifiers_reason:
        raise Identifying("Take out what may name somebody, or say why it stays.")
    if checked.reasonless and not said.grades_reason:
        raise Unexplained("Say why the overall grade is right although it does not sit with the others.")
    if checked.prompts and not said.acknowledged:
        raise Unacknowledged("Read what does not sit together below, then confirm that your grades stand.")


def note_reasons(
    session: Session, kind: str, object_id: UUID, checked: Check, said: Confirmed, *, by: str, at: datetime
) -> None:
    """Keep why grades stand that do not sit together, and why text stays that may name somebody: never that text."""
    if checked.reasonless:
        record(session, "grades.explained", kind, object_id, by=by, at=at, reason=said.grades_reason)
    if found := hard(checked.marked):
        counted = free_text.counts(found)
        record(
            session, "identifiers.kept", kind, object_id, by=by, at=at, reason=said.identifiers_reason, found=counted
        )


def submit(
    session: Session, audit: Audit, *, version: str, acknowledged: bool, demographics: bool, grades_reason: str = "",
    identifiers_reason: str = "", by: str, at: datetime, keys: MailKeys | None = None,
) -> bool:  # fmt: skip
    """Submit an audit in one transaction; False when it was submitted before (a second click changes nothing).

    `version` is that of the answers the auditor checked; `acknowledged` says that they read the prompts, the reasons
    why what was pointed out stands. The worker is asked for their reflection; `keys` seal the link of one who has no
    sign-in.

    Raises:
        NotOpen: the audit was handed back or not done, or its month is closed.
        ChangedSince: the draft has changed since the auditor checked it.
        Incomplete: something required is blank, a rule is broken, or what is pointed out was not answered.
    """
    state = drafts.lock(session, audit.id)
    if State(state).is_submitted:
        return False
    check_open(audit, state)
    checked = check(session, audit, demographics=demographics, today=london_day(at))
    said = Confirmed(version, acknowledged, grades_reason, identifiers_reason)
    let_pass(checked, said)
    _insert(session, audit, checked, at=at)
    actions.make(session, audit, checked.tool, checked.values, by=by, at=at)
    reaudits.plan_on_submission(session, audit, checked.values, by=by, at=at)
    drafts.discard(session, writer_of(audit))
    note_reasons(session, "audit", audit.id, checked, said, by=by, at=at)
    record(session, "audit.submitted", "audit", audit.id, by=by, at=at, prompts=len(checked.prompts))
    reflections.invite(session, audit, keys=keys, by=by, at=at)
    letters.tell_settled(session, (audit.id,), at=at)
    return True


def _insert(session: Session, audit: Audit, checked: Check, *, at: datetime) -> None:
    """The rows of a submitted audit, straight to the database: nothing of them is read back."""
    connection = session.connection()
    connection.execute(
        insert(Answers),
        {
            "id": uuid4(),
            "audit_id": audit.id,
            "stage": "auditor",
            "person_id": audit.auditor_id,
            "tool_key": audit.tool_key,
            "tool_version": audit.tool_version,
            "answers": checked.open,
            "given_at": at,
        },
    )
    if checked.restricted:
        restricted = {"id": uuid4(), "audit_id": audit.id, "person_id": audit.auditor_id, "given_at": at}
        tool = {"tool_key": audit.tool_key, "tool_version": audit.tool_version}
        connection.execute(insert(RestrictedAnswers), {**restricted, **tool, "answers": checked.restricted})
    graded, counted = _rows(audit, checked, at=at)
    if graded:  # a tool need not grade anything
        connection.execute(insert(Judgement), graded)
    if counted:
        connection.execute(insert(CountedAnswer), counted)
    # An audit nothing was saved on cannot be complete, so it is a draft here.
    connection.execute(
        update(Audit)
        .where(Audit.id == audit.id)
        .values(state=State.SUBMITTED.value, submitted_at=at, submitted_on=london_day(at))
    )


def _rows(audit: Audit, checked: Check, *, at: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The judgements and the counted answers, each with the keys it is counted by."""
    tool = checked.tool
    keys = {
        "audit_id": audit.id,
        "month": audit.month,
        "service_id": audit.service_id,
        "team_id": audit.team_id,
        "tool_key": audit.tool_key,
    }
    given = {**keys, "stage": "auditor", "judge_id": audit.auditor_id, "given_at": at}
    graded = [
        {**given, "element": element, "grade": judged.value}
        for element, judged in judgements_in(tool, asked_only(tool, checked.values)).items()
    ]
    counted = [{**keys, "question": key, "value": value} for key, value in counted_answers(tool, checked.open)]
    return graded, counted


def counted_answers(tool: Tool, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, stored answer) for the answers a measure counts; grades are judgements and not among them."""
    return [
        (question.key, str(stored[question.key]))
        for question in tool.questions
        if question.measure and question.kind != "grade" and question.key in stored
    ]
