"""Rows of the tables an imported audit becomes: the same ones it would have had if it had been recorded here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from audit_forms.grades import Grade
from qa_app.clock import LONDON
from qa_app.intake.headings import ELEMENT_KEYS
from qa_app.intake.register import Judgements, RegisterRow
from qa_app.models import Answers, Audit, CountedAnswer, FrameMember, Judgement, Moderation
from qa_app.models.base import Base
from qa_app.services.imports.register_plan import TOOL_KEY, TOOL_VERSION, NewAudit
from qa_app.services.sampling import EVERYTHING_ELSE, INADEQUATE

QUESTIONS: Final = ("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used")

COLUMNS: Final[dict[type[Base], tuple[str, ...]]] = {
    Audit: (
        *("id", "number", "cycle_id", "month", "case_id", "auditor_id", "auditor_role", "tool_key", "tool_version"),
        *("service_id", "team_id", "worker_id", "plan_type", "state", "stream", "allocated_at", "submitted_at"),
        *("submitted_on", "exit_reason", "late_reason", "batch_id", "source_id", "source_sha256"),
    ),
    Answers: ("id", "audit_id", "stage", "person_id", "tool_key", "tool_version", "answers", "given_at"),
    CountedAnswer: ("audit_id", "question", "value", "month", "service_id", "team_id", "tool_key"),
    Judgement: (
        *("element", "stage", "grade", "auditor_grade", "audit_id", "month", "service_id", "team_id", "tool_key"),
        *("judge_id", "given_at"),
    ),
    FrameMember: (
        *("id", "draw_id", "audit_id", "month", "stratum", "certainty", "selected"),
        *("chance_numerator", "chance_denominator"),
    ),
    Moderation: (
        *("id", "audit_id", "moderator_id", "stream", "mode", "state", "allocated_at", "graded_at", "graded_on"),
        *("agreed_at", "agreed_by", "independence", "batch_id"),
    ),
}


class Place(NamedTuple):
    """Where an audit belongs, by identity."""

    audit_id: UUID
    number: int
    cycle_id: UUID
    draw_id: UUID
    case_id: UUID
    service_id: UUID
    team_id: UUID
    auditor_id: UUID
    worker_id: UUID | None
    moderator_id: UUID | None


class Chance(NamedTuple):
    """Of so many audits of a stratum, so many were selected."""

    selected: int
    audits: int


@dataclass
class Rows:
    """Rows gathered for one batch, in the order the tables can take them in: audits first, final grades last."""

    batch_id: UUID
    by: str
    at: datetime
    audits: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    counted: list[tuple[Any, ...]] = field(default_factory=list)
    first: list[tuple[Any, ...]] = field(default_factory=list)
    second: list[tuple[Any, ...]] = field(default_factory=list)
    final: list[tuple[Any, ...]] = field(default_factory=list)
    members: list[tuple[Any, ...]] = field(default_factory=list)
    moderations: list[tuple[Any, ...]] = field(default_factory=list)

    def tables(self) -> Iterable[tuple[type[Base], list[tuple[Any, ...]]]]:
        """Each table with its rows, in order."""
        return (
            (Audit, self.audits),
            (Answers, self.answers),
            (CountedAnswer, self.counted),
            (Judgement, self.first),
            (Judgement, self.second),
            (Judgement, self.final),
            (FrameMember, self.members),
            (Moderation, self.moderations),
        )

    def add(self, new: NewAudit, place: Place, chance: Chance) -> None:
        """Everything one row of the register says."""
        row = new.row
        submitted = _noon(row.submitted_on) or self.at
        self._audit(new, place, submitted)
        keys = (row.month, place.service_id, place.team_id, TOOL_KEY)
        self.first += _judgements("auditor", row.judgements, (place.audit_id, *keys), (place.auditor_id, submitted))
        self.counted += [
            (place.audit_id, question, value, *keys)
            for question, value in zip(QUESTIONS, row.chronology, strict=True)
            if value
        ]
        stratum = stratum_of(row)
        self.members.append(
            (
                *(uuid4(), place.draw_id, place.audit_id, row.month, stratum, stratum == INADEQUATE),
                *(in_sample(row), *chance),
            )
        )
        self._moderation(row, place, keys, submitted)

    def _audit(self, new: NewAudit, place: Place, submitted: datetime) -> None:
        row = new.row
        self.audits.append(
            (
                *(place.audit_id, place.number, place.cycle_id, row.month, place.case_id, place.auditor_id),
                *(row.auditor_role, TOOL_KEY, TOOL_VERSION, place.service_id, place.team_id, place.worker_id),
                *(row.plan_type, "closed", "imported", submitted, submitted, row.submitted_on, "", ""),
                *(self.batch_id, row.audit_id, new.digest),
            )
        )
        given = dict(zip(QUESTIONS, row.chronology, strict=True)) | {
            "strengths": row.strengths,
            "areas_for_improvement": row.improvements,
        }
        said = {question: answer for question, answer in given.items() if answer}
        self.answers.append(
            (uuid4(), place.audit_id, "auditor", place.auditor_id, TOOL_KEY, TOOL_VERSION, said, submitted)
        )

    def _moderation(self, row: RegisterRow, place: Place, keys: tuple[Any, ...], submitted: datetime) -> None:
        if row.selection is None:
            return
        done = row.moderated
        start = (uuid4(), place.audit_id, place.moderator_id, row.selection.stream)
        if done is None:
            self.moderations.append(
                (*start, "blind", "not_done", submitted, None, None, None, None, "not_checked", self.batch_id)
            )
            return
        graded = _noon(done.on) or self.at
        self.moderations.append(
            (*start, done.mode, "agreed", submitted, graded, done.on, graded, self.by, "not_checked", self.batch_id)
        )
        judge = (place.moderator_id, graded)
        keyed = (place.audit_id, *keys)
        self.second += _judgements("moderator", done.judgements, keyed, judge, beside=row.judgements)
        self.final += _judgements("final", row.finals, keyed, judge, beside=row.judgements)


def stratum_of(row: RegisterRow) -> str:
    """The stratum of an imported audit, by the auditor's overall grade."""
    return INADEQUATE if row.judgements.overall is Grade.INADEQUATE else EVERYTHING_ELSE


def in_sample(row: RegisterRow) -> bool:
    """Whether the register says that the audit was drawn: at random, or because such audits always are."""
    return row.selection is not None and row.selection.stream == "sampled"


def _judgements(
    stage: str,
    given: Judgements,
    keys: tuple[Any, ...],
    judge: tuple[UUID | None, datetime],
    *,
    beside: Judgements | None = None,
) -> list[tuple[Any, ...]]:
    """One part of the file's judgements; `beside` are the auditor's, where these are somebody else's."""
    firsts = beside or (None,) * len(ELEMENT_KEYS)
    return [
        (element, stage, grade.value, first and first.value, *keys, *judge)
        for element, grade, first in zip(ELEMENT_KEYS, given, firsts, strict=True)
        if grade is not None
    ]


def _noon(day: date | None) -> datetime | None:
    """A day as a moment: noon in London, which is that day everywhere it will be shown."""
    return None if day is None else datetime.combine(day, time(12), LONDON).astimezone(UTC)
