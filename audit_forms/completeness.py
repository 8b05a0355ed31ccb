"""What still stops an audit from being submitted, and how far each section is."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from audit_forms.answering import unanswered
from audit_forms.consistency import LIFTED, OVERALL, Inconsistency, inconsistencies, may_lift, reason_question
from audit_forms.definition import Question, Section, Tool, Value
from audit_forms.following import asked_only, is_left_out
from audit_forms.grades import Grade, Judged, NotGraded
from audit_forms.questions import kind_of
from audit_forms.safety import unrecorded


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
    """A section and how far it is: of its questions how many have an answer, and of what it needs how much is done."""

    section: Section
    status: Status
    answered: int
    to_do: int
    needed: int
    done: int

    @property
    def words(self) -> str:
        """How far it is, in words that need no bar beside them."""
        if self.needed:
            return f"{self.done} of {self.needed} required {'answer' if self.needed == 1 else 'answers'}"
        answers = "answer" if self.answered == 1 else "answers"
        return f"{self.answered} {answers}, none required" if self.answered else "No answer required"


@dataclass(frozen=True, slots=True)
class Whole:
    """How far a whole audit is: its complete sections, and the answers it needs."""

    sections: int
    of_sections: int
    done: int
    needed: int

    @property
    def words(self) -> str:
        """How far it is, in words; an audit without sections is one whose tool has been changed."""
        if not self.of_sections:
            return "It cannot be opened"
        return f"{self.done} of {self.needed} required answers, {self.sections} of {self.of_sections} sections complete"


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
    lifted = may_lift(tool) and values.get(LIFTED) is not None
    broken = [(OVERALL, each.sentence) for each in found if each.hard and not lifted]
    reason = reason_question(tool)
    if reason is not None and values.get(reason) is None:
        broken += [(reason, each.sentence) for each in found if each.needs_reason]
    return tuple(broken)


def broken_rules(tool: Tool, values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """(question key, sentence) for every rule between answers that stops an audit from being submitted."""
    return (*unexplained(tool, values), *unanswered(tool, values))


def reasonless(tool: Tool, values: Mapping[str, Value]) -> tuple[Inconsistency, ...]:
    """What asks for a reason that the tool has no question for; it is asked for when the audit is submitted."""
    if reason_question(tool) is not None:
        return ()
    return tuple(each for each in inconsistencies(tool, judgements_in(tool, values)) if each.needs_reason)


def blanks(
    tool: Tool, values: Mapping[str, Value], *, section: str | None = None, demographics: bool = False,
    today: datetime.date | None = None,
) -> tuple[Blank, ...]:  # fmt: skip
    """Everything that stops these answers (question key -> value) from being submitted, in the order it is asked.

    Days that cannot be are found where `today` is given.
    """
    values = asked_only(tool, values)
    rules = broken_rules(tool, values) if section is None else ()
    unsafe = unrecorded(tool, values, today=today)
    found: list[Blank] = []
    for each in sections_asked(tool, section):
        for question in questions_asked(each, demographics=demographics):
            sentence = lacking(question, values) or unsafe.get(question.key)
            sentences = [sentence] if sentence else [said for key, said in rules if key == question.key]
            found.extend(Blank(each, question, said) for said in sentences)
    return tuple(found)


def following(found: Sequence[Blank], tool: Tool, *, after: str = "", within: str = "") -> Blank | None:
    """The blank to go to from where one is, and from the last one round to the first again; None if there is none.

    `after` is the key of the question one has been led to; `within` that of a section one has opened by oneself.
    """
    order = {question.key: place for place, question in enumerate(tool.questions)}
    if after in order:
        here = order[after] + 1
    else:
        first = next((each.questions[0].key for each in tool.sections if each.key == within and each.questions), "")
        here = order.get(first, 0)
    ahead = [blank for blank in found if order[blank.question.key] >= here]
    return next(iter((*ahead, *found)), None)


def progress(
    tool: Tool, values: Mapping[str, Value], *, demographics: bool = False, today: datetime.date | None = None
) -> tuple[Progress, ...]:
    """How far each section is, in order. A section that needs nothing is complete once it has an answer.

    A section none of whose questions is asked, because of an earlier answer, is left out.
    """
    values = asked_only(tool, values)
    to_do = blanks(tool, values, demographics=demographics, today=today)
    return tuple(
        _progress(each, questions_asked(each, demographics=demographics), values, to_do)
        for each in sections_asked(tool)
        if not is_left_out(tool, each, values)
    )


def whole(stands: Sequence[Progress]) -> Whole:
    """How far the audit is whose sections stand so."""
    return Whole(
        sections=sum(one.status is Status.COMPLETE for one in stands),
        of_sections=len(stands),
        done=sum(one.done for one in stands),
        needed=sum(one.needed for one in stands),
    )


def _progress(
    section: Section, questions: Sequence[Question], values: Mapping[str, Value], to_do: Sequence[Blank]
) -> Progress:
    answered = sum(values.get(question.key) is not None for question in questions)
    open_ = {blank.question.key for blank in to_do if blank.section is section}
    needed = open_ | {question.key for question in questions if question.is_needed(values)}
    begun = Status.IN_PROGRESS if open_ else Status.COMPLETE
    still = sum(blank.section is section for blank in to_do)
    status = begun if answered else Status.NOT_STARTED
    return Progress(section, status, answered, still, len(needed), len(needed - open_))
