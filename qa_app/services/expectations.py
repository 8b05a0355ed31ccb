"""What is expected of each auditor in a month: proposed for everybody, changed for one, excused with a reason."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.models import Absence, Cycle, Expectation
from qa_app.queries.ties import holders
from qa_app.services import absences, settings
from qa_app.services.events import record

MOST_EXPECTED = 50
USUAL: Final = {"manager": "expected_audits", "iro": "expected_iro", "other": "expected_other"}
EXCUSES: Final = {
    "leave": "Leave or absence",
    "conflict": "Conflict of interest",
    "vacancy": "Vacancy",
    "training": "Training",
    "other": "Other",
}
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


def propose(session: Session, cycle: Cycle, *, by: str, at: datetime) -> int:
    """Expect the usual of every active auditor who has no expectation in this cycle yet; how many were added.

    Who is away for all the days the audits are done in is excused, for as long as that absence lasts.
    """
    usual = {group: settings.number(session, key) for group, key in USUAL.items()}
    there = set(session.scalars(select(Expectation.person_id).where(Expectation.cycle_id == cycle.id)))
    absent = absences.for_all_of(session, cycle)
    added = []
    for one in holders(session, Role.AUDITOR):
        if one.id not in there:
            group = role_group(one.job_title)
            made = Expectation(cycle_id=cycle.id, person_id=one.id, role_group=group, expected=usual[group])
            if one.id in absent and made.expected:
                _excuse_for(made, absent[one.id], by=by, at=at)
            added.append(made)
    session.add_all(added)
    session.flush()
    return len(added)


def excuse_absent(session: Session, expectation: Expectation, absence: Absence, *, by: str, at: datetime) -> None:
    """Excuse somebody because of an absence that was confirmed, as its approver agreed.

    Raises:
        UnfitExpectation: the month is closed, or the absence is not confirmed.
    """
    _check_open(session, expectation)
    if absence.confirmed_at is None or absence.person_id != expectation.person_id:
        raise UnfitExpectation("Confirm the absence first.")
    _excuse_for(expectation, absence, by=by, at=at)
    session.flush()
    record(session, "expectation.excused", "expectation", expectation.id, by=by, at=at, code=expectation.excused_code)


def _excuse_for(expectation: Expectation, absence: Absence, *, by: str, at: datetime) -> None:
    code = absences.EXCUSED_AS[absence.reason]
    expectation.excused_at, expectation.excused_by, expectation.excused_code = at, by, code
    expectation.excused_reason = f"{EXCUSES[code]}, until {absences.until(absence)}"
    expectation.approver = absence.approver


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
    expectation.excused_code = expectation.excused_reason = expectation.approver = ""
    session.flush()
    record(session, "expectation.changed", "expectation", expectation.id, by=by, at=at, expected=number)


def excuse(
    session: Session, expectation: Expectation, reason: str, *, approver: str, code: str = "other", by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Excuse somebody from auditing this month; they leave the denominator and are counted as excused.

    Raises:
        UnfitExpectation: no reason or nobody who agreed is given, or the month is closed.
    """
    _check_open(session, expectation)
    if code not in EXCUSES:
        raise UnfitExpectation("Choose a reason.")
    said = reason.strip() or ("" if code == "other" else EXCUSES[code])
    if not said:
        raise UnfitExpectation("Say why they are excused, such as leave, a conflict of interest or a vacancy.")
    if not approver.strip():
        raise UnfitExpectation("Enter who agreed that they are excused.")
    expectation.excused_at, expectation.excused_by, expectation.excused_code = at, by, code
    expectation.excused_reason, expectation.approver = said, approver.strip()
    session.flush()
    record(session, "expectation.excused", "expectation", expectation.id, by=by, at=at, code=code)


def _check_open(session: Session, expectation: Expectation) -> None:
    if session.get_one(Cycle, expectation.cycle_id).state == "closed":
        raise UnfitExpectation("This month is closed, so what was expected can no longer change.")
