"""Cases drawn for auditors: the draw of a month with its seed and frame, one case drawn anew, a replacement."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation.case_draw import Auditor, CaseDraw, draw_cases, exclusion
from moderation.case_draw import Case as Candidate
from moderation.independence import CaseTies, Person, case_conflicts
from qa_app.models import Audit, Case, Cycle, Draw, Expectation
from qa_app.models import Person as PersonRow
from qa_app.queries.cycles import GONE, candidates
from qa_app.queries.ties import judges
from qa_app.services import settings
from qa_app.services.allocations import allocate, check_not_replaced, keys_of, tell_given
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.events import record


class NothingToDraw(ValueError):  # noqa: N818 - named for the fault
    """No case could be drawn; the message says why and what to do."""


def draw_month(session: Session, cycle: Cycle, *, seed: str, reason: str = "", by: str, at: datetime) -> Draw:
    """Draw a case for every audit expected; audits of an earlier draw of this month that was not released go.

    Raises:
        CycleRefused: the month is released, or cases were drawn before and no reason is given for drawing again.
        NothingToDraw: nobody is expected to audit, or no case is free.
    """
    if cycle.state != "planned":
        raise CycleRefused(
            "This month has been released, so its cases can no longer be drawn again. Replace single ones."
        )
    before = session.scalar(select(Draw.id).where(Draw.cycle_id == cycle.id, Draw.kind == "cases").limit(1))
    if before is not None and not reason.strip():
        raise CycleRefused("Say why the cases are drawn again. The earlier draw stays on record with its seed.")
    # A re-audit was given to its auditor by hand and is no part of the draw.
    session.execute(delete(Audit).where(Audit.cycle_id == cycle.id, Audit.stream != "re_audit"))
    wanted = session.scalars(
        select(Expectation).where(
            Expectation.cycle_id == cycle.id, Expectation.expected > 0, Expectation.excused_at.is_(None)
        )
    ).all()
    if not wanted:
        raise NothingToDraw("Nobody is expected to audit this month. Set what is expected of whom, then draw.")
    frame = _frame(session, cycle, {one.person_id: one.expected for one in wanted})
    found = frame.draw(seed)
    if not found.assigned:
        raise NothingToDraw("No case is free to be drawn. Import the case list, or change how long a case is left out.")
    what = "draw" if before is None else "redraw"
    kept = _keep(session, cycle, frame, found, what=what, reason=reason, by=by, at=at)
    allocate(session, cycle, [(UUID(one.auditor), UUID(one.case_id)) for one in found.assigned], at=at)
    return kept


def swap(session: Session, audit: Audit, *, seed: str, reason: str, by: str, at: datetime) -> Audit:
    """Draw another case for an audit of a month that is not released yet; it keeps its number.

    Raises:
        CycleRefused: the month is released, or no reason is given.
        NothingToDraw: no other case is free and independent of the auditor.
    """
    if audit.cycle.state != "planned":
        raise CycleRefused(
            "This month has been released. The auditor can hand the audit back, then draw a replacement."
        )
    if not reason.strip():
        raise CycleRefused("Say why this case is taken out.")
    case_id = _draw_one(session, audit, audit.auditor_id, what="swap", seed=seed, reason=reason, by=by, at=at)
    for column, value in keys_of(session, case_id).items():
        setattr(audit, column, value)
    audit.allocated_at = at
    session.flush()
    return audit


def replace(
    session: Session, audit: Audit, auditor: PersonRow, *, seed: str, reason: str, by: str, at: datetime
) -> Audit:
    """Draw another case in place of an audit that was handed back, withdrawn or not done, for this auditor.

    Raises:
        CycleRefused: the audit is not one of these, is replaced already, or its month is closed.
        NothingToDraw: no case is free and independent of the auditor.
    """
    if State(audit.state) not in GONE:
        raise CycleRefused("Only an audit that was handed back, withdrawn or not done can be replaced.")
    if audit.cycle.state == "closed":
        raise CycleRefused("This month is closed. Accept the work as late instead.")
    check_not_replaced(session, audit)
    case_id = _draw_one(session, audit, auditor.id, what="replacement", seed=seed, reason=reason, by=by, at=at)
    (made,) = allocate(session, audit.cycle, [(auditor.id, case_id)], at=at, replaces=audit.id)
    tell_given(session, made, at=at)
    return made


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a draw is made from: who audits how many, every case, the month, and how many before it count as lately."""

    auditors: tuple[Auditor, ...]
    cases: tuple[Candidate, ...]
    month: date
    within: int

    def draw(self, seed: str) -> CaseDraw:
        """The draw this seed makes."""
        return draw_cases(self.auditors, self.cases, self.month, seed, within=self.within)

    def drawable(self) -> dict[str, Any]:
        """All a draw depends on: who audits how many, and each case of the pool with the auditors tied to it."""
        tied = [
            [
                case.case_id,
                sorted(one.person.person_id for one in self.auditors if case_conflicts(one.person, case.ties)),
            ]
            for case in self.cases
            if not exclusion(case, self.month, self.within)
        ]
        expected = sorted([one.person.person_id, one.expected] for one in self.auditors)
        return {"auditors": expected, "cases": sorted(tied)}


def _frame(
    session: Session, cycle: Cycle, wanted: Mapping[UUID, int], *, apart: frozenset[UUID] = frozenset()
) -> _Frame:
    known = judges(session)
    auditors = tuple(Auditor(known[person_id], expected) for person_id, expected in wanted.items())
    within = settings.number(session, "audited_within_months")
    return _Frame(auditors, candidates(session, cycle, known, apart=apart), cycle.month, within)


def case_of(audit: Audit) -> Case:
    """The case an audit is about.

    Raises:
        CycleRefused: it is about a member of staff.
    """
    if audit.case is None:
        raise CycleRefused("This audit is about a member of staff, so no case is drawn for it.")
    return audit.case


def _draw_one(
    session: Session, audit: Audit, auditor_id: UUID, *, what: str, seed: str, reason: str, by: str, at: datetime
) -> UUID:
    """The one case drawn for an auditor in place of the case of this audit."""
    frame = _frame(session, audit.cycle, {auditor_id: 1}, apart=frozenset((case_of(audit).id,)))
    found = frame.draw(seed)
    if not found.assigned:
        raise NothingToDraw("No other case is free and independent of this auditor. Choose another auditor.")
    _keep(session, audit.cycle, frame, found, what=what, reason=f"{audit.reference}: {reason.strip()}", by=by, at=at)
    return UUID(found.assigned[0].case_id)


def _keep(
    session: Session, cycle: Cycle, frame: _Frame, found: CaseDraw, *, what: str, reason: str, by: str, at: datetime
) -> Draw:
    """Store a draw so that it can be made again. The reason is free text, so it stands with the frame."""
    drawable = frame.drawable()
    rule = {"what": what, "audited_within_months": frame.within, "pool": found.pool, "given": len(found.assigned)}
    kept = Draw(
        cycle_id=cycle.id,
        kind="cases",
        seed=found.seed,
        rule={**rule, "ruled_out": dict(found.ruled_out)},
        frame={**drawable, "reason": reason.strip()},
        frame_sha256=hashlib.sha256(json.dumps(drawable, separators=(",", ":")).encode()).hexdigest(),
        excluded=dict(found.excluded),
        drawn_at=at,
        drawn_by=by,
    )
    session.add(kept)
    session.flush()
    given = len(found.assigned)
    record(session, f"cases.{what}", "draw", kept.id, by=by, at=at, cycle=str(cycle.id), given=given)
    return kept


def drawn_again(kept: Draw) -> CaseDraw:
    """The draw made again from what was stored of it: it gives the same assignment."""
    wanted = [Auditor(Person(person_id), expected) for person_id, expected in kept.frame["auditors"]]
    pool = [_stored_case(case_id, tied) for case_id, tied in kept.frame["cases"]]
    any_month = kept.drawn_at.date()
    return draw_cases(wanted, pool, any_month, kept.seed)


def _stored_case(case_id: str, tied: Iterable[str]) -> Candidate:
    """A case whose only ties are the auditors it may not go to."""
    return Candidate(case_id, CaseTies(worker_managers=tuple(tied)))
