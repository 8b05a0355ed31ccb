"""Who is tied to whom: line managers, teams led, and the people of a case, as the rules of independence need them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.independence import CaseTies, Person
from moderation.statistics.months import after
from qa_app.access.permissions import Role
from qa_app.models import (
    AccessEntry,
    Action,
    ActionStep,
    Alert,
    AlertRecipient,
    Audit,
    Case,
    Moderation,
    ModerationReturn,
    Reflection,
    RoleGrant,
    Team,
)
from qa_app.models import Person as StaffMember

# What the access log calls opening what tells how an audit was judged: itself, an alert, a page with its actions …
SEEN: Final = ("alert.open", "audit.actions", "audit.export", "audit.open", "letter.open", "reflection.open")


def judges(session: Session) -> dict[UUID, Person]:
    """Everyone who may have to judge, with their line managers from the nearest up and the teams they are in or lead.

    Somebody leads the teams of those who report to them directly; a loop in the staff list ends the chain.
    """
    query = select(StaffMember.id, StaffMember.line_manager_id, StaffMember.team_id, Team.service_id)
    rows: Sequence[Any] = session.execute(query.outerjoin(Team, Team.id == StaffMember.team_id)).all()
    above = {person: manager for person, manager, _, _ in rows}
    teams: dict[UUID, set[str]] = {person: set() for person, _, _, _ in rows}
    for person, manager, team, _ in rows:
        if team is not None:
            teams[person].add(str(team))
            if manager is not None:
                teams[manager].add(str(team))
    return {
        person: Person(
            str(person), chain(person, above), frozenset(teams[person]), None if service is None else str(service)
        )
        for person, _, _, service in rows
    }


def chain(person: UUID, above: Mapping[UUID, UUID | None]) -> tuple[str, ...]:
    """The line managers of a person, from the nearest up."""
    found: list[str] = []
    manager = above.get(person)
    while manager is not None and str(manager) not in found and manager != person:
        found.append(str(manager))
        manager = above.get(manager)
    return tuple(found)


def readers(session: Session, audit_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Who knows of each of these audits: opened it, was told of an alert, has had an action, was asked to reflect."""
    found: dict[UUID, set[str]] = {audit_id: set() for audit_id in audit_ids}
    rows = session.execute(
        select(AccessEntry.object_id, AccessEntry.person_id).where(
            AccessEntry.action.in_(SEEN),
            AccessEntry.outcome == "allowed",
            AccessEntry.object_id.in_([str(audit_id) for audit_id in found]),
        )
    )
    for audit_id, person_id in rows:
        found[UUID(audit_id)].add(str(person_id))
    told = (
        select(Alert.audit_id, AlertRecipient.person_id)
        .join(AlertRecipient, AlertRecipient.alert_id == Alert.id)
        .where(Alert.audit_id.in_(list(found)))
    )
    for told_of, person_id in session.execute(told).all():
        found[told_of].add(str(person_id))
    owned = select(Action.audit_id, Action.owner_id).where(Action.audit_id.in_(found), Action.owner_id.is_not(None))
    for audit, owner_id in session.execute(owned):
        found[audit].add(str(owner_id))
    gave_up = (
        select(Action.audit_id, ActionStep.owner_before_id)
        .join(ActionStep, ActionStep.action_id == Action.id)
        .where(Action.audit_id.in_(found), ActionStep.owner_before_id.is_not(None))
    )
    for audit, owner_id in session.execute(gave_up):
        found[audit].add(str(owner_id))
    asked = select(Reflection.audit_id, Reflection.person_id).where(Reflection.audit_id.in_(found))
    for asked_about, worker_id in session.execute(asked):
        found[asked_about].add(str(worker_id))
    return {audit_id: frozenset(people) for audit_id, people in found.items()}


def case_ties(
    case: Case | None,
    everybody: Mapping[UUID, Person],
    *,
    service_id: UUID | None = None,
    readers: frozenset[str] = frozenset(),
    declared: frozenset[str] = frozenset(),
    earlier: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> CaseTies:
    """What a case is tied to: team, worker and their line managers, IRO or chair, and who has read its audit.

    `earlier` are the workers and the teams of the audits made of it, as they were then. An audit about a member of
    staff has no case: then who has read it, and who declared a conflict, is all there is.
    """
    if case is None:
        return CaseTies(service=str(service_id) if service_id else None, readers=readers, declared=declared)
    workers, teams = earlier
    above = {manager for one in workers if UUID(one) in everybody for manager in everybody[UUID(one)].managers}
    worker = everybody.get(case.worker_id) if case.worker_id else None
    return CaseTies(
        team=str(case.team_id) if case.team_id else None,
        service=str(service_id) if service_id else None,
        worker=worker.person_id if worker else None,
        worker_managers=worker.managers if worker else (),
        iro=str(case.reviewer_id) if case.reviewer_id else None,
        readers=readers,
        declared=declared,
        earlier_workers=workers,
        earlier_managers=frozenset(above),
        earlier_teams=teams,
    )


def earlier(session: Session, cases: Iterable[UUID]) -> dict[UUID, tuple[frozenset[str], frozenset[str]]]:
    """The workers and the teams of every audit of these cases, as they were when it was given to its auditor."""
    found: dict[UUID, tuple[set[str], set[str]]] = {case_id: (set(), set()) for case_id in cases}
    rows = session.execute(select(Audit.case_id, Audit.worker_id, Audit.team_id).where(Audit.case_id.in_(list(found))))
    for case_id, worker_id, team_id in rows:
        if case_id is not None:
            workers, teams = found[case_id]
            teams.add(str(team_id))
            if worker_id is not None:
                workers.add(str(worker_id))
    return {case_id: (frozenset(workers), frozenset(teams)) for case_id, (workers, teams) in found.items()}


def met(session: Session, month: date, *, without: Iterable[UUID] = ()) -> Counter[tuple[str, str]]:
    """How often each moderator was given audits of each auditor in the twelve months up to this one.

    Those that were not done do not count, nor do the audits `without`.
    """
    rows = session.execute(
        select(Moderation.moderator_id, Audit.auditor_id, func.count())
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(
            Moderation.moderator_id.is_not(None), Moderation.state != "not_done", Audit.id.not_in(list(without)),
            Audit.month.between(after(month, -11), month),
        )
        .group_by(Moderation.moderator_id, Audit.auditor_id)
    )  # fmt: skip
    return Counter({(str(moderator), str(auditor)): n for moderator, auditor, n in rows})


def handed_back(session: Session, audit_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Who has handed the moderation of each of these audits back, for whatever reason."""
    found: dict[UUID, set[str]] = {audit_id: set() for audit_id in audit_ids}
    rows = session.execute(
        select(Moderation.audit_id, ModerationReturn.person_id)
        .join(Moderation, Moderation.id == ModerationReturn.moderation_id)
        .where(Moderation.audit_id.in_(list(found)))
    )
    for audit_id, person_id in rows:
        found[audit_id].add(str(person_id))
    return {audit_id: frozenset(people) for audit_id, people in found.items()}


def declared(session: Session) -> dict[UUID, frozenset[str]]:
    """The people who handed an audit of a case, or its moderation, back because of a conflict of interest, by case."""
    found: dict[UUID, set[str]] = {}
    rows = session.execute(
        select(Audit.case_id, Audit.auditor_id).where(Audit.exit_code == "conflict", Audit.case_id.is_not(None))
    )
    for case_id, person_id in rows:
        if case_id is not None:
            found.setdefault(case_id, set()).add(str(person_id))
    returned = session.execute(
        select(Audit.case_id, ModerationReturn.person_id)
        .join(Moderation, Moderation.audit_id == Audit.id)
        .join(ModerationReturn, ModerationReturn.moderation_id == Moderation.id)
        .where(ModerationReturn.code == "conflict", Audit.case_id.is_not(None))
    )
    for case_id, person_id in returned:
        if case_id is not None:
            found.setdefault(case_id, set()).add(str(person_id))
    return {case_id: frozenset(people) for case_id, people in found.items()}


def holders(session: Session, role: Role) -> list[StaffMember]:
    """The active people who hold a role now, by name."""
    return list(
        session.scalars(
            select(StaffMember)
            .join(RoleGrant, RoleGrant.person_id == StaffMember.id)
            .where(
                RoleGrant.role == role,
                RoleGrant.granted_at.is_not(None),
                RoleGrant.ended_at.is_(None),
                StaffMember.active,
            )
            .order_by(StaffMember.name, StaffMember.id)
        )
    )


def named(session: Session, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of some people."""
    wanted = list(people)
    rows = session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted)))
    return dict(rows.all())
