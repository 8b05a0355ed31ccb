"""Whether a tool feeds the measures it says it feeds: a sentence for each way in which it would be counted wrongly."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from audit_forms.definition import About, Question, Tool


class Feeds(NamedTuple):
    """What a measure counts: the grade of `element`, or the answers to all of `questions` (key -> kinds it may be).

    A measure that counts a grade may be named by other questions as well: they are kept beside it and not counted.
    """

    title: str
    element: str = ""
    questions: Mapping[str, frozenset[str]] = {}


def faults(tool: Tool, measures: Mapping[str, Feeds]) -> tuple[str, ...]:
    """What is wrong with how a tool feeds these measures (the name a question gives -> what it counts)."""
    feeding = [question for question in tool.questions if question.measure]
    found: list[str] = []
    if feeding and tool.about is not About.CHILD:
        keys = ", ".join(f"‘{question.key}’" for question in feeding)
        found.append(f"Measures count children’s records, and this tool is about a member of staff: {keys}.")
    for question in feeding:
        found.extend(f"Question ‘{question.key}’: {fault}" for fault in _question_faults(question, measures))
    for name in dict.fromkeys(question.measure or "" for question in feeding):
        if name in measures:
            found.extend(_whole_faults(tool, name, measures[name]))
    return tuple(found)


def _question_faults(question: Question, measures: Mapping[str, Feeds]) -> Iterator[str]:
    """What is wrong with one question that says it feeds a measure."""
    name = question.measure or ""
    counts = measures.get(name)
    if counts is None:
        yield f"there is no measure ‘{name}’. The measures are {', '.join(f'‘{each}’' for each in sorted(measures))}."
        return
    if question.kind == "grade" and question.key != (counts.element or question.key):
        yield f"‘{counts.title}’ counts the grade of ‘{counts.element}’, not this grade."
    kinds = counts.questions.get(question.key)
    if kinds is not None and question.kind not in kinds:
        yield f"‘{counts.title}’ counts it as {_or(kinds)}, and its kind is ‘{question.kind}’."


def _whole_faults(tool: Tool, name: str, counts: Feeds) -> Iterator[str]:
    """What a tool lacks that feeds a measure, so that the measure would count it wrongly or not at all."""
    if counts.element and counts.element not in {element.key for element in tool.elements}:
        yield (
            f"The tool feeds ‘{counts.title}’, which counts the grade of ‘{counts.element}’, and grades no such "
            f"element. Add a section with this element, or take the measure ‘{name}’ away."
        )
    for key in counts.questions:
        if not tool.asks(key):
            yield (
                f"The tool feeds ‘{counts.title}’, which counts the answer to ‘{key}’, and does not ask it. Add the "
                f"question, or take the measure ‘{name}’ away."
            )
        elif tool.question(key).measure != name:
            yield f"Question ‘{key}’: it has to name the measure ‘{name}’ too, because ‘{counts.title}’ counts it."


def _or(kinds: frozenset[str]) -> str:
    return " or ".join(f"‘{kind}’" for kind in sorted(kinds))
