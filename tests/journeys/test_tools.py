"""A tool from the template to its first audit: uploaded with a mistake, mended, tried, published, and audited with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from qa_app.db import Database
from qa_app.models import Audit, StoredTool
from tests.conftest import AT
from tests.journeys.screens import SectionScreen, UploadScreen
from tests.journeys.visitor import PHONE, Visitor
from tests.months import released_month
from tests.qa_app.intake.tool_sheets import example_sheets
from tests.qa_app.test_tool_pages import audit_on
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]
TITLE = "Children missing from care"


def with_a_mistake() -> bytes:
    """The template with another title, and a list misspelt in the row of a question."""
    sheets = example_sheets()
    sheets.settings["form_title"] = TITLE
    sheets.row("interview_reasons")["type"] = "select_multiple reason"
    return sheets.written()


def mended() -> bytes:
    sheets = example_sheets()
    sheets.settings["form_title"] = TITLE
    return sheets.written()


def begin_audit(database: Database, world: World) -> tuple[str, Audit]:
    """An audit on the tool that is live now, and the address of its pages."""
    with database.writing() as session, session.begin():
        live = session.scalars(select(StoredTool).where(StoredTool.state == "live")).one()
        audit = audit_on(session, world, live, released_month(session, world, at=AT).id)
        return f"/audits/{audit.id}", audit


def test_a_tool_is_made_from_the_template_and_audited_with(
    visit: Visit, world: World, database: Database, tmp_path: Path
) -> None:
    visitor = visit(world.people["qa_lead"]).open("/").follow("Set-up").follow("Tools")
    with visitor.page.expect_download() as arriving:
        visitor.page.get_by_role("link", name="Download the template").first.click()
    assert arriving.value.suggested_filename == "audit tool template.xlsx"
    visitor.press("Upload a tool")
    refused = UploadScreen(visitor).send(tmp_path / "mine.xlsx", with_a_mistake(), status=400)
    row = example_sheets().number("interview_reasons")
    assert "1 thing to mend" in refused.text
    assert f"survey {row} type The sheet choices has no list called ‘reason’. Did you mean reasons?" in refused.text
    UploadScreen(visitor).send(tmp_path / "mended.xlsx", mended())
    assert visitor.heading == TITLE
    visitor.press("Preview and try it").press("The child and the missing episode")
    tried = SectionScreen(visitor)
    tried.answer({"lives": "family", "episodes": "2"})
    visitor.press("Check what is missing")
    assert "Enter the date the child came back" in visitor.text
    visitor.press("The child and the missing episode: Enter the date the child came back")
    assert tried.box("episodes").input_value() == "2"
    visitor.open(refused_to(database)).press("Publish")
    visitor.press("Publish")
    assert "is live. Audits are begun on it from now on." in visitor.text
    address, audit = begin_audit(database, world)
    auditor = visit(world.people["manager_care"]).open(f"{address}/record")
    auditor.follow("The return home interview")
    assert "The child was heard by somebody they trust" in auditor.text
    visitor.open("/tools")
    assert f"{TITLE}, version 1 Live" in visitor.text
    assert audit.tool_version == 1


def refused_to(database: Database) -> str:
    """The address of the one tool there is."""
    with database.reading() as session:
        return f"/tools/{session.scalars(select(StoredTool.id)).one()}"


def test_a_tool_is_tried_section_by_section_with_the_keyboard_and_without_scripts(
    visit: Visit, world: World, tmp_path: Path
) -> None:
    visitor = visit(world.people["qa_lead"], scripts=False, width=PHONE["width"]).open("/tools/upload")
    UploadScreen(visitor).send(tmp_path / "tool.xlsx", mended())
    visitor.press("Preview and try it")
    visitor.page.get_by_role("button", name="The child and the missing episode").focus()
    visitor.press_key("Enter")
    visitor.page.locator("#lives").focus()
    visitor.page.keyboard.press("Space")
    visitor.page.locator("#episodes").focus()
    visitor.page.keyboard.type("3")
    for part, typed in (("day", "27"), ("month", "3"), ("year", "2026")):
        visitor.page.locator(f"#returned_on-{part}").focus()
        visitor.page.keyboard.type(typed)
    visitor.page.get_by_role("button", name="Continue").focus()
    visitor.press_key("Enter")
    assert visitor.heading == "Safe now?"
    visitor.press("Go back to the list")
    assert "1 of 4 sections complete" in visitor.text
    visitor.press("What should happen now")
    SectionScreen(visitor).answer({"actions-0-what": "Ask the child again"})
    visitor.press("Add another action")
    assert SectionScreen(visitor).box("actions-1-what").count() == 1
    visitor.press("Check what is missing")
    assert "Say whether the child is safe today" in visitor.text
    assert "27 March 2026" in visitor.text
    visitor.open("/tools").follow(f"{TITLE}, version 1").follow("Delete this draft")
    visitor.press("Delete the draft")
    assert "Your council has no tool of its own yet" in visitor.text
