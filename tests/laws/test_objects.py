"""Every audit, moderation and file of a busy council, asked for by everybody: who sees which, said a second time.

The rules stand here by another hand than scope.py's, row by row, so that either being wrong shows.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, Challenge, Cycle, Moderation, Person, Reading, RoleGrant, Team
from tests.busy import busy_council
from tests.conftest import AT
from tests.graded_again import grade_again
from tests.page import PageClient
from tests.world import World

UNGRADED, GRADED = ("allocated", "moderating"), ("moderated", "agreed")
MAY_BE_DRAWN = ("submitted", "selected", "moderating")
SETTLED = ("submitted", "moderated", "agreed", "closed", "withdrawn")
SUBMITTED = (*SETTLED, "selected", "moderating")
RECORDS = {Role.AUDITOR, Role.MODERATOR}
NORTH = ("Assessment", "Planning")
SignIn = Callable[[Person], PageClient]


@dataclass
class Row:
    """One audit as the rules speak of it."""

    id: UUID
    state: str
    month_open: bool
    planned: bool
    auditor: UUID
    team: str
    moderation: UUID | None
    moderator: UUID | None
    moderated: str
    mode: str
    cycle: UUID
    decider: UUID | None
    readings: frozenset[tuple[UUID, str]]  # who was asked to grade it again, and how far that is


@dataclass
class Reader:
    """Somebody asking, with what they are."""

    person: Person
    roles: frozenset[Role]
    teams: tuple[str, ...] | None = ()  # of the services they lead; None is the whole council

    def reads(self, row: Row) -> bool:
        """Whether the grades and words of this audit are theirs to see."""
        me = self.person.id
        if self.waits(row) or self.may_come(row):
            return False
        own = bool(RECORDS & self.roles) and row.auditor == me and row.state in SUBMITTED
        took_part = (row.moderator == me and row.moderated in GRADED) or (me, "given") in row.readings
        graded = Role.MODERATOR in self.roles and (took_part or row.decider == me or self.beside(row))
        leads = Role.HEAD_OF_SERVICE in self.roles and (self.teams is None or row.team in self.teams)
        return (
            own or graded or (leads and row.state in SETTLED) or (Role.QA_LEAD in self.roles and row.state in SUBMITTED)
        )

    def beside(self, row: Row) -> bool:
        """Whether they moderate it with the auditor's form beside them."""
        return row.moderator == self.person.id and row.moderated in UNGRADED and row.mode != "blind"

    def waits(self, row: Row) -> bool:
        """Whether they have been given the audit to grade, and have not graded it."""
        me = self.person.id
        again = (me, "asked") in row.readings or (me, "reading") in row.readings
        return again or (row.moderator == me and row.moderated in UNGRADED and not self.beside(row))

    def may_come(self, row: Row) -> bool:
        """Whether they may yet be given it to grade."""
        open_one = row.month_open and row.state in MAY_BE_DRAWN and row.auditor != self.person.id
        return Role.MODERATOR in self.roles and open_one and not self.beside(row)

    def writes(self, row: Row) -> bool:
        """Whether this audit is theirs to record."""
        mine = bool(RECORDS & self.roles) and row.auditor == self.person.id
        return mine and row.state in ("allocated", "draft") and not row.planned

    def grades(self, row: Row) -> bool:
        """Whether this audit is theirs to moderate."""
        return Role.MODERATOR in self.roles and row.moderator == self.person.id

    def reveals(self, row: Row) -> bool:
        """Whether the case reference is theirs to see."""
        at_work = self.grades(row) and row.moderated in (*UNGRADED, "moderated")
        own = row.auditor == self.person.id and row.state in ("allocated", "draft")
        again = {(self.person.id, state) for state in ("asked", "reading")} & row.readings
        decides = row.decider == self.person.id
        return Role.QA_LEAD in self.roles or own or at_work or bool(again) or decides


def rows(database: Database) -> list[Row]:
    with database.reading() as session:
        again: dict[UUID, set[tuple[UUID, str]]] = {}
        for audit_id, reader, state in session.execute(select(Reading.audit_id, Reading.reader_id, Reading.state)):
            again.setdefault(audit_id, set()).add((reader, state))
        found = session.execute(
            select(Audit, Cycle.state, Team.name, Moderation, Challenge.decider_id)
            .join(Cycle, Cycle.id == Audit.cycle_id)
            .join(Team, Team.id == Audit.team_id)
            .outerjoin(Moderation, Moderation.audit_id == Audit.id)
            .outerjoin(Challenge, Challenge.audit_id == Audit.id)
        )
        return [
            Row(
                audit.id, audit.state, cycle != "closed", cycle == "planned", audit.auditor_id, team,
                second and second.id, second and second.moderator_id, second.state if second else "",
                second.mode if second else "", audit.cycle_id, decider, frozenset(again.get(audit.id, ())),
            )
            for audit, cycle, team, second, decider in found
        ]  # fmt: skip


@pytest.fixture
def council(database: Database, world: World) -> dict[str, Reader]:
    """Everybody who asks, over a council in the middle of its work."""
    with database.writing() as session, session.begin():
        busy = busy_council(session, world)
        grade_again(session, world, busy.open)
        both = world.person(session, "lead_who_moderates", "Practice", (Role.QA_LEAD, Role.MODERATOR), AT)
        world.person(session, "head_who_audits", "Care", (Role.HEAD_OF_SERVICE, Role.AUDITOR), AT, service="South")
        theirs = select(Moderation).where(Moderation.state == "allocated").limit(1)
        session.scalars(theirs).one().moderator_id = both.id
        done = select(Audit).where(Audit.auditor_id == world.people["manager_care"].id, Audit.state == "allocated")
        for audit in session.scalars(done.limit(1)):
            audit.state = "handed_back"
            audit.handed_back_at, audit.handed_back_by = AT, "test"
    made = {}
    with database.reading() as session:
        for key, person in world.people.items():
            held = session.execute(
                select(RoleGrant.role, RoleGrant.service_id).where(RoleGrant.person_id == person.id)
            ).all()
            names: set[str] = set()
            whole = False
            for role, service in held:
                if role == Role.HEAD_OF_SERVICE:
                    whole = whole or service is None
                    names |= set(session.scalars(select(Team.name).where(Team.service_id == service)))
            if held:
                roles = frozenset(Role(role) for role, _ in held)
                made[key] = Reader(person, roles, None if whole else tuple(names))
    return made


def telling(everything: list[Row], reader: Reader) -> list[Row]:
    """Every audit this person has to do with, and one of each kind of the others."""
    kinds = {(row.state, row.moderated, row.month_open, row.planned, row.team in NORTH): row for row in everything}
    own = [row for row in everything if reader.person.id in (row.auditor, row.moderator)]
    return list({row.id: row for row in (*kinds.values(), *own)}.values())


def judged(wrong: list[object], what: str, who: str, row: Row, status: int, *, allowed: bool) -> None:
    if (status in (200, 302)) != allowed or (not allowed and status not in (403, 404)):
        wrong.append((who, what, row.state, row.moderated, status, "allowed" if allowed else "refused"))


def test_everybody_reads_and_writes_exactly_what_is_theirs(
    council: dict[str, Reader], database: Database, sign_in: SignIn
) -> None:
    wrong: list[object] = []
    seen = dict.fromkeys(("reads", "writes", "grades", "reveals"), 0)
    everything = rows(database)
    states = {row.state for row in everything}
    assert states >= {"allocated", "submitted", "selected", "moderated", "agreed", "closed", "handed_back"}
    for who, reader in council.items():
        client = sign_in(reader.person)
        for row in telling(everything, reader):
            base = f"/audits/{row.id}"
            judged(wrong, "read", who, row, client.get(base).status_code, allowed=reader.reads(row))
            writes = reader.writes(row)
            for page in ("/check", "/sections/voice", "/hand-back"):
                answer = client.get(base + page)
                if writes or not (row.auditor == reader.person.id and answer.location == base):
                    judged(wrong, page, who, row, answer.status_code, allowed=writes)
            if row.moderation is not None and row.moderated != "not_done":
                task = f"/moderations/{row.moderation}"
                judged(wrong, "task", who, row, client.get(task).status_code, allowed=reader.grades(row))
                both = reader.grades(row) and row.moderated in GRADED
                if not (reader.grades(row) and client.get(f"{task}/agreement").status_code == 409):
                    judged(wrong, "both", who, row, client.get(f"{task}/agreement").status_code, allowed=both)
            for rule in seen:
                seen[rule] += getattr(reader, rule)(row)
    assert wrong == []
    assert all(seen.values()), seen


def test_everybody_changes_and_reveals_only_what_is_theirs(
    council: dict[str, Reader], database: Database, sign_in: SignIn
) -> None:
    wrong: list[object] = []
    everything = rows(database)
    for who, reader in council.items():
        client = sign_in(reader.person)
        token = {"csrf_token": client.token()}
        for row in telling(everything, reader):
            base = f"/audits/{row.id}"
            status = client.post(f"{base}/reference", data=token).status_code
            judged(wrong, "reveal", who, row, status, allowed=reader.reveals(row))
            for page in ("/sections/voice", "/sections/voice/autosave", "/submit", "/hand-back"):
                if row.auditor != reader.person.id:
                    status = client.post(base + page, data=token).status_code
                    judged(wrong, page, who, row, status, allowed=False)
            for page in ("", "/grades", "/agreement", "/agreement/autosave", "/sections/voice/autosave", "/reference"):
                if row.moderation is not None and not reader.grades(row) and page:
                    status = client.post(f"/moderations/{row.moderation}{page}", data=token).status_code
                    judged(wrong, page, who, row, status, allowed=False)
    assert wrong == []
    assert len(everything) > 20


def test_nobody_opens_a_file_that_somebody_else_brought(
    council: dict[str, Reader], database: Database, world: World, sign_in: SignIn
) -> None:
    owner = sign_in(world.people["qa_lead"])
    file = (io.BytesIO(b"Case ID,Team,Date opened\n7001,Nowhere,01/02/2026\n"), "cases.csv")
    mine = owner.send("/cases/import", {"file": file}).location
    assert "Nowhere" in owner.page(mine).text
    assert b"7001" in owner.get(f"{mine}/refused.csv").data
    other = sign_in(council["lead_who_moderates"].person)
    for page in ("", "/refused.csv", "/refused.xlsx"):
        answer = other.get(mine + page)
        assert (answer.status_code, answer.location) == (302, "/cases/import")
    for page in ("/confirm", "/columns", "/give-up"):
        other.send(mine + page, {})
    assert "Nowhere" in owner.page(mine).text
    with database.reading() as session:
        kept = session.execute(select(AccessEntry.action, AccessEntry.outcome)).all()
    assert {("upload.open", "allowed"), ("upload.refused_rows", "allowed"), ("refused", "denied")} <= set(
        map(tuple, kept)
    )


def test_a_head_of_one_service_finds_no_audit_of_another_behind_any_figure(
    council: dict[str, Reader], database: Database, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.people["head_north"])
    everything = rows(database)
    measures = ("cases", "supervision", "agreement", "chronology", "element")
    pages = [client.get(f"/dashboard/audits?measure={one}&window=all").get_data(as_text=True) for one in measures]
    pages += [client.get(f"/audits?month={month}").get_data(as_text=True) for month in ("2026-10", "2026-11")]
    said = " ".join(pages)
    assert [row for row in everything if str(row.id) in said and row.team not in NORTH] == []
    assert [row for row in everything if str(row.id) in said and row.team in NORTH]
    for place in (f"service={world.services['South'].id}", f"team={world.teams['Care'].id}"):
        for page in ("/dashboard", "/dashboard/audits"):
            client.page(f"{page}?{place}", 404)
