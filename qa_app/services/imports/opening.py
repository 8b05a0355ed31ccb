"""A case list or a register opened against what the council has: its table, its columns, its rows and problems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from qa_app.intake.cases import CaseRow, read_cases
from qa_app.intake.columns import Mapping, check
from qa_app.intake.complaints import ComplaintRow, read_complaints
from qa_app.intake.findings import Counts, Numbered, Read
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.intake.register import RegisterRow, read_register
from qa_app.intake.table import Table, read_table
from qa_app.intake.values import ANY_DAY, Bounds, read_identifier
from qa_app.services.imports.directory import Directory
from qa_app.services.imports.mappings import mapping_for

R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True)
class Opened(Generic[R]):
    """A file as it was understood. `lacks` says which needed columns were not found; there are no rows then."""

    table: Table
    mapping: Mapping
    read: Read[R]
    lacks: str | None = None

    def needed(self) -> "Opened[R]":
        """Itself, where every needed column was found.

        Raises:
            UnreadableFile: a column is missing.
        """
        if self.lacks is not None:
            raise UnreadableFile(self.lacks)
        return self

    @property
    def fields(self) -> frozenset[str]:
        """The fields the file has a column for."""
        return frozenset(column.field for column in self.mapping.columns)

    def refused_cells(self, field: str) -> Iterator[str]:
        """What stands in a field of the rows that were refused."""
        position = self.mapping.position(field)
        numbers = {problem.row_number for problem in self.read.refused}
        if position is not None:
            for row in (*self.table.rows, *(row for row, _ in self.table.unreadable)):
                if row.number in numbers:
                    yield read_identifier(row.cells[position])


def open_cases(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[CaseRow]:
    """A case list, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    table, mapping, lacks = _table(session, Kind.CASES, data, limits, chosen)
    if lacks is not None:
        return Opened(table, mapping, _nothing(table), lacks)
    reference = Directory(session).reference(teams=True)
    return Opened(table, mapping, read_cases(table, mapping, reference=reference, bounds=_until(today)))


def open_register(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[RegisterRow]:
    """A register of past audits, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    table, mapping, lacks = _table(session, Kind.REGISTER, data, limits, chosen)
    if lacks is not None:
        return Opened(table, mapping, _nothing(table), lacks)
    reference = Directory(session).reference(teams=False)  # teams of the past come in with their service
    return Opened(table, mapping, read_register(table, mapping, reference=reference, bounds=_until(today)))


def opened_with(
    session: Session, kind: Kind, data: bytes, read: Callable[[Table, Mapping, Bounds], Read[R]], *, limits: Limits,
    today: date, chosen: dict[str, Any] | None,
) -> Opened[R]:  # fmt: skip
    """A list of another kind, read by its own reader.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    table, mapping, lacks = _table(session, kind, data, limits, chosen)
    if lacks is not None:
        return Opened(table, mapping, _nothing(table), lacks)
    return Opened(table, mapping, read(table, mapping, _until(today)))


def open_complaints(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[ComplaintRow]:
    """A list of complaints and compliments, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    reference = Directory(session).reference(teams=True)
    return opened_with(
        session, Kind.COMPLAINTS, data,
        lambda table, mapping, bounds: read_complaints(table, mapping, reference=reference, bounds=bounds),
        limits=limits, today=today, chosen=chosen,
    )  # fmt: skip


def _table(
    session: Session, kind: Kind, data: bytes, limits: Limits, chosen: dict[str, Any] | None
) -> tuple[Table, Mapping, str | None]:
    table = read_table(data, limits=limits, kind=kind)
    mapping = mapping_for(session, kind, table.headings, chosen=chosen)
    return table, mapping, check(mapping)


def _until(today: date) -> Bounds:
    return Bounds(ANY_DAY.earliest, today)


def _nothing(table: Table) -> Read[Any]:
    return Read((), (), Counts(len(table.rows) + len(table.unreadable), 0, 0))
