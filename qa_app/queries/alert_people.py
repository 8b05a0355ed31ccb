"""Who is told that a child may not be safe: service managers, Heads of Service, and whoever is above them."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qa_app.access.permissions import WHO, Can, Role
from qa_app.models import Account, Alert, AlertRecipient, Audit, Moderation, Person, RoleGrant
from qa_app.queries.ties import holders

SERVICE_MANAGER: Final = "service_manager"
HEAD_OF_SERVICE: Final = "head_of_service"
LINE_MANAGER: Final = "line_manager"
QA_LEAD: Final = "qa_lead"
_TITLE: Final = re.compile(r"\bservice manager\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Staff:
    """A member of staff as their place in the line shows it."""

    manager: UUID | None
    team: UUID | None
    title: str
    active: bool


def duty(session: Session, audit: Audit, *, by: str) -> dict[UUID, str]:
    """Whom a new alert on this audit goes to, each with why; whoever raises it knows already.

    Service managers in the line above the child's worker, or above the team where no worker is known, and Heads of
    Service of that service or of the whole council. Where either is lacking, or none of them could answer on screen,
    the QA leads are told as well; where there are none, the line above the auditor. Who has the audit to grade blind
    is passed over unless nobody else is left: a child's safety goes first, and the audit then goes to another.
    """
    passed_over = _to_grade(session, audit.id)
    return _duty(session, audit, {_person(by), *passed_over}) or _duty(session, audit, {_person(by)})


def _duty(session: Session, audit: Audit, apart: Set[UUID | None]) -> dict[UUID, str]:
    staff = _staff(session)
    told = dict.fromkeys(_service_managers(audit, staff), SERVICE_MANAGER)
    heads = {one: HEAD_OF_SERVICE for one in _heads(session, audit.service_id) if one not in told}
    found = {one: why for one, why in (told | heads).items() if one not in apart}
    if len(set(found.values())) < 2 or not found.keys() & _able(session, found):
        leads = [lead.id for lead in holders(session, Role.QA_LEAD)]
        found |= {one: QA_LEAD for one in leads if one not in found and one not in apart}
    if not found:
        above = _line(audit.auditor_id, staff)
        found = {one: LINE_MANAGER for one in above if staff[one].active and one not in apart}
    return found


def further_up(session: Session, alert: Alert) -> dict[UUID, str]:
    """Who else is told when nobody answered: the next manager of each who was told, or the QA leads above the last.

    Who has the audit to grade blind is passed over unless nobody else is left and nobody who was told can answer.
    """
    told = set(session.scalars(select(AlertRecipient.person_id).where(AlertRecipient.alert_id == alert.id)))
    apart = {_person(alert.raised_by), *told}
    found = _further_up(session, told, {*apart, *_to_grade(session, alert.audit_id)})
    return found if found or _able(session, told) else _further_up(session, told, apart)


def _further_up(session: Session, told: Set[UUID], apart: Set[UUID | None]) -> dict[UUID, str]:
    staff = _staff(session)
    above = (next((up for up in _line(one, staff) if staff[up].active), None) for one in sorted(told))
    found = {one: LINE_MANAGER for one in above if one is not None and one not in apart}
    return found or {one.id: QA_LEAD for one in holders(session, Role.QA_LEAD) if one.id not in apart}


def _held() -> tuple[ColumnElement[bool], ...]:
    return RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None)


def _heads(session: Session, service_id: UUID) -> list[UUID]:
    answers = or_(RoleGrant.service_id == service_id, RoleGrant.service_id.is_(None))
    return list(
        session.scalars(
            select(Person.id).distinct().join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(Person.active, RoleGrant.role == Role.HEAD_OF_SERVICE, answers, *_held()).order_by(Person.id)
        )
    )  # fmt: skip


def _able(session: Session, people: Iterable[UUID]) -> set[UUID]:
    """Those of these people who could acknowledge an alert on screen: with a sign-in and a role that may."""
    return set(
        session.scalars(
            select(Account.person_id).join(RoleGrant, RoleGrant.person_id == Account.person_id)
            .where(
                Account.person_id.in_(list(people)), Account.disabled_at.is_(None),
                RoleGrant.role.in_([role.value for role in WHO[Can.ALERT_ACKNOWLEDGE]]), *_held(),
            )
        )
    )  # fmt: skip


def _staff(session: Session) -> dict[UUID, _Staff]:
    rows = session.execute(
        select(Person.id, Person.line_manager_id, Person.team_id, Person.job_title, Person.active)
    ).all()
    return {one: _Staff(manager, team, title, active) for one, manager, team, title, active in rows}


def _service_managers(audit: Audit, staff: Mapping[UUID, _Staff]) -> list[UUID]:
    of = audit.worker_id or audit.subject_id
    begin = [of] if of is not None and staff[of].manager is not None else []
    begin = begin or [one for one, who in staff.items() if who.team == audit.team_id and who.active]
    above = {up for one in begin for up in _line(one, staff)}
    return sorted(one for one in above if staff[one].active and _TITLE.search(staff[one].title))


def _line(person: UUID, staff: Mapping[UUID, _Staff]) -> list[UUID]:
    """The line managers of a person from the nearest up; a loop in the staff list ends it."""
    found: list[UUID] = []
    up = staff[person].manager
    while up is not None and up not in found and up != person:
        found.append(up)
        up = staff[up].manager
    return found


def _to_grade(session: Session, audit_id: UUID) -> list[UUID]:
    """Who has this audit to grade blind: nothing of the auditor's may reach them, not even this."""
    waiting = select(Moderation.moderator_id).where(
        Moderation.audit_id == audit_id, Moderation.state.in_(("allocated", "moderating"))
    )
    return [one for one in session.scalars(waiting) if one is not None]


def _person(by: str) -> UUID | None:
    """The person of 'person:<id>'; what a machine did is nobody's."""
    kind, _, name = by.partition(":")
    try:
        return UUID(name) if kind == "person" else None
    except ValueError:
        return None
