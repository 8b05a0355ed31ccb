"""What is wrong with a tool that could be read: keys, kinds, conditions, grading, and what an audit may be about."""

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from wtforms import Form

from audit_forms import safety
from audit_forms.chosen import LONGEST_SCALE
from audit_forms.definition import About, Cases, Condition, Face, Independence, Question, Section, Tool
from audit_forms.questions import KINDS, kind_of
from audit_forms.text import LONGEST

# Names that forms use themselves: WTForms', those Flask-WTF adds to them, and the hidden fields of our pages.
RESERVED: Final = frozenset(dir(Form)) | frozenset(vars(Form())) | {
    "csrf_token", "hidden_tag", "is_submitted", "validate_on_submit",
    "add_row", "aside", "at", "find", "go", "merges", "once", "page_pass", "then", "use", "version",
}  # fmt: skip
LARGEST: Final = 2**31 - 1
_HOOKS: Final = ("validate_", "filter_")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_LONGEST_KEYS: Final = {"Tool": 40, "Element": 40}
_OF_A_CHILD: Final = (Independence.INDEPENDENT, Independence.NOT_WORKER, Independence.NOT_LINE)
_OF_STAFF: Final = (Independence.INDEPENDENT, Independence.NOT_SUBJECT, Independence.NOT_SUPERVISOR)
MOST_CHILDREN: Final = 3
MOST_MINUTES: Final = 480


def faults_of(tool: Tool) -> Iterator[str]:
    """What is wrong with a tool that could be read."""
    keys = [("Tool", tool.key), *(("Section", section.key) for section in tool.sections)]
    keys += [("Element", element.key) for element in tool.elements]
    for noun, key in [*keys, *(("Question", question.key) for question in tool.questions)]:
        if not _KEY.fullmatch(key) or keyword.iskeyword(key):
            yield f"{noun} ‘{key}’: a key is small letters, digits and underscores, and begins with a letter."
        if len(key) > _LONGEST_KEYS.get(noun, 60):
            yield f"{noun} ‘{key}’: shorten this key to {_LONGEST_KEYS[noun]} characters or fewer."
    yield from _repeated("Section", [section.key for section in tool.sections])
    yield from _repeated("Question", [question.key for question in tool.questions])
    for question in tool.questions:
        yield from (f"Question ‘{question.key}’: {fault}" for fault in _question_faults(tool, question))
    for section in tool.sections:
        yield from (f"Section ‘{section.key}’: {fault}" for fault in _grading_faults(section))
        yield from (f"Section ‘{section.key}’: {fault}" for fault in _restricted_faults(tool, section))
    yield from _attribute_faults(tool)
    yield from safety.faults(tool)


def _attribute_faults(tool: Tool) -> Iterator[str]:
    """What is wrong with what the tool says of itself."""
    if not tool.sections:
        yield "The tool needs at least one section."
    allowed = _OF_STAFF if tool.about is About.STAFF else _OF_A_CHILD
    if tool.independence not in allowed:
        yield f"The tool: independence of an audit about a {_WHOM[tool.about]} is one of {listed(allowed)}."
    if tool.about is About.STAFF and tool.cases is Cases.DRAWN:
        yield "The tool: children’s cases are drawn, members of staff are not; its cases are ‘started’."
    if not 0 <= tool.minutes <= MOST_MINUTES:
        yield f"The tool: minutes are from 0 to {MOST_MINUTES}."
    if not 0 <= tool.children <= MOST_CHILDREN:
        yield f"The tool: children are from 0 to {MOST_CHILDREN}."
    if tool.children and tool.about is not About.STAFF:
        yield "The tool: an audit about a child is about that child alone; take ‘children’ away."


def _restricted_faults(tool: Tool, section: Section) -> Iterator[str]:
    """What may not stand where answers are kept for the line alone."""
    if not section.restricted:
        return
    if tool.about is not About.STAFF:
        yield "only an audit about a member of staff has a restricted section."
    if section.element is not None:
        yield "it is restricted, so nothing in it is graded."
    for question in section.questions:
        if question.measure or question.kind == "actions" or question.key.startswith("safe_"):
            yield (
                f"it is restricted, so ‘{question.key}’ cannot stand here: what feeds a measure, lists actions or is "
                "about safety goes to others."
            )


_WHOM: Final = {About.CHILD: "child", About.STAFF: "member of staff"}


def _question_faults(tool: Tool, question: Question) -> Iterator[str]:
    if question.key in RESERVED or question.key.startswith(_HOOKS):
        yield "forms use this name themselves; choose another key."
    if question.kind not in KINDS:
        yield f"there is no kind ‘{question.kind}’; the kinds are {', '.join(sorted(KINDS))}."
        return
    takes_choices = KINDS[question.kind].takes_choices
    if takes_choices and not question.choices:
        yield "give it choices."
    if question.choices and not takes_choices:
        yield f"the kind ‘{question.kind}’ brings its own answers; take the choices away."
    yield from _choice_faults(question)
    if question.allow and question.kind != "grade":
        yield "only a grade can allow a way of not grading."
    yield from _size_faults(question)
    yield from _condition_faults(tool, question, "required_if")
    yield from _condition_faults(tool, question, "asked_if")
    if question.asked_if is not None and question.required_if is not None:
        yield "it has asked_if or required_if, not both; what is asked if may be required."


def _size_faults(question: Question) -> Iterator[str]:
    """What is wrong with how large a number or how long a text may be."""
    if not 0 <= question.least <= question.most <= LARGEST:
        yield f"its least and most are in order, from 0 to {LARGEST:,}."
    if question.ends and (question.kind != "scale" or len(question.ends) != 2):
        yield "‘ends’ are two texts, and belong to a scale."
    if question.kind == "scale" and question.most - question.least > LONGEST_SCALE:
        yield f"a scale has at most {LONGEST_SCALE} steps."
    if (question.words or question.characters) and not KINDS[question.kind].takes_length:
        yield "only a text has a length."
    if question.words and question.characters:
        yield "a length is in words or in characters, not in both."
    if not 0 <= (question.characters or 0) <= LONGEST or (question.words or 0) < 0:
        yield f"a length is from 1 to {LONGEST:,} characters."


def _choice_faults(question: Question) -> Iterator[str]:
    yield from _repeated("choice", [choice.code for choice in question.choices])
    if faces := {choice.face for choice in question.choices} - {"", *Face}:
        yield f"there is no face {listed(faces)}; the faces are {listed(Face)}."


def _condition_faults(tool: Tool, question: Question, name: str) -> Iterator[str]:
    condition: Condition | None = getattr(question, name)
    if condition is None:
        return
    if condition.key == question.key:
        yield f"{name} names the question itself."
        return
    if not tool.asks(condition.key):
        yield f"{name} names ‘{condition.key}’, which the tool does not ask."
        return
    if name == "asked_if" and condition.otherwise:
        yield "asked_if says the answers it is asked for, with ‘is’."
    other = tool.question(condition.key)
    if tool.section_of(condition.key).restricted and not tool.section_of(question.key).restricted:
        yield f"{name} names ‘{condition.key}’, which is restricted: who is asked would tell what was answered."
    offered = {option.code for option in kind_of(other).options()} if other.kind in KINDS else set()
    if not condition.codes:
        yield f"{name} lists no answer."
    if unknown := set(condition.codes) - offered:
        yield f"{name}: ‘{condition.key}’ offers no answer {listed(unknown)}."


def _grading_faults(section: Section) -> Iterator[str]:
    graded = [question.key for question in section.questions if question.kind == "grade"]
    expected = [section.element.key] if section.element else []
    if graded != expected:
        yield f"its grade questions are {listed(graded) or 'none'}, its element is {listed(expected) or 'none'}."


def _repeated(noun: str, keys: Sequence[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{noun} ‘{key}’ is there more than once."


def listed(words: Iterable[object]) -> str:
    """The words in alphabetical order, each in quotation marks."""
    return ", ".join(f"‘{word}’" for word in sorted(map(str, words)))
