"""What is expected of each auditor in a month: proposed for everybody, changed for one, excused with a reason."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.models import Cycle, Expectation
from qa_app.queries.ties import holders
from qa_app.services import settings
from qa_app.services.events import record

MOST_EXPECTED = 50
MANAGES = re.compile(
    r"\b(team|service|practice|deputy|assistant team)\b.*\bmanager\b|\bhead of service\b", re.IGNORECASE
)
REVIEWS = re.compile(r"\biro\b|independent reviewing officer|conference chair", re.IGNORECASE)


class UnfitExpectation(ValueError):  # noqa: N818 - named for the fault
    """An expectation cannot be set so; the message says what to do."""


def role_group(job_title: str) -> str:
    """The group a job title is counted in: 'manager' (team, deputy and service managers), 'iro' or 'other'."""
    if REVIEWS.search(job_title):
        return "iro"
    return "manager" if MANAGES.search(job_title) else "other"


def propose(session: Session, cycle: Cycle) -> int:
    """Expect the usual number of every active auditor who has no expectation in this cycle yet; how many were added."""
    usual = settings.number(session, "expected_audits")
    there = set(session.scalars(select(Expectation.person_id).where(Expectation.cycle_id == cycle.id)))
    added = [
        Expectation(cycle_id=cycle.id, person_id=one.id, role_group=role_group(one.job_title), expected=usual)
        for one in holders(session, Role.AUDITOR)
        if one.id not in there
    ]
    session.add_all(added)
    session.flush()
    return len(added)


def expect(session: Session, expectation: Expectation, number: int, *, by: str, at: datetime) -> None:
    """Expect another number of audits; somebody excused is expected again.

    Raises:
        UnfitExpectation: the number is not from 0 to 50, or the month is closed.
    """
    _check_open(session, expectation)
    if not 0 <= number <= MOST_EXPECTED:
        raise UnfitExpectation(f"Enter a whole number from 0 to {MOST_EXPECTED}.")
    expectation.expected = number
    expectation.excused_at = expectation.excused_by = None
    expectation.excused_reason = ""
    session.flush()
    record(session, "expectation.changed", "expectation", expectation.id, by=by, at=at, expected=number)


def excuse(session: Session, expectation: Expectation, reason: str, *, by: str, at: datetime) -> None:
    """Excuse somebody from auditing this month; they leave the denominator and are counted as excused.

    Raises:
        UnfitExpectation: no reason is given, or the month is closed.
    """
    _check_open(session, expectation)
    if not reason.strip():
        raise UnfitExpectation("Say why they are excused, such as leave, a conflict of interest or a vacancy.")
    expectation.excused_at, expectation.excused_by = at, by
    expectation.excused_reason = reason.strip()
    session.flush()
    record(session, "expectation.excused", "expectation", expectation.id, by=by, at=at)


def _check_open(session: Session, expectation: Expectation) -> None:
    if session.get_one(Cycle, expectation.cycle_id).state == "closed":
        raise UnfitExpectation("This month is closed, so what was expected can no longer change.")
