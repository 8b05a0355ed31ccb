"""What is wrong with a tool that was brought: where it stands in the workbook, and what to mend, in a sentence."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from qa_app.intake.tools.layout import CHOICES, SETTINGS, SURVEY

_SHEETS: Final = ("", SETTINGS, SURVEY, CHOICES)
_SUBJECT: Final = re.compile(r"(Question|Section|Element|Tool) ‘([^’]*)’")
_QUOTED: Final = re.compile(r"‘([^’]*)’")


class Place(NamedTuple):
    """A row of a sheet (from 1, as a spreadsheet numbers them), and the heading of the column where one is at fault."""

    sheet: str = ""
    row: int | None = None
    column: str = ""

    def at(self, column: str) -> "Place":
        """The same row, in this column."""
        return self._replace(column=column)


class Fault(NamedTuple):
    """One thing to mend."""

    place: Place
    sentence: str


Places = Mapping[tuple[str, str], Place]
"""('question', key) and the like -> where it stands."""

FILE: Final = Place()


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults by sheet and row, each once."""
    return tuple(sorted(set(faults), key=_rank))


def placed(sentence: str, places: Places) -> Fault:
    """A sentence about a definition with the row it is about: that of its subject, or of the first thing it names."""
    subject = _SUBJECT.match(sentence)
    if subject is not None and (found := _place(places, subject[1].lower(), subject[2])) is not None:
        return Fault(found, sentence)
    for name in () if sentence.startswith(("The file", "The tool:")) else _QUOTED.findall(sentence):
        for noun in ("question", "section"):
            if (found := places.get((noun, name))) is not None:
                return Fault(found, sentence)
    return Fault(places.get(("tool", ""), FILE), sentence)


def _place(places: Places, noun: str, key: str) -> Place | None:
    if noun == "tool":
        return places.get(("tool", ""))
    return places.get(("question" if noun == "element" else noun, key))


def _rank(fault: Fault) -> tuple[int, int, str, str]:
    place = fault.place
    sheet = _SHEETS.index(place.sheet) if place.sheet in _SHEETS else len(_SHEETS)
    return sheet, place.row or 0, place.column, fault.sentence
