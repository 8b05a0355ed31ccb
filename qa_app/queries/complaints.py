"""Complaints and compliments as they stand: what is open and by when, what was answered in time, and plain counts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.access import sources as seen
from qa_app.access.actor import Actor
from qa_app.models import Complaint, ComplaintStep
from qa_app.queries.reach import Reach, within
from qa_app.queries.sources import Count, Heard, Source, Span, tally
from qa_app.working_days import working_days_between

COMPLIMENT: Final = "compliment"
STAGES: Final = {"one": "Stage 1", "two": "Stage 2", "three": "Stage 3 panel"}
UP: Final = tuple(STAGES)
UPHELD: Final = {"yes": "Upheld", "partly": "Partly upheld", "no": "Not upheld"}
WHATS: Final = {
    "received": "Received", "extended": "Extended", "answered": "Answered", "moved": "Moved up", "changed": "Changed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a complaint or compliment stands today."""

    complaint: Complaint
    step: ComplaintStep
    today: date

    @property
    def is_compliment(self) -> bool:
        return self.complaint.kind == COMPLIMENT

    @property
    def is_open(self) -> bool:
        return not self.is_compliment and self.step.answered_on is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.step.due_on is not None and self.step.due_on < self.today

    @property
    def clock(self) -> str:
        """The working-day clock in words; empty where none runs."""
        if not self.is_open or self.step.due_on is None:
            return ""
        left = working_days_between(self.today, self.step.due_on)
        days = "1 working day" if abs(left) == 1 else f"{abs(left)} working days"
        return "Due today" if self.step.due_on == self.today else f"{days} over" if left <= 0 else f"{days} left"

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        if self.is_compliment:
            return "Compliment"
        if self.is_open:
            return "Overdue" if self.is_overdue else "Open"
        return UPHELD.get(self.step.upheld, "Answered")


@dataclass(frozen=True, slots=True)
class StageCount:
    """The complaints that reached a stage: how many, how they were answered, and how many of those in time."""

    stage: str
    n: int
    answered: int
    in_time: int
    upheld: int
    partly: int
    not_upheld: int


def listed(
    session: Session, actor: Actor, *, today: date, reach: Reach | None = None, span: Span | None = None
) -> tuple[Standing, ...]:
    """What this person may see: the overdue first, then the open by due date, then the newest.

    With a span, those received in it and those that are still open.
    """
    wanted = seen.visible_complaints(actor).options(selectinload(Complaint.steps))
    if reach is not None:
        wanted = wanted.where(*within(reach, None, Complaint.service_id, Complaint.team_id))
    found = (Standing(one, one.now, today) for one in session.scalars(wanted))
    shown = (one for one in found if span is None or one.is_open or within_span(one, span))
    return tuple(sorted(shown, key=_order))


def within_span(one: Standing, span: Span) -> bool:
    """Whether it was received in these months."""
    first, last = span.days
    return first <= one.complaint.received_on <= last


def by_stage(found: Iterable[Standing]) -> tuple[StageCount, ...]:
    """Each stage that was reached, counted by how it ended."""
    ended: dict[str, list[ComplaintStep]] = {stage: [] for stage in STAGES}
    for one in found:
        last = {step.stage: step for step in one.complaint.steps}
        for stage, step in last.items():
            if stage in ended:
                ended[stage].append(step)
    return tuple(_stage(stage, steps) for stage, steps in ended.items() if steps)


def _stage(stage: str, steps: list[ComplaintStep]) -> StageCount:
    answered = [step for step in steps if step.answered_on is not None]
    upheld = [step.upheld for step in answered]
    return StageCount(
        stage,
        len(steps),
        len(answered),
        sum(is_in_time(step) for step in answered),
        upheld.count("yes"),
        upheld.count("partly"),
        upheld.count("no"),
    )


def is_in_time(step: ComplaintStep) -> bool:
    """Whether a stage was answered by the day it was due."""
    return step.answered_on is not None and step.due_on is not None and step.answered_on <= step.due_on


def counts(
    session: Session, reach: Reach, span: Span, *, by: Collection[str] = ("theme",), known_by: datetime | None = None
) -> tuple[Count, ...]:
    """Complaints and compliments in plain counts: of `n`, `k` complaints and `good` compliments on a theme."""
    return tally(Source.COMPLAINTS, heard(session, reach, span, known_by=known_by), by)


def heard(session: Session, reach: Reach, span: Span, *, known_by: datetime | None = None) -> list[Heard]:
    """What they named: a complaint a worry, a compliment a strength."""
    wanted = (
        select(Complaint)
        .options(selectinload(Complaint.steps))
        .where(Complaint.received_on.between(*span.days), *within(reach, None, Complaint.service_id, Complaint.team_id))
    )
    if known_by is not None:
        wanted = wanted.where(Complaint.recorded_at <= known_by)
    return [_heard(one, known_by) for one in session.scalars(wanted)]


def _heard(one: Complaint, known_by: datetime | None) -> Heard:
    """What it names, as was known by a moment; one without a theme yet is about something else."""
    steps = [step for step in one.steps if known_by is None or step.taken_at <= known_by]
    then = steps[-1] if steps else one.steps[0]
    named, nothing = frozenset((then.theme_code or "other",)), frozenset[str]()
    good = one.kind == COMPLIMENT
    month = one.received_on.replace(day=1)
    return Heard(
        one.received_on, month, one.service_id, one.team_id, nothing if good else named, named if good else nothing
    )


def _order(one: Standing) -> tuple[int, int, str]:
    if one.is_open:
        return (0 if one.is_overdue else 1), (one.step.due_on or date.max).toordinal(), str(one.complaint.id)
    return 2, -one.complaint.received_on.toordinal(), str(one.complaint.id)
