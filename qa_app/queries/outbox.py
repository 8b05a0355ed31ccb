"""The outbox as it is read: counts by state, the mails without their words, and whether anything keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import CalendarFeed, DueJob, Mail, Message, Person

SIZE: Final = 50
# A run that is called every few minutes and has not come to its end for so long is not called any more.
SILENT_AFTER: Final = timedelta(days=1)
SHOWN_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Listed:
    """One mail, without its words."""

    mail_id: UUID
    person_id: UUID
    name: str
    kind: str
    day: date
    state: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    fault: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list."""

    mails: tuple[Listed, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How sending stands: when it last came to its end, what is in its way, what waits for it."""

    last_done_at: datetime | None
    fault: str
    next_try_at: datetime | None
    waiting: int
    silent: bool


def last_run(session: Session) -> datetime | None:
    """When `qa run-due` last did anything, well or not; none where it never ran."""
    return session.scalar(select(func.max(DueJob.tried_at)))


def told_to(actor: Actor) -> ColumnElement[bool]:
    """The mails this person may know of.

    Whoever moderates learns of digests alone: an alert, or a link sent to a worker, would tell them of an audit that
    they may have to grade blind.
    """
    return Mail.kind == "digest" if Role.MODERATOR in actor.roles else true()


def counts(session: Session, actor: Actor, *, at: datetime) -> Mapping[str, int]:
    """How many mails of the last three months are in each state."""
    rows = session.execute(
        select(Mail.state, func.count()).where(told_to(actor), Mail.queued_at > at - SHOWN_FOR).group_by(Mail.state)
    )
    return {state: n for state, n in rows}  # noqa: C416 - rows are no pairs to mypy


def listed(session: Session, actor: Actor, *, state: str, page: int, at: datetime) -> Found:
    """The mails of the last three months, newest first, of one state or ('') of every one."""
    which = (told_to(actor), Mail.queued_at > at - SHOWN_FOR, Mail.state == state if state else true())
    total = session.scalar(select(func.count()).select_from(Mail).where(*which)) or 0
    pages = max(1, -(-total // SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        select(Mail, Person.name)
        .join(Person, Person.id == Mail.person_id)
        .where(*which)
        .order_by(Mail.queued_at.desc(), Person.name, Mail.id)
        .limit(SIZE)
        .offset((page - 1) * SIZE)
    ).all()
    return Found(tuple(_listed(mail, name) for mail, name in rows), total, page, pages)


def _listed(mail: Mail, name: str) -> Listed:
    return Listed(
        mail_id=mail.id, person_id=mail.person_id, name=name, kind=mail.kind, day=mail.day, state=mail.state,
        attempts=mail.attempts, next_try_at=mail.next_try_at, sent_at=mail.sent_at, fault=mail.fault,
    )  # fmt: skip


def mail(session: Session, actor: Actor, mail_id: UUID) -> Mail | None:
    """One mail this person may know of."""
    return session.scalar(select(Mail).where(Mail.id == mail_id, told_to(actor)))


def given_up(session: Session, actor: Actor) -> int:
    """How many mails were given up and nobody has dealt with."""
    return session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "given_up", told_to(actor))) or 0


def standing(session: Session, *, at: datetime) -> Standing:
    """How sending stands."""
    job = session.get(DueJob, "send")
    news = (Message.mail_id.is_(None), Message.urgent.is_(False))
    waiting = session.scalar(select(func.count()).select_from(Message).where(*news)) or 0
    if job is None:
        return Standing(None, "", None, waiting, silent=True)
    last = max((one for one in (job.done_at, job.tried_at) if one is not None), default=None)
    silent = last is None or last < at - SILENT_AFTER
    return Standing(job.done_at, job.fault, job.next_try_at, waiting, silent)


def broken_jobs(session: Session) -> tuple[DueJob, ...]:
    """The jobs that failed the last time."""
    return tuple(session.scalars(select(DueJob).where(DueJob.faults > 0).order_by(DueJob.name)))


def feed(session: Session, person_id: UUID) -> CalendarFeed | None:
    """A person's calendar address, of which only its hash is kept."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == person_id))


def feed_of(session: Session, token_sha256: str) -> CalendarFeed | None:
    """The calendar an address leads to."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.token_sha256 == token_sha256))
