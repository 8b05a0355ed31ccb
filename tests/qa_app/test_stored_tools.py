"""Tools made by the council: draft, live, archived; a published definition never changes, by any way in."""

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from audit_forms import catalogue
from audit_forms.definition_file import sha256_of
from qa_app.db import Database
from qa_app.models import Event, StoredTool
from qa_app.queries import tools
from qa_app.services import tools as making
from qa_app.services.tools import Brought, ToolRefused
from tests.conftest import AT


def definition(version: int = 1, key: str = "missing_children", label: str = "Was the child seen?") -> dict[str, Any]:
    """A small tool."""
    questions = [
        {"key": "seen", "kind": "yes_no", "label": label, "required": True},
        {"key": "told", "kind": "text", "label": "What did you see?"},
    ]
    section = {"key": "return_home", "title": "Return home interview", "questions": questions}
    return {
        "key": key,
        "version": version,
        "title": "Missing children dip sample",
        "cases": "started",
        "section": [section],
    }


def brought(version: int = 1, **more: Any) -> Brought:
    return Brought(definition(version, **more), b"the file as it was", "file")


def published(session: Session, version: int = 1, **more: Any) -> StoredTool:
    kept = making.keep_draft(session, brought(version, **more), by="test", at=AT)
    making.publish(session, kept, by="test", at=AT)
    return kept


def test_a_draft_is_no_tool_to_begin_an_audit_on_until_it_is_published(session: Session) -> None:
    shipped = [tool.key for tool in tools.live(session)]
    assert "case_file" in shipped
    kept = making.keep_draft(session, brought(), by="test", at=AT)
    assert [tool.key for tool in tools.live(session)] == shipped
    making.publish(session, kept, by="test", at=AT)
    live = {tool.key: tool for tool in tools.live(session)}
    assert live["missing_children"].version == 1
    assert live["missing_children"].sha256 == sha256_of(definition()) == kept.definition_sha256
    assert live["case_file"] is catalogue.latest("case_file")
    making.archive(session, kept, by="test", at=AT)
    assert [tool.key for tool in tools.live(session)] == shipped


def test_publishing_archives_the_version_that_was_live(session: Session) -> None:
    first = published(session)
    second = published(session, 2, label="Was the child seen alone?")
    assert (first.state, second.state) == ("archived", "live")
    assert first.archived_by == "test"
    asked = {tool.key: tool for tool in tools.live(session)}["missing_children"]
    assert asked.question("seen").label == "Was the child seen alone?"
    assert tools.tool(session, "missing_children", 1).question("seen").label == "Was the child seen?"


def test_a_draft_is_replaced_by_the_next_one_and_can_be_deleted(session: Session) -> None:
    making.keep_draft(session, brought(), by="test", at=AT)
    second = making.keep_draft(session, brought(label="Anew?"), by="test", at=AT)
    kept = session.scalars(select(StoredTool)).one()
    assert kept is second
    making.delete_draft(session, kept, by="test", at=AT)
    assert session.scalars(select(StoredTool)).all() == []
    told = [event.action for event in session.scalars(select(Event).order_by(Event.id))]
    assert sorted(told) == ["tool.draft_deleted", "tool.drafted", "tool.redrafted"]


def test_a_key_of_a_shipped_tool_is_refused(session: Session) -> None:
    for tool in catalogue.tools():
        with pytest.raises(ToolRefused, match="comes with the product"):
            making.keep_draft(session, brought(9, key=tool.key), by="test", at=AT)


def test_a_version_that_was_published_or_is_older_is_refused(session: Session) -> None:
    published(session, 2)
    for version in (1, 2):
        with pytest.raises(ToolRefused, match="Give this one the version 3"):
            making.keep_draft(session, brought(version), by="test", at=AT)


def test_what_was_published_is_not_deleted_published_again_or_archived_twice(session: Session) -> None:
    kept = published(session)
    with pytest.raises(ToolRefused, match="is live already"):
        making.publish(session, kept, by="test", at=AT)
    with pytest.raises(ToolRefused, match="it is kept"):
        making.delete_draft(session, kept, by="test", at=AT)
    making.archive(session, kept, by="test", at=AT)
    with pytest.raises(ToolRefused, match="Only a version that is live"):
        making.archive(session, kept, by="test", at=AT)


CHANGES: dict[str, Any] = {
    "key": "another", "version": 7, "title": "Another", "definition": {"key": "x"}, "definition_sha256": "0" * 64,
    "source": "workbook", "uploaded": b"another file", "made_by": "somebody else", "published_by": "somebody else",
    "state": "draft",
}  # fmt: skip


@pytest.mark.parametrize("state", ["live", "archived"])
@pytest.mark.parametrize("column", CHANGES)
def test_the_database_refuses_to_change_what_was_published(database: Database, state: str, column: str) -> None:
    with database.writing() as session, session.begin():
        kept = published(session)
        if state == "archived":
            making.archive(session, kept, by="test", at=AT)
    with pytest.raises(DBAPIError, match="can no longer change"), database.writing() as session, session.begin():
        session.execute(update(StoredTool).values({column: CHANGES[column]}))
    with pytest.raises(DBAPIError, match="can no longer change"), database.writing() as session, session.begin():
        session.execute(text("DELETE FROM tool_definition"))


def test_a_draft_may_change_in_the_database(database: Database) -> None:
    with database.writing() as session, session.begin():
        making.keep_draft(session, brought(), by="test", at=AT)
        session.execute(update(StoredTool).values(title="Another"))
        session.execute(delete(StoredTool))
        assert session.scalars(select(StoredTool)).all() == []


@pytest.mark.parametrize("state", ["live", "draft"])
def test_two_versions_of_a_tool_are_never_both_live_or_both_in_the_making(database: Database, state: str) -> None:
    def row(version: int) -> StoredTool:
        dated = {"published_at": AT, "published_by": "test"} if state == "live" else {}
        return StoredTool(
            key="twice", version=version, title="Twice", state=state, definition={}, definition_sha256="0" * 64,
            source="file", uploaded=b"", made_at=AT, made_by="test", **dated,
        )  # fmt: skip

    with pytest.raises(IntegrityError), database.writing() as session, session.begin():
        session.add_all([row(1), row(2)])


def test_a_live_tool_whose_definition_was_tampered_with_is_not_offered(session: Session) -> None:
    kept = making.keep_draft(session, brought(), by="test", at=AT)
    making.publish(session, kept, by="test", at=AT)
    tampered = {**definition(), "title": "Another"}
    broken = StoredTool(
        key="broken", version=1, title="Broken", state="live", definition=tampered, source="file", uploaded=b"",
        definition_sha256=sha256_of(definition()), made_at=AT, made_by="t", published_at=AT, published_by="t",
    )  # fmt: skip
    session.add(broken)
    session.flush()
    assert "missing_children" in [tool.key for tool in tools.live(session)]
    assert "broken" not in [tool.key for tool in tools.live(session)]
    with pytest.raises(tools.ChangedTool, match="not the one that was recorded"):
        tools.tool(session, "broken", 1)


def test_a_tool_whose_cases_would_have_to_be_drawn_is_refused(session: Session) -> None:
    drawn = Brought({**definition(), "cases": "drawn"}, b"", "file")
    with pytest.raises(ToolRefused, match="for the case file audit alone"):
        making.keep_draft(session, drawn, by="test", at=AT)
