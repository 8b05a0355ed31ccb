"""Lists of training and of support for staff, as rows that can come in."""

from collections.abc import Mapping as Known
from datetime import date
from typing import Final, NamedTuple

from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Read, once
from qa_app.intake.headings import SUPPORT, TRAINING
from qa_app.intake.limits import Cell
from qa_app.intake.reference import Reference, folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import ANY_DAY, BadValue, Bounds, read_date, read_text

TRAINED_IN: Final = {
    "auditor": "auditor", "auditor training": "auditor", "moderator": "moderator", "moderator training": "moderator",
    "refresher": "refresher", "refresher training": "refresher", "other": "other",
}  # fmt: skip
COUNTED: Final = {
    "annual conversations": "conversations", "annual conversation": "conversations", "conversations": "conversations",
    "group supervision": "group", "group": "group", "supervision held": "supervision", "supervision": "supervision",
}  # fmt: skip


class TrainingRow(NamedTuple):
    """One person trained on one day; they are known by their employee number."""

    number: int
    employee_id: str
    kind: str
    held_on: date
    provider: str


class SupportRow(NamedTuple):
    """k of n in one service over a period."""

    number: int
    service: str
    kind: str
    period_from: date
    period_to: date
    k: int
    n: int
    origin: str
    dated: date


def read_training(
    table: Table, mapping: Mapping, *, reference: Reference, bounds: Bounds = ANY_DAY
) -> Read[TrainingRow]:
    """The list as rows and problems; whoever is not on the staff list is refused."""
    reader = Reader(table, mapping, TRAINING)
    rows, problems = reader.read(lambda cells: _training(cells, reader, reference, bounds))
    kept, doubled, repeated = once(
        rows, lambda row: row[1:4], lambda row: row[1:], reader.heading("person"), "person, training and date"
    )
    problems += doubled
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def read_support(
    table: Table, mapping: Mapping, *, services: Known[str, str], bounds: Bounds = ANY_DAY
) -> Read[SupportRow]:
    """The list as rows and problems; `services` are the names that are known, by all they may be called, folded."""
    reader = Reader(table, mapping, SUPPORT)
    rows, problems = reader.read(lambda cells: _support(cells, services, bounds))
    kept, doubled, repeated = once(
        rows, lambda row: row[1:5], lambda row: row[1:], reader.heading("service"), "service and period"
    )
    problems += doubled
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def _training(cells: Cells, reader: Reader, reference: Reference, bounds: Bounds) -> TrainingRow:
    who = reference.person(cells["person"], cells["name"], reader.heading("person"))
    if who is None or who.employee_id is None:
        raise cells.refuse(
            "person", "Nobody on the staff list has this number. Import the staff list first.", show=False
        )
    advice = "Write Auditor, Moderator, Refresher or Other."
    return TrainingRow(
        cells.number, who.employee_id, _word(cells, "kind", TRAINED_IN, advice),
        _day(cells, "held_on", bounds), cells.needed("provider", read_text, 200),
    )  # fmt: skip


def _support(cells: Cells, services: Known[str, str], bounds: Bounds) -> SupportRow:
    service = services.get(folded(cells.needed("service", read_text, 120)))
    if service is None:
        raise cells.refuse("service", "There is no service of this name. Write it as on the staff list.")
    advice = "Write Annual conversations, Group supervision or Supervision held."
    return SupportRow(
        cells.number, service, _word(cells, "kind", COUNTED, advice), _day(cells, "period_from", bounds),
        _day(cells, "period_to", bounds), _count(cells, "k"), _count(cells, "n"),
        cells.needed("origin", read_text, 200), _day(cells, "dated", bounds),
    )  # fmt: skip


def _word(cells: Cells, field: str, known: Known[str, str], advice: str) -> str:
    word = known.get(folded(read_text(cells[field])))
    if word is None:
        raise cells.refuse(field, advice)
    return word


def _day(cells: Cells, field: str, bounds: Bounds) -> date:
    day = cells.value(field, lambda cell: read_date(cell, bounds))
    if day is None:
        raise cells.refuse(field, "There is no date. Write the day, month and year.")
    return day


def _count(cells: Cells, field: str) -> int:
    found = cells.value(field, read_whole)
    if found is None:
        raise cells.refuse(field, "This cell is empty and must be filled in.")
    return found


def read_whole(cell: Cell) -> int | None:
    """A whole number of 0 or more; None for an empty cell.

    Raises:
        BadValue: not such a number.
    """
    typed = read_text(cell).replace(",", "").removesuffix(".0")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6:
        raise BadValue("Write a whole number of 0 or more.")
    return int(typed)
