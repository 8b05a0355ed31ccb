"""Cycles as the QA lead sees them: months, who audits what, what came back, and the cases a draw may take from."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, load_only

from audit_forms.lifecycle import State
from moderation.case_draw import Case as Candidate
from moderation.independence import Person
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Audit, Case, Cycle, Draw, Expectation, Service, Team
from qa_app.models import Person as PersonRow
from qa_app.queries.ties import case_ties

CLOSED = "closed to the council"
UNLISTED = "known only from an imported register"
NO_TEAM = "without a team"
IN_CYCLE = "already in this cycle"
SET_ASIDE = "set aside by the QA lead"
GONE = (State.HANDED_BACK, State.WITHDRAWN, State.NOT_DONE)


@dataclass(frozen=True, slots=True)
class Month:
    """One cycle on the list of cycles."""

    cycle_id: UUID
    month: date
    state: str
    due_on: date
    imported: bool
    allocated: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Allotted:
    """One audit of a cycle: who audits a case of which team, and how far it has come."""

    audit_id: UUID
    reference: str
    auditor_id: UUID
    auditor: str
    job_title: str
    auditor_team: str
    team: str
    service: str
    plan_type: str
    state: State
    submitted_on: date | None
    exit_code: str
    exit_reason: str
    late_at: datetime | None
    replaced: bool
    readable: bool
    blind: bool  # the reader has yet to grade it, so nothing here says whose it is


@dataclass(frozen=True, slots=True)
class Asked:
    """What is expected of one person in a cycle, and what they have been given."""

    expectation_id: UUID
    person_id: UUID
    name: str
    job_title: str
    team: str
    role_group: str
    expected: int
    excused_reason: str
    approver: str
    given: int


def months(session: Session) -> tuple[Month, ...]:
    """Every cycle, newest first, with how many of its audits are open and how many were submitted."""
    counted = {
        (row.cycle_id, row.state): row.n
        for row in session.execute(
            select(Audit.cycle_id, Audit.state, func.count().label("n")).group_by(Audit.cycle_id, Audit.state)
        )
    }
    found = []
    for cycle in session.scalars(
        select(Cycle).where(Cycle.state != "withdrawn").order_by(Cycle.month.desc(), Cycle.tool_key)
    ):
        states = {State(state): n for (cycle_id, state), n in counted.items() if cycle_id == cycle.id}
        found.append(
            Month(
                cycle_id=cycle.id,
                month=cycle.month,
                state=cycle.state,
                due_on=cycle.due_on,
                imported=cycle.batch_id is not None,
                allocated=sum(n for state, n in states.items() if state not in GONE),
                submitted=sum(n for state, n in states.items() if state.is_submitted),
            )
        )
    return tuple(found)


def allotted(session: Session, actor: Actor, cycle_id: UUID) -> tuple[Allotted, ...]:
    """The audits of a cycle by auditor and number; no case reference and no grade comes with them.

    Those the reader has yet to grade come last and without their auditor: their place would tell who that is.
    """
    auditor_team, other = aliased(Team), aliased(Audit)
    readable = scope.readable_audits(actor).with_only_columns(Audit.id).scalar_subquery()
    blind = scope.awaiting_own_grade(actor)
    rows = session.execute(
        select(
            Audit, PersonRow.name, auditor_team.name, Team.name, Service.name, other.id, Audit.id.in_(readable), blind
        )
        .join(PersonRow, PersonRow.id == Audit.auditor_id)
        .outerjoin(auditor_team, auditor_team.id == PersonRow.team_id)
        .join(Team, Team.id == Audit.team_id)
        .join(Service, Service.id == Audit.service_id)
        .outerjoin(other, other.replaces_id == Audit.id)
        .where(Audit.cycle_id == cycle_id)
        .order_by(PersonRow.name, Audit.number)
    ).all()
    found = [_allotted(row) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.blind, one.reference if one.blind else "")))


def _allotted(row: Any) -> Allotted:
    audit, name, own_team, team, service, replacement, readable, blind = row
    return Allotted(
        audit_id=audit.id,
        reference=audit.reference,
        auditor_id=audit.auditor_id,
        auditor="" if blind else name,
        job_title="" if blind else audit.auditor_role,
        auditor_team="" if blind else own_team or "",
        team=team,
        service=service,
        plan_type=audit.plan_type,
        state=State(audit.state),
        submitted_on=None if blind else audit.submitted_on,
        exit_code=audit.exit_code,
        exit_reason=audit.exit_reason,
        late_at=audit.late_at,
        replaced=replacement is not None,
        readable=bool(readable),
        blind=bool(blind),
    )


def asked(session: Session, cycle_id: UUID) -> tuple[Asked, ...]:
    """What is expected of whom, by name, with the audits each person holds in the cycle."""
    given = Counter(
        session.scalars(
            select(Audit.auditor_id).where(
                Audit.cycle_id == cycle_id, Audit.state.not_in([state.value for state in GONE])
            )
        )
    )
    rows = session.execute(
        select(Expectation, PersonRow, Team.name)
        .join(PersonRow, PersonRow.id == Expectation.person_id)
        .outerjoin(Team, Team.id == PersonRow.team_id)
        .where(Expectation.cycle_id == cycle_id)
        .order_by(PersonRow.name)
    ).all()
    return tuple(
        Asked(
            expectation_id=expectation.id,
            person_id=person.id,
            name=person.name,
            job_title=person.job_title,
            team=team or "",
            role_group=expectation.role_group,
            expected=expectation.expected,
            excused_reason=expectation.excused_reason,
            approver=expectation.approver,
            given=given[person.id],
        )
        for expectation, person, team in rows
    )


def draws(session: Session, cycle_id: UUID) -> tuple[Draw, ...]:
    """The draws of cases made for a cycle, the latest first."""
    query = select(Draw).where(Draw.cycle_id == cycle_id, Draw.kind == "cases").order_by(Draw.drawn_at.desc())
    return tuple(session.scalars(query))


def candidates(
    session: Session,
    cycle: Cycle,
    known: Mapping[UUID, Person],
    *,
    apart: frozenset[UUID] = frozenset(),
) -> tuple[Candidate, ...]:
    """Every case known, with its ties, the months it was audited in and, where it is out of any draw, why in words.

    `apart` are cases set aside by hand. An audit that was handed back, withdrawn or not done is no audit here.
    """
    audited: dict[UUID, set[date]] = {}
    gone = [state.value for state in GONE]
    for case_id, month in session.execute(
        select(Audit.case_id, Audit.month)
        .where(Audit.state.not_in(gone), Audit.tool_key == cycle.tool_key, Audit.case_id.is_not(None))
        .distinct()
    ):
        if case_id is not None:
            audited.setdefault(case_id, set()).add(month)
    listed = session.scalars(select(Audit.case_id).where(Audit.cycle_id == cycle.id))
    here = {case_id for case_id in listed if case_id is not None}
    needed = (Case.listed, Case.open, Case.team_id, Case.worker_id, Case.reviewer_id)
    cases = session.scalars(select(Case).options(load_only(*needed)).order_by(Case.id))
    out_of_draw = _Reasons(here, apart)
    return tuple(
        Candidate(str(case.id), case_ties(case, known), frozenset(audited.get(case.id, ())), out_of_draw.of(case))
        for case in cases
    )


class _Reasons(NamedTuple):
    """Why a case is out of every draw of its cycle: the first reason that fits."""

    here: Set[UUID]
    apart: Set[UUID]

    def of(self, case: Case) -> str:
        reasons = (
            (not case.listed, UNLISTED),
            (not case.open, CLOSED),
            (case.team_id is None, NO_TEAM),
            (case.id in self.here, IN_CYCLE),
            (case.id in self.apart, SET_ASIDE),
        )
        return next((reason for holds, reason in reasons if holds), "")
