"""Whom to tell what about audits that are due or late, by the calendar of each month."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.access.permissions import Role
from qa_app.models import Absence, Audit, Cycle, CycleStep, Person, RoleGrant, Step, Team
from qa_app.queries.absences import away, stands_in
from qa_app.working_days import add_working_days

OPEN = (State.ALLOCATED.value, State.DRAFT.value)


class ToTell(NamedTuple):
    """One thing one person is to be told about the open audits of a month; `once` names it, so that it is said once."""

    kind: str
    person_id: UUID
    cycle_id: UUID
    month: date
    due_on: date
    audits: int
    once: str


@dataclass(frozen=True, slots=True)
class _Open:
    """The audits of a month that one person has yet to submit."""

    auditor_id: UUID
    manager_id: UUID | None
    service_id: UUID | None
    audits: int


def to_tell(session: Session, day: date) -> tuple[ToTell, ...]:
    """What the calendars of the released months say is to be told by this day; the same again until it is done.

    A person who is away is not told; who covers for them is.
    """
    absent = away(session, day)
    heads = _heads(session)
    found: list[ToTell] = []
    for cycle in session.scalars(select(Cycle).where(Cycle.state == "released").order_by(Cycle.month, Cycle.tool_key)):
        reached = {step for step, on in _calendar(session, cycle).items() if on <= day}
        open_ones = _open(session, cycle.id)
        if Step.LATE in reached and day > cycle.due_on:
            found += _auditors(cycle, open_ones, "late", absent)
        elif Step.REMINDER in reached and day <= cycle.due_on:
            found += _auditors(cycle, open_ones, "reminder", absent)
        if Step.MANAGER_TOLD in reached:
            managers = Counter[UUID]()
            for one in open_ones:
                if one.manager_id is not None:
                    managers[stands_in(one.manager_id, absent) or one.manager_id] += one.audits
            found += _others(cycle, managers, "audits.team_late")
        if Step.HEAD_TOLD in reached:
            told = Counter[UUID]()
            for one in open_ones:
                for head in heads.get(one.service_id, heads.get(None, ())):
                    told[stands_in(head, absent) or head] += one.audits
            found += _others(cycle, told, "audits.service_late")
    return tuple(found)


def _calendar(session: Session, cycle: Cycle) -> dict[Step, date]:
    """The days of a cycle's steps; one from before calendars were kept has its due date and the day after it."""
    rows = session.execute(select(CycleStep.step, CycleStep.on).where(CycleStep.cycle_id == cycle.id)).all()
    return {Step(step): on for step, on in rows} or {
        Step.DUE: cycle.due_on, Step.LATE: add_working_days(cycle.due_on, 1),
    }  # fmt: skip


def _open(session: Session, cycle_id: UUID) -> list[_Open]:
    rows = session.execute(
        select(Audit.auditor_id, Person.line_manager_id, Team.service_id, func.count())
        .join(Person, Person.id == Audit.auditor_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Audit.cycle_id == cycle_id, Audit.state.in_(OPEN))
        .group_by(Audit.auditor_id, Person.line_manager_id, Team.service_id)
        .order_by(Audit.auditor_id)
    )
    return [_Open(*row) for row in rows]


def _heads(session: Session) -> dict[UUID | None, list[UUID]]:
    """The Heads of Service by the service they answer for; None for those of the whole council."""
    found: dict[UUID | None, list[UUID]] = {}
    rows = session.execute(
        select(RoleGrant.service_id, RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.HEAD_OF_SERVICE,
            RoleGrant.granted_at.is_not(None),
            RoleGrant.ended_at.is_(None),
            Person.active,
        )
    )
    for service_id, person_id in rows:
        found.setdefault(service_id, []).append(person_id)
    return found


def _auditors(cycle: Cycle, open_ones: list[_Open], what: str, absent: Mapping[UUID, Absence]) -> Iterator[ToTell]:
    for one in open_ones:
        cover = stands_in(one.auditor_id, absent)
        name = f"{cycle.id.hex}:{cycle.due_on:%Y%m%d}"
        kind, told = (f"audits.{what}", one.auditor_id) if cover is None else (f"audits.cover_{what}", cover)
        whose = "" if cover is None else f":{one.auditor_id.hex[:8]}"
        yield ToTell(kind, told, cycle.id, cycle.month, cycle.due_on, one.audits, name + whose)


def _others(cycle: Cycle, told: Counter[UUID], kind: str) -> Iterator[ToTell]:
    for person_id, audits in told.items():
        yield ToTell(
            kind, person_id, cycle.id, cycle.month, cycle.due_on, audits, f"{cycle.id.hex}:{cycle.due_on:%Y%m%d}"
        )
