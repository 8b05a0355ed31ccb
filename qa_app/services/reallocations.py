"""Audits given to another auditor: one, or all of somebody who is away; each starts anew on the same case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Audit, Person
from qa_app.queries.absences import covering
from qa_app.queries.auditors import Possible, possible_instead, waiting_for
from qa_app.services import allocations, audits
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.events import record
from qa_app.services.outbox import tell


@dataclass(frozen=True, slots=True)
class Reallocated:
    """What became of somebody's audits: the new ones, and those nobody else could be given."""

    given: tuple[Audit, ...]
    left: tuple[Audit, ...]


def reallocate(
    session: Session, audit: Audit, auditor: Person, reason: str, *, code: str, by: str, at: datetime
) -> Audit:
    """Give an audit that is not submitted to another independent auditor, who starts anew on the same case.

    The audit it was stays on record as handed back. What was written on it stays its author's: nobody else reads it.

    Raises:
        CycleRefused: the month is not running, or the auditor is not independent of the case.
        ReasonMissing, WrongMove: no reason is given, or the audit is submitted already.
    """
    if audit.cycle.state != "released":
        raise CycleRefused("Only audits of a month that is released and not closed can be given to somebody else.")
    if audit.case is None:
        raise CycleRefused("This audit is about a member of staff. Its auditor can hand it back.")
    day = london_day(at)
    if auditor.id not in [one.person.id for one in possible_instead(session, audit, day)]:
        raise CycleRefused(f"{auditor.name} is not an auditor who is independent of this audit. Choose somebody else.")
    before = audit.auditor_id
    audits.take_back(session, audit, reason, code=code, by=by, at=at)
    made = allocations.again(session, audit, auditor, at=at)
    record(
        session, "audit.reallocated", "audit", made.id, by=by, at=at, reason=reason.strip(), code=code,
        instead_of=str(audit.id),
    )  # fmt: skip
    allocations.tell_given(session, made, at=at)
    tell(session, [before], "audit.taken", at=at, about=("audit", audit.id), reference=audit.reference)
    return made


def reallocate_all(session: Session, person: Person, reason: str, *, code: str, by: str, at: datetime) -> Reallocated:
    """Give all that somebody has yet to submit to who covers for them, or to the independent auditors least busy."""
    cover = covering(session, person.id, london_day(at))
    given, left = [], []
    for audit in waiting_for(session, person.id):
        chosen = _chosen(session, audit, cover, at=at)
        if chosen is None:
            left.append(audit)
        else:
            given.append(reallocate(session, audit, chosen, reason, code=code, by=by, at=at))
    return Reallocated(tuple(given), tuple(left))


def _chosen(session: Session, audit: Audit, cover: UUID | None, *, at: datetime) -> Person | None:
    """The cover where they are independent and there, else the first of those who are there."""
    there: list[Possible] = [one for one in possible_instead(session, audit, london_day(at)) if one.away_until is None]
    covers = [one.person for one in there if one.person.id == cover]
    return next(iter([*covers, *(one.person for one in there)]), None)
