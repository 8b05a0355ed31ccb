"""What an audit found, as the people it is about are told: grades and what they mean, strengths, next steps.

Where nothing is graded it is what was written, but for what is for the line alone and whether a child is safe.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms import answers
from audit_forms.actions import Action as Noted
from audit_forms.definition import Element, Tool
from audit_forms.grades import Judged
from audit_forms.questions import kind_of
from audit_forms.safety import SAFE
from qa_app.models import Action, Audit, Judgement, Moderation, Person, Reflection
from qa_app.queries import handed_in
from qa_app.queries.standing import standing
from qa_app.queries.tools import tool_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One graded part of practice. `final` is empty until the final grades are agreed; `meaning` is of the last grade.

    `strengths` and `better` are in the auditor's words.
    """

    element: str
    title: str
    auditor: str
    final: str
    meaning: str
    strengths: str
    better: str

    @property
    def grade(self) -> str:
        """The grade that stands."""
        return self.final or self.auditor

    @property
    def changed(self) -> bool:
        """Whether moderation changed the auditor's grade."""
        return bool(self.final) and self.final != self.auditor


@dataclass(frozen=True, slots=True)
class Step:
    """One action: what, who by their name or as the auditor named them, by when, and whether it is done."""

    what: str
    owner: str
    due_on: date | None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """An audit's findings. `agreed`: a moderator graded it too and the final grades are agreed."""

    reference: str
    month: date
    tool: str
    team: str
    auditor: str
    submitted_on: date | None
    agreed: bool
    graded: tuple[Finding, ...]
    steps: tuple[Step, ...]
    good_practice: str
    written: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # (section, (question, answer)), where ungraded

    @property
    def overall(self) -> Finding | None:
        """The overall judgement, where the tool has one."""
        return next((one for one in self.graded if one.element == "overall"), None)


def findings(session: Session, audit: Audit) -> Findings:
    """The findings of a submitted audit; nothing of a moderator's shows before the final grades are agreed."""
    tool = tool_of(session, audit)
    said = handed_in.answers(session, audit)
    agreed = session.scalar(
        select(Moderation.id).where(Moderation.audit_id == audit.id, Moderation.agreed_at.is_not(None))
    )
    given = _given(session, audit)
    return Findings(
        reference=audit.reference,
        month=audit.month,
        tool=tool.title,
        team=audit.team.name,
        auditor=audit.auditor.name,
        submitted_on=audit.submitted_on,
        agreed=agreed is not None,
        graded=tuple(_graded(tool, said, given["auditor"], given["final"])),
        steps=_steps(session, audit, tool, said),
        good_practice=_text(said, "good_practice_what"),
        written=() if tool.elements else tuple(_written(tool, said)),
    )


def _written(tool: Tool, said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    answered = answers.in_words(tool, said)
    for section in tool.sections:
        if section.restricted or any(question.key == SAFE for question in section.questions):
            continue
        rows = tuple(
            (one.question.label, one.words)
            for one in answered
            if one.section is section and one.question.kind != "actions"
        )
        if rows:
            yield section.title, rows


def worker_of(session: Session, audit: Audit) -> Person | None:
    """Whose work an audit is about: who was asked to reflect on it, else the worker of the child's case."""
    asked = session.scalar(
        select(Person).join(Reflection, Reflection.person_id == Person.id).where(Reflection.audit_id == audit.id)
    )
    return asked or audit.worker


def _given(session: Session, audit: Audit) -> dict[str, dict[str, Judged]]:
    """The auditor's grades, and the final ones as they stand now, after a challenge too."""
    rows = session.execute(
        select(Judgement.stage, Judgement.element, Judgement.grade).where(Judgement.audit_id == audit.id)
    ).all()
    return {
        "auditor": standing(row for row in rows if row.stage == "auditor"),
        "final": standing(row for row in rows if row.stage != "auditor"),
    }


def _graded(
    tool: Tool, said: Mapping[str, Any], first: Mapping[str, Judged], final: Mapping[str, Judged]
) -> Iterator[Finding]:
    for element in tool.elements:
        stands = final.get(element.key, first.get(element.key))
        if stands is None:
            continue
        yield Finding(
            element=element.key,
            title=element.title,
            auditor=first[element.key].label if element.key in first else "Not graded",
            final=final[element.key].label if element.key in final else "",
            meaning=_meaning(tool, element, stands),
            strengths=_text(said, f"{element.key}_strengths"),
            better=_text(said, f"{element.key}_better"),
        )


def _meaning(tool: Tool, element: Element, grade: Judged) -> str:
    return next((words for one, words in tool.question(element.key).descriptors if one == grade), grade.descriptor)


def _steps(session: Session, audit: Audit, tool: Tool, said: Mapping[str, Any]) -> tuple[Step, ...]:
    """The audit's actions as they stand now, or as the auditor wrote them where none is kept on its own."""
    rows = session.scalars(select(Action).where(Action.audit_id == audit.id).order_by(Action.number)).all()
    if rows:
        return tuple(
            Step(
                one.what, one.owner.name if one.owner else one.owner_named, one.due_on, one.state in ("done", "closed")
            )
            for one in rows
            if one.state != "cancelled"
        )
    return tuple(
        Step(one.what, one.owner, one.due)
        for question in tool.questions
        if question.kind == "actions" and question.key in said
        for one in _noted(kind_of(question).restored(said[question.key]))
    )


def _noted(value: object) -> Iterator[Noted]:
    yield from (one for one in value if isinstance(one, Noted) and one.what) if isinstance(value, tuple) else ()


def _text(said: Mapping[str, Any], key: str) -> str:
    answer = said.get(key, "")
    return answer if isinstance(answer, str) else ""
