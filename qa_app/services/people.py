"""Bringing in the staff list: services, teams, people and line managers, and the roles their job titles suggest."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.intake import columns
from qa_app.intake.findings import Read
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.intake.reference import folded
from qa_app.intake.staff import StaffRow, read_staff
from qa_app.intake.table import Table, read_table
from qa_app.models import Person, RoleGrant, Service, Team
from qa_app.services.batches import Outcome
from qa_app.services.events import record
from qa_app.services.staff_changes import Difference, Held, differences, outcome_of


def read_table_of(data: bytes, *, limits: Limits) -> tuple[Table, columns.Mapping]:
    """A staff file as a table with its columns found.

    Raises:
        UnreadableFile: it is no list, or a needed column has none of the headings we know.
    """
    table = read_table(data, limits=limits, kind=Kind.STAFF)
    mapping = columns.guess(Kind.STAFF, table.headings)
    missing = [f"‘{one.label}’" for one in columns.missing(mapping)]
    if missing:
        raise UnreadableFile(
            f"This does not look like a staff list: there is no column {' or '.join(missing)}. "
            "Name the columns so in the first row and upload the file again."
        )
    return table, mapping


def read_file(session: Session, data: bytes, *, limits: Limits) -> Read[StaffRow]:
    """A staff file read against the people already held.

    Raises:
        UnreadableFile: as `read_table_of`.
    """
    table, mapping = read_table_of(data, limits=limits)
    known = session.scalars(select(Person.employee_id).where(Person.employee_id.is_not(None)))
    return read_staff(table, mapping, known_ids=[number for number in known if number])


def preview_staff(session: Session, read: Read[StaffRow]) -> Outcome:
    """What `apply_staff` would do; nothing is changed."""
    return outcome_of(Held.load(session, read.good), read)


def apply_staff(
    session: Session,
    read: Read[StaffRow],
    *,
    by: str,
    at: datetime,
    advance: Callable[[int], Any] = lambda _more: None,
) -> Outcome:
    """Save the good rows; `advance` is told of each, for a progress bar.

    Nobody is removed for being absent from the file, and the same file again changes nothing.
    """
    held = Held.load(session, read.good)
    outcome = outcome_of(held, read)
    out = {problem.row_number for problem in outcome.refusals}
    rows = [row for row in read.good if row.number not in out]
    found = {row.number: differences(held, row) for row in rows}
    _teams(session, held, rows)
    _free_addresses(session, held, rows)
    for row in rows:
        if found[row.number] or held.person(row) is None:
            _person(session, held, row, found[row.number], by=by, at=at)
        advance(1)
    session.flush()
    for row in rows:
        _line_manager(held, row)
    session.flush()
    return outcome


def _teams(session: Session, held: Held, rows: Sequence[StaffRow]) -> None:
    for row in rows:
        service = held.services.get(folded(row.service))
        if service is None:
            service = held.services[folded(row.service)] = Service(name=row.service)
            session.add(service)
            session.flush()
        if folded(row.team) not in held.teams:
            team = held.teams[folded(row.team)] = Team(name=row.team, service_id=service.id, service=service)
            session.add(team)
    session.flush()


def _free_addresses(session: Session, held: Held, rows: Sequence[StaffRow]) -> None:
    # Two people may swap addresses in one file: nobody may hold the other's while the rows are written.
    for row in rows:
        person = held.person(row)
        if person is not None and person.email != row.email:
            person.email = None
    session.flush()


def _person(session: Session, held: Held, row: StaffRow, found: Sequence[Difference], *, by: str, at: datetime) -> None:
    person = held.person(row)
    if person is None:
        person = Person(id=uuid4(), grants=[])
        session.add(person)
        record(session, "person.added", "person", person.id, by=by, at=at)
    else:
        record(session, "person.changed", "person", person.id, by=by, at=at, what=[one.what for one in found])
    team = held.teams[folded(row.team)]
    if folded(team.service.name) != folded(row.service):
        team.service = held.services[folded(row.service)]
    person.employee_id, person.name, person.email = row.employee_id, row.name, row.email
    person.job_title, person.team, person.fte, person.active = row.job_title, team, row.fte, row.active
    held.people[folded(row.employee_id)] = person
    _suggest(session, person, row, at=at)


def _suggest(session: Session, person: Person, row: StaffRow, *, at: datetime) -> None:
    # A role once held, suggested or turned down is not suggested again: the administrator has already decided.
    spoken_of = {grant.role for grant in person.grants}
    for role in row.suggested_roles:
        if role not in spoken_of:
            session.add(RoleGrant(person=person, role=role, suggested_at=at))


def _line_manager(held: Held, row: StaffRow) -> None:
    person = held.people[folded(row.employee_id)]
    manager = held.people.get(folded(row.line_manager)) if row.line_manager else None
    person.line_manager_id = manager.id if manager else None
