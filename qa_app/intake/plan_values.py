"""A list of the plan's values, as rows that can come in: a known measure, a period, a number and where it is from."""

from collections.abc import Mapping as Known
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Read, once
from qa_app.intake.headings import VALUES
from qa_app.intake.limits import Cell
from qa_app.intake.reference import folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import ANY_DAY, BadValue, Bounds, read_date, read_text


class ValueRow(NamedTuple):
    """A value of a measure, by the measure's key."""

    number: int
    measure: str
    numerator: Decimal
    denominator: Decimal | None
    period_from: date
    period_to: date
    origin: str
    dated: date


def read_plan_values(
    table: Table, mapping: Mapping, *, measures: Known[str, str], bounds: Bounds = ANY_DAY
) -> Read[ValueRow]:
    """The list as rows and problems.

    Args:
        table: the file.
        mapping: which column holds what.
        measures: the key of each measure that is recorded, by all it may be called, folded.
        bounds: the days dates may lie between; the caller knows today.
    """
    reader = Reader(table, mapping, VALUES)
    rows, problems = reader.read(lambda cells: _row(cells, measures, bounds))
    kept, doubled, repeated = once(
        rows, lambda row: row[1:2] + row[4:6], lambda row: row[1:], reader.heading("measure"), "measure and period"
    )
    problems += doubled
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def _row(cells: Cells, measures: Known[str, str], bounds: Bounds) -> ValueRow:
    called = cells.needed("measure", read_text, 300)
    key = measures.get(folded(called))
    if key is None:
        raise cells.refuse(
            "measure", "The plan records no measure of this name. Write its title or key as under Priority 2."
        )
    numerator = cells.value("numerator", read_decimal)
    if numerator is None:
        raise cells.refuse("numerator", "This cell is empty and must be filled in.")
    first, last = _day(cells, "period_from", bounds), _day(cells, "period_to", bounds)
    return ValueRow(
        cells.number, key, numerator, cells.value("denominator", read_decimal), first, last,
        cells.needed("origin", read_text, 200), _day(cells, "dated", bounds),
    )  # fmt: skip


def _day(cells: Cells, field: str, bounds: Bounds) -> date:
    day = cells.value(field, lambda cell: read_date(cell, bounds))
    if day is None:
        raise cells.refuse(field, "There is no date. Write the day, month and year.")
    return day


def read_decimal(cell: Cell) -> Decimal | None:
    """A number of 0 or more as its digits say it; None for an empty cell.

    Raises:
        BadValue: not such a number.
    """
    text = read_text(cell).replace(",", "").removesuffix("%")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number < 10**9:
        raise BadValue("Write a number of 0 or more, such as 85 or 8.45.")
    return round(number, 6)
