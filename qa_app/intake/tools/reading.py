"""The rows of a tool's workbook as a definition, with the row of everything in it and all that is wrong on the way."""

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from audit_forms.definition import About, Cases, Face, Independence
from qa_app.intake.tools import layout
from qa_app.intake.tools.conditions import Asked, conditions
from qa_app.intake.tools.findings import Fault, Place
from qa_app.intake.tools.layout import CHOICES, SETTINGS, SURVEY
from qa_app.intake.tools.questions import question, yes
from qa_app.intake.tools.sheets import Row, Sheets

KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
CODE: Final = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_WHOLE: Final = re.compile(r"\d{1,9}")
_SETTING_NAMES: Final = {"form_id": "key", "form_title": "title"}
_WORDS: Final[Mapping[str, type[StrEnum]]] = {"about": About, "cases": Cases, "independence": Independence}
_NUMBERS: Final = ("version", "minutes", "children")
_GROUP_CELLS: Final = frozenset({"type", "name", "label", "hint", "restricted", "appearance"})
_BEGINS: Final = (layout.BEGIN, "begin group")
_ENDS: Final = (layout.END, "end group")
MOST_CHOICES: Final = 200


@dataclass
class Read:
    """A definition as far as it could be read, where everything stands, and what is wrong."""

    definition: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(sheets: Sheets) -> Read:
    """The definition these sheets say."""
    reader = _Reader(Read(faults=list(sheets.faults)))
    reader.settings(sheets.rows[SETTINGS])
    reader.choices(sheets.rows[CHOICES])
    reader.survey(sheets.rows[SURVEY])
    reader.finish()
    return reader.read


class _Reader:
    def __init__(self, read: Read) -> None:
        self.read = read
        self.lists = dict[str, list[list[str]]]()
        self.used = set[str]()
        self.sections = list[dict[str, Any]]()
        self.open: Place | None = None
        self.asked = list[Asked]()

    def fault(self, place: Place, sentence: str) -> None:
        self.read.faults.append(Fault(place, sentence))

    def settings(self, rows: Sequence[Row]) -> None:
        place = Place(SETTINGS, rows[0].number if rows else 2)
        self.read.places["tool", ""] = place
        for row in rows[1:]:
            self.fault(Place(SETTINGS, row.number), "The settings are one row below the headings. Empty this one.")
        cells = rows[0].cells if rows else {}
        for needed in ("form_title", "form_id", "version"):
            if needed not in cells:
                self.fault(place.at(needed), f"Fill in {needed}.")
        # What is missing is a fault above; the definition goes on with something that is none.
        said: dict[str, Any] = {"key": "tool", "title": "Tool", "version": 1, "cases": Cases.STARTED.value}
        for name, text in cells.items():
            if name in _NUMBERS:
                number = self._whole(text, place.at(name))
                said |= {} if number is None else {name: number}
            elif name in _WORDS and text not in list(_WORDS[name]):
                self.fault(place.at(name), f"Write one of these under {name}: {', '.join(_WORDS[name])}.")
            else:
                said[_SETTING_NAMES.get(name, name)] = text
        self.read.definition = said

    def choices(self, rows: Sequence[Row]) -> None:
        for row in rows:
            place = Place(CHOICES, row.number)
            cells = row.cells
            absent = [name for name in ("list_name", "name", "label") if name not in cells]
            for name in absent:
                self.fault(place.at(name), f"Fill in {name}.")
            if absent:
                continue
            if not CODE.fullmatch(cells["name"]):
                self.fault(place.at("name"), _not_a_code(cells["name"]))
                continue
            face = cells.get("face", "")
            if face not in ("", *Face):
                self.fault(place.at("face"), f"There is no such face. The faces are {', '.join(Face)}.")
                face = ""
            self.read.places.setdefault(("list", cells["list_name"]), place)
            choices = self.lists.setdefault(cells["list_name"], [])
            if cells["name"] in [choice[0] for choice in choices]:
                self.fault(place.at("name"), f"The list {cells['list_name']} has an answer ‘{cells['name']}’ already.")
                continue
            said = [cells["name"], cells["label"], cells.get("hint", ""), face]
            choices.append(said if said[3] else said[:3] if said[2] else said[:2])
        for name, choices in self.lists.items():
            if len(choices) > MOST_CHOICES:
                sentence = f"The list {name} has {len(choices)} answers. It can have {MOST_CHOICES}."
                self.fault(self.read.places["list", name], sentence)

    def survey(self, rows: Sequence[Row]) -> None:
        for row in rows:
            place = Place(SURVEY, row.number)
            said = " ".join(row.cells.get("type", "").split())
            word = said.lower()
            if not word:
                self.fault(place.at("type"), "Say what this row is: fill in type.")
            elif word in _BEGINS:
                self._begin(row, place)
            elif word in _ENDS:
                self._end(row, place)
            else:
                self._question(row, place, said)
        if self.open is not None:
            self.fault(
                self.open.at("type"), "This section is not closed. Write end_group in a row after its last question."
            )

    def finish(self) -> None:
        """What can be judged only once every row is read."""
        conditions(self.asked, self.read.faults)
        self.read.definition["section"] = self.sections
        for name in sorted(self.lists.keys() - self.used):
            self.read.notes.append(f"The list of choices ‘{name}’ is used by no question.")
        if not self.asked:
            self.fault(Place(SURVEY), "There is no question in the sheet survey.")

    def _begin(self, row: Row, place: Place) -> None:
        if self.open is not None:
            self.fault(place.at("type"), "A section cannot stand inside another. Close the one before with end_group.")
        self.open = place
        for name in row.cells.keys() - _GROUP_CELLS:
            sentence = f"A section has no {name}. Write it in the rows of its questions."
            self.fault(place.at(name), sentence)
        section: dict[str, Any] = {
            "key": self._name(row, place, "section"), "title": self._label(row, place), "questions": [],
        }  # fmt: skip
        if "hint" in row.cells:
            section["help"] = row.cells["hint"]
        if self._yes(row, place, "restricted"):
            section["restricted"] = True
        self.sections.append(section)

    def _end(self, row: Row, place: Place) -> None:
        if self.open is None:
            self.fault(place.at("type"), "No section is open here. Take this row away.")
        self.open = None
        for name in row.cells.keys() - {"type", "name", "label"}:
            self.fault(place.at(name), "The row that closes a section says nothing else. Empty this cell.")

    def _question(self, row: Row, place: Place, said: str) -> None:
        key = self._name(row, place, "question")
        made: dict[str, Any] = {"key": key, "kind": "line", "label": self._label(row, place)}
        if self.open is None:
            self.fault(place.at("type"), "This question is in no section. Write a row begin_group before it.")
        if not self.sections:
            self.sections.append({"key": "section", "title": "Section", "questions": []})
        of = self._type(said, place)
        if of is not None:
            made["kind"] = of.kind
            if of.takes_list:
                made["choices"] = self.lists.get(said.split()[1], [])
        question(made, row, place, understood=of is not None, faults=self.read.faults)
        understood = of is not None and self._grade(made, row, place)
        self.sections[-1]["questions"].append(made)
        self.asked.append(Asked(made, row, understood=understood))

    def _grade(self, made: dict[str, Any], row: Row, place: Place) -> bool:
        """A grade makes its section a graded part of practice; False where the section has one already."""
        if made["kind"] != "grade":
            return True
        section = self.sections[-1]
        if "element" in section:
            self.fault(place.at("type"), "A section has one grade. Put this one into a section of its own.")
            made["kind"] = "line"
            return False
        section["element"] = made["key"]
        if self._yes(row, place, "limiting"):
            section["limiting"] = True
        if words := {grade: row.cells[grade] for grade in layout.GRADES if grade in row.cells}:
            section["grades"] = words
        return True

    def _type(self, said: str, place: Place) -> layout.Type | None:
        """The type, if it is one and names a list that there is where it needs one."""
        word, _, of_list = said.partition(" ")
        found = next((each for each in layout.TYPES if each.name == word.lower()), None)
        if found is None:
            self.fault(place.at("type"), _not_a_type(word))
            return None
        if not found.takes_list:
            if of_list:
                self.fault(place.at("type"), f"{found.name} takes nothing after it. Take ‘{of_list}’ away.")
            return found
        if not of_list:
            self.fault(place.at("type"), f"Name a list of the sheet choices after it: {found.name} themes.")
            return None
        name = of_list.split()[0]
        if name not in self.lists:
            near = get_close_matches(name, self.lists, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            self.fault(place.at("type"), f"The sheet choices has no list called ‘{name}’.{meant}")
            return None
        self.used.add(name)
        if name != of_list:
            self.fault(
                place.at("type"), f"‘{of_list[len(name) :].strip()}’ is not understood after the list. Take it away."
            )
        return found

    def _name(self, row: Row, place: Place, noun: str) -> str:
        name = row.cells.get("name", "")
        if not name:
            self.fault(place.at("name"), "Give this row a name.")
        elif not KEY.fullmatch(name):
            self.fault(place.at("name"), _not_a_name(name))
        elif keyword.iskeyword(name):
            self.fault(place.at("name"), f"‘{name}’ is a word that forms use themselves. Choose another name.")
        elif (noun, name) in self.read.places:
            before = self.read.places[noun, name].row
            self.fault(place.at("name"), f"Row {before} is called ‘{name}’ too. Give this one another name.")
        else:
            self.read.places[noun, name] = place
            return name
        stand_in = f"row_{row.number}"  # the definition goes on with a name that is none of this workbook's
        self.read.places[noun, stand_in] = place
        return stand_in

    def _label(self, row: Row, place: Place) -> str:
        label = " ".join(row.cells.get("label", "").split())
        if not label:
            self.fault(place.at("label"), "Write the words under label.")
        elif "${" in label:
            self.fault(place.at("label"), "A label cannot show another answer. Take ${…} away.")
        return label or "No label"

    def _yes(self, row: Row, place: Place, name: str) -> bool:
        return yes(row.cells, place, name, self.read.faults)

    def _whole(self, text: str, place: Place) -> int | None:
        if not _WHOLE.fullmatch(text):
            self.fault(place, f"{place.column} is a whole number.")
            return None
        return int(text)


def _not_a_type(word: str) -> str:
    if word.lower() in layout.ELSEWHERE:
        return f"The type {word} is not understood: {layout.ELSEWHERE[word.lower()]}."
    near = get_close_matches(word.lower(), [each.name for each in layout.TYPES] + [layout.BEGIN, layout.END], n=1)
    meant = f" Did you mean {near[0]}?" if near else " The sheet instructions of the template lists the types."
    return f"The type ‘{word}’ is not understood.{meant}"


def _not_a_name(name: str) -> str:
    return f"‘{name}’ is not a name: use small letters, digits and underscores, and begin with a letter."


def _not_a_code(name: str) -> str:
    return f"‘{name}’ is not the name of an answer: use small letters, digits and underscores."
