"""The places in an audit's free text that may name somebody, each with the words around it."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from audit_forms.actions import Action
from audit_forms.definition import Question, Section, Tool, Value
from audit_forms.identifiers import Found, Kind, Names, find
from audit_forms.safety import TOLD

AROUND: Final = 45  # characters shown on either side
_FREE: Final = ("text", "line")
_OF_AN_ACTION: Final = ("what", "owner", "evidence")


class Marked(NamedTuple):
    """One place: at which question, what it looks like, and its words with those before and after it."""

    section: Section
    question: Question
    kind: Kind
    before: str
    words: str
    after: str


def marked(tool: Tool, values: Mapping[str, Value], *, names: Names | None = None) -> tuple[Marked, ...]:
    """Every place in the free text of these answers (question key -> value), in the order it is asked.

    Names are not pointed out where one is asked for: who was told that a child may not be safe, who does an action.
    """
    return tuple(_marked(tool, values, names))


def hard(found: tuple[Marked, ...]) -> tuple[Marked, ...]:
    """Those that need mending, or a reason to stay."""
    return tuple(one for one in found if not one.kind.is_soft)


def _marked(tool: Tool, values: Mapping[str, Value], names: Names | None) -> Iterator[Marked]:
    for section in tool.sections:
        for question in section.questions:
            for text, asks_a_name in _texts(question, values.get(question.key)):
                for place in find(text, names=None if asks_a_name else names):
                    yield Marked(section, question, place.kind, *_cut(text, place))


def _texts(question: Question, value: Value) -> Iterator[tuple[str, bool]]:
    """The free texts of one answer, each with whether a name belongs there."""
    if question.kind in _FREE and isinstance(value, str):
        yield value, question.key == TOLD
    if question.kind == "actions" and isinstance(value, tuple):
        for action in value:
            if isinstance(action, Action):
                yield from ((getattr(action, part), part == "owner") for part in _OF_AN_ACTION)


def _cut(text: str, place: Found) -> tuple[str, str, str]:
    """The words before, of and after a place, shortened at a space."""
    before, after = text[: place.start], text[place.end :]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + "…"
    return before, text[place.start : place.end], after
