"""Recording an audit: without scripts, in two tabs, across the end of a session, and on a telephone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from audit_forms.catalogue import latest
from qa_app.db import Database
from tests.conftest import SteppingClock
from tests.journeys.screens import CheckScreen, SectionScreen, WorkList
from tests.journeys.states import Allocated, released_month
from tests.journeys.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]
TOOL = latest("case_file")
STORY = "A quiet four-year-old who now sleeps through and has begun to talk about nursery."
OTHER = "Lives with an aunt since March; sees mother on Sundays and says what she wants."


@pytest.fixture
def given(database: Database, world: World) -> Allocated:
    with database.writing() as session, session.begin():
        return released_month(session, world)[0]


def test_an_audit_is_recorded_and_submitted_without_scripts(visit: Visit, given: Allocated) -> None:
    visitor = visit(given.auditor, scripts=False)
    audit = WorkList.open(visitor).audit(given.reference)
    too_soon = audit.check().submit_too_soon()
    assert "There is a problem" in too_soon.text
    screen = SectionScreen(visitor.follow("About this audit: Choose the plan or legal status"))
    for section in TOOL.sections:
        screen = screen.complete(section)
    assert screen.heading == "Check your answers"
    done = CheckScreen(visitor).submit()
    assert done.heading == f"Audit {given.reference}"
    assert "Your audit is submitted. It can no longer change." in done.text
    assert "Case file audit, version 2" in done.text


def test_a_row_of_an_action_list_is_added_with_and_without_scripts(visit: Visit, given: Allocated) -> None:
    path = given.at("sections/voice")
    plain = SectionScreen.open(visit(given.auditor, scripts=False), path)
    plain.answer({"voice_actions-0-what": "Ask the child about school"})
    plain.visitor.press("Add another action")
    assert plain.box("voice_actions-0-what").input_value() == "Ask the child about school"
    assert plain.box("voice_actions-1-what").count() == 1
    scripted = SectionScreen.open(visit(given.auditor), path)
    scripted.unfold(scripted.page.locator("[data-add-row]"))
    before = scripted.page.locator("[data-row]").count()
    scripted.page.get_by_role("button", name="Add another action").click()
    expect(scripted.page.locator("[data-row]")).to_have_count(before + 1)
    scripted.visitor.look()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_tabs_with_one_section_lose_nothing(visit: Visit, given: Allocated, *, scripts: bool) -> None:
    path = given.at("sections/story")
    first = SectionScreen.open(visit(given.auditor, scripts=scripts), path)
    second = SectionScreen.open(visit(like=first.visitor, scripts=scripts), path)
    first.answer({"story_now": STORY})
    first.save()
    if scripts:
        with second.visitor.expecting(409):
            second.answer({"story_now": OTHER})
            second.page.keyboard.press("Tab")
            expect(second.page.locator(".app-saved").first).to_contain_text("kept beside them")
        second.visitor.follow("Put them together")
    else:
        second.answer({"story_now": OTHER})
        second.save(status=409)
    assert "Answers from two places wait to be put together" in second.text
    assert STORY in second.text
    assert second.box("story_now").input_value() == f"{STORY}\n\n{OTHER}"
    second.visitor.press(re.compile("Use this one.*Typed on another page"))
    assert second.box("story_now").input_value() == OTHER
    second.save()
    assert SectionScreen.open(second.visitor, path).box("story_now").input_value() == OTHER


def test_without_a_network_nothing_is_lost_and_the_page_stays(visit: Visit, given: Allocated) -> None:
    path = given.at("sections/story")
    writing = SectionScreen.open(visit(given.auditor), path)
    writing.visitor.context.set_offline(True)
    writing.answer({"story_now": STORY})
    writing.page.get_by_role("button", name="Save and continue").click()
    expect(writing.page.locator(".app-saved").first).to_contain_text("the service cannot be reached")
    assert writing.box("story_now").input_value() == STORY
    writing.visitor.context.set_offline(False)
    expect(writing.page.locator(".app-saved").first).to_contain_text("Saved at")
    assert SectionScreen.open(visit(given.auditor), path).box("story_now").input_value() == STORY


def test_a_save_on_its_way_does_not_collide_with_the_button(visit: Visit, given: Allocated) -> None:
    section = SectionScreen.open(visit(given.auditor), given.at("sections/taking_part"))

    def answer_slowly(route: Route) -> None:
        answer = route.fetch()
        section.page.wait_for_timeout(700)
        route.fulfill(response=answer)

    section.page.route("**/autosave", answer_slowly)
    section.answer({"worker_joined": "no", "worker_joined_why": "On leave all month"})
    section.save()
    again = SectionScreen.open(section.visitor, given.at("sections/taking_part"))
    assert again.box("worker_joined_why").input_value() == "On leave all month"


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_after_the_session_ended_is_kept(
    visit: Visit, given: Allocated, clock: SteppingClock, *, scripts: bool
) -> None:
    path = given.at("sections/story")
    writing = SectionScreen.open(visit(given.auditor, scripts=scripts), path)
    clock.move(minutes=61)
    writing.answer({"story_now": STORY})
    if scripts:
        writing.page.keyboard.press("Tab")
        expect(writing.page.locator(".app-saved").first).to_contain_text("You are signed out")
    writing.visitor.press("Save and continue")
    assert writing.heading == "Sign in"
    assert "What you typed is kept" in writing.text
    again = SectionScreen.open(visit(given.auditor), path)
    assert again.box("story_now").input_value() == STORY


def test_an_auditor_works_on_a_telephone(visit: Visit, given: Allocated) -> None:
    visitor = visit(given.auditor, width=320)
    section = WorkList.open(visitor).audit(given.reference).section("Voice and lived experience")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320
    section.answer({"voice": "good", "voice_evidence": "Seen alone in May and in July."})
    listed = section.save_and_list()
    assert "0 of 20 sections complete" in listed.text or "1 of 20 sections complete" in listed.text
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_wrong_answer_is_named_and_its_link_leads_to_the_box(visit: Visit, given: Allocated) -> None:
    section = SectionScreen.open(visit(given.auditor), given.at("sections/about"))
    section.answer({"record_read_on-day": "31", "record_read_on-month": "2", "record_read_on-year": "2026"})
    with section.visitor.expecting(400):
        section.save(status=400)
    section.page.locator(".govuk-error-summary").get_by_role("link").first.click()
    assert section.page.evaluate("document.activeElement.name").startswith("record_read_on-")
    assert section.box("record_read_on-day").input_value() == "31"
