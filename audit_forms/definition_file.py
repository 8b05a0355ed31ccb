"""A tool's definition file read into a Tool, with everything that is wrong with it named at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

from audit_forms.definition import About, Cases, Choice, Condition, Element, Independence, Question, Section, Tool
from audit_forms.definition_faults import RESERVED, faults_of, listed
from audit_forms.following import with_conditions_in_words
from audit_forms.grades import Grade, NotGraded

__all__ = ["RESERVED", "BadTool", "Examined", "canonical", "examine", "read_definition", "sha256_of"]

_TOOL_SAYS: Final = {
    "key", "version", "title", "purpose", "intro", "about", "cases", "minutes", "independence", "children", "choices",
    "section",
}  # fmt: skip
_SECTION_SAYS: Final = {"key", "title", "help", "element", "limiting", "restricted", "questions", "grades"}
_QUESTION_SAYS: Final = {each.name for each in fields(Question)} - {"descriptors", "elements", "when"}
_READ: Final = ("choices", "allow", "required_if", "asked_if", "ends")
_TYPES: Final = {"required": bool, "demographic": bool, "words": int, "characters": int, "least": int, "most": int}
_SAID: Final = {bool: "true or false", int: "a whole number", str: "text"}

Each = TypeVar("Each", bound=StrEnum)


class BadTool(ValueError):  # noqa: N818 - named for the fault
    """A definition cannot be used; `faults` are sentences, one for each thing to mend."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{name} cannot be used:\n" + "\n".join(f"- {fault}" for fault in faults))


class Examined(NamedTuple):
    """A tool that may be faulty, and its faults in sentences."""

    tool: Tool
    faults: tuple[str, ...]


def read_definition(name: str, raw: Mapping[str, Any]) -> Tool:
    """The tool that the parsed file `name` defines.

    Raises:
        BadTool: with every fault found.
    """
    tool, faults = examine(raw)
    if faults:
        raise BadTool(name, faults)
    return replace(with_conditions_in_words(tool), sha256=sha256_of(raw))


def examine(raw: Mapping[str, Any]) -> Examined:
    """A definition as far as it can be read, with all that is wrong with it: fit to be judged, not to be used."""
    reader = _Reader()
    tool = reader.tool(raw)
    return Examined(tool, tuple(reader.faults or faults_of(tool)))


def canonical(raw: Mapping[str, Any]) -> str:
    """A definition as one text: the same definition is the same text, however it was written down."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(raw: Mapping[str, Any]) -> str:
    """The hash a definition is recorded with."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


@dataclass
class _Reader:
    """Reads parts of a file, noting what is wrong and going on."""

    named_choices: Mapping[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def tool(self, raw: Mapping[str, Any]) -> Tool:
        self.named_choices = self._table("The file", "choices", raw.get("choices", {}))
        self._expect("The file", raw, _TOOL_SAYS, needs=("key", "version", "title", "section"))
        version = raw.get("version", 0)
        if not _is(version, int):
            self.faults.append("The version is a whole number.")
        sections = _with_elements(
            tuple(self.section(each) for each in self._tables("The file", raw.get("section", ())))
        )
        return Tool(
            key=str(raw.get("key", "")),
            version=version if isinstance(version, int) else 0,
            title=str(raw.get("title", "")),
            sections=sections,
            intro=str(raw.get("intro", "")),
            purpose=str(raw.get("purpose", "")),
            about=self._word(About, raw, "about", About.CHILD),
            cases=self._word(Cases, raw, "cases", Cases.DRAWN),
            independence=self._word(Independence, raw, "independence", Independence.INDEPENDENT),
            minutes=self._number(raw, "minutes"),
            children=self._number(raw, "children"),
        )

    def section(self, raw: Mapping[str, Any]) -> Section:
        key = str(raw.get("key", ""))
        self._expect(f"Section ‘{key}’", raw, _SECTION_SAYS, needs=("key", "title", "questions"))
        title = str(raw.get("title", ""))
        element = Element(str(raw["element"]), title, bool(raw.get("limiting", False))) if "element" in raw else None
        descriptors = self._descriptors(key, self._table(f"Section ‘{key}’", "grades", raw.get("grades", {})))
        questions = tuple(
            replace(question, descriptors=descriptors) if question.kind == "grade" else question
            for question in map(self.question, self._tables(f"Section ‘{key}’", raw.get("questions", ())))
        )
        restricted = bool(raw.get("restricted", False))
        return Section(key, title, questions, str(raw.get("help", "")), element, restricted=restricted)

    def question(self, raw: Mapping[str, Any]) -> Question:
        where = f"Question ‘{raw.get('key', '')}’"
        self._expect(where, raw, _QUESTION_SAYS, needs=("key", "kind", "label"))
        said = {name: self._typed(where, name, value) for name, value in raw.items() if name in _QUESTION_SAYS}
        said["ends"] = tuple(map(str, said["ends"])) if isinstance(said.get("ends"), list) else ()
        said["choices"] = self._choices(where, said.get("choices", ()))
        said["allow"] = self._allowed(where, said.get("allow", ()))
        for name in ("required_if", "asked_if"):
            said[name] = self._condition(where, name, said.get(name))
        return Question(**{"key": "", "kind": "", "label": ""} | said)

    def _descriptors(self, key: str, words: Mapping[str, str]) -> tuple[tuple[Grade, str], ...]:
        if unknown := set(words) - set(Grade):
            self.faults.append(f"Section ‘{key}’: there is no grade {listed(unknown)}.")
        return tuple((grade, str(words[grade])) for grade in Grade if grade in words)

    def _choices(self, where: str, raw: object) -> tuple[Choice, ...]:
        if isinstance(raw, str):
            if raw not in self.named_choices:
                self.faults.append(f"{where}: the file has no list of choices called ‘{raw}’.")
            raw = self.named_choices.get(raw, ())
        if not isinstance(raw, list | tuple) or not all(isinstance(each, list) and 2 <= len(each) <= 4 for each in raw):
            self.faults.append(f"{where}: each choice is a code, a label and perhaps a hint and a face.")
            return ()
        return tuple(Choice(*map(str, each)) for each in raw)

    def _typed(self, where: str, name: str, value: Any) -> Any:
        """The value, if it is of the type this property has; else its fault is noted and it is left out."""
        wanted = _TYPES.get(name, str)
        if name in _READ or _is(value, wanted):
            return value
        self.faults.append(f"{where}: ‘{name}’ is {_SAID[wanted]}.")
        return {bool: False, int: 0, str: ""}[wanted]

    def _word(self, kind: type[Each], raw: Mapping[str, Any], name: str, usual: Each) -> Each:
        said = raw.get(name, usual.value)
        if said not in list(kind):
            self.faults.append(f"The file: ‘{name}’ is one of {listed(each.value for each in kind)}.")
            return usual
        return kind(said)

    def _number(self, raw: Mapping[str, Any], name: str) -> int:
        said = raw.get(name, 0)
        if not _is(said, int):
            self.faults.append(f"The file: ‘{name}’ is a whole number.")
            return 0
        return int(said)

    def _tables(self, where: str, raw: object) -> list[Mapping[str, Any]]:
        found = raw if isinstance(raw, list | tuple) else ()
        if not all(isinstance(each, dict) for each in found):
            self.faults.append(f"{where}: sections and questions are tables of names and values.")
        return [each for each in found if isinstance(each, dict)]

    def _table(self, where: str, name: str, raw: object) -> Mapping[str, Any]:
        if isinstance(raw, dict):
            return raw
        self.faults.append(f"{where}: ‘{name}’ is a table of names and values.")
        return {}

    def _allowed(self, where: str, raw: object) -> tuple[NotGraded, ...]:
        if not isinstance(raw, list | tuple) or not all(isinstance(each, str) for each in raw):
            self.faults.append(f"{where}: ‘allow’ lists ways of not grading.")
            return ()
        if unknown := set(raw) - set(NotGraded):
            self.faults.append(f"{where}: there is no way of not grading called {listed(unknown)}.")
        return tuple(each for each in NotGraded if each in raw)

    def _condition(self, where: str, name: str, raw: Mapping[str, Any] | None) -> Condition | None:
        if raw is None:
            return None
        if not isinstance(raw, dict) or set(raw) not in ({"key", "is"}, {"key", "is_not"}):
            self.faults.append(f"{where}: {name} has a key, and ‘is’ or ‘is_not’.")
            return None
        codes = raw.get("is", raw.get("is_not"))
        if not isinstance(codes, list):
            self.faults.append(f"{where}: ‘is’ and ‘is_not’ list the answers.")
            return None
        return Condition(str(raw["key"]), tuple(map(str, codes)), otherwise="is_not" in raw)

    def _expect(self, where: str, raw: Mapping[str, Any], known: set[str], *, needs: Sequence[str]) -> None:
        if unknown := set(raw) - known:
            self.faults.append(f"{where}: nobody knows what {listed(unknown)} means here.")
        if missing := [name for name in needs if not raw.get(name) and raw.get(name) != 0]:
            self.faults.append(f"{where} needs {listed(missing)}.")


def _is(value: object, wanted: type) -> bool:
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _with_elements(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections, where a list of actions that belongs to no graded part knows the parts its actions may answer."""
    graded = tuple(Choice(each.element.key, each.element.title) for each in sections if each.element)
    return tuple(
        each
        if each.element
        else replace(
            each,
            questions=tuple(
                replace(question, elements=graded) if question.kind == "actions" else question
                for question in each.questions
            ),
        )
        for each in sections
    )
