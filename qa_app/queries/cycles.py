"""Cycles as the QA lead sees them: months, who audits what, what came back, and the draws made."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Audit, Cycle, Draw, Expectation, Service, Snapshot, Team
from qa_app.models import Person as PersonRow

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
    stream: str
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


def last_snapshot(session: Session, cycle: Cycle) -> Snapshot | None:
    """The figures of a cycle as they were last kept."""
    return session.scalar(
        select(Snapshot).where(Snapshot.cycle_id == cycle.id).order_by(Snapshot.made_at.desc()).limit(1)
    )


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
        select(Cycle).where(Cycle.state != "withdrawn", ~Cycle.on_demand).order_by(Cycle.month.desc(), Cycle.tool_key)
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
        stream=audit.stream,
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
