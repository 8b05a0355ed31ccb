"""Workbooks to fill in for an import: the headings, lists to choose from, and how to fill them in."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Final, NamedTuple

from xlsxwriter import Workbook

from qa_app.intake.headings import FIELDS, Kind


class Blank(NamedTuple):
    """What is in a workbook: its sheet, what may be chosen in a column, the columns of dates, and the notes."""

    sheet: str
    lists: Mapping[str, list[str]]
    dates: tuple[str, ...]
    notes: tuple[str, ...]


BLANKS: Final = {
    Kind.COMPLAINTS: Blank(
        "Complaints",
        {
            "kind": ["Complaint", "Compliment"],
            "stage": ["Stage 1", "Stage 2", "Stage 3"],
            "extended": ["Yes", "No"],
            "upheld": ["Upheld", "Partly upheld", "Not upheld"],
        },
        ("received_on", "begun_on", "answered_on"),
        (
            "One row for each complaint or compliment, as it stands now. Import the list again when something is new.",
            "Reference: of your complaints system. By it a row is known again. Never a name.",
            "Team: as on the staff list. Theme: as on the list of themes of Beyond Auditing.",
            "Stage began on: only for stage 2 and stage 3. Stage 1 begins when the complaint is received.",
            "Leave a cell empty where nothing is known yet. An empty cell never takes away what is known.",
            "What is learnt: for the council, not about one child. No names anywhere.",
        ),
    ),
    Kind.TRAINING: Blank(
        "Training",
        {"kind": ["Auditor", "Moderator", "Refresher", "Other"]},
        ("held_on",),
        (
            "One row for each person and each training. Import the same list again when there is more.",
            "Employee number: as on the staff list. By it a person is known.",
            "Name: to help you fill it in. It is not kept.",
            "Date: the day the training was held. A day to come is refused.",
            "Given by: the trainer or the organisation.",
        ),
    ),
    Kind.SUPPORT: Blank(
        "Support for staff",
        {"kind": ["Annual conversations", "Group supervision", "Supervision held"]},
        ("period_from", "period_to", "dated"),
        (
            "One row for each service, kind of support and month or quarter.",
            "Service: as on the staff list.",
            "Period from and to: the first and the last day of the month or quarter.",
            "Number and out of: whole numbers, such as 41 of 48 conversations that were due. Never a percentage.",
            "Source and its date: where the numbers come from, and the day they were reported.",
            "A row for a period that is here already corrects it. No names anywhere.",
        ),
    ),
}
ROWS: Final = 2000


@cache
def template(kind: Kind) -> bytes:
    """The workbook for one kind of file."""
    blank = BLANKS[kind]
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(blank.sheet)
    bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    for column, field in enumerate(FIELDS[kind]):
        sheet.write(0, column, field.label, bold)
        sheet.set_column(column, column, 18, day if field.key in blank.dates else None)
        if field.key in blank.lists:
            sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": blank.lists[field.key]})
    sheet.freeze_panes(1, 0)
    notes = book.add_worksheet("How to fill it in")
    notes.set_column(0, 0, 110)
    for row, said in enumerate(blank.notes):
        notes.write(row, 0, said)
    book.close()
    return out.getvalue()
