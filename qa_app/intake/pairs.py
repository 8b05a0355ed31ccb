"""A plain list of pairs of grades: which column holds what, and every line that cannot be used, with what to do."""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from audit_forms.grades import Judged, spelt
from moderation.statistics.pair_list import PairRow
from qa_app.intake.columns import CLOSE_ENOUGH, bare
from qa_app.intake.delimited import decode
from qa_app.intake.limits import UnreadableFile

_SEPARATORS: Final = (",", ";", "\t")
_GRADES: Final = "write outstanding, good, requires improvement or inadequate (or O, G, RI, I)"
_HEADINGS: Final[Mapping[str, str]] = {
    "auditor_grade": (
        "auditor grade, auditor's grade, auditors grade, auditor judgement, auditor overall, auditor rating, "
        "audit grade, audit judgement, first grade, original grade, grade auditor, rater a, rater 1, auditor"
    ),
    "moderator_grade": (
        "moderator grade, moderator's grade, moderators grade, moderator judgement, moderator overall, "
        "moderator rating, moderated grade, moderation grade, second grade, grade moderator, rater b, rater 2, "
        "moderator"
    ),
    "stratum": "stratum, strata, sampling group, selection group, sample group, band",
    "audits": "N, audits, audits in stratum, population, stratum size, number of audits, all audits, frame",
    "domain": "domain, element, area of practice, area, part, section, question, criterion",
    "auditor": "auditor name, name of auditor, audited by, auditor id, auditor number, completed by, who audited",
}
_WHO_OR_WHAT: Final = ("auditor", "moderator")  # may head a column of names or one of grades: what it holds decides
_NAMES: Final[Mapping[str, str]] = {
    "auditor_grade": "the auditor's grade",
    "moderator_grade": "the moderator's grade",
}


class LineFault(NamedTuple):
    """A line that cannot be used, counted from 1 in the file, and what to do about it."""

    line: int
    words: str


@dataclass(frozen=True)
class PairsFile:
    """What a file holds. ``columns`` says under which heading each field was found; ``audits`` are N by stratum."""

    rows: tuple[PairRow, ...]
    audits: Mapping[str, int]
    columns: Mapping[str, str]
    faults: tuple[LineFault, ...]
    notes: tuple[str, ...]


class _Line(NamedTuple):
    number: int
    cells: list[str]


def read_pairs(data: bytes, chosen: Mapping[str, str] | None = None) -> PairsFile:
    """The pairs in a CSV file: UTF-8 with or without its mark, UTF-16 or Windows-1252; commas, semicolons or tabs.

    ``chosen`` names the heading of a field where it cannot be guessed.

    Raises:
        UnreadableFile: it is no such file, or has no column for one of the two grades.
    """
    text, notes = decode(data)
    separator = max(_SEPARATORS, key=lambda one: _sense(text, one))
    lines = [line for line in _lines(text, separator) if any(line.cells)]
    if not lines:
        raise UnreadableFile("The file is empty. It needs a line for each pair: the auditor's grade, the moderator's.")
    headings = lines[0].cells
    if all(spelt(cell) for cell in headings[:2]) and len(headings) >= 2:
        columns = {"auditor_grade": 0, "moderator_grade": 1}
        notes += (
            "There are no headings: the first column is read as the auditor's grade, the second as the moderator's.",
        )
        headings, body = ["column 1", "column 2"], lines
    else:
        columns, body = _columns(headings, lines[1:], chosen or {}), lines[1:]
    reading = _Reading(columns, headings)
    rows = tuple(row for line in body if (row := reading.row(line)) is not None)
    audits = reading.audits_of(rows)
    if reading.digits:
        notes += ("Grades written as digits are read in Ofsted's order: 1 is outstanding, 4 is inadequate.",)
    return PairsFile(
        rows, audits, {field: headings[place] for field, place in columns.items()}, tuple(reading.faults),
        (*notes, *reading.notes),
    )  # fmt: skip


class _Reading:
    """Reads line by line and gathers the faults."""

    def __init__(self, columns: Mapping[str, int], headings: Sequence[str]) -> None:
        self.columns, self.headings = columns, headings
        self.faults: list[LineFault] = []
        self.notes: list[str] = []
        self.sizes: dict[str, tuple[int, int]] = {}  # stratum: its N, and the line that said so
        self.digits = False
        self.spellings: dict[tuple[str, str], str] = {}  # a field and a text without capitals: as first written

    def row(self, line: _Line) -> PairRow | None:
        """The pair of a line, or None where it has none or cannot be used."""
        if not self._cell(line, "auditor_grade") and not self._cell(line, "moderator_grade"):
            return None
        before = len(self.faults)
        if len(line.cells) > len(self.headings) and any(line.cells[len(self.headings) :]):
            self._fault(line, f"There are {len(line.cells)} cells under {len(self.headings)} headings. Put a cell "
                        "that holds a separator between quotation marks.")  # fmt: skip
        auditor, moderator = self._grade(line, "auditor_grade"), self._grade(line, "moderator_grade")
        if not self._cell(line, "auditor_grade"):
            self._fault(line, f"There is no auditor's grade: {_GRADES}.")
        stratum = self._name(line, "stratum")
        if "stratum" in self.columns and not stratum:
            self._fault(line, f"'{self._heading('stratum')}' is empty. Say which stratum the audit is in.")
        self._size(line, stratum)
        if len(self.faults) > before or auditor is None:
            return None
        return PairRow(auditor, moderator, stratum, self._name(line, "domain"), self._name(line, "auditor"))

    def audits_of(self, rows: Sequence[PairRow]) -> dict[str, int]:
        """The audits of each stratum: as its column says, else counted where the list has audits not moderated."""
        strata = dict.fromkeys(row.stratum for row in rows)
        seen = {name: max(map(len, _by_domain(row for row in rows if row.stratum == name).values())) for name in strata}
        if "audits" in self.columns:
            for name in strata:
                size, line = self.sizes.get(name, (seen[name], 0))
                if size < seen[name]:
                    words = f"{self._of(name)} has {seen[name]} lines, but '{self._heading('audits')}' says {size}."
                    self.faults.append(LineFault(line, f"{words} Correct that number."))
            return {name: self.sizes[name][0] for name in strata if name in self.sizes}
        if all(row.moderator_grade is not None for row in rows):
            return {}
        self.notes.append("The audits of each stratum are counted from the lines, moderated or not.")
        return seen

    def _grade(self, line: _Line, field: str) -> Judged | None:
        text = self._cell(line, field)
        if not text:
            return None
        self.digits = self.digits or text.isdigit()
        meant = spelt(text)
        if meant is None:
            self._fault(line, f"'{text[:40]}' under '{self._heading(field)}' is not a grade: {_GRADES}.")
        return meant

    def _size(self, line: _Line, stratum: str) -> None:
        text = self._cell(line, "audits").replace(",", "").replace(" ", "")
        if "audits" not in self.columns:
            return
        if not text.isdecimal() or not 0 < int(text) < 10**9:
            given = self._cell(line, "audits")[:40]
            self._fault(line, f"'{given}' under '{self._heading('audits')}' is not a number of audits. "
                        "Write how many audits the stratum has in all.")  # fmt: skip
            return
        known, first = self.sizes.setdefault(stratum, (int(text), line.number))
        if known != int(text):
            self._fault(line, f"{self._of(stratum)} has {text} audits here and {known} in line {first}. "
                        "Write the same number in every line of a stratum.")  # fmt: skip

    def _of(self, stratum: str) -> str:
        return f"The stratum '{stratum}'" if stratum else "The list"

    def _heading(self, field: str) -> str:
        return self.headings[self.columns[field]] or f"column {self.columns[field] + 1}"

    def _cell(self, line: _Line, field: str) -> str:
        place = self.columns.get(field)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def _name(self, line: _Line, field: str) -> str:
        """A text as it was first written: capitals and spaces do not make another stratum, domain or auditor."""
        text = self._cell(line, field)
        return self.spellings.setdefault((field, " ".join(text.casefold().split())), text)

    def _fault(self, line: _Line, words: str) -> None:
        self.faults.append(LineFault(line.number, words))


def _by_domain(rows: Iterable[PairRow]) -> dict[str, list[PairRow]]:
    found: dict[str, list[PairRow]] = {}
    for row in rows:
        found.setdefault(row.domain, []).append(row)
    return found


def _columns(headings: Sequence[str], body: Sequence[_Line], chosen: Mapping[str, str]) -> dict[str, int]:
    """The place of each field's column: as chosen, as known, nearly as known, then the two that hold grades.

    Raises:
        UnreadableFile: a chosen heading is not there, or no column holds one of the grades.
    """
    names = [bare(heading) for heading in headings]
    found: dict[str, int] = {}
    for field, heading in chosen.items():
        if bare(heading) not in names:
            raise UnreadableFile(f"There is no column '{heading}'. The file has: {_listed(headings)}.")
        found[field] = names.index(bare(heading))
    graded = [place for place in range(len(headings)) if _holds_grades(place, body)]
    for field, place in _guessed(names):
        holds = place in graded or names[place] not in _WHO_OR_WHAT or not field.endswith("_grade")
        if holds and field not in found and place not in found.values():
            found[field] = place
    if "auditor" not in found and "auditor" in names and names.index("auditor") not in (*found.values(), *graded):
        found["auditor"] = names.index("auditor")
    for field in ("auditor_grade", "moderator_grade"):
        rest = [place for place in graded if place not in found.values()]
        if field not in found and rest and len(graded) == 2:
            found[field] = rest[0]
        if field not in found:
            option = "--" + field.split("_", maxsplit=1)[0]
            raise UnreadableFile(
                f'No column for {_NAMES[field]} was found among: {_listed(headings)}. Name it with {option} "HEADING".'
            )
    return found


def _guessed(names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Fields and places by heading: known spellings first, then near misses."""
    known = {bare(one.strip()): field for field, spellings in _HEADINGS.items() for one in spellings.split(",")}
    for place, name in enumerate(names):
        if name in known:
            yield known[name], place
    for place, name in enumerate(names):
        for near in difflib.get_close_matches(name[:60], known, n=1, cutoff=CLOSE_ENOUGH):
            yield known[near], place


def _holds_grades(place: int, body: Sequence[_Line]) -> bool:
    """Whether most of what stands in a column are grades; digits alone could be anything."""
    cells = [line.cells[place] for line in body if place < len(line.cells) and line.cells[place]]
    grades = sum(spelt(cell) is not None for cell in cells)
    return bool(cells) and 2 * grades > len(cells)


def _lines(text: str, separator: str) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    number = 1
    try:
        for cells in reader:
            yield _Line(number, [cell.replace("\xa0", " ").strip() for cell in cells])
            number = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile(
            f"The cell that begins in line {number} never ends. Look for a quotation mark that is not closed."
        ) from None


def _sense(text: str, separator: str) -> tuple[int, int]:
    """How many cells of the first line are headings or grades, then how many there are."""
    rows = csv.reader(io.StringIO(text[:5000], newline=None), delimiter=separator)
    first: list[str] = []
    with suppress(csv.Error):
        first = next((row for row in rows if any(cell.strip() for cell in row)), [])
    known = {bare(one.strip()) for spellings in _HEADINGS.values() for one in spellings.split(",")}
    return sum(bare(cell) in known or spelt(cell) is not None for cell in first), len(first)


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(f"'{heading}'" for heading in headings[:20])
