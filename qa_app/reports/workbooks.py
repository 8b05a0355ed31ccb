"""Workbooks of records: one sheet a table, numbers as numbers, months as dates, text as text and never a formula."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter

from qa_app.reports.columns import Column, columns_of

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MADE: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - no moment: when it was made stands on its first sheet
_SHARES: Final = frozenset({"estimate", "low", "high"})
ABOUT, DICTIONARY = "About", "Data dictionary"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, what it is in a sentence, and its records. ``coded`` keeps the columns' own names."""

    name: str
    about: str
    record: type
    rows: Sequence[Any]
    coded: bool = False


def workbook(title: str, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> bytes:
    """The workbook: a sheet on what it is, one for each table, and one that says what each column means."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": title, "created": _MADE})
        looks = _Looks(book)
        _about(book.add_worksheet(ABOUT), title, facts, sheets, looks)
        for sheet in sheets:
            _table(book.add_worksheet(sheet.name), sheet, looks)
        _dictionary(book.add_worksheet(DICTIONARY), sheets, looks)
    return out.getvalue()


class _Looks:
    """The looks of cells."""

    def __init__(self, book: Any) -> None:
        top = {"valign": "top"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({**top, "bold": True, "text_wrap": True})
        self.heading = book.add_format(
            {**top, "bold": True, "text_wrap": True, "bg_color": "#1d70b8", "font_color": "#ffffff"}
        )
        self.text = book.add_format({**top, "num_format": "@"})
        self.wrapped = book.add_format({**top, "num_format": "@", "text_wrap": True})
        self.month = book.add_format({**top, "num_format": "mmm yyyy", "align": "left"})
        self.share = book.add_format({**top, "num_format": "0.0%"})
        self.number = book.add_format({**top, "num_format": "#,##0"})


def _about(sheet: Any, title: str, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet], looks: _Looks) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, title, looks.title)
    rows = [*facts, *((f"Sheet {one.name}", one.about) for one in sheets)]
    for line, (name, words) in enumerate(rows, start=2):
        sheet.write_string(line, 0, name, looks.bold)
        sheet.write_string(line, 1, words, looks.wrapped)
    _for_paper(sheet, len(rows) + 1, 1)


def _table(sheet: Any, table: Sheet, looks: _Looks) -> None:
    columns = columns_of(table.record)
    for place, one in enumerate(columns):
        sheet.set_column(place, place, one.said.width)
        sheet.write_string(0, place, one.name if table.coded else one.heading, looks.heading)
    for line, row in enumerate(table.rows, start=1):
        for place, one in enumerate(columns):
            _cell(sheet, (line, place), one, getattr(row, one.name), looks)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(columns) - 1)
    _for_paper(sheet, len(table.rows), len(columns) - 1)


def _cell(sheet: Any, at: tuple[int, int], column: Column, value: Any, looks: _Looks) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(*at, datetime(value.year, value.month, 1), looks.month)  # noqa: DTZ001
    elif isinstance(value, bool):
        sheet.write_string(*at, "yes" if value else "no", looks.text)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, looks.share if column.name in _SHARES else looks.number)
    else:
        sheet.write_string(*at, value, looks.text)


def _dictionary(sheet: Any, sheets: Sequence[Sheet], looks: _Looks) -> None:
    """What each column means, from the list the tables themselves are made of."""
    headings = ("Sheet", "Column", "What it means", "Values", "Where it comes from")
    for place, (words, width) in enumerate(zip(headings, (16, 32, 90, 60, 26), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, words, looks.heading)
    line = 0
    for table in sheets:
        for one in columns_of(table.record):
            line += 1
            name = one.name if table.coded else one.heading
            cells = (table.name, name, one.said.means, ", ".join(one.said.values), one.said.source)
            for place, words in enumerate(cells):
                sheet.write_string(line, place, words, looks.wrapped)
    sheet.freeze_panes(1, 0)
    _for_paper(sheet, line, 4)


def _for_paper(sheet: Any, last_row: int, last_column: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.print_area(0, 0, last_row, last_column)
