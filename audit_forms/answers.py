"""Answers: read from a form, kept as JSON, and given back as values, judgements and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from wtforms import Form

from audit_forms.completeness import judgements_in
from audit_forms.definition import Question, Section, Tool, Value
from audit_forms.grades import Judged
from audit_forms.questions import Stored, Unreadable, kind_of

Answers: TypeAlias = dict[str, Stored]
"""Question key -> stored answer, fit for JSON. What is blank is not in it, so equal answers are equal dicts."""


class Judgement(NamedTuple):
    """What one judge says of one element."""

    element: str
    judged: Judged


class Recorded(NamedTuple):
    """A form's answers as they are stored, and the judgements among them in the tool's order."""

    answers: Answers
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in words, with the question and section it belongs to."""

    section: Section
    question: Question
    words: str


def read(tool: Tool, form: Form) -> Recorded:
    """What a validated form of this tool says; fields that were refused are left out."""
    answers = {field.question.key: _stored(field) for field in _answered(form) if not _refused(field)}
    return Recorded(answers, judgements(tool, answers))


def merge(stored: Mapping[str, Stored], form: Form) -> Answers:
    """The stored answers with those of a validated form of one section put in their place.

    A question left blank loses its answer; one whose answer was refused keeps what was stored before.
    """
    asked = {field.question.key: field for field in _asked(form) if not _refused(field)}
    kept = {key: answer for key, answer in stored.items() if key not in asked}
    return kept | {key: _stored(field) for key, field in asked.items() if field.data is not None}


def values(tool: Tool, answers: Mapping[str, object]) -> dict[str, Value]:
    """Question key -> value, as forms take it in `data=` and `completeness` reads it.

    Raises:
        Unreadable: an answer is to no question of this tool, or not one its question can have.
    """
    if strangers := [key for key in answers if not tool.asks(key)]:
        raise Unreadable(f"{tool.title}, version {tool.version}, does not ask {', '.join(sorted(strangers))}")
    return {key: kind_of(tool.question(key)).restored(answer) for key, answer in answers.items()}


def judgements(tool: Tool, answers: Mapping[str, object]) -> tuple[Judgement, ...]:
    """The judgements among stored answers, in the tool's order."""
    return tuple(Judgement(key, judged) for key, judged in judgements_in(tool, values(tool, answers)).items())


def in_words(tool: Tool, answers: Mapping[str, object]) -> tuple[Said, ...]:
    """Every answer in words, in the tool's order; questions without an answer are left out."""
    known = values(tool, answers)
    return tuple(
        Said(section, question, kind_of(question).display(known[question.key]))
        for section in tool.sections
        for question in section.questions
        if question.key in known
    )


def changed(before: Mapping[str, Stored], after: Mapping[str, Stored]) -> tuple[str, ...]:
    """The keys of the questions whose answers differ, in alphabetical order."""
    return tuple(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))


def _asked(form: Form) -> list[Any]:
    return [field for field in form if isinstance(getattr(field, "question", None), Question)]


def _answered(form: Form) -> list[Any]:
    return [field for field in _asked(form) if field.data is not None]


def _refused(field: Any) -> bool:
    """Whether there is no answer to keep. Of a list every row that can be kept is, though another has an error."""
    return bool(field.errors) and not hasattr(field, "entries")


def _stored(field: Any) -> Stored:
    return kind_of(field.question).stored(field.data)
