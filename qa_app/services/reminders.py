"""Reminders queued by the calendar of each month: to auditors, their line managers and the Heads of Service."""

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.queries.reminders import to_tell
from qa_app.reports.dates import day_name, month_name
from qa_app.services.outbox import tell


def queue(session: Session, *, at: datetime) -> int:
    """Queue what the calendars say is to be told by now, each thing once; the answer is how many were added."""
    return sum(
        tell(
            session, [one.person_id], one.kind, at=at, about=("cycle", one.cycle_id), once=one.once,
            audits=counted(one.audits), month=month_name(one.month), due=day_name(one.due_on),
        )
        for one in to_tell(session, london_day(at))
    )  # fmt: skip


def counted(audits: int) -> str:
    """A number of audits in words."""
    return "1 audit" if audits == 1 else f"{audits} audits"
