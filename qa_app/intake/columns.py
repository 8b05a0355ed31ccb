"""Which column of a file holds what: guessed from its headings, shown, changed by a person, and kept."""

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping as Mappable
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple

from qa_app.intake.headings import FIELDS, Field, Kind

_BETWEEN: Final = re.compile(r"[\W_]+")
CLOSE_ENOUGH: Final = 0.88  # of difflib's ratio: 'Date sumbitted' is near, 'Mod Plan' and 'Final Plan' are not


class Certainty(StrEnum):
    """How a column came to be matched."""

    KNOWN = "known"
    LIKELY = "likely"
    CHOSEN = "chosen"


class Column(NamedTuple):
    """A field found in the file: the position of its column, counted from 0, and how sure that is."""

    field: str
    position: int
    certainty: Certainty


@dataclass(frozen=True)
class Mapping:
    """The columns of one file: at most one field a column, at most one column a field."""

    kind: Kind
    headings: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """Under which a mapping is kept for files with the same headings: 64 hexadecimal digits."""
        return headings_key(self.headings)

    def position(self, field: str) -> int | None:
        """The position of the field's column, or None when the file has none."""
        return next((column.position for column in self.columns if column.field == field), None)

    def heading(self, field: str) -> str:
        """What the file calls the field, or what we call it when the file has no such column."""
        position = self.position(field)
        return label(self.kind, field) if position is None else self.headings[position]

    def choose(self, field: str, position: int | None) -> "Mapping":
        """The mapping as a person set it right: the field in this column, or in none.

        Raises:
            ValueError: no such field or column.
        """
        label(self.kind, field)
        if position is not None and not 0 <= position < len(self.headings):
            raise ValueError(f"There is no column {position}.")
        others = tuple(column for column in self.columns if column.field != field and column.position != position)
        chosen = () if position is None else (Column(field, position, Certainty.CHOSEN),)
        return replace(self, columns=others + chosen)

    def to_json(self) -> dict[str, Any]:
        """As kept: {"kind": "cases", "columns": {"team": 7, ...}}."""
        return {"kind": self.kind.value, "columns": {column.field: column.position for column in self.columns}}


def label(kind: Kind, field: str) -> str:
    """What a field is called on screen.

    Raises:
        ValueError: this kind of file has no such field.
    """
    for known in FIELDS[kind]:
        if known.key == field:
            return known.label
    raise ValueError(f"{kind} has no field {field!r}")


def headings_key(headings: Sequence[str]) -> str:
    """The sha256 of the headings, capitals and punctuation aside, in their order."""
    return hashlib.sha256(json.dumps([bare(heading) for heading in headings]).encode()).hexdigest()


def from_json(kind: Kind, headings: Sequence[str], kept: Mappable[str, Any]) -> Mapping:
    """A kept mapping, for a file with these headings.

    Raises:
        ValueError: it was kept for another kind of file, or names fields or columns that are not there.
    """
    columns = kept.get("columns")
    if kept.get("kind") != kind.value or not isinstance(columns, dict):
        raise ValueError("This mapping was kept for another kind of file.")
    mapping = Mapping(kind, tuple(headings), ())
    for field, index in columns.items():
        if not isinstance(field, str) or type(index) is not int or not 0 <= index < len(headings):
            raise ValueError("This mapping does not fit the file.")
        mapping = mapping.choose(field, index)
    return mapping


@cache
def bare(heading: str) -> str:
    """A heading without capitals, spaces and punctuation, for comparing."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", heading).casefold())


@cache
def _known(kind: Kind) -> dict[str, str]:
    """Every known spelling of a kind's headings, bare, to its field; where two fields claim one, the first has it."""
    known: dict[str, str] = {}
    for field in FIELDS[kind]:
        known.setdefault(bare(field.key), field.key)
    for position in range(max(len(field.spellings) for field in FIELDS[kind])):
        for field in FIELDS[kind]:
            if position < len(field.spellings):
                known.setdefault(bare(field.spellings[position]), field.key)
    return known


def recognised(headings: Sequence[object], kind: Kind | None = None) -> int:
    """How many of these cells are headings we know: the row with the most is the heading row."""
    words = {bare(heading) for heading in headings if isinstance(heading, str) and len(heading) <= 120}
    return max(len(words & _known(one).keys()) for one in ((kind,) if kind else Kind))


def guess(kind: Kind, headings: Sequence[str]) -> Mapping:
    """The likely mapping of these headings: known spellings first, then near misses; the rest stays unmatched."""
    known = _known(kind)
    found: dict[str, Column] = {}
    for index, heading in enumerate(headings):
        field = known.get(bare(heading))
        if field is not None and field not in found:
            found[field] = Column(field, index, Certainty.KNOWN)
    taken = {column.position for column in found.values()}
    for index, heading in enumerate(headings):
        if index in taken or bare(heading) in known:
            continue
        for near in difflib.get_close_matches(bare(heading)[:120], known, n=3, cutoff=CLOSE_ENOUGH):
            if known[near] not in found:
                found[known[near]] = Column(known[near], index, Certainty.LIKELY)
                break
    return Mapping(kind, tuple(headings), tuple(found[field.key] for field in FIELDS[kind] if field.key in found))


def missing(mapping: Mapping) -> tuple[Field, ...]:
    """The fields this kind of file cannot do without and that have no column yet."""
    matched = {column.field for column in mapping.columns}
    return tuple(field for field in FIELDS[mapping.kind] if field.required and field.key not in matched)


def check(mapping: Mapping) -> str | None:
    """The sentence that says which needed columns were not found, or None when all are there."""
    names = [f"‘{field.label}’" for field in missing(mapping)]
    if not names:
        return None
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    noun = "a column" if len(names) == 1 else "columns"
    return f"We could not find {noun} for {listed}. Choose which column of the file holds it."
