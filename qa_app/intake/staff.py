"""A council's staff list: who works where and for whom, and which roles their job title suggests."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from qa_app.intake.columns import Mapping
from qa_app.intake.findings import Counts, Problem, Read, RowRefused, once
from qa_app.intake.headings import STAFF
from qa_app.intake.reference import NAME_LENGTH, NUMBER_LENGTH, TEAM_LENGTH, folded
from qa_app.intake.rows import Cells, Reader
from qa_app.intake.table import Table
from qa_app.intake.values import read_identifier, read_share, read_text, read_yes_no

# What a job title suggests; an administrator decides. The first that fits is taken.
_SUGGESTED: Final = (
    (r"\b(?:qa|quality assurance) (?:lead|manager)\b", ("qa_lead", "moderator")),
    (r"\bprincipal social worker\b|\bpsw\b|\b(?:qa|quality assurance)\b|\bauditor\b", ("moderator",)),
    (r"\b(?:director|head) (?:of|for)\b|\bdirector\b|\bhead of service\b", ("head_of_service",)),
    (r"\bservice manager\b|\bgroup manager\b", ("auditor", "moderator")),
    (r"\b(?:team|practice|unit) (?:manager|leader)\b|\bdeputy\b|\bassistant team manager\b", ("auditor",)),
    (r"\bindependent reviewing officer\b|\biro\b|\b(?:conference|child protection|cp) chair\b", ("auditor",)),
    (r"\bsocial worker\b|\bpractitioner\b|\b(?:family )?support worker\b|\bpersonal advis[eo]r\b", ("practitioner",)),
)
_EMAIL: Final = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s,;<>]{2,}")


class StaffRow(NamedTuple):
    """A member of staff as the list gives them; `line_manager` is an employee number, known and free of circles."""

    number: int
    employee_id: str
    name: str
    email: str | None
    job_title: str
    service: str
    team: str
    line_manager: str | None
    fte: Decimal | None
    active: bool
    suggested_roles: tuple[str, ...]


def suggest_roles(job_title: str) -> tuple[str, ...]:
    """The roles a job title suggests, of which nobody has any before an administrator says yes; () for none."""
    title = job_title.casefold()
    return next((roles for pattern, roles in _SUGGESTED if re.search(pattern, title)), ())


def read_staff(table: Table, mapping: Mapping, *, known_ids: Iterable[str] = ()) -> Read[StaffRow]:
    """The staff list as rows and problems.

    Args:
        table: the file.
        mapping: which column holds what; `columns.check` has nothing to say about it.
        known_ids: employee numbers already held, so that a line manager need not be in this file.
    """
    reader = Reader(table, mapping, STAFF)
    rows, problems = reader.read(_row)
    kept, doubled, repeated = once(
        rows, lambda row: folded(row.employee_id), lambda row: row[1:], reader.heading("employee_id"), "employee number"
    )
    kept, shared = _own_addresses(kept, reader)
    kept, services = _one_service(kept, reader)
    kept, managers = _managers(kept, {folded(one): one for one in known_ids}, reader)
    problems += doubled + shared + services + managers
    counts = Counts(reader.total, len(kept), reader.total - len(kept) - repeated, 0, repeated)
    return Read(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row_number)), counts)


def _row(cells: Cells) -> StaffRow:
    active = cells.value("active", read_yes_no)
    job_title = cells.text("job_title", 120)
    return StaffRow(
        cells.number,
        cells.needed("employee_id", read_identifier, NUMBER_LENGTH),
        cells.needed("name", read_text, NAME_LENGTH),
        _email(cells),
        job_title,
        cells.needed("service", read_text, TEAM_LENGTH),
        cells.needed("team", read_text, TEAM_LENGTH),
        read_identifier(cells["line_manager"]) or None,
        cells.value("fte", read_share),
        active is not False,
        suggest_roles(job_title) if active is not False else (),
    )


def _email(cells: Cells) -> str | None:
    address = read_text(cells["email"])
    if not address:
        return None
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        cells.report("email", "This is not an email address. The person comes in without one.")
        return None
    return address


def _own_addresses(rows: list[StaffRow], reader: Reader) -> tuple[list[StaffRow], list[Problem]]:
    holders: dict[str, list[StaffRow]] = {}
    for row in rows:
        if row.email:
            holders.setdefault(row.email.casefold(), []).append(row)
    shared = {row.number for several in holders.values() if len(several) > 1 for row in several}
    reason = "Two people have the same email address. Give each their own, or leave it empty."
    column = reader.heading("email")
    problems = [RowRefused(column, row.email, reason).at(row.number) for row in rows if row.number in shared]
    return [row for row in rows if row.number not in shared], problems


def _one_service(rows: list[StaffRow], reader: Reader) -> tuple[list[StaffRow], list[Problem]]:
    """Each team belongs to the service of its first row, whatever later rows say."""
    first: dict[str, StaffRow] = {}
    services: dict[str, str] = {}
    kept: list[StaffRow] = []
    problems: list[Problem] = []
    for row in rows:
        services.setdefault(folded(row.service), row.service)
        home = first.setdefault(folded(row.team), row)
        if folded(home.service) != folded(row.service):
            reason = f"The team ‘{home.team}’ is under another service in row {home.number}, which is kept."
            problems.append(Problem(row.number, reader.heading("service"), row.service, reason, refused=False))
        kept.append(row._replace(team=home.team, service=services[folded(home.service)]))
    return kept, problems


def _managers(rows: list[StaffRow], known: dict[str, str], reader: Reader) -> tuple[list[StaffRow], list[Problem]]:
    """Line managers as known employee numbers; unknown ones and circles are taken out and reported."""
    ids = known | {folded(row.employee_id): row.employee_id for row in rows}
    above = {folded(row.employee_id): folded(row.line_manager) for row in rows if row.line_manager}
    kept: list[StaffRow] = []
    problems: list[Problem] = []
    for row in rows:
        reason = ""
        if row.line_manager and folded(row.line_manager) not in ids:
            reason = "The line manager is not in the staff list. The person comes in without one."
        elif row.line_manager and _in_circle(folded(row.employee_id), above):
            reason = "The line managers lead back to this person. The person comes in without one."
        if reason:
            problems.append(
                Problem(row.number, reader.heading("line_manager"), row.line_manager, reason, refused=False)
            )
            kept.append(row._replace(line_manager=None))
        else:
            kept.append(row._replace(line_manager=ids[folded(row.line_manager)] if row.line_manager else None))
    return kept, problems


def _in_circle(start: str, above: dict[str, str]) -> bool:
    seen: set[str] = set()
    person = above.get(start)
    while person is not None and person not in seen:
        if person == start:
            return True
        seen.add(person)
        person = above.get(person)
    return False
