"""The example tool as sheets of cells to be changed by tests, and written as a workbook."""

from dataclasses import dataclass, field

from audit_forms.definition_file import read_definition
from qa_app.intake.tools.layout import CHOICES, COLUMNS, SETTINGS, SURVEY
from qa_app.intake.tools.rows import Cells, rows_of
from qa_app.intake.tools.template import example, named_lists
from tests.qa_app.intake.workbooks import workbook


@dataclass
class Sheets:
    """Rows as heading -> text; `more` are sheets beside them, `headings` what stands in the first row."""

    rows: dict[str, list[Cells]]
    headings: dict[str, list[str]] = field(default_factory=dict)
    more: dict[str, list[list[object]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headings = {name: [column.name for column in columns] for name, columns in COLUMNS.items()}

    def row(self, name: str, sheet: str = SURVEY) -> Cells:
        """The row with this name."""
        return next(cells for cells in self.rows[sheet] if cells.get("name") == name)

    def number(self, name: str, sheet: str = SURVEY) -> int:
        """Its number as a spreadsheet shows it."""
        return self.rows[sheet].index(self.row(name, sheet)) + 2

    def after(self, name: str, *rows: Cells) -> int:
        """Put rows after this one; the answer is the number of the first."""
        place = self.rows[SURVEY].index(self.row(name)) + 1
        self.rows[SURVEY][place:place] = rows
        return place + 2

    @property
    def settings(self) -> Cells:
        return self.rows[SETTINGS][0]

    def written(self) -> bytes:
        """The workbook."""
        grids: dict[str, list[list[object]]] = {}
        for sheet, headings in self.headings.items():
            grid: list[list[object]] = [list(headings)]
            grid += [[cells.get(heading) for heading in headings] for cells in self.rows[sheet]]
            grids[sheet] = grid
        return workbook({**grids, **self.more})


def example_sheets() -> Sheets:
    """The example of the template."""
    rows = rows_of(read_definition("example", example()), named_lists(example()))
    return Sheets({SETTINGS: rows.settings, SURVEY: rows.survey, CHOICES: rows.choices})
