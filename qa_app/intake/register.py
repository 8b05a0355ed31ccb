"""A council's register of past audits and moderations, read into judgements as if they had been recorded here."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, NamedTuple

from audit_forms.grades import Judged, NotGraded, spelt
from qa_app.intake.cases import case_reference
from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Problem, Read, RowRefused, once, shown
from qa_app.intake.headings import CHRONOLOGY, ELEMENT_KEYS, REGISTER
from qa_app.intake.reference import Reference, Who, folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import (
    ANY_DAY,
    BadValue,
    Bounds,
    read_date,
    read_identifier,
    read_month,
    read_text,
    read_yes_partly_no,
)

TEXT_LENGTH: Final = 20_000


class Judgements(NamedTuple):
    """One judge's twelve judgements, by element; None where the register has nothing."""

    voice: Judged | None = None
    chronology: Judged | None = None
    assessment: Judged | None = None
    plan: Judged | None = None
    visits: Judged | None = None
    partnership: Judged | None = None
    review: Judged | None = None
    permanence: Judged | None = None
    supervision: Judged | None = None
    recording: Judged | None = None
    impact: Judged | None = None
    overall: Judged | None = None


class Chronology(NamedTuple):
    """The four chronology questions: 'yes', 'partly', 'no', or None where unanswered."""

    present: str | None = None
    up_to_date: str | None = None
    comprehensive: str | None = None
    used: str | None = None


class Selection(StrEnum):
    """Why an audit was to be moderated, as the register says."""

    RANDOM = "random"
    ALWAYS = "always"
    CHOSEN = "chosen"

    @property
    def stream(self) -> str:
        """'sampled' for a random or certain selection, else 'chosen'."""
        return "chosen" if self is Selection.CHOSEN else "sampled"


class Moderated(NamedTuple):
    """A moderation that was done: by whom, when, how ('blind', 'sighted', 'joint'), and what they judged."""

    moderator: Who
    on: date | None
    mode: str
    judgements: Judgements


class RegisterRow(NamedTuple):
    """One past audit, its final grades as the register has them.

    A `selection` without `moderated` was selected and not done.
    """

    number: int
    audit_id: str
    month: date
    case_reference: str
    plan_type: str
    service: str
    team: str
    worker: Who | None
    auditor: Who
    auditor_role: str
    submitted_on: date | None
    judgements: Judgements
    selection: Selection | None
    moderated: Moderated | None
    finals: Judgements
    chronology: Chronology
    strengths: str
    improvements: str


_MODES: Final = {"blind": "blind", "sighted": "sighted", "joint": "joint", "open": "sighted", "jointly": "joint"}
_NOTHING: Final = Judgements()
_STRANGER: Final = "This person is not in the staff list. They come in by name, as someone no longer active."


class _UnreadError(Exception):
    """A judgement in a spelling that is not known."""


class _Remembered(dict[Any, Any]):
    """What each spelling means, worked out once: a register repeats a few dozen spellings millions of times."""

    def __missing__(self, cell: Any) -> Any:
        text = read_text(cell)
        meant = spelt(text) if text else None
        if text and meant is None:
            raise _UnreadError
        self[cell] = meant
        return meant


class _Answers(dict[Any, Any]):
    """What each spelling of a chronology answer means, worked out once."""

    def __missing__(self, cell: Any) -> Any:
        self[cell] = read_yes_partly_no(cell)
        return self[cell]


def read_register(
    table: Table, mapping: Mapping, *, reference: Reference, bounds: Bounds = ANY_DAY
) -> Read[RegisterRow]:
    """The register as rows and problems.

    Args:
        table: the file.
        mapping: which column holds what; `columns.check` has nothing to say about it.
        reference: the teams and people that are known; people who are not come in by name, reported.
        bounds: the days dates and months may lie between; the caller knows today.
    """
    reader = Reader(table, mapping, REGISTER)
    rows, problems = reader.read(_RowReader(reader, reference, bounds).row)
    kept, doubled, repeated = once(
        rows, lambda row: folded(row.audit_id), lambda row: row[1:], reader.heading("audit_id"), "audit ID"
    )
    problems += doubled
    if reference.has_people():
        problems += _strangers(kept, reader)
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


class _RowReader:
    """Makes register rows; keeps where each judge's columns are and what spellings meant."""

    def __init__(self, reader: Reader, reference: Reference, bounds: Bounds) -> None:
        self._reader = reader
        self._reference = reference
        self._bounds = bounds
        self._meaning, self._answers = _Remembered(), _Answers()
        self._people: dict[Any, Who | None] = {}
        self._columns = {
            stage: itemgetter(*(reader.positions[f"{stage}_{key}"] for key in ELEMENT_KEYS))
            for stage in ("auditor", "moderator", "final")
        }
        self._chronology = itemgetter(*(reader.positions[field.key] for field in CHRONOLOGY))

    def row(self, cells: Cells) -> RegisterRow:
        auditor = self._person(cells, "auditor")
        if auditor is None:
            raise cells.refuse("auditor", "There is no auditor. Write who did the audit.")
        judgements = self._judgements(cells, "auditor")
        if judgements.overall is None or isinstance(judgements.overall, NotGraded):
            raise cells.refuse("auditor_overall", "There is no overall grade. Write the auditor's overall judgement.")
        moderated = self._moderated(cells)
        return RegisterRow(
            cells.number,
            cells.needed("audit_id", read_identifier, 60),
            self._month(cells),
            case_reference(cells, "case_reference"),
            cells.text("plan_type", 60),
            cells.text("service", 120),
            self._reference.team(cells["team"], self._reader.heading("team")),
            self._person(cells, "worker"),
            auditor,
            cells.text("auditor_role", 120),
            self._date(cells, "submitted_on"),
            judgements,
            _selection(cells, moderated),
            moderated,
            self._judgements(cells, "final"),
            self._chronology_of(cells),
            cells.text("strengths", TEXT_LENGTH),
            cells.text("improvements", TEXT_LENGTH),
        )

    def _judgements(self, cells: Cells, stage: str) -> Judgements:
        cells_of_stage = cells.take(self._columns[stage])
        if cells_of_stage == _NOTHING:
            return _NOTHING
        try:
            return Judgements._make(map(self._meaning.__getitem__, cells_of_stage))
        except _UnreadError:
            raise self._unread(cells, stage) from None

    def _unread(self, cells: Cells, stage: str) -> RowRefused:
        """The refusal that names the first column with a judgement nobody knows."""
        fields = (f"{stage}_{key}" for key in ELEMENT_KEYS)
        field = next(field for field in fields if cells[field] is not None and spelt(read_text(cells[field])) is None)
        return cells.refuse(
            field,
            "This is not a grade we know. Write Outstanding, Good, Requires improvement or Inadequate, "
            "N/A, or leave it empty.",
        )

    def _chronology_of(self, cells: Cells) -> Chronology:
        try:
            return Chronology._make(map(self._answers.__getitem__, cells.take(self._chronology)))
        except BadValue:
            for field in CHRONOLOGY:
                cells.value(field.key, read_yes_partly_no)
            raise

    def _month(self, cells: Cells) -> date:
        try:
            month = read_month(cells["month"], self._bounds)
        except BadValue as fault:
            raise cells.refuse("month", str(fault)) from None
        if month is None:
            raise cells.refuse("month", "There is no month. Write the month of the audit cycle, for example Nov 2026.")
        return month

    def _date(self, cells: Cells, field: str) -> date | None:
        try:
            return read_date(cells[field], self._bounds)
        except BadValue as fault:
            raise cells.refuse(field, str(fault)) from None

    def _person(self, cells: Cells, field: str) -> Who | None:
        """Who a cell names, looked up once; it may hold a name or an employee number."""
        cell = cells[field]
        if cell not in self._people:
            self._people[cell] = self._reference.person(None, cell, self._reader.heading(field))
        return self._people[cell]

    def _moderated(self, cells: Cells) -> Moderated | None:
        judgements = self._judgements(cells, "moderator")
        if judgements == _NOTHING:
            if cells["moderator"] is not None:
                cells.report("moderator", "There is a moderator and no grade of theirs. It counts as not moderated.")
            return None
        moderator = self._person(cells, "moderator")
        if moderator is None:
            raise cells.refuse("moderator", "There are moderator's grades and no moderator. Write who moderated.")
        written = read_text(cells["mode"]).casefold()
        mode = _MODES.get(written.removesuffix("moderation").strip())
        if mode is None and written:
            raise cells.refuse("mode", "Write Blind, Sighted or Joint.")
        if mode is None:
            cells.report("mode", "How it was moderated is not stated. It comes in as sighted, outside the agreement.")
        return Moderated(moderator, self._date(cells, "moderated_on"), mode or "sighted", judgements)


def _strangers(rows: Sequence[RegisterRow], reader: Reader) -> Iterator[Problem]:
    """Each person who is not in the staff list, reported once, at the first row that comes in with them."""
    told: set[str] = set()
    for row in rows:
        moderator = None if row.moderated is None else row.moderated.moderator
        for field, who in (("worker", row.worker), ("auditor", row.auditor), ("moderator", moderator)):
            if who is not None and who.employee_id is None and folded(who.name) not in told:
                told.add(folded(who.name))
                yield Problem(row.number, reader.heading(field), shown(who.name), _STRANGER, refused=False)


def _selection(cells: Cells, moderated: Moderated | None) -> Selection | None:
    """Random or always where the register says so, chosen for any other word, or a moderation without one."""
    written = folded(read_text(cells["selected_by"]))
    if not written or written in ("no", "n", "not selected", "n/a", "none"):
        return Selection.CHOSEN if moderated else None
    if "random" in written or "sample" in written:
        return Selection.RANDOM
    return Selection.ALWAYS if "always" in written else Selection.CHOSEN
