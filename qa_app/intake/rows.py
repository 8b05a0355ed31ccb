"""Reading a table row by row: a row's cells by field, and what to do when one of them is wrong."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from qa_app.intake.bulk import collector_at_rest
from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Numbered, Problem, RowRefused, shown
from qa_app.intake.headings import Field
from qa_app.intake.limits import Cell
from qa_app.intake.table import Row, Table
from qa_app.intake.values import BadValue, read_text

R = TypeVar("R", bound=Numbered)
T = TypeVar("T")


class Cells:
    """One row's cells by field. Not a dict: a field without a column is an empty cell."""

    __slots__ = ("_cells", "_positions", "_reader", "number")

    def __init__(self, row: Row, positions: dict[str, int], reader: "Reader") -> None:
        self.number = row.number
        self._cells = (*row.cells, None)
        self._positions = positions
        self._reader = reader

    def __getitem__(self, field: str) -> Cell:
        return self._cells[self._positions[field]]

    def take(self, getter: Callable[[tuple[Cell, ...]], tuple[Cell, ...]]) -> tuple[Cell, ...]:
        """Several cells at once, through an `itemgetter` over positions of the file.

        A field without a column has the position past the last.
        """
        return getter(self._cells)

    def text(self, field: str, longest: int) -> str:
        """The field as text.

        Raises:
            RowRefused: longer than that many characters.
        """
        cell = self[field]
        if cell is None:
            return ""
        text = cell if isinstance(cell, str) else read_text(cell)
        if len(text) > longest:
            raise self.refuse(field, f"The text is longer than {longest:,} characters. Shorten it.")
        return text

    def needed(self, field: str, read: Callable[[Cell], str], longest: int) -> str:
        """The field as text that must be there.

        Raises:
            RowRefused: empty or too long.
        """
        text = read(self[field])
        if not text:
            raise self.refuse(field, "This cell is empty and must be filled in.")
        if len(text) > longest:
            raise self.refuse(field, f"The text is longer than {longest:,} characters. Shorten it.")
        return text

    def value(self, field: str, read: Callable[[Cell], T]) -> T:
        """The field through one of the readers of `values`.

        Raises:
            RowRefused: it means nothing to that reader.
        """
        try:
            return read(self[field])
        except BadValue as fault:
            raise self.refuse(field, str(fault)) from None

    def refuse(self, field: str, reason: str, *, show: bool = True) -> RowRefused:
        """The refusal of this row, to be raised."""
        return RowRefused(self._reader.heading(field), self[field] if show else None, reason)

    def report(self, field: str, reason: str) -> None:
        """Say that something is wrong with a cell; the row comes in all the same."""
        self._reader.reported.append(
            Problem(self.number, self._reader.heading(field), shown(self[field]), reason, refused=False)
        )


class Reader:
    """Goes through a table's rows and keeps apart what is good, what is refused and what is only reported."""

    def __init__(self, table: Table, mapping: Mapping, fields: Sequence[Field]) -> None:
        self._table = table
        self._mapping = mapping
        self.reported: list[Problem] = []
        beyond = len(table.headings)  # one past the last column: there Cells keeps an empty cell
        found = {column.field: column.position for column in mapping.columns}
        self.positions = {field.key: found.get(field.key, beyond) for field in fields}
        self.total = len(table.rows) + len(table.unreadable)

    def heading(self, field: str) -> str:
        return self._mapping.heading(field)

    def read(self, make: Callable[[Cells], R | None]) -> tuple[list[R], list[Problem]]:
        """Each row made into what it means; None leaves the row out without a word.

        Returns:
            the good rows, and every problem: unreadable rows, refused rows and reports.
        """
        with collector_at_rest():
            return self._read(make)

    def _read(self, make: Callable[[Cells], R | None]) -> tuple[list[R], list[Problem]]:
        good: list[R] = []
        problems = [problem for _, problem in self._table.unreadable]
        for row in self._table.rows:
            reported = len(self.reported)
            try:
                made = make(Cells(row, self.positions, self))
            except RowRefused as refusal:
                del self.reported[reported:]
                problems.append(refusal.at(row.number))
            else:
                if made is not None:
                    good.append(made)
        return good, problems + self.reported
