"""How much an outside file may hold, and the sentence a reader gets when it cannot be read."""

from datetime import date
from typing import NamedTuple, TypeAlias

Cell: TypeAlias = str | date | int | float | None

EXCEL_ROWS = 1_048_576
MEGABYTE = 1_000_000


class UnreadableFile(Exception):  # noqa: N818 (it names what the file is; the sentence is for the person who chose it)
    """The file as a whole cannot be read; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Limits(NamedTuple):
    """The most a file may hold; sizes in bytes, `rows` are rows of data and None means no limit."""

    size: int = 10 * MEGABYTE
    sheets: int = 50
    rows: int | None = 20_000
    columns: int = 200
    cells: int = 2_000_000
    unpacked: int = 100 * MEGABYTE
    members: int = 400
    text: int = 250 * MEGABYTE

    @classmethod
    def command_line(cls) -> "Limits":
        """For a person at the machine itself: as many rows as a workbook can hold."""
        return cls(
            size=1000 * MEGABYTE,
            rows=None,
            cells=200_000_000,
            unpacked=4000 * MEGABYTE,
            members=1000,
            text=8000 * MEGABYTE,
        )

    @property
    def last_row(self) -> int:
        """The highest row number accepted in a file: the rows of data and room for lines above and below them."""
        return EXCEL_ROWS if self.rows is None else self.rows + 1000

    def too_many_rows(self) -> UnreadableFile:
        return UnreadableFile(
            f"The file has more than {self.last_row if self.rows is None else self.rows:,} rows. "
            "Split it into smaller files, or ask your administrator to import it from the command line."
        )

    def too_many_cells(self) -> UnreadableFile:
        return UnreadableFile(
            f"The workbook has more than {self.cells:,} cells. Copy the sheet that holds the list into a new workbook."
        )

    def too_many_columns(self) -> UnreadableFile:
        return UnreadableFile(
            f"The file has more than {self.columns} columns. Remove the columns that are not needed and try again."
        )


def megabytes(size: int) -> str:
    """A size in bytes as people read it: '10 MB'."""
    return f"{size / MEGABYTE:,.0f} MB"
