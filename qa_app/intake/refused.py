"""The refused rows as a file to correct and bring back: every cell as it was, and the reason beside it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import xlsxwriter

from qa_app.intake.findings import Problem
from qa_app.intake.limits import Cell
from qa_app.intake.table import Row, Table

ROW_HEADING: Final = "Row in the file"
REASON_HEADING: Final = "Why it was refused"
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


def refused_csv(table: Table, problems: Sequence[Problem]) -> bytes:
    """The refused rows as CSV in UTF-8 with a mark, so that Excel reads accents; no cell can become a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_text(heading) for heading in (*table.headings, ROW_HEADING, REASON_HEADING)])
    for row, reason in _refused(table, problems):
        writer.writerow([_written(cell) for cell in (*row.cells, row.number, reason)])
    return out.getvalue().encode("utf-8-sig", "replace")


def refused_xlsx(table: Table, problems: Sequence[Problem]) -> bytes:
    """The refused rows as a workbook: text stays text, dates are dates, nothing is a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Refused rows")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        headings = (*table.headings, ROW_HEADING, REASON_HEADING)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for line, (row, reason) in enumerate(_refused(table, problems), start=1):
            for column, cell in enumerate((*row.cells, row.number, reason)):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(line, column, cell[:32_767])
                elif cell is not None:
                    sheet.write_number(line, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headings), 16)
        sheet.set_column(len(headings) - 1, len(headings) - 1, 80)
    return out.getvalue()


def safe_text(text: str) -> str:
    """Text as it may stand in a CSV cell: what a spreadsheet would read as a formula gets an apostrophe before it."""
    if text.startswith(_STARTS_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return safe_text(cell) if isinstance(cell, str) else cell


def _refused(table: Table, problems: Sequence[Problem]) -> Iterator[tuple[Row, str]]:
    """Each refused row once, in the order of the file, with all its reasons."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if problem.refused:
            reasons.setdefault(problem.row_number, []).append(
                f"{problem.column}: {problem.reason}" if problem.column else problem.reason
            )
    rows = sorted((*table.rows, *(row for row, _ in table.unreadable)), key=lambda row: row.number)
    for row in rows:
        if row.number in reasons:
            yield row, " ".join(reasons[row.number])
