"""A month's round of audits: opened, then released to auditors once its cases are drawn and reviewed."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.lifecycle import State
from qa_app.clock import month_of
from qa_app.models import Audit, Cycle, Step
from qa_app.reports.dates import day_name, month_name
from qa_app.services import cycle_steps, expectations
from qa_app.services.allocations import next_number
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.events import record
from qa_app.services.outbox import tell
from qa_app.services.reminders import counted

__all__ = ["CASE_FILE", "EARLIEST", "LATEST", "CycleRefused", "next_number", "open_month", "release"]

CASE_FILE = "case_file"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 1)


def open_month(session: Session, month: date, *, by: str, at: datetime) -> Cycle:
    """Open the round of case file audits of a month, with the newest tool and the usual expectations.

    Raises:
        CycleRefused: the month has a round already, or is not a month near enough.
    """
    month = month_of(month)
    if not EARLIEST <= month <= LATEST:
        raise CycleRefused("Enter a month from January 2000 to December 2099.")
    tool = latest(CASE_FILE)
    if session.scalar(
        select(Cycle.id).where(Cycle.month == month, Cycle.tool_key == tool.key, Cycle.state != "withdrawn")
    ):
        raise CycleRefused("This month is there already. Choose it from the list of cycles, or open another month.")
    cycle = Cycle(
        month=month,
        tool_key=tool.key,
        tool_version=tool.version,
        state="planned",
        due_on=cycle_steps.proposed(session, month)[Step.DUE],
        opened_at=at,
        opened_by=by,
    )
    session.add(cycle)
    session.flush()
    cycle_steps.lay_out(session, cycle)
    expected = expectations.propose(session, cycle, by=by, at=at)
    record(session, "cycle.opened", "cycle", cycle.id, by=by, at=at, month=month.isoformat(), auditors=expected)
    return cycle


def release(session: Session, cycle: Cycle, *, by: str, at: datetime) -> int:
    """Put the drawn audits on the auditors' work lists; the answer is how many.

    Raises:
        CycleRefused: the month is released already, or no case has been drawn.
    """
    if cycle.state != "planned":
        raise CycleRefused("This month has been released already.")
    drawn = session.scalar(select(func.count()).where(Audit.cycle_id == cycle.id, Audit.state == State.ALLOCATED)) or 0
    if not drawn:
        raise CycleRefused("No case has been drawn yet. Draw the cases first, look them through, then release.")
    cycle.state, cycle.released_at, cycle.released_by = "released", at, by
    cycle_steps.lay_out(session, cycle)
    session.flush()
    record(session, "cycle.released", "cycle", cycle.id, by=by, at=at, audits=drawn)
    _tell_auditors(session, cycle, at=at)
    return drawn


def _tell_auditors(session: Session, cycle: Cycle, *, at: datetime) -> None:
    """Queue word to each auditor how many audits stand on their list."""
    given = Counter(
        session.scalars(select(Audit.auditor_id).where(Audit.cycle_id == cycle.id, Audit.state == State.ALLOCATED))
    )
    for auditor_id, audits in given.items():
        tell(
            session, [auditor_id], "audits.released", at=at, about=("cycle", cycle.id), once=cycle.id.hex,
            audits=counted(audits), month=month_name(cycle.month), due=day_name(cycle.due_on),
        )  # fmt: skip
