"""The jobs `qa run-due` does besides sending: one row each, and when each was last done, tried and failed.

A job is a service verb `verb(session, at=…) -> int` that may be called at any time and again: it does what is due by
then, and tells how many that were. Adding one is adding its row.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app.access import once
from qa_app.clock import LONDON, london_day
from qa_app.models import DueJob
from qa_app.services import alerts, escalation, reminders, settings, tallies
from qa_app.working_days import is_working_day

DIGESTS: Final = "digests"
SEND: Final = "send"
TABLES: Final = "tables"
# Minutes until a job that failed is tried again, longer each time up to the last.
WAITS: Final = (1, 2, 5, 10, 15)


class Job(NamedTuple):
    """One job: its name, what it did in words, and the verb."""

    name: str
    did: str
    verb: Callable[..., int]


JOBS: Final[tuple[Job, ...]] = (
    Job("alerts", "alerts told again", alerts.remind),
    Job("actions", "told of overdue actions", escalation.escalate),
    Job("reminders", "reminders queued", reminders.queue),
    Job("forms", "keys of old forms forgotten", once.sweep),
    Job("tallies", "closed months counted", tallies.make),
)

NAMES: Final = (*(job.name for job in JOBS), TABLES, DIGESTS, SEND)


def note_names(session: Session) -> None:
    """Give every job its row, so that runs can take turns at it; two first runs at one moment do no harm."""
    known = set(session.scalars(select(DueJob.name)))
    missing = [{"name": name, "faults": 0, "fault": ""} for name in NAMES if name not in known]
    if missing:
        made = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(made(DueJob).on_conflict_do_nothing(), missing)


def row(session: Session, name: str) -> DueJob:
    """The row of a job, kept from other runs until the transaction ends."""
    return session.get_one(DueJob, name, with_for_update=True)


def turn(session: Session, name: str, *, at: datetime) -> DueJob | None:
    """Take the turn at a job until the transaction ends; None while another run has it, or it waits after a fault."""
    job = session.scalar(select(DueJob).where(DueJob.name == name).with_for_update(skip_locked=True))
    if job is None or (job.next_try_at is not None and job.next_try_at > at):
        return None
    return job


def done(job: DueJob, *, at: datetime) -> None:
    """Note that a job came to its end."""
    job.tried_at = job.done_at = at
    job.faults, job.fault, job.next_try_at = 0, "", None


def broke(job: DueJob, fault: str, *, at: datetime) -> None:
    """Note that a job failed, and why in a sentence; it is tried again after a while, longer each time."""
    job.tried_at = at
    job.next_try_at = at + timedelta(minutes=WAITS[min(job.faults, len(WAITS) - 1)])
    job.faults, job.fault = job.faults + 1, fault[:200]


def digest_day(session: Session, *, at: datetime) -> date | None:
    """The day whose digests are to be made now; None once they are, at an early hour, or on a day nobody works."""
    today = london_day(at)
    if at.astimezone(LONDON).hour < settings.number(session, "digest_hour") or not is_working_day(today):
        return None
    made = session.scalar(select(DueJob.done_at).where(DueJob.name == DIGESTS))
    return None if made is not None and london_day(made) >= today else today
