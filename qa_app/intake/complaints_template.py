"""The workbook to fill in for an import of complaints and compliments: headings, lists to choose from, and notes."""

from functools import cache
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook

from qa_app.intake.headings import COMPLAINTS

SHEET: Final = "Complaints"
LISTS: Final = {
    "kind": ["Complaint", "Compliment"],
    "stage": ["Stage 1", "Stage 2", "Stage 3"],
    "extended": ["Yes", "No"],
    "upheld": ["Upheld", "Partly upheld", "Not upheld"],
}
DATES: Final = ("received_on", "begun_on", "answered_on")
NOTES: Final = (
    "One row for each complaint or compliment, as it stands now. Import the same list again when something is new.",
    "Reference: of your complaints system. By it a row is known again. Never a name.",
    "Team: as on the staff list. Theme: as on the list of themes of Beyond Auditing.",
    "Stage began on: only for stage 2 and stage 3. Stage 1 begins when the complaint is received.",
    "Leave a cell empty where nothing is known yet. An empty cell never takes away what is known.",
    "What is learnt: for the council, not about one child. No names anywhere.",
)
ROWS: Final = 2000


@cache
def template() -> bytes:
    """The workbook."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    for column, field in enumerate(COMPLAINTS):
        sheet.write(0, column, field.label, bold)
        sheet.set_column(column, column, 18, day if field.key in DATES else None)
        if field.key in LISTS:
            sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": LISTS[field.key]})
    sheet.freeze_panes(1, 0)
    notes = book.add_worksheet("How to fill it in")
    notes.set_column(0, 0, 110)
    for row, said in enumerate(NOTES):
        notes.write(row, 0, said)
    book.close()
    return out.getvalue()
