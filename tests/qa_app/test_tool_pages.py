"""The pages of tools: upload with its faults, the draft, the preview that keeps nothing, publishing and after."""

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition_file import sha256_of
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.intake.tools.template import example, template
from qa_app.models import Audit, Base, Event, Person, StoredTool
from qa_app.services import tools as making
from tests.conftest import AT
from tests.crawl import Reader
from tests.months import MONTH, released_month
from tests.page import PageClient
from tests.qa_app.intake.tool_sheets import Sheets, example_sheets
from tests.qa_app.test_stored_tools import brought, definition
from tests.world import World

SignIn = Callable[[Person], PageClient]


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> PageClient:
    return sign_in(world.people["qa_lead"])


def send(client: PageClient, data: bytes, name: str = "tool.xlsx", status: int = 302) -> Any:
    return client.send("/tools/upload", {"file": (io.BytesIO(data), name)}, status)


def draft(client: PageClient, data: bytes | None = None) -> str:
    """The address of the draft that an upload becomes."""
    return str(send(client, data or template()).location)


def publish(client: PageClient, address: str) -> None:
    client.send(f"{address}/publish", {"sha256": sha256_on(client, address)})


def sha256_on(client: PageClient, address: str) -> str:
    return str(client.page(address).text.split("Hash (sha256) ")[1].split(" ")[0])


def changed(**settings: str) -> Sheets:
    sheets = example_sheets()
    sheets.settings.update(settings)
    return sheets


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table but the log of who opened what and the clock of sign-ins."""
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in ("access_log", "sign_in_session")
        }


def test_the_template_is_downloaded_and_becomes_a_draft_as_it_is(lead: PageClient, database: Database) -> None:
    answer = lead.get("/tools/template.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit tool template.xlsx"'
    address = draft(lead, answer.data)
    page = lead.page(address)
    assert page.heading == "Missing children dip sample"
    assert "Draft" in page.text
    assert lead.get(f"{address}/uploaded").data == answer.data
    with database.reading() as session:
        kept = session.scalars(select(StoredTool)).one()
        assert (kept.key, kept.version, kept.source) == ("missing_dip_sample", 1, "workbook")
    downloaded = lead.get(f"{address}/definition.json").data
    assert hashlib.sha256(downloaded).hexdigest() == kept.definition_sha256 == sha256_on(lead, address)


def test_a_definition_file_is_uploaded_too_and_what_is_downloaded_can_be_uploaded_again(lead: PageClient) -> None:
    address = draft(lead, json.dumps(example()).encode())
    downloaded = lead.get(f"{address}/definition.json").data
    again = send(lead, downloaded, "definition.json").location
    assert "/tools/upload/" in again


def test_every_mistake_is_listed_with_its_row_and_nothing_is_kept(lead: PageClient, database: Database) -> None:
    sheets = changed(version="one")
    sheets.row("lives")["type"] = "select_one places"
    sheets.row("episodes")["constraint"] = "lots"
    before = everything(database)
    answer = send(lead, sheets.written(), status=400)
    said = " ".join(answer.get_data(as_text=True).split())
    assert "3 things to mend" in said
    assert "version is a whole number" in said
    assert "has no list called ‘places’" in said
    assert f'data-label="Row"><span>{sheets.number("episodes")}</span>' in said
    assert everything(database) == before


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "The file is empty"), (b"Dear all", "neither a workbook"), (b"PK\x03\x04" + b"\0" * 400, "damaged")],
)
def test_what_is_no_tool_is_refused_on_the_page(lead: PageClient, data: bytes, words: str) -> None:
    assert words in send(lead, data, status=400).get_data(as_text=True)


def test_no_file_at_all_is_said(lead: PageClient) -> None:
    assert "Choose a file." in lead.send("/tools/upload", {}, 400).get_data(as_text=True)


def test_a_key_of_a_shipped_tool_is_refused_in_its_row(lead: PageClient) -> None:
    said = send(lead, changed(form_id="case_file").written(), status=400).get_data(as_text=True)
    assert "comes with the product" in said
    assert 'data-label="Column"><span>form_id</span>' in said


def test_a_draft_is_replaced_only_when_asked(lead: PageClient, database: Database) -> None:
    address = draft(lead)
    asking = send(lead, changed(form_title="Another title").written()).location
    assert "There is a draft of Missing children dip sample already" in lead.page(asking).text
    assert lead.page(address).heading == "Missing children dip sample"
    lead.send(f"{asking}/give-up")
    assert lead.page(address).heading == "Missing children dip sample"
    asking = send(lead, changed(form_title="Another title").written()).location
    new = lead.send(f"{asking}/confirm").location
    assert lead.page(new).heading == "Another title"
    lead.page(address, 404)
    lead.send(f"{asking}/confirm")  # the file is no longer waiting
    with database.reading() as session:
        assert len(session.scalars(select(StoredTool)).all()) == 1


def test_a_file_waiting_is_nobody_elses(lead: PageClient, world: World, sign_in: SignIn, database: Database) -> None:
    draft(lead)
    asking = send(lead, changed(form_title="Another title").written()).location
    with database.writing() as session, session.begin():
        other = world.person(session, "second_lead", "Practice", (Role.QA_LEAD,), AT)
    stranger = sign_in(other)
    assert stranger.get(asking).location == "/tools/upload"
    stranger.send(f"{asking}/confirm")
    assert "Another title" in lead.page(asking).text


def test_a_draft_is_published_after_a_question_and_the_one_before_is_archived(
    lead: PageClient, database: Database
) -> None:
    first = draft(lead)
    assert "You cannot undo this" in lead.page(f"{first}/publish").text
    publish(lead, first)
    assert "Live" in lead.page(first).text
    second = draft(lead, changed(version="2").written())
    assert "Version 1 is live now. It is archived" in lead.page(f"{second}/publish").text
    publish(lead, second)
    assert "Archived" in lead.page(first).text
    listed = lead.page("/tools").text
    assert "Missing children dip sample, version 2 Live" in listed
    assert "Missing children dip sample, version 1 Archived" in listed
    with database.reading() as session:
        told = session.execute(select(Event.action, Event.by).where(Event.object_kind == "tool")).all()
    assert sorted(action for action, _ in told) == [
        "tool.archived", "tool.drafted", "tool.drafted", "tool.published", "tool.published",
    ]  # fmt: skip
    assert all(by.startswith("person:") for _, by in told)


def test_what_was_published_offers_no_change_and_is_not_published_or_deleted_again(lead: PageClient) -> None:
    address = draft(lead)
    sha256 = sha256_on(lead, address)
    publish(lead, address)
    for act in ("publish", "delete"):
        assert lead.get(f"{address}/{act}").location == address
        lead.send(f"{address}/{act}", {"sha256": sha256}, 409)
    assert "Delete this draft" not in lead.page(address).text
    lead.send(f"{address}/archive", {"sha256": sha256})
    assert lead.get(f"{address}/archive").location == address
    lead.send(f"{address}/archive", {"sha256": sha256}, 409)


def test_a_draft_that_was_replaced_meanwhile_is_not_published_unseen(lead: PageClient) -> None:
    address = draft(lead)
    said = lead.send(f"{address}/publish", {"sha256": "of another definition"}, 409).get_data(as_text=True)
    assert "Look at it again first" in said
    assert "Draft" in lead.page(address).text


def test_a_draft_is_deleted_after_a_question(lead: PageClient, database: Database) -> None:
    address = draft(lead)
    assert "Delete this draft?" in lead.page(f"{address}/delete").text
    lead.send(f"{address}/delete", {"sha256": sha256_on(lead, address)})
    lead.page(address, 404)
    with database.reading() as session:
        assert session.scalars(select(StoredTool)).all() == []


def test_a_shipped_tool_is_downloaded_to_make_ones_own_of(lead: PageClient) -> None:
    answer = lead.get("/tools/copy/case_file/1.xlsx")
    assert answer.data.startswith(b"PK")
    said = send(lead, answer.data, status=400).get_data(as_text=True)
    assert "comes with the product" in said
    lead.page("/tools/copy/nothing/1.xlsx", 404)


def test_a_version_published_meanwhile_refuses_the_file_that_waits(lead: PageClient, database: Database) -> None:
    address = draft(lead)
    asking = send(lead, changed(form_title="Another title").written()).location
    publish(lead, address)
    said = lead.send(f"{asking}/confirm", {}, 409).get_data(as_text=True)
    assert "Give this one the version 2" in said


ANSWERS = {
    "lives": "family", "episodes": "2", "returned_on-day": "3", "returned_on-month": "11", "returned_on-year": "2026",
}  # fmt: skip


def test_the_preview_shows_every_section_as_auditors_see_it(lead: PageClient) -> None:
    address = draft(lead)
    assert "The return home interview" in lead.page(f"{address}/preview").text
    page = lead.page(f"{address}/preview/coming_back")
    assert page.heading == "The return home interview"
    assert "The child was heard by somebody they trust" in page.text
    assert {"interview_offered", "return_interview", "interview_evidence"} <= set(page.ids)
    lead.page(f"{address}/preview/nothing", 404)


def test_trying_carries_what_was_typed_says_what_is_missing_and_keeps_nothing(
    lead: PageClient, database: Database
) -> None:
    address = draft(lead)
    before = everything(database)
    page = lead.send(f"{address}/preview", {"at": "about", "go": "next", **ANSWERS}, 200).get_data(as_text=True)
    assert "<h1" in page
    assert "Safe now?" in page
    assert 'name="episodes" value="2"' in page
    told = lead.send(f"{address}/preview", {"at": "safe", "go": "check", "safe_now": "no", **ANSWERS}, 200).get_data(
        as_text=True
    )
    assert "Say who you told" in told
    assert "Enter the date the child came back" not in told
    assert "3 November 2026" in told
    back = lead.send(f"{address}/preview", {"go": "to:about", "safe_now": "no", **ANSWERS}, 200)
    assert 'name="safe_now" value="no"' in back.get_data(as_text=True)
    listed = lead.send(f"{address}/preview", {"go": "list", **ANSWERS}, 200).get_data(as_text=True)
    assert "1 of 4 sections complete" in listed
    assert everything(database) == before


def test_trying_refuses_what_recording_would_refuse(lead: PageClient) -> None:
    address = draft(lead)
    wrong = {**ANSWERS, "episodes": "many"}
    answer = lead.send(f"{address}/preview", {"at": "about", "go": "next", **wrong}, 400).get_data(as_text=True)
    assert "Enter a whole number from 1 to 200" in answer
    told = lead.send(f"{address}/preview", {"go": "check", **wrong}, 200).get_data(as_text=True)
    assert "something typed here could not be read" in told
    assert "many" in told


def test_an_action_is_added_in_the_preview_without_scripts(lead: PageClient) -> None:
    address = draft(lead)
    first = {"actions-0-what": "Ask the child again"}
    page = lead.send(f"{address}/preview", {"at": "learning", "add_row": "actions", **first}, 200)
    assert 'name="actions-1-what"' in page.get_data(as_text=True)


def test_a_tool_that_is_complete_could_be_submitted(lead: PageClient) -> None:
    address = draft(lead)
    rest = {
        "safe_now": "yes", "interview_offered": "yes", "return_interview": "good", "interview_evidence": "They came.",
    }  # fmt: skip
    told = lead.send(f"{address}/preview", {"go": "check", **ANSWERS, **rest}, 200).get_data(as_text=True)
    assert "Nothing is missing" in told


def test_an_audit_on_a_tool_that_was_tampered_with_is_refused_in_words(
    lead: PageClient, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        audit = stored_audit(session, world)
        tampered = {**definition(2), "title": "Not what was published"}
        row = {"published_at": AT, "published_by": "test", "made_at": AT, "made_by": "test"}
        broken = StoredTool(
            key="broken", version=1, title="Broken", state="live", definition=tampered, source="file", uploaded=b"",
            definition_sha256=sha256_of(definition(2)), **row,
        )  # fmt: skip
        session.add(broken)
        session.flush()
        other = audit_on(session, world, broken, audit.cycle_id, 2)
        sound, refused, tool = audit.id, other.id, broken.id
    auditor = sign_in(world.people["manager_care"])
    auditor.page(f"/audits/{sound}/record")
    for page in ("record", "check", "sections/return_home"):
        found = auditor.page(f"/audits/{refused}/{page}", 409)
        assert found.heading == "This tool was changed after it was published"
        assert "Tell your administrator" in found.text
    saved = auditor.post(
        f"/audits/{refused}/sections/return_home/autosave", data={"csrf_token": auditor.token(), "seen": "yes"},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert saved.status_code == 409
    assert "not the one that was recorded" in saved.get_json()["error"]
    assert "/record" in auditor.get("/audits").get_data(as_text=True)  # the list of what is to do still opens
    assert "changed outside this service" in lead.page(f"/tools/{tool}").text
    assert "Changed outside" in lead.page("/tools").text


def test_an_audit_is_refused_when_its_tool_is_not_the_one_it_was_begun_with(
    database: Database, world: World, sign_in: SignIn
) -> None:
    """Row and hash were both replaced, so the tool agrees with itself; the audit's own hash tells."""
    with database.writing() as session, session.begin():
        audit = stored_audit(session, world)
        audit.tool_sha256 = sha256_of(definition(1, label="Another question?"))
        refused = audit.id
    found = sign_in(world.people["manager_care"]).page(f"/audits/{refused}/record", 409)
    assert "QA-2026-11-001 was asked by other questions" in found.text


def test_an_audit_opens_as_it_was_asked_when_a_newer_version_is_live(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        first = stored_audit(session, world)
        second = making.keep_draft(session, brought(2, label="Was the child seen alone?"), by="test", at=AT)
        making.publish(session, second, by="test", at=AT)
        newer = audit_on(session, world, second, first.cycle_id, 2)
        old, new = first.id, newer.id
    auditor = sign_in(world.people["manager_care"])
    assert "Was the child seen?" in auditor.page(f"/audits/{old}/sections/return_home").text
    assert "Was the child seen alone?" in auditor.page(f"/audits/{new}/sections/return_home").text
    for audit in (old, new):
        section = f"/audits/{audit}/sections/return_home"
        auditor.send(section, {**fields_of(auditor, section), "seen": "yes", "told": "The child."})
        auditor.send(f"/audits/{audit}/submit", fields_of(auditor, f"/audits/{audit}/check"))
    assert "Was the child seen? Yes" in auditor.page(f"/audits/{old}").text
    assert "version 1" in auditor.page(f"/audits/{old}").text
    assert "Was the child seen alone? Yes" in auditor.page(f"/audits/{new}").text
    assert "version 2" in auditor.page(f"/audits/{new}").text


def fields_of(client: PageClient, address: str) -> dict[str, str]:
    """The fields of the page's form for answers, as a browser would send them back."""
    forms = Reader(client.get(address).get_data(as_text=True)).forms
    found = next(form for form in forms if "version" in form.fields)
    kept = {"hidden", "text", "textarea"}
    return {name: value for name, value in found.fields.items() if found.kinds[name] in kept}


def stored_audit(session: Session, world: World, version: int = 1) -> Audit:
    """An audit to do on a published tool of the council's own."""
    kept = making.keep_draft(session, brought(version), by="test", at=AT)
    making.publish(session, kept, by="test", at=AT)
    return audit_on(session, world, kept, released_month(session, world, at=AT).id)


def audit_on(session: Session, world: World, kept: StoredTool, cycle_id: UUID, number: int = 1) -> Audit:
    """An audit to do on this version."""
    case, team = world.cases[0], world.teams["Assessment"]
    audit = Audit(
        number=number, cycle_id=cycle_id, month=MONTH, case_id=case.id, auditor_id=world.people["manager_care"].id,
        tool_key=kept.key, tool_version=kept.version, tool_sha256=kept.definition_sha256, service_id=team.service_id,
        team_id=team.id, worker_id=case.worker_id, plan_type="", state="allocated", allocated_at=AT,
    )  # fmt: skip
    session.add(audit)
    session.flush()
    return audit
