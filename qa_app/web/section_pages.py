"""One section of a tool on one page, whoever fills it in: its form, what it says, and what another tab said instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from audit_forms import answers
from audit_forms import following as follow
from audit_forms.completeness import judgements_in, sections_asked
from audit_forms.consistency import concerning, inconsistencies
from audit_forms.definition import Question, Section, Tool
from audit_forms.forms import form_class
from audit_forms.questions import kind_of
from qa_app.services.drafts import Stored, Written
from qa_app.web.forms import Form
from qa_app.web.rendering import clock


class Difference(NamedTuple):
    """One question answered differently here and in another tab."""

    label: str
    elsewhere: str


def section_form(tool: Tool, section: Section, stored: Mapping[str, Any], *, demographics: bool = False) -> Any:
    """The form of a section, filled with what is stored unless the request posts something."""
    made = form_class(tool, section=section.key, demographics=demographics, base=Form)
    keys = {question.key for question in section.questions}
    return made(data=answers.values(tool, {key: answer for key, answer in stored.items() if key in keys}))


def fields_of(form: Any) -> list[Any]:
    """The fields that ask a question of the tool."""
    return [field for field in form if isinstance(getattr(field, "question", None), Question)]


def asked_by(form: Any) -> frozenset[str]:
    """The keys of the questions a form asks."""
    return frozenset(field.name for field in fields_of(form))


def written_on(form: Any) -> Written:
    """What a validated form says; of a list every row that can be kept is, though another was refused."""
    kept = frozenset(field.name for field in fields_of(form) if not field.errors or hasattr(field, "entries"))
    return Written(asked_by(form), kept, answers.merge({}, form))


def row_added(form: Any, growing: str) -> bool:
    """Whether the button of a list was pressed; the list then has one more row to fill in."""
    if growing not in form or not hasattr(form[growing], "add_row"):
        return False
    form[growing].add_row()
    return True


def person_sought(form: Any, sought: str) -> bool:
    """Whether somebody is to be found by name; the page then shows whom it may be instead of refusing it."""
    if sought not in form or not hasattr(form[sought], "seek"):
        return False
    form[sought].seek()
    return True


def beside(tool: Tool, section: Section, stored: Mapping[str, Any]) -> frozenset[str]:
    """The questions of a section that have an answer which is no part of the audit any more."""
    values = answers.values(tool, stored)
    return frozenset(question.key for question in follow.beside(tool, values) if question in section.questions)


def saved_words(form: Any, *, sound: bool, at: datetime) -> str:
    """What autosave answers: when, and what is not saved because it is not finished."""
    if sound:
        return clock(at)
    unfinished = [field.label.text for field in form if field.errors]
    return f"{clock(at)}. Not saved yet, because it is not finished: {'; '.join(unfinished)}"


def differences(tool: Tool, section: Section, form: Any, stored: Stored) -> tuple[Difference, ...]:
    """What was saved elsewhere for the questions this form answers differently."""
    elsewhere = answers.values(tool, stored)
    changed = answers.changed(stored, written_on(form).over(stored))
    return tuple(
        Difference(question.label, kind_of(question).display(elsewhere.get(question.key)))
        for question in section.questions
        if question.key in changed
    )


def notices(tool: Tool, section: Section, stored: Mapping[str, Any]) -> tuple[str, ...]:
    """What does not sit together, told on the page of each grade it concerns as soon as both grades are there."""
    found = inconsistencies(tool, judgements_in(tool, answers.values(tool, stored)))
    return tuple(one.sentence for one in concerning(found, section.element))


def following(tool: Tool, section: Section, stored: Mapping[str, Any] | None = None) -> Section | None:
    """The section after this one, of those these answers ask for; none after the last."""
    asked = sections_asked(tool)
    values = answers.values(tool, stored or {})
    after = asked[asked.index(section) + 1 :]
    return next((one for one in after if not follow.is_left_out(tool, one, values)), None)


def first_box(question: Question) -> str:
    """The id of the first box of a question."""
    return question.key + {"date": "-day", "month": "-month", "actions": "-0-what"}.get(question.kind, "")
