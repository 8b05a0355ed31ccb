"""A tool as a workbook to fill in: its three sheets, drop-down lists for what is chosen, and plain instructions."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from audit_forms.definition import About, Cases, Face, Independence, Tool
from moderation.statistics.feeds import FEEDS
from qa_app.intake.tools import layout
from qa_app.intake.tools.layout import CHOICES, COLUMNS, INSTRUCTIONS, SETTINGS, SURVEY
from qa_app.intake.tools.rows import Names, rows_of

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LAST: Final = 500  # rows with drop-down lists
_WIDTHS: Final = {
    "type": 24, "name": 22, "label": 50, "hint": 40, "required": 12, "required_message": 30, "relevant": 30,
    "constraint": 20, "list_name": 20, "form_title": 34, "form_id": 20, "purpose": 50, "intro": 50, "independence": 18,
    **dict.fromkeys(layout.GRADES, 30),
}  # fmt: skip
_STEPS: Final = (
    "Each row of the sheet survey is a question. The rows from begin_group to end_group make a section, one page.",
    "The answers to choose from stand in the sheet choices, one a row. Rows with the same list_name are one list.",
    "The sheet settings says what the tool is called. Give a new version the next number, and keep form_id as it is.",
    "Delete the example and write your own questions, or change it. Leave the headings in the first row as they are.",
    "Write text only: formulas are refused. Columns you do not need can stay empty or be deleted.",
    "Upload the workbook under Tools. Every mistake is listed with its sheet and row. Mend them and upload it again.",
    "Then look at the preview, try it, and publish it. Once published a version never changes: make a new one instead.",
)
_MADE: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - no moment: the same tool is the same file, byte for byte
_TEXT: Final = {"text_wrap": True, "valign": "top", "num_format": "@"}


def workbook_of(tool: Tool, names: Names | None = None) -> bytes:
    """The workbook that says this tool.

    Raises:
        NotInLayout: it cannot be said in a workbook.
    """
    rows = rows_of(tool, names)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        formats = _Formats(book)
        by_sheet = {SETTINGS: rows.settings, SURVEY: rows.survey, CHOICES: rows.choices}
        instructions = book.add_worksheet(INSTRUCTIONS)
        for name in (SURVEY, CHOICES, SETTINGS):
            _sheet(book.add_worksheet(name), name, by_sheet[name], formats)
        lists = dict.fromkeys(each["list_name"] for each in rows.choices)
        _drop_downs(book, list(_types(list(lists))), formats, instructions)
        book.get_worksheet_by_name(SURVEY).activate()
    return out.getvalue()


class _Formats:
    """The looks of cells: headings, text, and the rows that open and close a section."""

    def __init__(self, book: Any) -> None:
        self.heading = book.add_format({"bold": True, "bg_color": "#1d70b8", "font_color": "#ffffff", "valign": "top"})
        self.own = book.add_format({"bold": True, "bg_color": "#00703c", "font_color": "#ffffff", "valign": "top"})
        self.text = book.add_format(_TEXT)
        self.section = book.add_format({**_TEXT, "bold": True, "bg_color": "#f3f2f1"})
        self.title = book.add_format({"bold": True, "font_size": 14})


def _sheet(sheet: Any, name: str, rows: Sequence[dict[str, str]], formats: _Formats) -> None:
    for place, column in enumerate(COLUMNS[name]):
        sheet.set_column(place, place, _WIDTHS.get(column.name, 14), formats.text)
        sheet.write_string(0, place, column.name, formats.own if column.own else formats.heading)
        sheet.write_comment(0, place, column.means)
        for line, cells in enumerate(rows, start=1):
            look = formats.section if cells.get("type") == layout.BEGIN else formats.text
            if column.name in cells:
                sheet.write_string(line, place, cells[column.name], look)
            elif look is formats.section:
                sheet.write_blank(line, place, None, look)
    sheet.freeze_panes(1, 2 if name == SURVEY else 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:Z3000"})


def _types(lists: Sequence[str]) -> Iterator[str]:
    """Every type as it is written under `type`, with the lists there are."""
    yield from (layout.BEGIN, layout.END)
    for each in layout.TYPES:
        yield from (f"{each.name} {name}" for name in lists) if each.takes_list else (each.name,)


def _drop_downs(book: Any, types: list[str], formats: _Formats, instructions: Any) -> None:
    last = _instruct(instructions, formats, types)
    survey, choices, settings = (book.get_worksheet_by_name(name) for name in (SURVEY, CHOICES, SETTINGS))
    offered = f"={INSTRUCTIONS}!$D${last - len(types) + 1}:$D${last}"
    _offer(survey, SURVEY, "type", offered)
    for column in ("limiting", "demographic", "restricted", "required"):
        _offer(survey, SURVEY, column, ["yes", "no"])
    _offer(survey, SURVEY, "measure", sorted(FEEDS))
    _offer(survey, SURVEY, "appearance", ["month-year"])
    _offer(survey, SURVEY, "allow", ["not_applicable", "not_enough_evidence", "not_applicable not_enough_evidence"])
    _offer(choices, CHOICES, "face", list(Face))
    for column, words in (("about", About), ("cases", Cases), ("independence", Independence)):
        _offer(settings, SETTINGS, column, list(words), last=1)


def _offer(sheet: Any, name: str, column: str, source: str | list[str], last: int = _LAST) -> None:
    """A drop-down list that lets other text stand: what it does not offer is judged by the check."""
    place = [each.name for each in COLUMNS[name]].index(column)
    said = {"validate": "list", "source": source, "ignore_blank": True, "show_error": False}
    sheet.data_validation(1, place, last, place, said)


def _instruct(sheet: Any, formats: _Formats, types: Sequence[str]) -> int:
    """Write the instructions; the answer is the last row of the list of types, from 1."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100, formats.text)
    sheet.set_column(3, 3, 34)
    line = _table(sheet, 0, "How to make a tool", list(enumerate(_STEPS, start=1)), formats)
    kinds = [(f"{each.name} LIST" if each.takes_list else each.name, each.means) for each in layout.TYPES]
    sections = [
        (layout.BEGIN, "Opens a section: name, its title under label, help under hint."),
        (layout.END, "Closes it."),
    ]
    line = _table(sheet, line, "What can stand under type", [*sections, *kinds], formats)
    for name, columns in COLUMNS.items():
        line = _table(sheet, line, f"The columns of {name}", [(each.name, each.means) for each in columns], formats)
    sheet.write_string(0, 3, "Types to choose from", formats.title)
    for place, each in enumerate(types, start=1):
        sheet.write_string(place, 3, each)
    return len(types) + 1


def _table(sheet: Any, line: int, title: str, rows: Sequence[tuple[object, str]], formats: _Formats) -> int:
    sheet.write_string(line, 0, title, formats.title)
    for place, (name, means) in enumerate(rows, start=line + 1):
        sheet.write_string(place, 0, str(name))
        sheet.write_string(place, 1, means, formats.text)
    return line + len(rows) + 2
