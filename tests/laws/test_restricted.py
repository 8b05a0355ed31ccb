"""What is written about somebody's own supervision is read by their line and by who wrote it, and by nobody else."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from audit_forms.catalogue import latest
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import (
    AccessEntry,
    Answers,
    Audit,
    Base,
    CountedAnswer,
    Judgement,
    Person,
    RestrictedAnswers,
    RoleGrant,
)
from qa_app.services import starting
from qa_app.services.starting import Whom
from tests.conftest import AT
from tests.crawl import pages
from tests.page import PageClient
from tests.qa_app.audit_answers import fill
from tests.world import World

SignIn = Callable[[Person], PageClient]
CANARY = "nightjar-4417"
TOOL = latest("supervision")
# The subject is a worker of Care: above them are the manager of Care, the head of South and the director.
LINE = ("manager_care", "head_south", "director")
AUDITOR = "manager_leaving"


@pytest.fixture
def audit(database: Database, world: World) -> UUID:
    """A submitted audit of supervision with a canary in every restricted answer that takes words."""
    with database.writing() as session, session.begin():
        auditor = session.get_one(Person, world.people[AUDITOR].id)
        whom = Whom(subject=session.get_one(Person, world.people["worker_care_1"].id), children=(world.cases[1],))
        made = starting.start(session, TOOL, auditor, whom, by="test", at=AT)
        said = {one.key: CANARY if one.kind == "text" else "not_met" for one in TOOL.section("relationship").questions}
        fill(session, made.id, at=AT, **said)
        return made.id


def outsiders(world: World) -> Iterator[Person]:
    """One of every role and more, none of them in the line."""
    with_roles = ("qa_lead", "administrator", "analyst", "board", "governance", "moderator_1", "head_north")
    yield from (world.people[key] for key in (*with_roles, "manager_planning", "worker_care_1"))


def test_the_line_and_the_auditor_read_it_and_each_reading_is_logged(
    sign_in: SignIn, world: World, database: Database, audit: UUID
) -> None:
    for key in (*LINE, AUDITOR):
        page = sign_in(world.people[key]).page(f"/audits/{audit}/restricted")
        assert CANARY in page.text
        assert "Not met" in page.text
    with database.reading() as session:
        opened = session.scalars(select(AccessEntry.person_id).where(AccessEntry.action == "restricted.open")).all()
        assert set(opened) == {world.people[key].id for key in (*LINE, AUDITOR)}
    assert "Supervision of people you manage" in sign_in(world.people["manager_care"]).page("/audits").text


def test_nobody_else_finds_it_whatever_their_role(
    sign_in: SignIn, world: World, database: Database, audit: UUID
) -> None:
    with database.writing() as session, session.begin():  # somebody with nearly every role, for the whole council
        for role in (Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.AUDITOR):
            held = {"granted_at": AT, "granted_by": "test"}
            session.add(RoleGrant(person_id=world.people["qa_lead"].id, role=role, **held))
    for person in outsiders(world):
        client = sign_in(person)
        answer = client.get(f"/audits/{audit}/restricted")
        assert answer.status_code in (403, 404), person.name
        assert CANARY not in answer.get_data(as_text=True)
        for address, _ in pages(client):
            assert CANARY not in client.get(address).get_data(as_text=True), (person.name, address)
    for key in ("qa_lead", "head_south", AUDITOR):  # those who may read the audit itself
        assert CANARY not in sign_in(world.people[key]).get(f"/audits/{audit}").get_data(as_text=True), key


def test_it_is_kept_in_its_own_table_and_nowhere_else(database: Database, audit: UUID) -> None:
    with database.reading() as session:
        kept = session.scalars(select(RestrictedAnswers)).one()
        assert set(kept.answers) == TOOL.restricted
        assert not TOOL.restricted & set(session.scalars(select(Answers.answers)).one())
        assert not TOOL.restricted & set(session.scalars(select(Judgement.element)))
        assert session.scalar(select(func.count()).select_from(CountedAnswer)) == 0
        for table in Base.metadata.tables.values():
            if table.name != "restricted_answers":
                for row in session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608 - names of our tables
                    assert CANARY not in json.dumps([str(value) for value in row]), table.name


def test_while_it_is_written_only_the_auditor_sees_it(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        auditor = session.get_one(Person, world.people[AUDITOR].id)
        whom = Whom(subject=session.get_one(Person, world.people["worker_care_1"].id), children=(world.cases[1],))
        made = starting.start(session, TOOL, auditor, whom, by="test", at=AT).id
    for key in LINE:
        sign_in(world.people[key]).page(
            f"/audits/{made}/sections/relationship", 403 if "head" in key or key == "director" else 404
        )
        sign_in(world.people[key]).page(f"/audits/{made}/restricted", 404)
    assert (
        "only you and this person" in sign_in(world.people[AUDITOR]).page(f"/audits/{made}/sections/relationship").text
    )


def test_whoever_leaves_the_line_reads_it_no_more(
    sign_in: SignIn, world: World, database: Database, audit: UUID
) -> None:
    with database.writing() as session, session.begin():
        session.get_one(Person, world.people["worker_care_1"].id).line_manager_id = world.people["manager_planning"].id
        assert session.get_one(Audit, audit).month == date(2026, 11, 1)
    sign_in(world.people["manager_care"]).page(f"/audits/{audit}/restricted", 404)
    assert CANARY in sign_in(world.people["manager_planning"]).page(f"/audits/{audit}/restricted").text
