"""An alert raised in one browser and answered in another; the finder without scripts; the check page on a phone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from qa_app.db import Database
from qa_app.models import Audit
from qa_app.services import audits, drafts
from qa_app.services.drafts import Written
from tests.conftest import AT, SteppingClock
from tests.journeys.screens import SectionScreen
from tests.journeys.states import Allocated, released_month
from tests.journeys.visitor import Visitor
from tests.qa_app.audit_answers import stored
from tests.qa_app.test_unanswered import TOOL
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]


def picture(visitor: Visitor, name: str) -> None:
    """Keep a picture of the page where a folder is asked for."""
    if folder := os.environ.get("QA_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def given(database: Database, world: World) -> Allocated:
    with database.writing() as session, session.begin():
        return released_month(session, world)[0]


def draft(database: Database, given: Allocated, *left_out: str, **changed: object) -> None:
    with database.writing() as session, session.begin():
        said = {key: answer for key, answer in stored(TOOL, **changed).items() if key not in left_out}
        keys = frozenset(said)
        audit = session.get_one(Audit, given.id)
        audits.write(session, audit, Written(keys, keys, said), drafts.version_of({}, keys), by="test", at=AT)


def test_a_fear_is_told_at_once_and_answered_in_another_browser(
    visit: Visit, given: Allocated, world: World, clock: SteppingClock
) -> None:
    auditor = visit(given.auditor)
    section = SectionScreen.open(auditor, given.at("sections/safe"))
    with section.page.expect_response(lambda response: response.url.endswith("/autosave")):
        section.answer({"safe_now": "no"})
    clock.move(minutes=17)
    head = visit(world.people["director"])
    head.open("/")
    assert f"Audit {given.reference}" in head.text
    assert "open for 17 minutes" in head.text
    picture(head, "start-with-alert")
    head.follow(f"Audit {given.reference}")
    assert "Nothing yet. Phone them" in head.text
    picture(head, "alert")
    phone = visit(world.people["director"], width=320).open(head.path)
    picture(phone, "alert-phone")
    head.page.get_by_label("What was done to make sure that the child is safe?").fill("Seen at home at four.")
    head.press("Acknowledge this alert")
    picture(head, "alerts")
    assert "17 minutes" in head.text
    auditor.open(given.at("record"))
    assert "Director acknowledged your alert after 17 minutes: Seen at home at four." in auditor.text


def test_the_clock_of_an_alert_runs_on_while_it_is_looked_at(
    visit: Visit, given: Allocated, database: Database, world: World
) -> None:
    draft(database, given, safe_now="no")
    lead = visit(world.people["qa_lead"])
    lead.page.clock.install()
    lead.open("/alerts")
    clock = lead.page.locator("[data-minutes]").first
    expect(clock).to_have_text("less than a minute")
    lead.page.clock.run_for(125_000)
    expect(clock).to_have_text("2 minutes")


def test_one_press_leads_to_the_next_unanswered_without_scripts(
    visit: Visit, given: Allocated, database: Database
) -> None:
    draft(database, given, "look_back", "story_now")
    visitor = visit(given.auditor, scripts=False)
    visitor.open(given.at("record"))
    picture(visitor, "record")
    picture(visit(given.auditor, width=320).open(given.at("record")), "record-phone")
    visitor.follow("See everything that is unanswered")
    picture(visitor, "unanswered")
    visitor.press("Go to the first")
    section = SectionScreen(visitor)
    assert section.heading == "About this audit"
    section.answer({"look_back": "12"})
    visitor.press("Save and go to the next unanswered")
    assert section.heading == "The child’s story"
    section.answer({"story_now": "A child who likes trains."})
    visitor.press("Save and go to the next unanswered")
    assert section.heading == "Check your answers"
    picture(visit(given.auditor, width=320).open("/audits"), "audits-phone")


def test_what_does_not_sit_together_is_told_as_the_grade_is_chosen(
    visit: Visit, given: Allocated, database: Database
) -> None:
    draft(database, given)
    section = SectionScreen.open(visit(given.auditor), given.at("sections/assessment"))
    notices = section.page.locator("[data-notices]")
    expect(notices).to_be_hidden()
    section.answer({"assessment": "inadequate"})
    expect(notices).to_contain_text("so the overall grade must be inadequate too")
    section.visitor.look()
    picture(section.visitor, "notices")
    section.answer({"assessment": "good"})
    expect(notices).to_be_hidden()


def test_the_check_marks_what_may_name_somebody_on_a_desk_and_on_a_phone(
    visit: Visit, given: Allocated, database: Database
) -> None:
    story = "A quiet child who likes trains, lives at SS1 1AA and was born on 3 May 2019. Worker Leaving 1 visits."
    draft(database, given, story_now=story, voice="inadequate")
    for width, name in ((1280, "check"), (320, "check-phone")):
        visitor = visit(given.auditor, width=width).open(given.at("check"))
        assert visitor.page.locator("mark").count() == 3
        picture(visitor, name)
    visitor.press("Submit this audit", status=400)
    picture(visitor, "check-refused-phone")
    visitor.follow(
        "The child’s story: Who is this child, and what is life like for them now?",
        within=visitor.page.locator("section").last,
    )
    assert visitor.heading == "The child’s story"
