"""A tool as the rows of a workbook: the inverse of reading, so that a tool written and read back is the same tool."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from audit_forms.definition import Choice, Condition, Question, Section, Tool
from qa_app.intake.tools import layout
from qa_app.intake.tools.expressions import When, said_bounds, said_when

Cells = dict[str, str]
Names = Mapping[tuple[Choice, ...], str]
"""What a list of choices is called."""


class Rows(NamedTuple):
    """The rows of each sheet, as heading -> text; what has no text has no heading."""

    settings: list[Cells]
    survey: list[Cells]
    choices: list[Cells]


class NotInLayout(ValueError):  # noqa: N818 - named for the fault
    """The tool says something that the layout has no place for; the message names it."""


def rows_of(tool: Tool, names: Names | None = None) -> Rows:
    """The rows that say this tool. Lists are called as `names` says, else after the first question that uses them.

    Raises:
        NotInLayout: it cannot be said in a workbook.
    """
    lists = dict(names or {})
    survey = [cells for section in tool.sections for cells in _section(tool, section, lists)]
    used = {question.choices for question in tool.questions if question.choices}
    return Rows([_settings(tool)], survey, list(_choices({key: name for key, name in lists.items() if key in used})))


def _settings(tool: Tool) -> Cells:
    said: dict[str, Any] = {
        "form_title": tool.title,
        "form_id": tool.key,
        "version": tool.version,
        "purpose": tool.purpose,
        "intro": tool.intro,
        "about": tool.about,
        "cases": tool.cases,
        "minutes": tool.minutes or "",
        "independence": tool.independence,
        "children": tool.children or "",
    }
    return _written(said)


def _section(tool: Tool, section: Section, lists: dict[tuple[Choice, ...], str]) -> Iterator[Cells]:
    if section.after_reveal:
        raise NotInLayout(f"‘{section.key}’ is asked after the reveal.")
    said = {"type": layout.BEGIN, "name": section.key, "label": section.title, "hint": section.help}
    yield _written({**said, "restricted": "yes" if section.restricted else ""})
    for question in section.questions:
        yield _question(tool, section, question, lists)
    yield {"type": layout.END}


def _question(tool: Tool, section: Section, question: Question, lists: dict[tuple[Choice, ...], str]) -> Cells:
    month = question.kind == "month"
    kind = layout.type_of_kind("date" if month else question.kind)
    of_list = f" {lists.setdefault(question.choices, question.key)}" if kind.takes_list else ""
    low, high = question.ends or ("", "")
    numbered = (question.least, question.most) != (0, 9_999)
    element = section.element if section.element is not None and section.element.key == question.key else None
    said = {
        "type": kind.name + of_list,
        "name": question.key,
        "label": question.label,
        "hint": question.hint,
        "required": "yes" if question.required else "",
        "required_message": question.missing,
        "constraint": said_bounds(question.least, question.most) if numbered else "",
        "appearance": "month-year" if month else "",
        "words": question.words or "",
        "characters": question.characters or "",
        "low_end": low,
        "high_end": high,
        **{grade.value: words for grade, words in question.descriptors},
        "allow": " ".join(question.allow),
        "limiting": "yes" if element is not None and element.limiting else "",
        "measure": question.measure or "",
        "demographic": "yes" if question.demographic else "",
    }
    if question.asked_if is not None:
        said["relevant"] = _said(tool, question.asked_if)
    elif question.required_if is not None:
        name = "required" if question.required_if.otherwise else "relevant"
        said |= {"required": "yes", name: _said(tool, question.required_if)}
    return _written(said)


def _said(tool: Tool, condition: Condition) -> str:
    several = tool.question(condition.key).kind == "choices"
    return said_when(When(condition.key, condition.codes, condition.otherwise, picked=several))


def _choices(lists: Mapping[tuple[Choice, ...], str]) -> Iterator[Cells]:
    for choices, name in lists.items():
        for choice in choices:
            said = {"list_name": name, "name": choice.code, "label": choice.label}
            yield _written({**said, "hint": choice.hint, "face": choice.face})


def _written(said: Mapping[str, Any]) -> Cells:
    return {name: str(value) for name, value in said.items() if str(value)}
