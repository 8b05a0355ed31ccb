"""What still stops an audit from being submitted, and how far each section is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from audit_forms.answering import unanswered
from audit_forms.consistency import LIFTED, OVERALL, REASON, inconsistencies
from audit_forms.definition import Question, Section, Tool, Value
from audit_forms.following import asked_only
from audit_forms.grades import Grade, Judged, NotGraded
from audit_forms.questions import kind_of


class Status(StrEnum):
    """How far a section is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Blank:
    """Something to be done before submitting: where, at which question, and what, in a sentence."""

    section: Section
    question: Question
    sentence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A section, how far it is, how many of its questions have an answer, and how many things are still to be done."""

    section: Section
    status: Status
    answered: int
    to_do: int


def sections_asked(tool: Tool, section: str | None = None) -> tuple[Section, ...]:
    """The one section named, or all that are asked together: those asked after the reveal have to be named."""
    if section is not None:
        return (tool.section(section),)
    return tuple(each for each in tool.sections if not each.after_reveal)


def questions_asked(section: Section, *, demographics: bool = False) -> tuple[Question, ...]:
    """The section's questions; those about sex, ethnicity, disability and language only where the council asks them."""
    return tuple(question for question in section.questions if demographics or not question.demographic)


def lacking(question: Question, values: Mapping[str, Value]) -> str | None:
    """What must still be done at this question, in a sentence; None if nothing."""
    value = values.get(question.key)
    if value is not None:
        return kind_of(question).unfinished(value)
    if not question.is_needed(values):
        return None
    return question.missing or f"{kind_of(question).verb} ‘{question.label}’"


def judgements_in(tool: Tool, values: Mapping[str, Value]) -> dict[str, Judged]:
    """Element key -> judgement, for the elements that have one."""
    given = ((element.key, values.get(element.key)) for element in tool.elements)
    return {key: value for key, value in given if isinstance(value, Grade | NotGraded)}


def unexplained(tool: Tool, values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """(question key, sentence) for each hard rule that is broken and not lifted, and each reason still to be given."""
    found = inconsistencies(tool, judgements_in(tool, values))
    broken = [(OVERALL, each.sentence) for each in found if each.hard and values.get(LIFTED) is None]
    if tool.asks(REASON) and values.get(REASON) is None:
        broken += [(REASON, each.sentence) for each in found if each.needs_reason]
    return tuple(broken)


def blanks(
    tool: Tool, values: Mapping[str, Value], *, section: str | None = None, demographics: bool = False
) -> tuple[Blank, ...]:
    """Everything that stops these answers (question key -> value) from being submitted, in the order it is asked."""
    values = asked_only(tool, values)
    rules = (*unexplained(tool, values), *unanswered(tool, values)) if section is None else ()
    found: list[Blank] = []
    for each in sections_asked(tool, section):
        for question in questions_asked(each, demographics=demographics):
            sentence = lacking(question, values)
            sentences = [sentence] if sentence else [said for key, said in rules if key == question.key]
            found.extend(Blank(each, question, said) for said in sentences)
    return tuple(found)


def progress(tool: Tool, values: Mapping[str, Value], *, demographics: bool = False) -> tuple[Progress, ...]:
    """How far each section is, in order. A section that needs nothing is complete once it has an answer."""
    to_do = blanks(tool, values, demographics=demographics)
    return tuple(
        _progress(each, questions_asked(each, demographics=demographics), values, to_do)
        for each in sections_asked(tool)
    )


def _progress(
    section: Section, questions: Sequence[Question], values: Mapping[str, Value], to_do: Sequence[Blank]
) -> Progress:
    answered = sum(values.get(question.key) is not None for question in questions)
    still = sum(blank.section is section for blank in to_do)
    begun = Status.IN_PROGRESS if still else Status.COMPLETE
    return Progress(section, begun if answered else Status.NOT_STARTED, answered, still)
