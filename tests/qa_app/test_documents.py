"""Guidance in versions: drafted, published for good, and read anew by everybody who has to whenever it changes."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import Acknowledgement, Document, DocumentDraft, DocumentVersion, Message, Person
from qa_app.queries import documents as found
from qa_app.queries.waiting import waiting
from qa_app.reports.plain_text import parts
from qa_app.services import documents, settings
from qa_app.services.documents import DocumentRefused, NewerVersion, Text
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
FIRST = Text(
    "Audit Guidance", "# Why we audit\n\nTo learn.\n\n- One\n- Two", "", for_auditors=True, for_moderators=True
)
SECOND = Text("Audit Guidance", "To learn and to change.", "Change comes in.", for_auditors=True, for_moderators=False)


def published(session: Session, said: Text = FIRST, kind: str = "audit", tool_key: str = "") -> Document:
    made = documents.make(session, kind, tool_key, said, by="test", at=AT)
    documents.publish(session, made, said.sha256, by="test", at=AT)
    return made


def renewed(session: Session, document: Document, said: Text = SECOND) -> DocumentVersion:
    documents.write(session, document, said, by="test", at=AT)
    return documents.publish(session, document, said.sha256, by="test", at=AT)


def unread(session: Session, person: Person) -> list[str]:
    return [one.title for one in found.unread(session, person.id)]


def test_a_new_version_asks_everybody_who_has_to_read_it_again(session: Session, world: World) -> None:
    auditor, moderator = world.people["manager_care"], world.people["moderator_1"]
    made = published(session)
    assert unread(session, auditor) == unread(session, moderator) == ["Audit Guidance"]
    assert unread(session, world.people["qa_lead"]) == unread(session, world.people["worker_care_1"]) == []
    for one in (auditor, moderator):
        assert documents.acknowledge(session, one.id, made, 1, by="test", at=AT)
        assert not documents.acknowledge(session, one.id, made, 1, by="test", at=AT)
        assert unread(session, one) == []
    renewed(session, made)
    assert unread(session, auditor) == ["Audit Guidance"]
    assert unread(session, moderator) == []
    (mine,) = found.mine(session, auditor.id)
    assert (mine.waits, mine.read, mine.read_at, mine.newest.version) == (True, 1, AT, 2)
    with pytest.raises(NewerVersion):
        documents.acknowledge(session, auditor.id, made, 1, by="test", at=AT)
    assert session.scalar(select(func.count()).select_from(Acknowledgement)) == 2


def test_publishing_tells_each_reader_once(session: Session, world: World) -> None:
    made = published(session)
    told = session.scalars(select(Message.person_id).where(Message.kind == "document.published")).all()
    wanted = {one.id for key, one in world.people.items() if key.startswith(("manager_", "moderator_"))}
    assert sorted(told, key=str) == sorted(wanted, key=str)
    renewed(session, made)
    again = session.scalars(select(Message.person_id).where(Message.kind == "document.published")).all()
    assert len(again) == len(wanted) + sum(key.startswith("manager_") for key in world.people)


def test_the_daily_mail_says_it_from_the_day_after_until_it_is_read(session: Session, world: World) -> None:
    person = session.merge(world.people["manager_care"])
    made = published(session)

    def said(days: int) -> list[str]:
        day = london_day(AT) + timedelta(days=days)
        waits = waiting(session, actor_for(person), today=day, untouched_days=5)
        return [str(one.detail["documents"]) for one in waits if one.kind == "waiting.documents"]

    assert (said(0), said(1)) == ([], ["1 guidance document is new to you"])
    documents.acknowledge(session, person.id, made, 1, by="test", at=AT)
    assert said(1) == []


def test_what_is_published_is_what_was_looked_at(session: Session) -> None:
    made = documents.make(session, "audit", "", FIRST, by="test", at=AT)
    documents.write(session, made, SECOND, by="other", at=AT)
    with pytest.raises(DocumentRefused, match="changed since you looked"):
        documents.publish(session, made, FIRST.sha256, by="test", at=AT)
    version = documents.publish(session, made, SECOND.sha256, by="test", at=AT)
    assert documents.text_of(version) == SECOND
    assert version.sha256 == SECOND.sha256
    with pytest.raises(DocumentRefused, match="no draft"):
        documents.publish(session, made, SECOND.sha256, by="test", at=AT)
    silent = Text("Audit Guidance", "Other words.", " ", for_auditors=True, for_moderators=True)
    documents.write(session, made, silent, by="test", at=AT)
    with pytest.raises(DocumentRefused, match="Say what has changed"):
        documents.publish(session, made, silent.sha256, by="test", at=AT)
    documents.give_up(session, made, by="test", at=AT)
    assert session.get(DocumentDraft, made.id) is None
    assert [one.version for one in found.history(session, made.id)] == [1]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Text(" ", "Words.", "", for_auditors=True, for_moderators=True), "title"),
        (Text("Title", "\n", "", for_auditors=True, for_moderators=True), "words"),
    ],
)
def test_a_text_without_title_or_words_is_refused(session: Session, said: Text, field: str) -> None:
    with pytest.raises(DocumentRefused) as fault:
        documents.make(session, "audit", "", said, by="test", at=AT)
    assert fault.value.field == field


def test_there_is_one_document_of_a_kind_and_one_for_each_tool(session: Session) -> None:
    published(session)
    published(session, kind="tool", tool_key="case_file")
    for kind, tool_key, field in (("audit", "", "kind"), ("tool", "case_file", "kind"), ("tool", "", "tool_key")):
        with pytest.raises(DocumentRefused) as fault:
            documents.make(session, kind, tool_key, FIRST, by="test", at=AT)
        assert fault.value.field == field


@pytest.mark.parametrize("table", ["document", "document_version", "acknowledgement"])
def test_the_database_keeps_what_was_published_and_read(database: Database, world: World, table: str) -> None:
    with database.writing() as session, session.begin():
        made = published(session)
        documents.acknowledge(session, world.people["manager_care"].id, made, 1, by="test", at=AT)
    column = "kind" if table == "document" else "version"
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608
        with database.writing() as session, pytest.raises(DBAPIError, match="are kept as they were recorded"):
            session.execute(text(change))


@pytest.mark.parametrize("rule", ["may", "must"])
def test_a_council_may_ask_that_guidance_is_read_before_an_audit_is_begun(
    database: Database, world: World, sign_in: SignIn, rule: str
) -> None:
    from tests.busy import busy_council
    from tests.laws.test_objects import rows

    with database.writing() as session, session.begin():
        busy_council(session, world)
        settings.change(session, "guidance_first", rule, by="test", at=AT)
        made = published(session).id
        published(session, kind="tool", tool_key="supervision")  # of another tool: nothing hangs on it here
    row = next(one for one in rows(database) if one.state == "allocated" and not one.planned)
    person = next(one for one in world.people.values() if one.id == row.auditor)
    client, base = sign_in(person), f"/audits/{row.id}"
    page = client.page(f"{base}/record").text
    assert ("Read this before you begin" in page) == (rule == "must")
    assert ("you have not said you have read" in page) == (rule == "may")
    assert client.get(f"{base}/sections/voice").status_code == (200 if rule == "may" else 302)
    answer = client.post(f"{base}/sections/voice", data={"csrf_token": client.token()}).get_data(as_text=True)
    assert ("Read the guidance first" in answer) == (rule == "must")
    client.send(f"/documents/{made}/acknowledge", {"version": "1"})
    assert client.get(f"{base}/sections/voice").status_code == 200


def test_the_lead_publishes_on_screen_and_sees_who_has_read(sign_in: SignIn, world: World, database: Database) -> None:
    lead, auditor = sign_in(world.people["qa_lead"]), sign_in(world.people["manager_care"])
    said = {
        "kind": "audit",
        "tool_key": "",
        "title": "Audit Guidance",
        "words": "<b>Bold</b> is not markup.",
        "readers": "auditors",
    }
    missing = lead.send("/documents/new", {**said, "title": ""}, status=400)
    assert "Write what the document is called." in missing.get_data(as_text=True)
    where = lead.send("/documents/new", said).location
    look = lead.get(where).get_data(as_text=True)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in look
    assert "Audit Guidance" not in auditor.page("/documents").text
    stale = lead.send(where, {"sha256": "0" * 64}, status=409)
    assert "Read it again, then publish it." in stale.get_data(as_text=True)
    sha = look.split('name="sha256" value="')[1].split('"')[0]
    document = lead.send(where, {"sha256": sha}).location
    assert "To read" in auditor.page("/documents").text
    assert "Audit Guidance" in auditor.page("/").text
    auditor.page(f"{document}/readers", 403)
    auditor.send(f"{document}/acknowledge", {"version": "7"})
    assert "To read" in auditor.page("/documents").text
    auditor.send(f"{document}/acknowledge", {"version": "1"})
    assert "You said on 23 November 2026" in auditor.page(document).text
    assert "1 of 4 who have to read version 1" in lead.page(f"{document}/readers").text
    with database.reading() as session:
        assert session.scalars(select(Document.kind)).all() == ["audit"]


def test_a_head_sees_the_readers_of_their_service_alone(session: Session, sign_in: SignIn, world: World) -> None:
    made = published(session)
    session.commit()
    page = sign_in(world.people["head_north"]).page(f"/documents/{made.id}/readers").text
    assert "0 of 2 who have to read" in page
    assert "Manager Planning" in page
    assert "Manager Care" not in page
    assert "Manager Care" in sign_in(world.people["director"]).page(f"/documents/{made.id}/readers").text


def test_a_draft_is_the_leads_alone(session: Session, sign_in: SignIn, world: World) -> None:
    made = documents.make(session, "audit", "", FIRST, by="test", at=AT)
    session.commit()
    for key in ("manager_care", "director"):
        client = sign_in(world.people[key])
        client.page(f"/documents/{made.id}", 404)
        client.page(f"/documents/{made.id}/publish", 403)
        assert "Audit Guidance" not in client.page("/documents").text
    unknown = UUID(int=0)
    sign_in(world.people["qa_lead"]).page(f"/documents/{unknown}/draft", 404)


def test_the_parts_of_a_text() -> None:
    said = "# Why\nTo learn\nfrom it.\n\n## How\n- One\n- Two\n\n<i>Plain</i>"
    assert [(one.kind, one.texts) for one in parts(said)] == [
        ("heading", ("Why",)),
        ("paragraph", ("To learn\nfrom it.",)),
        ("subheading", ("How",)),
        ("list", ("One", "Two")),
        ("paragraph", ("<i>Plain</i>",)),
    ]


@given(st.text(alphabet="# -a\n", max_size=60))
def test_no_word_of_a_text_is_lost_and_no_part_is_empty(said: str) -> None:
    found_parts = parts(said)
    assert all(text.strip() for one in found_parts if one.kind in ("paragraph", "list") for text in one.texts)
    letters = "".join(text for one in found_parts for text in one.texts)
    assert letters.count("a") == said.count("a")


def test_roles_are_those_that_are_held_now(session: Session, world: World) -> None:
    published(session)
    person = session.merge(world.people["manager_care"])
    (held,) = (one for one in person.grants if one.role == Role.AUDITOR)
    held.ended_at, held.ended_by = AT, "test"
    session.flush()
    assert unread(session, person) == []
    assert person.id not in found.readers(session, found.newest(session)[0])
