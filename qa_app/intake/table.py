"""A file of rows as a table: its headings, the cells under them, and the number each row has in the file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import islice
from typing import Final, NamedTuple

from qa_app.intake import delimited, workbook
from qa_app.intake.bulk import collector_at_rest
from qa_app.intake.columns import recognised
from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Cell, Limits, UnreadableFile, megabytes

__all__ = ["Limits", "Row", "Table", "UnreadableFile", "read_table"]

_LOOK_FOR_HEADINGS: Final = 60  # rows from the top
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LAST_LINE: Final = re.compile(
    r"(?:grand |sub)?total\b|(?:number of |no\.? of )?(?:rows|records|cases|audits)\b|end of\b|count\b|page \d|"
    r"printed\b|produced\b|generated\b|run on\b|report\b|source:",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """One row of data: its number as a spreadsheet shows it, and as many cells as there are headings."""

    number: int
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """What a file holds. `unreadable` are rows that cannot come in at all; they are among `rows` no longer."""

    sheet: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    unreadable: tuple[tuple[Row, Problem], ...] = ()


class _Candidate(NamedTuple):
    """A sheet with its first rows, and how well its best row of headings fits."""

    fit: tuple[int, int]
    sheet: str
    heading: int
    first: list[Sequence[object]]
    rest: Iterator[Sequence[object]]


def read_table(data: bytes, *, limits: Limits, kind: Kind | None = None) -> Table:
    """A CSV file or an Excel workbook as a table, told apart by what the bytes are and never by a name.

    Args:
        data: the whole file.
        limits: how much it may hold.
        kind: what is expected; headings of that kind then decide which sheet and row hold the headings.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    with collector_at_rest():
        return _read(data, limits, kind)


def _read(data: bytes, limits: Limits, kind: Kind | None) -> Table:
    if len(data) > limits.size:
        raise UnreadableFile(f"The file is larger than {megabytes(limits.size)}. Split it into smaller files.")
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile("The file is empty. Choose a file with a row of headings and a row for each record.")
    if data.startswith(workbook.OLE_FILE):
        raise workbook.refuse_old(data)
    if data.startswith(b"PK\x03\x04"):
        sheets = workbook.open_sheets(data, limits)
        candidates = [_candidate(name, _sheet_rows(sheet), kind) for name, sheet in sheets]
        if not candidates:
            raise UnreadableFile("The workbook has no sheet with rows. Choose the workbook that holds the list.")
        return _table(max(candidates, key=lambda one: one.fit), limits, ())
    text, notes = delimited.decode(data)
    return _table(_candidate("", delimited.rows_of(text, limits, kind), kind), limits, notes)


def _sheet_rows(sheet: object) -> Iterator[list[object]]:
    """A calamine sheet from its first row, so that the numbers are those of the file."""
    start = getattr(sheet, "start", None)
    if start is None:
        return
    yield from sheet.iter_rows()  # type: ignore[attr-defined]


def _candidate(sheet: str, rows: Iterator[Sequence[object]], kind: Kind | None) -> _Candidate:
    first = list(islice(rows, _LOOK_FOR_HEADINGS))
    fits = [(recognised([_trimmed(cell) for cell in row], kind), _texts(row)) for row in first] or [(0, 0)]
    best = max(fits)
    if best[0] < 2:  # nothing known: the first row that looks like headings, and a person chooses the columns
        widest = max(texts for _, texts in fits)
        best = next(fit for fit in fits if fit[1] >= min(widest, 2))
    return _Candidate(best, sheet, fits.index(best), first, rows)


def _trimmed(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell


def _texts(row: Iterable[object]) -> int:
    return sum(isinstance(cell, str) and cell.strip() != "" for cell in row)


def _table(found: _Candidate, limits: Limits, notes: tuple[str, ...]) -> Table:
    if not found.fit[1]:
        raise UnreadableFile("No row of headings was found. The first row of the list should name its columns.")
    cleaner = _Cleaner()
    headings = _headings(found.first[found.heading], cleaner)
    if len(headings) > limits.columns:
        raise limits.too_many_columns()
    numbered = enumerate(found.first[found.heading + 1 :], start=found.heading + 2)
    following = enumerate(found.rest, start=len(found.first) + 1)
    rows: list[Row] = []
    unreadable: list[tuple[Row, Problem]] = []
    for source in (numbered, following):
        for number, raw in source:
            row, problem = _row(number, raw, len(headings), cleaner)
            if problem is not None:
                unreadable.append((row, problem))
            elif row.cells.count(None) < len(headings):
                rows.append(row)
            if limits.rows is not None and len(rows) + len(unreadable) > limits.rows + 5:
                raise limits.too_many_rows()
    rows, ending = _without_ending(rows)
    if limits.rows is not None and len(rows) + len(unreadable) > limits.rows:
        raise limits.too_many_rows()
    if found.heading:
        notes += (f"The headings were found in row {found.heading + 1}; the rows above them were left out.",)
    return Table(found.sheet, headings, tuple(rows), notes + ending, tuple(unreadable))


def _headings(raw: Sequence[object], cleaner: "_Cleaner") -> tuple[str, ...]:
    names = [" ".join(str(cleaner[cell] or "").split()) for cell in raw]
    while names and not names[-1]:
        names.pop()
    return tuple(name or f"Column {position}" for position, name in enumerate(names, start=1))


def _row(number: int, raw: Sequence[object], width: int, cleaner: "_Cleaner") -> tuple[Row, Problem | None]:
    """The row with exactly `width` cells, and why it cannot come in."""
    unprintable = cleaner.unprintable
    cells = list(map(cleaner.__getitem__, raw))
    beyond = None
    if len(cells) < width:
        cells += [None] * (width - len(cells))
    elif len(cells) > width:
        if any(cells[width:]):
            beyond = (
                f"The row has more cells than there are headings ({width}). "
                "A comma inside a cell without quotation marks can cause this."
            )
        del cells[width:]
    row = Row(number, tuple(cells))
    if cleaner.unprintable > unprintable:
        return row, Problem(number, "", None, "The row holds characters that cannot be stored. Type the row again.")
    return row, None if beyond is None else Problem(number, "", None, beyond)


def _without_ending(rows: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """The rows without closing lines such as 'Total rows: 1182', and a note where that number is another one."""
    notes: tuple[str, ...] = ()
    kept = list(rows)
    while kept and len(rows) - len(kept) < 5:
        filled = [cell for cell in kept[-1].cells if cell is not None]
        if len(kept[-1].cells) < 3 or len(filled) > 2 or not _LAST_LINE.match(str(filled[0])):
            break
        kept.pop()
        stated = re.fullmatch(r"total rows:? *(\d+)", " ".join(map(str, filled)), re.ASCII | re.IGNORECASE)
        if stated and int(stated[1]) != len(kept):
            notes += (f"The file says that it has {int(stated[1]):,} rows; {len(kept):,} were found.",)
    return kept, notes


class _Cleaner(dict[object, Cell]):
    """Texts as they are kept: composed (NFC), trimmed, empty as None; each different text is cleaned once.

    `unprintable` counts the texts met that hold a NUL, a control character or half a character; those are not
    remembered, so that every row with one is seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unprintable = 0

    def __missing__(self, text: object) -> Cell:
        if not isinstance(text, str):  # nothing but text is remembered: 1, 1.0 and True would be one entry
            return _plain(text)
        clean = text.strip()
        if not clean.isascii():
            clean = unicodedata.normalize("NFC", clean).strip()
        if _UNPRINTABLE.search(clean):
            self.unprintable += 1
            return _UNPRINTABLE.sub("\ufffd", clean)
        # The apostrophe with which spreadsheets and our own refused rows keep formula-like text from becoming one.
        if clean[:1] == "'" and clean[1:2] in ("=", "+", "-", "@"):
            clean = clean[1:]
        self[text] = clean or None
        return self[text]


def _plain(cell: object) -> Cell:
    """A cell that is no text, as one of the few types we read: whole numbers whole, times of day as text."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, (int, date)):
        return cell
    return str(cell) if isinstance(cell, (time, timedelta)) else None
