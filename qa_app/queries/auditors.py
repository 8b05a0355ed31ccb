"""Who could do an audit now: auditors independent of it, those who are there first, the least busy of them first."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation.independence import case_conflicts
from qa_app.access.permissions import Role
from qa_app.models import Audit, Case, Cycle, Person, Reaudit
from qa_app.queries.absences import away
from qa_app.queries.reaudits import free
from qa_app.queries.ties import case_ties, declared, holders, judges

OPEN = (State.ALLOCATED.value, State.DRAFT.value)


@dataclass(frozen=True, slots=True)
class Possible:
    """An auditor who may audit a case: how many audits they have to do now, and until when they are away."""

    person: Person
    open_audits: int
    away_until: date | None


def possible_instead(session: Session, audit: Audit, day: date) -> tuple[Possible, ...]:
    """Who could do an audit in its auditor's place; of a re-audit, nobody who did, moderated or saw the first one."""
    if audit.case is None:
        return ()
    again = session.scalar(select(Reaudit).where(Reaudit.second_id == audit.id))
    apart = {audit.auditor_id, *(free(session, again).ruled_out if again is not None else ())}
    return tuple(one for one in possible(session, audit.case, day) if one.person.id not in apart)


def possible(session: Session, case: Case, day: date) -> tuple[Possible, ...]:
    """The active auditors independent of a case."""
    known, load, absent = judges(session), open_audits(session), away(session, day)
    ties = case_ties(case, known, declared=declared(session).get(case.id, frozenset()))
    found = [
        Possible(one, load[one.id], absent[one.id].ends_on if one.id in absent else None)
        for one in holders(session, Role.AUDITOR)
        if not case_conflicts(known[one.id], ties)
    ]
    return tuple(sorted(found, key=lambda one: (one.away_until is not None, one.open_audits, one.person.name)))


def open_audits(session: Session) -> Counter[UUID]:
    """How many audits each auditor has to do in the months that are released."""
    rows = session.execute(
        select(Audit.auditor_id, func.count())
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .where(Audit.state.in_(OPEN), Cycle.state == "released")
        .group_by(Audit.auditor_id)
    )
    return Counter(dict(rows.all()))


def waiting_for(session: Session, person_id: UUID) -> tuple[Audit, ...]:
    """The audits somebody has yet to submit in the months that are released, by month and number."""
    return tuple(
        session.scalars(
            select(Audit)
            .join(Cycle, Cycle.id == Audit.cycle_id)
            .where(Audit.auditor_id == person_id, Audit.state.in_(OPEN), Cycle.state == "released")
            .order_by(Audit.month, Audit.number)
        )
    )
