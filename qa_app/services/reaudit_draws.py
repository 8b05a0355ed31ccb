"""Planned re-audits put into a month when it is drawn: each to an independent auditor who is expected to audit."""

from calendar import monthrange
from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.models import Audit, Cycle, Expectation, Person, Reaudit
from qa_app.queries.candidates import GONE
from qa_app.queries.reaudits import due_by, free, visible
from qa_app.services import reaudits


def due_in(session: Session, cycle: Cycle) -> list[Reaudit]:
    """The re-audits that wait and belong in this month: due in or before it, and not too early for its due date."""
    last = cycle.month.replace(day=monthrange(cycle.month.year, cycle.month.month)[1])
    return [
        one
        for one in due_by(session, last)
        if one.not_before <= max(last, cycle.due_on) and one.first.tool_key == cycle.tool_key
    ]


def left(session: Session, actor: Actor, cycle: Cycle) -> int:
    """How many re-audits that belong in this month still wait, of those this person may know of."""
    known = set(session.scalars(select(Reaudit.id).join(Audit, Audit.id == Reaudit.first_id).where(visible(actor))))
    return sum(one.id in known for one in due_in(session, cycle))


def put_in(session: Session, cycle: Cycle, *, by: str, at: datetime) -> int:
    """Give each re-audit that belongs in this month to who has most room; the answer is how many could be given.

    The first auditor and whoever is tied to the case or has seen the first audit get none. A re-audit counts towards
    what is expected of its auditor. One that nobody expected to audit may do goes on waiting.
    """
    waiting = due_in(session, cycle)
    if not waiting:
        return 0
    expected = _expected(session, cycle)
    held = Counter(
        session.scalars(select(Audit.auditor_id).where(Audit.cycle_id == cycle.id, Audit.state.not_in(GONE)))
    )
    given = 0
    for one in waiting:
        fit = [person for person in free(session, one).auditors if person.id in expected]
        if not fit:
            continue
        auditor = min(fit, key=lambda person: _load(person, expected, held))
        reaudits.allocate(session, one, auditor, cycle, by=by, at=at)
        held[auditor.id] += 1
        given += 1
    return given


def _expected(session: Session, cycle: Cycle) -> dict[UUID, int]:
    rows = session.execute(
        select(Expectation.person_id, Expectation.expected).where(
            Expectation.cycle_id == cycle.id, Expectation.expected > 0, Expectation.excused_at.is_(None)
        )
    )
    return dict(rows.all())


def _load(person: Person, expected: dict[UUID, int], held: Counter[UUID]) -> tuple[bool, int, str, str]:
    """Least first: whoever holds all that is expected of them comes after the others."""
    return held[person.id] >= expected[person.id], held[person.id], person.name, str(person.id)


def said_waiting(number: int) -> str:
    """What is said of re-audits that were due and could be given to nobody; nothing when there are none."""
    if not number:
        return ""
    what, verb = ("1 planned re-audit", "is") if number == 1 else (f"{number} planned re-audits", "are")
    return (
        f"{what} due by this month {verb} given to nobody: no auditor who is expected this month is independent of "
        "the first audit and its case. See Re-audits to choose somebody or cancel."
    )
