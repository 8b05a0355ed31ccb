"""Questions that follow from an answer: when they are asked, in words, and which answers are no part of the audit."""

from collections.abc import Mapping
from dataclasses import replace

from audit_forms.definition import Question, Section, Tool, Value
from audit_forms.questions import kind_of


def with_conditions_in_words(tool: Tool) -> Tool:
    """The tool with what each following question says of when it is asked."""
    return replace(tool, sections=tuple(_with_words(tool, section) for section in tool.sections))


def _with_words(tool: Tool, section: Section) -> Section:
    return replace(
        section,
        questions=tuple(
            replace(question, when=_words(tool, question)) if question.follows else question
            for question in section.questions
        ),
    )


def _words(tool: Tool, question: Question) -> str:
    condition = question.follows
    if condition is None:
        return ""
    other = tool.question(condition.key)
    labels = [f"‘{option.label}’" for option in kind_of(other).options() if option.code in condition.codes]
    said = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"
    return f"Answer this only if you answered {said} to ‘{other.label}’."


def is_asked(tool: Tool, question: Question, values: Mapping[str, Value]) -> bool:
    """Whether the answers so far ask for this question; what follows from a question not asked is not asked either."""
    seen = {question.key}
    while (condition := question.follows) is not None and tool.asks(condition.key):
        if not condition.holds(values):
            return False
        question = tool.question(condition.key)
        if question.key in seen:
            break
        seen.add(question.key)
    return True


def is_left_out(tool: Tool, section: Section, values: Mapping[str, Value]) -> bool:
    """Whether the answers so far say that nothing of a section is asked; before they are given it may still be."""
    return all(_is_ruled_out(tool, question, values) for question in section.questions)


def _is_ruled_out(tool: Tool, question: Question, values: Mapping[str, Value]) -> bool:
    condition = question.follows
    given = condition is not None and values.get(condition.key) is not None
    return given and not is_asked(tool, question, values)


def beside(tool: Tool, values: Mapping[str, Value]) -> tuple[Question, ...]:
    """The questions that have an answer and are not asked any more: their answers are no part of the audit."""
    answered = (question for question in tool.questions if values.get(question.key) is not None)
    return tuple(question for question in answered if not is_asked(tool, question, values))


def asked_only(tool: Tool, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The answers that are part of the audit."""
    out = {question.key for question in beside(tool, values)}
    return {key: value for key, value in values.items() if key not in out} if out else values
