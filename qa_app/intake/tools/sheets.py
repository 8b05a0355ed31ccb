"""The sheets of a tool's workbook as rows of text, with every cell named that cannot be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final, NamedTuple

from audit_forms.text import clean
from qa_app.intake import workbook
from qa_app.intake.limits import MEGABYTE, Limits
from qa_app.intake.tools.findings import Fault, Place
from qa_app.intake.tools.formulas import formulas
from qa_app.intake.tools.layout import CHOICES, COLUMNS, INSTRUCTIONS, SETTINGS, SPELLINGS, SURVEY, UNREAD

LIMITS: Final = Limits(
    size=2 * MEGABYTE, sheets=20, rows=3_000, columns=100, cells=100_000, unpacked=20 * MEGABYTE, members=200,
    text=20 * MEGABYTE,
)  # fmt: skip
_HEADING: Final = 1  # the row of the headings
_LAST_COLUMN: Final = 100


class Row(NamedTuple):
    """A row with something in it: its number, and heading -> text of the cells that are not empty."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Sheets:
    """What a workbook holds, by sheet, and what is wrong with it."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_sheets(data: bytes) -> Sheets:
    """The rows of survey, choices and settings.

    Raises:
        UnreadableFile: it is no workbook, is locked or damaged, or holds more than a tool can.
    """
    found = Sheets()
    cells = {name: list(_grid(sheet)) for name, sheet in workbook.open_sheets(data, LIMITS)}
    written = formulas(data)
    for name, grid in cells.items():
        known = name.strip().lower()
        if known in found.rows:
            found.faults.append(Fault(Place(name), f"There are two sheets called {known}. Delete one."))
        elif known in COLUMNS:
            reader = _SheetReader(known, written.get(name, frozenset()), found.faults)
            found.rows[known] = reader.rows(grid)
        elif known != INSTRUCTIONS and any(_text(cell) for row in grid for cell in row):
            found.faults.append(Fault(Place(name), _not_a_sheet(name)))
    for needed in (SURVEY, SETTINGS):
        if needed not in found.rows:
            found.faults.append(
                Fault(Place(needed), f"The workbook has no sheet called {needed}. Start from the template.")
            )
    found.rows = {name: found.rows.get(name, []) for name in COLUMNS}
    return found


def _not_a_sheet(name: str) -> str:
    near = get_close_matches(name.strip().lower(), COLUMNS, n=1)
    meant = f" Did you mean {near[0]}?" if near else " Delete it, or put your notes in the sheet instructions."
    return f"The sheet ‘{name}’ is not read. The sheets are {SURVEY}, {CHOICES} and {SETTINGS}.{meant}"


def _grid(sheet: object) -> Iterator[Sequence[object]]:
    if getattr(sheet, "start", None) is not None:
        yield from sheet.iter_rows()  # type: ignore[attr-defined]


@dataclass
class _SheetReader:
    """Reads one sheet, noting what is wrong and going on."""

    sheet: str
    formulas: frozenset[str]
    faults: list[Fault]

    def rows(self, grid: Sequence[Sequence[object]]) -> list[Row]:
        headings = self._headings(grid[0] if grid else ())
        longest = {column.name: column.longest for column in COLUMNS[self.sheet]}
        found = []
        for number, row in enumerate(grid[1:], start=_HEADING + 1):
            cells = dict[str, str]()
            for place, raw in enumerate(row):
                heading = headings[place] if place < len(headings) else ""
                said = self._cell(raw, Place(self.sheet, number, heading), f"{letters(place)}{number}")
                if said:
                    self._keep(cells, heading, said, Place(self.sheet, number, heading), longest)
            if cells:
                found.append(Row(number, cells))
        return found

    def _keep(self, cells: dict[str, str], heading: str, said: str, place: Place, longest: Mapping[str, int]) -> None:
        if not heading:
            self._fault(
                place, "There is no heading above this cell. Name the column in the first row, or empty the cell."
            )
        elif heading in UNREAD[self.sheet]:
            self._fault(place, f"The column {heading} is not understood here. Empty this cell.")
        elif heading in longest and len(said) > longest[heading]:
            self._fault(place, f"Shorten this to {longest[heading]:,} characters or fewer. It has {len(said):,}.")
            cells[heading] = said[: longest[heading]]
        elif heading in longest:
            cells[heading] = said

    def _headings(self, row: Sequence[object]) -> list[str]:
        known = [column.name for column in COLUMNS[self.sheet]]
        found = list[str]()
        for place, raw in enumerate(row):
            at = Place(self.sheet, _HEADING)
            said = self._cell(raw, at, f"{letters(place)}{_HEADING}").lower()
            name = SPELLINGS.get(said, said)
            if name and name in found:
                self._fault(at.at(name), f"There are two columns called {name}. Take one away.")
            elif name and name not in known and name not in UNREAD[self.sheet]:
                self._fault(at, _not_a_column(self.sheet, said, known))
            found.append(name)
        for needed in known[:3]:
            if needed not in found:
                self._fault(
                    Place(self.sheet, _HEADING), f"The column {needed} is missing. Its heading stands in the first row."
                )
        return found

    def _cell(self, raw: object, place: Place, address: str) -> str:
        """The text of a cell; empty with its fault noted where it has none."""
        if address in self.formulas:
            self._fault(place, f"{address} holds a formula. Type the text itself.")
            return ""
        try:
            return _text(raw)
        except ValueError as fault:
            self._fault(place, str(fault))
            return ""

    def _fault(self, place: Place, sentence: str) -> None:
        self.faults.append(Fault(place, sentence))


def _not_a_column(sheet: str, said: str, known: Sequence[str]) -> str:
    if "::" in said and said.partition("::")[0] in ("label", "hint", "required_message"):
        return f"‘{said}’ is a column of one language. There is one language here: call it {said.partition('::')[0]}."
    near = get_close_matches(said, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else " Take it away."
    return f"The column ‘{said}’ of {sheet} is not understood.{meant}"


def _text(raw: object) -> str:
    """What a cell says, as text.

    Raises:
        ValueError: it holds what is no text, or what cannot be kept.
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, date | datetime | time | timedelta):
        raise ValueError("Excel has turned this into a date or a time. Format the cell as text and type it again.")  # noqa: TRY004
    said = str(raw)
    if said.startswith("#") and said.upper().rstrip("!?") in (
        "#N/A",
        "#REF",
        "#NAME",
        "#VALUE",
        "#DIV/0",
        "#NULL",
        "#NUM",
    ):
        raise ValueError("This cell holds an error of Excel’s. Type the text itself.")
    try:
        return clean(said, longest=32_767)
    except ValueError:
        raise ValueError("This cell has hidden characters that cannot be stored. Type the text again.") from None


def letters(place: int) -> str:
    """The letters of a column, from 0: A, B … Z, AA."""
    said = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
