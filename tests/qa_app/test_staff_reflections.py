"""A member of staff who was observed gets the reflection page with what was written; nobody else is asked."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from audit_forms.catalogue import latest
from qa_app.db import Database
from qa_app.models import Audit, Message, Person, Reflection
from qa_app.services import reflections
from qa_app.services.drafts import version_of
from qa_app.services.reflections import NotTheirs
from tests.conftest import AT
from tests.feedback import DISPUTES, KEYS
from tests.page import PageClient
from tests.qa_app.test_starting import CARE, audit_at, begin, record
from tests.world import World

SignIn = Callable[[Person], PageClient]
SUBJECT = "worker_care_1"


def audited(client: PageClient, world: World, key: str, **more: str) -> str:
    address = audit_at(begin(client, key, subject=world.people[SUBJECT].employee_id or "", **more).location)
    record(client, address, key)
    return address


@pytest.fixture
def observed(sign_in: SignIn, world: World) -> str:
    return audited(sign_in(world.people["manager_assessment"]), world, "observation")


def only(database: Database) -> Reflection | None:
    with database.reading() as session:
        return session.scalars(select(Reflection)).one_or_none()


def test_whoever_was_observed_reads_what_was_written_and_reflects(
    observed: str, database: Database, world: World, sign_in: SignIn
) -> None:
    asked = only(database)
    assert asked is not None
    assert asked.person_id == world.people[SUBJECT].id
    with database.reading() as session:
        told = session.scalars(select(Message.person_id).where(Message.kind == "reflection.asked")).all()
    assert told == [asked.person_id]
    client, path = sign_in(world.people[SUBJECT]), f"/reflections/{asked.id}"
    page = client.page(path).text
    assert "Manager Assessment wrote about your work" in page
    assert "What should your colleague go on doing?" in page
    assert "Nothing here is graded." in page
    for kept_out in ("Every grade", "graded again", "safe today", "feedback letter comes"):
        assert kept_out not in page
    client.send(path, {"version": version_of({}), **DISPUTES})
    version = version_of(client_draft(database))
    client.send(f"{path}/give", {"version": version})
    given = only(database)
    assert given is not None
    assert (given.position, given.asks_moderation) == ("disputes", False)
    auditor = sign_in(world.people["manager_assessment"]).page(observed).text
    assert "Worker Care 1’s reflection" in auditor
    assert "The chronology is on the second file." in auditor
    lead = sign_in(world.people["qa_lead"])
    assert "nothing in it is graded" in lead.page(f"/disputes/{given.id}").text
    lead.send(f"/disputes/{given.id}", {"decision": "moderate", "note": "Again."}, 400)
    lead.send(f"/disputes/{given.id}", {"decision": "resolved", "note": "We talked about it."})
    assert "We talked about it." in client.page(path).text


def client_draft(database: Database) -> dict[str, str]:
    found = only(database)
    assert found is not None
    return dict(found.draft)


def test_nobody_else_is_shown_or_asked_what_was_written_about_a_member_of_staff(
    observed: str, database: Database, world: World, sign_in: SignIn
) -> None:
    asked = only(database)
    assert asked is not None
    for key in ("worker_planning_1", "manager_care", "manager_assessment"):
        assert sign_in(world.people[key]).get(f"/reflections/{asked.id}").status_code == 404
    lead = sign_in(world.people["qa_lead"])
    page = lead.page(f"{observed}/reflection").text
    assert "Worker Planning 1" not in page
    with database.writing() as session:
        audit = session.scalars(select(Audit)).one()
        other = session.get_one(Person, world.people["worker_planning_1"].id)
        with pytest.raises(NotTheirs, match="Only they"):
            reflections.ask_another(session, audit, other, keys=KEYS, by="test", at=AT)


def test_an_audit_of_supervision_and_an_ungraded_one_of_a_child_ask_for_none(
    database: Database, world: World, sign_in: SignIn
) -> None:
    auditor = sign_in(world.people["manager_planning"])
    audited(auditor, world, "supervision", child_1=CARE)
    assert latest("supervision").restricted
    record(auditor, audit_at(begin(auditor, "chair_check", reference=CARE).location), "chair_check")
    assert only(database) is None


def test_the_page_on_paper_says_whose_work_it_is(observed: str, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "wrote about your work" in lead.page(f"{observed}/reflection/paper").text
