"""Complaints and compliments kept: entered, and every later fact a step of its own, under the statutory clocks."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Complaint, ComplaintStep, Team
from qa_app.queries import themes
from qa_app.queries.complaints import COMPLIMENT, STAGES, UP
from qa_app.services import settings
from qa_app.services.events import record
from qa_app.services.free_text import refuse
from qa_app.working_days import add_working_days

LONGEST: Final = 2000
CLOCKS: Final = ("one", "two", "three")


class UnfitFact(ValueError):  # noqa: N818 - named for the fault
    """A complaint cannot stand like this; `field` names what is at fault, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SteppedMeanwhile(Exception):  # noqa: N818 - named for the fault
    """Somebody else has added a step since the page was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody else has changed this since you opened the page. Read it, then try again.")


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a complaint stands: its stage and since when, and how it was answered. A compliment has no stage."""

    begun_on: date
    stage: str = "one"
    extended: bool = False
    answered_on: date | None = None
    upheld: str = ""
    theme: str | None = None
    learning: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: of which kind, when, about which team, and the council's own reference where it has one."""

    kind: str
    received_on: date
    team_id: UUID
    service_id: UUID
    reference: str | None = None


def facts_of(step: ComplaintStep) -> Facts:
    """Where a complaint stood from a step on."""
    return Facts(
        step.begun_on, step.stage, step.extended, step.answered_on, step.upheld, step.theme_code, step.learning
    )


def received(kind: str, on: date, team: Team, reference: str = "") -> Received:
    """What came in about a team."""
    return Received(kind, on, team.id, team.service_id, reference.strip() or None)


def enter(
    session: Session, what: Received, facts: Facts, *, batch: UUID | None = None, by: str, at: datetime
) -> Complaint:
    """Keep a complaint or compliment and where it stands.

    Raises:
        UnfitFact: something does not fit, or the reference is known already.
        NamesSomebody: the learning holds what identifies somebody.
    """
    check(what, None, facts, today=london_day(at))
    known = select(Complaint.id).where(Complaint.reference == what.reference)
    if what.reference is not None and session.scalar(known) is not None:
        raise UnfitFact("reference", "This reference is known already. Open it and add what is new.")
    made = Complaint(
        kind=what.kind, reference=what.reference, received_on=what.received_on, service_id=what.service_id,
        team_id=what.team_id, batch_id=batch, recorded_at=at, recorded_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _step(session, made, 0, "received", facts, batch=batch, by=by, at=at)
    if batch is None:
        record(session, "complaint.entered", "complaint", made.id, by=by, at=at, kind=what.kind)
    return made


def note(
    session: Session, complaint: Complaint, facts: Facts, *, place: int, batch: UUID | None = None, by: str,
    at: datetime,
) -> str:  # fmt: skip
    """Keep where it stands now as a new step; what that step is, empty where nothing is new. What was known stays.

    Raises:
        UnfitFact: it does not fit what is known.
        NamesSomebody: the learning holds what identifies somebody.
        SteppedMeanwhile: somebody added a step since.
    """
    before = facts_of(complaint.now)
    if facts == before:
        return ""
    what = received(complaint.kind, complaint.received_on, complaint.team)
    check(what, before, facts, today=london_day(at))
    named = kind_of_step(before, facts)
    _step(session, complaint, place, named, facts, batch=batch, by=by, at=at)
    if batch is None:
        record(session, f"complaint.{named}", "complaint", complaint.id, by=by, at=at, stage=facts.stage)
    return named


def kind_of_step(before: Facts, facts: Facts) -> str:
    """What changed, as a step is called."""
    if facts.stage != before.stage:
        return "moved"
    if facts.answered_on is not None and before.answered_on is None:
        return "answered"
    return "extended" if facts.extended and not before.extended else "changed"


def moved_up(before: Facts, stage: str, on: date) -> Facts:
    """The facts of a complaint that moves up: the new stage begins unanswered."""
    return replace(before, stage=stage, begun_on=on, extended=False, answered_on=None, upheld="")


def check(what: Received, before: Facts | None, facts: Facts, *, today: date) -> None:
    """Let facts stand that fit each other, what was received, and what was known before.

    Raises:
        UnfitFact, NamesSomebody: they do not.
    """
    if what.received_on > today:
        raise UnfitFact("received_on", "Enter a day that is not in the future.")
    if len(facts.learning) > LONGEST:
        raise UnfitFact("learning", f"Shorten this to {LONGEST:,} characters or fewer. It has {len(facts.learning):,}.")
    refuse(facts.learning)
    if what.kind == COMPLIMENT:
        if facts.stage or facts.answered_on or facts.upheld or facts.extended:
            raise UnfitFact("stage", "A compliment has no stage and no answer. Leave these empty.")
        return
    if facts.stage not in STAGES:
        raise UnfitFact("stage", "Choose a stage.")
    _check_stage(what, before, facts, today)
    _check_answer(facts, today)


def _check_stage(what: Received, before: Facts | None, facts: Facts, today: date) -> None:
    least = what.received_on
    if before is not None and UP.index(facts.stage) < UP.index(before.stage):
        raise UnfitFact("stage", f"This is at {STAGES[before.stage].lower()} already. It cannot go back.")
    if before is not None and facts.stage != before.stage:
        least = max(least, before.begun_on)
    if not least <= facts.begun_on <= today:
        raise UnfitFact("begun_on", "A stage begins after the one before it, and not in the future. Check the date.")
    if facts.extended and facts.stage == "three":
        raise UnfitFact("extended", "The time of a panel is not extended. Leave this empty.")


def _check_answer(facts: Facts, today: date) -> None:
    if facts.answered_on is not None and not facts.begun_on <= facts.answered_on <= today:
        raise UnfitFact(
            "answered_on", "The answer comes after the stage begins, and not in the future. Check the date."
        )
    if facts.upheld and facts.answered_on is None:
        raise UnfitFact("answered_on", "Enter the day of the answer, or leave the outcome empty.")


def due(session: Session, facts: Facts) -> date | None:
    """By when a stage is to be answered; a compliment needs no answer."""
    if facts.stage not in CLOCKS:
        return None
    length = "longest" if facts.extended else "days"
    return add_working_days(facts.begun_on, settings.number(session, f"complaint_{facts.stage}_{length}"))


def _step(
    session: Session, complaint: Complaint, place: int, what: str, facts: Facts, *, batch: UUID | None, by: str,
    at: datetime,
) -> None:  # fmt: skip
    if place != len(complaint.steps):
        raise SteppedMeanwhile
    if facts.theme is not None and facts.theme not in themes.labels(session):
        raise UnfitFact("theme", "Choose a theme from the list.")
    try:
        with session.begin_nested():
            session.add(
                ComplaintStep(
                    complaint_id=complaint.id, place=place + 1, what=what, stage=facts.stage, begun_on=facts.begun_on,
                    due_on=due(session, facts), extended=facts.extended, answered_on=facts.answered_on,
                    upheld=facts.upheld, theme_code=facts.theme, learning=facts.learning, batch_id=batch, taken_at=at,
                    taken_by=by,
                )
            )  # fmt: skip
    except IntegrityError:
        raise SteppedMeanwhile from None
    session.expire(complaint, ["steps"])
