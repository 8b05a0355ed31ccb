"""A weak grade needs an answer: every part judged less than good has an action, or a link to one that is open."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from audit_forms.actions import Action
from audit_forms.consistency import OVERALL
from audit_forms.definition import Element, Tool, Value
from audit_forms.grades import Grade


class Answer(NamedTuple):
    """One line of a list of actions: the question it stands under, the part it answers (empty for none), itself."""

    question: str
    element: str
    action: Action


def listed(tool: Tool, values: Mapping[str, Value]) -> tuple[Answer, ...]:
    """Every action in these answers, in the order they are asked: of a part's own list, or as the line itself says."""
    return tuple(_listed(tool, values))


def _listed(tool: Tool, values: Mapping[str, Value]) -> Iterator[Answer]:
    for section in tool.sections:
        for question in section.questions:
            lines = values.get(question.key)
            if question.kind != "actions" or not isinstance(lines, tuple):
                continue
            for line in lines:
                if isinstance(line, Action):
                    yield Answer(question.key, section.element.key if section.element else line.element, line)


def to_answer(tool: Tool) -> tuple[Element, ...]:
    """The parts that need an action when they are weak: all but the overall judgement, unless it is the only one."""
    parts = tuple(element for element in tool.elements if element.key != OVERALL)
    return parts or tool.elements


def unanswered(tool: Tool, values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """(question key, sentence) for each part judged less than good that no action answers.

    The question is the list where the action belongs: the part's own, or else the closing one. A tool that asks for no
    actions asks for none here. *Not enough evidence* is not a judgement and needs none.
    """
    answered = {one.element for one in listed(tool, values)}
    return tuple(
        (
            place,
            f"‘{part.title}’ is less than good, so it needs an action. Add one, or link to one that is open already.",
        )
        for part in to_answer(tool)
        if _is_weak(values.get(part.key)) and part.key not in answered and (place := _place(tool, part))
    )


def _is_weak(value: Value) -> bool:
    return isinstance(value, Grade) and not value.is_good_or_better


def _place(tool: Tool, part: Element) -> str | None:
    """The list of actions a part's action belongs in."""
    own = [question.key for question in tool.section_of(part.key).questions if question.kind == "actions"]
    closing = [question.key for question in tool.questions if question.kind == "actions" and question.elements]
    return next(iter([*own, *closing]), None)
