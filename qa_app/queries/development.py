"""Auditors' development, person by person: training, calibration, and how many audits were done and how well."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from moderation.statistics.share import Share
from qa_app.access import development
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import (
    Audit,
    Calibration,
    CalibrationTaker,
    CpdAttendance,
    CpdSession,
    Cycle,
    Moderation,
    Person,
    RoleGrant,
    Service,
    Team,
    Training,
)
from qa_app.queries.expected import expected
from qa_app.queries.reach import TOOL

KINDS: Final = {
    "auditor": "Auditor training", "moderator": "Moderator training", "refresher": "Refresher", "other": "Other",
}  # fmt: skip
FEWEST: Final = 5
"""Moderated audits of one person or team below which nothing is said of the quality of their forms."""
WINDOW: Final = 12  # months


@dataclass(frozen=True, slots=True)
class Trained:
    """One training of somebody, and the last day it holds; None where it holds for good."""

    training: Training
    holds_until: date | None

    def holds(self, today: date) -> bool:
        """Whether it counts as recent enough."""
        return self.holds_until is None or today <= self.holds_until


@dataclass(frozen=True, slots=True)
class TookPart:
    """A calibration exercise somebody was asked to: its title, its last day, and when they gave their grades."""

    calibration_id: UUID
    title: str
    until: date
    given_on: date | None
    called_off: bool


@dataclass(frozen=True, slots=True)
class MonthOfAudits:
    """What was expected of somebody in a month and what they did of it in time; somebody excused owes nothing."""

    month: date
    expected: int
    in_time: int
    excused: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the list of auditors and moderators: where they work and the last training of theirs that counts."""

    person_id: UUID
    name: str
    job_title: str
    team: str
    service: str
    trained: Trained | None


def after_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year, month + 1, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def trainings(session: Session, person_id: UUID, *, months: int) -> tuple[Trained, ...]:
    """The training of one person, the newest first; it holds for so many months, with 0 for good."""
    rows = session.scalars(
        select(Training)
        .where(Training.person_id == person_id, Training.withdrawn_at.is_(None))
        .order_by(Training.held_on.desc(), Training.kind)
    )
    return tuple(_trained(one, months) for one in rows)


def withdrawn(session: Session, person_id: UUID) -> list[Training]:
    """Training of one person that was recorded wrongly."""
    return list(
        session.scalars(
            select(Training)
            .where(Training.person_id == person_id, Training.withdrawn_at.is_not(None))
            .order_by(Training.held_on.desc())
        )
    )


def listed(session: Session, actor: Actor, *, months: int) -> tuple[Row, ...]:
    """The auditors and moderators this person may see, by name and in no other order."""
    roles = select(RoleGrant.person_id).where(
        RoleGrant.role.in_((Role.AUDITOR, Role.MODERATOR)), RoleGrant.granted_at.is_not(None),
        RoleGrant.ended_at.is_(None),
    )  # fmt: skip
    people = session.execute(
        development.visible_people(actor)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Service, Service.id == Team.service_id)
        .where(Person.active, Person.id.in_(roles))
        .with_only_columns(Person.id, Person.name, Person.job_title, Team.name, Service.name)
        .order_by(Person.name, Person.id)
    ).all()
    newest: dict[UUID, Training] = {}
    for one in session.scalars(select(Training).where(Training.withdrawn_at.is_(None)).order_by(Training.held_on)):
        newest[one.person_id] = one
    return tuple(
        Row(
            key, name, title, team or "No team", service or "", _trained(newest[key], months) if key in newest else None
        )
        for key, name, title, team, service in people
    )


def calibrations(session: Session, person_id: UUID) -> tuple[TookPart, ...]:
    """The exercises somebody was asked to, the newest first."""
    rows = session.execute(
        select(Calibration, CalibrationTaker.given_at)
        .join(Calibration, Calibration.id == CalibrationTaker.calibration_id)
        .where(CalibrationTaker.person_id == person_id, Calibration.state != "preparing")
        .order_by(Calibration.until.desc(), Calibration.title)
    )
    return tuple(
        TookPart(one.id, one.title, one.until, given and given.date(), one.state == "called_off") for one, given in rows
    )


def sessions(session: Session, person_id: UUID) -> list[CpdSession]:
    """The training sessions linked to findings that somebody attended, the newest first."""
    return list(
        session.scalars(
            select(CpdSession)
            .join(CpdAttendance, CpdAttendance.session_id == CpdSession.id)
            .where(
                CpdAttendance.person_id == person_id,
                CpdAttendance.struck_at.is_(None),
                CpdSession.withdrawn_at.is_(None),
            )
            .order_by(CpdSession.held_on.desc(), CpdSession.title)
        )
    )


def audits(session: Session, person_id: UUID) -> tuple[MonthOfAudits, ...]:
    """The last closed months with an expectation of one person, the newest first."""
    each = expected().subquery()
    rows = session.execute(
        select(each.c.month, each.c.expected, each.c.in_time, each.c.excused_at)
        .join(Cycle, Cycle.id == each.c.cycle_id)
        .where(each.c.person_id == person_id, Cycle.state == "closed")
        .order_by(each.c.month.desc())
        .limit(WINDOW)
    )
    return tuple(
        MonthOfAudits(month, 0 if excused else asked, min(int(in_time), 0 if excused else asked), excused is not None)
        for month, asked, in_time, excused in rows
    )


def sound_forms(session: Session, until: date | None = None) -> dict[UUID, Share]:
    """Of each auditor's moderated audits of twelve closed months, how many forms were judged sound."""
    last = until or session.scalar(select(func.max(Cycle.month)).where(Cycle.tool_key == TOOL, Cycle.state == "closed"))
    if last is None:
        return {}
    rows = session.execute(
        select(Audit.auditor_id, func.sum(case((Moderation.form_sound.is_(True), 1), else_=0)), func.count())
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .where(
            Moderation.form_sound.is_not(None),
            Audit.tool_key == TOOL,
            Audit.state != "withdrawn",
            Cycle.state == "closed",
            Audit.month <= last,
            Audit.month > after_months(last, -WINDOW),
        )
        .group_by(Audit.auditor_id)
    )
    return {person: Share(int(k), n) for person, k, n in rows}


def pooled(found: dict[UUID, Share], people: Iterable[UUID]) -> Share:
    """The forms of several people added up."""
    return sum((found.get(one, Share(0, 0)) for one in people), Share(0, 0))


def sound_words(share: Share | None) -> str:
    """The share in words, or that there are too few to say anything."""
    return share.text if share is not None and share.n >= FEWEST else "too few"


def _trained(training: Training, months: int) -> Trained:
    return Trained(training, after_months(training.held_on, months) if months else None)
