"""Absences: said by the person, confirmed by the QA lead, ended; and what they mean for what is expected of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.models import Absence, Cycle, Expectation, Person, Step
from qa_app.queries.absences import OPEN_END
from qa_app.queries.ties import holders
from qa_app.reports.dates import day_name
from qa_app.services import cycle_steps
from qa_app.services.events import record
from qa_app.services.outbox import tell

REASONS: Final[Mapping[str, str]] = {
    "leave": "Leave",
    "sickness": "Other absence",  # nobody's health is anybody's business here
    "training": "Training",
    "vacancy": "Vacancy or long absence",
    "other": "Something else",
}
EXCUSED_AS: Final[Mapping[str, str]] = {
    "leave": "leave", "sickness": "leave", "training": "training", "vacancy": "vacancy", "other": "other",
}  # fmt: skip


class UnfitAbsence(ValueError):  # noqa: N818 - named for the fault
    """An absence cannot be kept so; the message says what to do."""


def say(
    session: Session, person: Person, days: tuple[date, date | None], reason: str, *, cover: Person | None = None,
    by: str, at: datetime,
) -> Absence:  # fmt: skip
    """Keep that somebody will be away from the first to the last of these days; without a last, until further notice.

    It counts once the QA lead has confirmed it.

    Raises:
        UnfitAbsence: the days are out of order or over, the reason is unknown, or they cover for themselves.
    """
    first, last = days[0], days[1] or OPEN_END
    if first > last:
        raise UnfitAbsence("The last day has to be on or after the first.")
    if last < london_day(at):
        raise UnfitAbsence("These days are over. Enter days that are still to come.")
    if last > OPEN_END:
        raise UnfitAbsence("Leave the last day empty for an absence without an end.")
    if reason not in REASONS:
        raise UnfitAbsence("Choose a reason.")
    _check_cover(person.id, cover)
    made = Absence(
        person_id=person.id, cover_id=cover.id if cover else None, begins_on=first, ends_on=last, reason=reason,
        made_at=at, made_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, "absence.said", "absence", made.id, by=by, at=at)
    leads = [one.id for one in holders(session, Role.QA_LEAD) if f"person:{one.id}" != by]
    tell(session, leads, "absence.said", at=at, about=("absence", made.id), once=made.id.hex, absence=str(made.id))
    return made


def confirm(session: Session, absence: Absence, *, cover: Person | None, approver: str, by: str, at: datetime) -> None:
    """Let an absence count, with who covers and who agreed to it.

    Raises:
        UnfitAbsence: nobody is named who agreed, it was taken back, or the person would cover for themselves.
    """
    if absence.ended_at is not None:
        raise UnfitAbsence("This absence was taken back.")
    if not approver.strip():
        raise UnfitAbsence("Enter who agreed to the absence.")
    _check_cover(absence.person_id, cover)
    absence.cover_id = cover.id if cover else None
    absence.confirmed_at, absence.confirmed_by, absence.approver = at, by, approver.strip()
    session.flush()
    record(session, "absence.confirmed", "absence", absence.id, by=by, at=at)
    if cover is not None:
        first, last = day_name(absence.begins_on), until(absence)
        tell(session, [cover.id], "absence.cover", at=at, about=("absence", absence.id), first=first, last=last)


def end(session: Session, absence: Absence, *, by: str, at: datetime) -> None:
    """End an absence: it was taken back, or the person is there again. Excuses given for it stay as they are.

    Raises:
        UnfitAbsence: it has ended already.
    """
    if absence.ended_at is not None:
        raise UnfitAbsence("This absence has ended already.")
    absence.ended_at, absence.ended_by = at, by
    session.flush()
    record(session, "absence.ended", "absence", absence.id, by=by, at=at)


def until(absence: Absence) -> str:
    """The last day in words."""
    return "further notice" if absence.ends_on == OPEN_END else day_name(absence.ends_on)


def for_all_of(session: Session, cycle: Cycle) -> dict[UUID, Absence]:
    """Who is away for all the days a month's audits are done in, from being told to being due."""
    days = cycle_steps.calendar(session, cycle)
    rows = session.scalars(
        select(Absence).where(
            Absence.confirmed_at.is_not(None), Absence.ended_at.is_(None), Absence.begins_on <= days[Step.TOLD],
            Absence.ends_on >= days[Step.DUE],
        )
    )  # fmt: skip
    return {one.person_id: one for one in rows}


def touched(session: Session, absence: Absence) -> tuple[tuple[Cycle, Expectation], ...]:
    """The open months an absence falls into in which something is expected of the person."""
    rows = session.execute(
        select(Cycle, Expectation)
        .join(Expectation, Expectation.cycle_id == Cycle.id)
        .where(
            Expectation.person_id == absence.person_id, Cycle.state.in_(("planned", "released")),
            Expectation.expected > 0,
        )
        .order_by(Cycle.month)
    )  # fmt: skip
    found = []
    for cycle, expectation in rows:
        days = cycle_steps.calendar(session, cycle)
        if absence.begins_on <= days[Step.DUE] and absence.ends_on >= days[Step.TOLD]:
            found.append((cycle, expectation))
    return tuple(found)


def _check_cover(person_id: UUID, cover: Person | None) -> None:
    if cover is not None and cover.id == person_id:
        raise UnfitAbsence("Nobody covers for themselves. Choose somebody else, or nobody.")
