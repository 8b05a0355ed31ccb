"""A tool's definition file read into a Tool, with everything that is wrong with it named at once."""

import hashlib
import json
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from wtforms import Form

from audit_forms.definition import Choice, Condition, Element, Question, Section, Tool
from audit_forms.grades import Grade, NotGraded
from audit_forms.questions import KINDS, kind_of

# Names that forms use themselves: WTForms', and those Flask-WTF adds to them.
RESERVED: Final = frozenset(dir(Form)) | frozenset(vars(Form())) | {
    "csrf_token", "hidden_tag", "is_submitted", "validate_on_submit",
}  # fmt: skip
_HOOKS: Final = ("validate_", "filter_")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
LARGEST: Final = 2**31 - 1
_TOOL_SAYS: Final = {"key", "version", "title", "intro", "choices", "section"}
_SECTION_SAYS: Final = {"key", "title", "help", "element", "limiting", "questions", "grades"}
_QUESTION_SAYS: Final = {each.name for each in fields(Question)} - {"descriptors"}


class BadTool(ValueError):  # noqa: N818 - named for the fault
    """A definition cannot be used; `faults` are sentences, one for each thing to mend."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{name} cannot be used:\n" + "\n".join(f"- {fault}" for fault in faults))


def read_definition(name: str, raw: Mapping[str, Any]) -> Tool:
    """The tool that the parsed file `name` defines.

    Raises:
        BadTool: with every fault found.
    """
    reader = _Reader(raw.get("choices", {}))
    tool = reader.tool(raw)
    faults = reader.faults or list(_faults(tool))
    if faults:
        raise BadTool(name, faults)
    return replace(tool, sha256=sha256_of(raw))


def canonical(raw: Mapping[str, Any]) -> str:
    """A definition as one text: the same definition is the same text, however it was written down."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(raw: Mapping[str, Any]) -> str:
    """The hash a definition is recorded with."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


@dataclass
class _Reader:
    """Reads parts of a file, noting what is wrong and going on."""

    named_choices: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    def tool(self, raw: Mapping[str, Any]) -> Tool:
        self._expect("The file", raw, _TOOL_SAYS, needs=("key", "version", "title", "section"))
        version = raw.get("version", 0)
        if not isinstance(version, int):
            self.faults.append("The version is a whole number.")
        sections = tuple(self.section(each) for each in raw.get("section", ()))
        return Tool(str(raw.get("key", "")), version, str(raw.get("title", "")), sections, str(raw.get("intro", "")))

    def section(self, raw: Mapping[str, Any]) -> Section:
        key = str(raw.get("key", ""))
        self._expect(f"Section ‘{key}’", raw, _SECTION_SAYS, needs=("key", "title", "questions"))
        title = str(raw.get("title", ""))
        element = Element(str(raw["element"]), title, bool(raw.get("limiting", False))) if "element" in raw else None
        descriptors = self._descriptors(key, raw.get("grades", {}))
        questions = tuple(
            replace(question, descriptors=descriptors) if question.kind == "grade" else question
            for question in map(self.question, raw.get("questions", ()))
        )
        return Section(key, title, questions, str(raw.get("help", "")), element)

    def question(self, raw: Mapping[str, Any]) -> Question:
        where = f"Question ‘{raw.get('key', '')}’"
        self._expect(where, raw, _QUESTION_SAYS, needs=("key", "kind", "label"))
        said = {name: value for name, value in raw.items() if name in _QUESTION_SAYS}
        said["choices"] = self._choices(where, said.get("choices", ()))
        said["allow"] = self._allowed(where, said.get("allow", ()))
        said["required_if"] = self._condition(where, said.get("required_if"))
        return Question(**{"key": "", "kind": "", "label": ""} | said)

    def _descriptors(self, key: str, words: Mapping[str, str]) -> tuple[tuple[Grade, str], ...]:
        if unknown := set(words) - set(Grade):
            self.faults.append(f"Section ‘{key}’: there is no grade {_list(unknown)}.")
        return tuple((grade, str(words[grade])) for grade in Grade if grade in words)

    def _choices(self, where: str, raw: object) -> tuple[Choice, ...]:
        if isinstance(raw, str):
            if raw not in self.named_choices:
                self.faults.append(f"{where}: the file has no list of choices called ‘{raw}’.")
            raw = self.named_choices.get(raw, ())
        if not isinstance(raw, list | tuple) or not all(isinstance(each, list) and len(each) in (2, 3) for each in raw):
            self.faults.append(f"{where}: each choice is a code, a label and perhaps a hint.")
            return ()
        return tuple(Choice(*map(str, each)) for each in raw)

    def _allowed(self, where: str, raw: Sequence[str]) -> tuple[NotGraded, ...]:
        if unknown := set(raw) - set(NotGraded):
            self.faults.append(f"{where}: there is no way of not grading called {_list(unknown)}.")
        return tuple(each for each in NotGraded if each in raw)

    def _condition(self, where: str, raw: Mapping[str, Any] | None) -> Condition | None:
        if raw is None:
            return None
        if set(raw) not in ({"key", "is"}, {"key", "is_not"}):
            self.faults.append(f"{where}: required_if has a key, and ‘is’ or ‘is_not’.")
            return None
        return Condition(str(raw["key"]), tuple(raw.get("is", raw.get("is_not"))), otherwise="is_not" in raw)

    def _expect(self, where: str, raw: Mapping[str, Any], known: set[str], *, needs: Sequence[str]) -> None:
        if unknown := set(raw) - known:
            self.faults.append(f"{where}: nobody knows what {_list(unknown)} means here.")
        if missing := [name for name in needs if not raw.get(name) and raw.get(name) != 0]:
            self.faults.append(f"{where} needs {_list(missing)}.")


def _faults(tool: Tool) -> Iterator[str]:
    """What is wrong with a tool that could be read."""
    keys = [("Tool", tool.key), *(("Section", section.key) for section in tool.sections)]
    for noun, key in [*keys, *(("Question", question.key) for question in tool.questions)]:
        if not _KEY.fullmatch(key) or keyword.iskeyword(key):
            yield f"{noun} ‘{key}’: a key is small letters, digits and underscores, and begins with a letter."
    yield from _repeated("Section", [section.key for section in tool.sections])
    yield from _repeated("Question", [question.key for question in tool.questions])
    for question in tool.questions:
        yield from (f"Question ‘{question.key}’: {fault}" for fault in _question_faults(tool, question))
    for section in tool.sections:
        yield from (f"Section ‘{section.key}’: {fault}" for fault in _grading_faults(section))


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
    yield from _repeated("choice", [choice.code for choice in question.choices])
    if question.allow and question.kind != "grade":
        yield "only a grade can allow a way of not grading."
    if not 0 <= question.least <= question.most <= LARGEST:
        yield f"its least and most are in order, from 0 to {LARGEST:,}."
    yield from _condition_faults(tool, question.required_if)


def _condition_faults(tool: Tool, condition: Condition | None) -> Iterator[str]:
    if condition is None:
        return
    if not tool.asks(condition.key):
        yield f"required_if names ‘{condition.key}’, which the tool does not ask."
        return
    other = tool.question(condition.key)
    offered = {option.code for option in kind_of(other).options()} if other.kind in KINDS else set()
    if unknown := set(condition.codes) - offered:
        yield f"required_if: ‘{condition.key}’ offers no answer {_list(unknown)}."


def _grading_faults(section: Section) -> Iterator[str]:
    graded = [question.key for question in section.questions if question.kind == "grade"]
    expected = [section.element.key] if section.element else []
    if graded != expected:
        yield f"its grade questions are {_list(graded) or 'none'}, its element is {_list(expected) or 'none'}."


def _repeated(noun: str, keys: Sequence[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{noun} ‘{key}’ is there more than once."


def _list(words: object) -> str:
    return ", ".join(f"‘{word}’" for word in sorted(words)) if isinstance(words, list | set | tuple) else ""
