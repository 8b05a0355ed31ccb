"""A council's list of open cases, as rows that can come in: no name, an age band, a team that is known."""

from datetime import date
from typing import Final, NamedTuple

from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Read, once
from qa_app.intake.headings import CASES
from qa_app.intake.reference import Reference, Who, folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import ANY_DAY, BadValue, Bounds, age_band, read_date, read_identifier, read_text

REFERENCE_LENGTH: Final = 40
_CLOSED: Final = frozenset(("closed", "close", "c", "ended", "end", "ceased", "inactive", "archived", "complete"))


class CaseRow(NamedTuple):
    """An open case. `sex` is demographic: it is stored only where the council has switched that on."""

    number: int
    reference: str
    age_band: str
    sex: str
    family_group: str
    plan_type: str
    legal_status: str
    team: str
    worker: Who | None
    iro: Who | None
    opened_on: date
    last_supervision: date | None


def read_cases(table: Table, mapping: Mapping, *, reference: Reference, bounds: Bounds = ANY_DAY) -> Read[CaseRow]:
    """The case list as rows and problems; closed cases are left out and counted.

    Args:
        table: the file.
        mapping: which column holds what; `columns.check` has nothing to say about it.
        reference: the teams and people that are known.
        bounds: the days dates may lie between; the caller knows today.
    """
    reader = Reader(table, mapping, CASES)
    closed = 0

    def make(cells: Cells) -> CaseRow | None:
        nonlocal closed
        if folded(read_text(cells["status"])) in _CLOSED:
            closed += 1
            return None
        return _row(cells, reader, reference, bounds)

    rows, problems = reader.read(make)
    kept, doubled, repeated = once(
        rows, lambda row: folded(row.reference), lambda row: row[1:], reader.heading("reference"), "case reference"
    )
    problems += doubled
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - closed - repeated, closed, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def _row(cells: Cells, reader: Reader, reference: Reference, bounds: Bounds) -> CaseRow:
    opened = cells.value("opened_on", lambda cell: read_date(cell, bounds))
    if opened is None:
        raise cells.refuse("opened_on", "There is no date. Write the day the case was opened.")
    return CaseRow(
        cells.number,
        case_reference(cells, "reference"),
        _age_band(cells),
        cells.text("sex", 20),
        read_identifier(cells["family_group"])[:REFERENCE_LENGTH],
        cells.text("plan_type", 60),
        cells.text("legal_status", 60),
        reference.team(cells["team"], reader.heading("team")),
        _person(cells, reader, reference, "worker_id", "worker_name"),
        _person(cells, reader, reference, None, "iro"),
        opened,
        _last_supervision(cells, bounds),
    )


def case_reference(cells: Cells, field: str) -> str:
    """The reference as text. It must hold a digit, so that a column of names is never taken for references.

    Raises:
        RowRefused: none, too long, or without a digit; the value is not shown.
    """
    text = read_identifier(cells[field])
    if not text:
        raise cells.refuse(field, "There is no case reference.", show=False)
    if len(text) > REFERENCE_LENGTH or not any(map(str.isdigit, text)):
        reason = f"A case reference has at least one digit and at most {REFERENCE_LENGTH} characters. Never use a name."
        raise cells.refuse(field, reason, show=False)
    return text


def _age_band(cells: Cells) -> str:
    try:
        return age_band(cells["age"])
    except BadValue as fault:
        cells.report("age", f"{fault} The case comes in without an age.")
        return ""


def _last_supervision(cells: Cells, bounds: Bounds) -> date | None:
    try:
        return read_date(cells["last_supervision"], bounds)
    except BadValue as fault:
        cells.report("last_supervision", f"{fault} The case comes in without it.")
        return None


def _person(cells: Cells, reader: Reader, reference: Reference, number: str | None, name: str) -> Who | None:
    """Who the case names: by the column of numbers where there is one, else by a name or number in the other."""
    column = number or name
    who = reference.person(cells[number] if number else None, cells[name], reader.heading(column))
    if who is not None and who.employee_id is None and reference.has_people():
        cells.report(column, "This person is not in the staff list. The case comes in without them.")
    return who
