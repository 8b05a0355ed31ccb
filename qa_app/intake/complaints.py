"""A council's list of complaints and compliments, as rows that can come in: one a complaint, as it stands now."""

from datetime import date
from typing import Final, NamedTuple

from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Read, once
from qa_app.intake.headings import COMPLAINTS
from qa_app.intake.reference import Reference, folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import ANY_DAY, Bounds, read_date, read_identifier, read_text, read_yes_no

REFERENCE_LENGTH: Final = 60
_KINDS: Final = {"": "complaint", "complaint": "complaint", "compliment": "compliment", "thanks": "compliment"}
_STAGES: Final = {
    "": "", "1": "one", "stage 1": "one", "one": "one", "2": "two", "stage 2": "two", "two": "two", "3": "three",
    "stage 3": "three", "three": "three", "panel": "three", "stage 3 panel": "three",
}  # fmt: skip
_UPHELD: Final = {
    "": "", "upheld": "yes", "yes": "yes", "fully upheld": "yes", "partly upheld": "partly", "partly": "partly",
    "partially upheld": "partly", "part upheld": "partly", "not upheld": "no", "no": "no",
}  # fmt: skip


class ComplaintRow(NamedTuple):
    """One complaint or compliment; what the file does not say is empty or None and changes nothing that is known."""

    number: int
    reference: str
    kind: str
    received_on: date
    team: str
    theme: str
    stage: str
    begun_on: date | None
    extended: bool | None
    answered_on: date | None
    upheld: str
    learning: str


def read_complaints(
    table: Table, mapping: Mapping, *, reference: Reference, bounds: Bounds = ANY_DAY
) -> Read[ComplaintRow]:
    """The list as rows and problems; the same complaint twice is kept once where both rows say the same.

    Args:
        table: the file.
        mapping: which column holds what; `columns.check` has nothing to say about it.
        reference: the teams that are known.
        bounds: the days dates may lie between; the caller knows today.
    """
    reader = Reader(table, mapping, COMPLAINTS)
    rows, problems = reader.read(lambda cells: _row(cells, reader, reference, bounds))
    kept, doubled, repeated = once(
        rows, lambda row: folded(row.reference), lambda row: row[1:], reader.heading("reference"), "reference"
    )
    problems += doubled
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def _row(cells: Cells, reader: Reader, reference: Reference, bounds: Bounds) -> ComplaintRow:
    received = cells.value("received_on", lambda cell: read_date(cell, bounds))
    if received is None:
        raise cells.refuse("received_on", "There is no date. Write the day it was received.")
    return ComplaintRow(
        cells.number,
        _reference(cells),
        _word(cells, "kind", _KINDS, "Write Complaint or Compliment."),
        received,
        reference.team(cells["team"], reader.heading("team")),
        cells.text("theme", 80),
        _word(cells, "stage", _STAGES, "Write Stage 1, Stage 2 or Stage 3."),
        cells.value("begun_on", lambda cell: read_date(cell, bounds)),
        cells.value("extended", read_yes_no),
        cells.value("answered_on", lambda cell: read_date(cell, bounds)),
        _word(cells, "upheld", _UPHELD, "Write Upheld, Partly upheld or Not upheld."),
        cells.text("learning", 2000),
    )


def _reference(cells: Cells) -> str:
    """The reference as text. It must hold a digit, so that a column of names is never taken for references."""
    found = read_identifier(cells["reference"])
    if not found:
        raise cells.refuse("reference", "There is no reference. Without it a later import does not know this again.")
    if len(found) > REFERENCE_LENGTH or not any(map(str.isdigit, found)):
        reason = f"A reference has at least one digit and at most {REFERENCE_LENGTH} characters. Never use a name."
        raise cells.refuse("reference", reason, show=False)
    return found


def _word(cells: Cells, field: str, known: dict[str, str], advice: str) -> str:
    word = folded(read_text(cells[field]))
    if word not in known:
        raise cells.refuse(field, advice)
    return known[word]
