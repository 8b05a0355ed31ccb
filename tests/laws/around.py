"""Who sees and changes what goes on around audits: actions, alerts, reflections, letters, re-audits and the rest.

Who sees which is said here row by row, from the rows themselves, so that either this or `access/` being wrong shows.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import (
    Action,
    Alert,
    AlertRecipient,
    Audit,
    FrameMember,
    Moderation,
    Person,
    Reaudit,
    Reflection,
    RoleGrant,
    Team,
)
from tests.conftest import AT
from tests.laws.test_objects import Reader, Row, rows
from tests.world import World

ACTS = {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.PRACTITIONER, Role.QA_LEAD}
CHECKS = {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD}
READS_LETTERS = {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.PRACTITIONER, Role.QA_LEAD}
REFLECTS = {Role.AUDITOR, Role.MODERATOR, Role.PRACTITIONER}


@dataclass
class Council:
    """Everybody who asks, and what there is to ask for."""

    readers: dict[str, Reader]
    audits: dict[UUID, Row]
    managers: dict[UUID, UUID | None]
    teams: dict[UUID, str]
    drawn: frozenset[UUID]
    actions: list[Action]
    alerts: list[tuple[Alert, frozenset[UUID]]]
    reflections: list[Reflection]
    reaudits: list[Reaudit]
    workers: dict[UUID, UUID | None]

    def above(self, person: UUID | None, reader: Reader) -> bool:
        """Whether the reader manages this person, however far up."""
        seen = set()
        while person is not None and person not in seen:
            seen.add(person)
            person = self.managers[person]
            if person == reader.person.id:
                return True
        return False

    def leads(self, reader: Reader, row: Row) -> bool:
        return Role.HEAD_OF_SERVICE in reader.roles and (reader.teams is None or row.team in reader.teams)

    def waits(self, reader: Reader, row: Row) -> bool:
        """Whether they have been given the audit to grade and have not graded it."""
        return reader.waits(row)

    def may_come(self, reader: Reader, row: Row) -> bool:
        return reader.may_come(row)

    def facts(self, reader: Reader, audit: UUID) -> tuple[object, ...]:
        """What every rule asks about somebody and an audit."""
        me, row = reader.person.id, self.audits[audit]
        moderated = row.moderated if row.moderator == me else bool(row.moderated)
        again = tuple(sorted(state for person, state in row.readings if person == me))
        mine = (row.auditor == me, row.moderator == me, row.decider == me, again, reader.beside(row))
        return row.state, row.month_open, moderated, self.leads(reader, row), *mine

    def action_facts(self, reader: Reader, one: Action) -> tuple[object, ...]:
        """What the rules ask about somebody and an action; where it is the same, so is the answer."""
        if not reader.roles & ACTS:
            return ()
        me, row = reader.person.id, self.audits[one.audit_id]
        led = any(boss == me and self.teams.get(who) == row.team for who, boss in self.managers.items())
        above = self.above(one.owner_id or row.auditor, reader)
        owner = "nobody" if one.owner_id is None else one.owner_id == me
        return (*self.facts(reader, one.audit_id), owner, above, led, one.state, one.done_by == f"person:{me}")

    def feedback_facts(self, reader: Reader, one: Reflection) -> tuple[object, ...]:
        """The same of a reflection and of the letter of its audit."""
        if not reader.roles & (READS_LETTERS | REFLECTS):
            return ()
        worker, asked = self.workers[one.audit_id], one.person_id
        mine = (worker == reader.person.id, asked == reader.person.id)
        line = (self.above(worker, reader), self.above(asked, reader))
        return (*self.facts(reader, one.audit_id), *mine, *line, one.position, self.has_letter(one.audit_id))

    def gives(self, reader: Reader, one: Action) -> bool:
        me, row = reader.person.id, self.audits[one.audit_id]
        near = self.above(one.owner_id or row.auditor, reader) or row.auditor == me or self.leads(reader, row)
        may = bool(reader.roles & CHECKS) and (near or Role.QA_LEAD in reader.roles)
        return self.sees_action(reader, one) and may

    def keeps(self, reader: Reader, one: Action) -> bool:
        return self.checks(reader, one) or self.cancels(reader, one)

    def sees_action(self, reader: Reader, one: Action) -> bool:
        me, row = reader.person.id, self.audits[one.audit_id]
        if not reader.roles & ACTS or self.waits(reader, row):
            return False
        answers = one.owner_id or row.auditor
        led = any(boss == me and self.teams.get(person) == row.team for person, boss in self.managers.items())
        beside = row.auditor == me or self.above(answers, reader) or led or self.leads(reader, row)
        return answers == me or (not self.may_come(reader, row) and (beside or Role.QA_LEAD in reader.roles))

    def checks(self, reader: Reader, one: Action) -> bool:
        me, row = reader.person.id, self.audits[one.audit_id]
        near = self.above(one.owner_id or row.auditor, reader) or row.auditor == me or self.leads(reader, row)
        second = me != one.owner_id and one.done_by != f"person:{me}"
        may = bool(reader.roles & CHECKS) and (near or Role.QA_LEAD in reader.roles)
        return self.sees_action(reader, one) and second and may

    def cancels(self, reader: Reader, one: Action) -> bool:
        over = self.leads(reader, self.audits[one.audit_id]) or Role.QA_LEAD in reader.roles
        return self.sees_action(reader, one) and over

    def does(self, reader: Reader, one: Action) -> bool:
        answers = one.owner_id or self.audits[one.audit_id].auditor
        stands_in = one.owner_id is None and self.above(answers, reader)
        return self.sees_action(reader, one) and (answers == reader.person.id or stands_in)

    def sees_alert(self, reader: Reader, one: Alert, told: frozenset[UUID]) -> bool:
        row = self.audits[one.audit_id]
        if not reader.roles & CHECKS:
            return False
        over = Role.QA_LEAD in reader.roles or self.leads(reader, row)
        blind = Role.MODERATOR in reader.roles and not reader.reads(row)
        return reader.person.id in told or (over and not blind)

    def reflects(self, reader: Reader, one: Reflection) -> bool:
        row = self.audits[one.audit_id]
        return one.person_id == reader.person.id and bool(reader.roles & REFLECTS) and not self.waits(reader, row)

    def decides(self, reader: Reader, one: Reflection) -> bool:
        disputed = one.given_at is not None and one.position == "disputes"
        return Role.QA_LEAD in reader.roles and disputed and reader.reads(self.audits[one.audit_id])

    def has_letter(self, audit: UUID) -> bool:
        state = self.audits[audit].state
        return state in ("agreed", "closed") or (state == "submitted" and audit in self.drawn)

    def reads_letter(self, reader: Reader, audit: UUID) -> bool:
        row = self.audits[audit]
        if not reader.roles & READS_LETTERS or not self.has_letter(audit) or self.waits(reader, row):
            return False
        asked = [one.person_id for one in self.reflections if one.audit_id == audit]
        if reader.person.id in asked:
            return True
        worker = self.workers[audit]
        line = worker == reader.person.id or any(self.above(one, reader) for one in (worker, *asked))
        wide = self.leads(reader, row) or Role.QA_LEAD in reader.roles
        return (line or wide) and not self.may_come(reader, row)

    def sees_reaudit(self, reader: Reader, one: Reaudit) -> bool:
        rows = [self.audits[audit] for audit in (one.first_id, one.second_id) if audit is not None]
        blind = any(self.waits(reader, row) or self.may_come(reader, row) for row in rows)
        return Role.QA_LEAD in reader.roles and not blind


def people_who_ask(session: Session, world: World) -> None:
    """Some more people, of those who are two things at once."""
    for key, roles in {
        "lead_who_moderates": (Role.QA_LEAD, Role.MODERATOR),
        "head_who_moderates": (Role.HEAD_OF_SERVICE, Role.MODERATOR),
        "owner_who_moderates": (Role.MODERATOR,),
        "owner_who_left": (),
        "owner": (Role.PRACTITIONER,),
    }.items():
        world.person(session, key, "Care", roles, AT, manager="manager_care")
    # A moderator whom a manager of a team of the other service answers to.
    world.people["manager_leaving"].line_manager_id = world.people["moderator_2"].id
    session.add(world.people["manager_leaving"])


def give_everything(session: Session, world: World) -> None:
    """To an audit of each kind, by state and service: actions of five owners, an alert, a reflection, a re-audit."""
    kinds: dict[tuple[object, ...], Audit] = {}
    found = session.execute(
        select(Audit, Moderation.state)
        .outerjoin(Moderation, Moderation.audit_id == Audit.id)
        .where(Audit.submitted_at.is_not(None)).order_by(Audit.id)
    )  # fmt: skip
    for audit, moderated in found:
        kinds.setdefault((audit.state, moderated, audit.service_id), audit)
    owners = ("owner", "owner_who_moderates", "owner_who_left", None, "manager_care")
    workers = ("worker_care_1", "worker_planning_1", "moderator_3", "owner_who_moderates", "manager_planning")
    for number, audit in enumerate(kinds.values()):
        for place, owner in enumerate(owners, 1):
            done = place % 2 == 0
            session.add(
                Action(
                    audit_id=audit.id, number=place, case_id=audit.case_id, service_id=audit.service_id,
                    team_id=audit.team_id, what="Visit", owner_id=world.people[owner].id if owner else None,
                    owner_named="Somebody", due_on=date(2026, 12, 1), made_at=AT, made_by="test",
                    state="done" if done else "open", done_at=AT if done else None,
                    done_by=f"person:{world.people['manager_assessment'].id}" if done else None,
                )
            )  # fmt: skip
        alert = Alert(
            audit_id=audit.id, stage="auditor", answer="no", raised_at=AT, raised_by=f"person:{audit.auditor_id}"
        )
        disputes = number % 2 == 0
        worker = world.people[workers[number % len(workers)]]
        session.add_all((
            alert,
            Reflection(
                audit_id=audit.id, person_id=worker.id, invited_at=AT, invited_by="test",
                position="disputes" if disputes else "", given_at=AT if disputes else None,
            ),
            Reaudit(
                first_id=audit.id, not_before=date(2026, 12, 1), due_on=date(2027, 1, 4), because="asked",
                planned_at=AT,
            ),
        ))  # fmt: skip
        session.flush()
        told = world.people[("manager_care", "moderator_1", "head_who_moderates")[number % 3]]
        session.add(AlertRecipient(alert_id=alert.id, person_id=told.id, because="line_manager", told_at=AT))


def read(database: Database, world: World) -> Council:
    readers = {}
    with database.reading() as session:
        teams = {
            service.id: tuple(session.scalars(select(Team.name).where(Team.service_id == service.id)))
            for service in world.services.values()
        }
        for key, person in world.people.items():
            held = session.execute(
                select(RoleGrant.role, RoleGrant.service_id).where(RoleGrant.person_id == person.id)
            ).all()
            led = [service for role, service in held if role == Role.HEAD_OF_SERVICE]
            names = None if None in led else tuple(name for service in led for name in teams[service])
            if held:
                readers[key] = Reader(person, frozenset(Role(role) for role, _ in held), names)
        told: dict[UUID, set[UUID]] = {}
        for one in session.scalars(select(AlertRecipient)):
            told.setdefault(one.alert_id, set()).add(one.person_id)
        return Council(
            readers,
            {row.id: row for row in rows(database)},
            dict(session.execute(select(Person.id, Person.line_manager_id)).all()),
            dict(session.execute(select(Person.id, Team.name).join(Team, Team.id == Person.team_id)).all()),
            frozenset(session.scalars(select(FrameMember.audit_id))),
            list(session.scalars(select(Action))),
            [(one, frozenset(told.get(one.id, ()))) for one in session.scalars(select(Alert))],
            list(session.scalars(select(Reflection))),
            list(session.scalars(select(Reaudit))),
            dict(session.execute(select(Audit.id, Audit.worker_id)).all()),
        )
