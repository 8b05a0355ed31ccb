"""The central act of each part with the keys alone: recording, a fear for a child, names, reflecting, acting, mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from qa_app.db import Database
from tests.feedback import asked
from tests.journeys.keyboard import Keyboard
from tests.journeys.screens import SectionScreen
from tests.journeys.states import Allocated, released_month
from tests.journeys.test_safe_now import draft
from tests.journeys.visitor import Visitor
from tests.qa_app.test_actions import row, submitted
from tests.world import World

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
Visit = Callable[..., Visitor]
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
STORY = "A child who likes trains."
OTHER = "Lives with an aunt since March."
WHAT = "Hold a family meeting"


@pytest.fixture
def given(database: Database, world: World) -> Allocated:
    with database.writing() as session, session.begin():
        return released_month(session, world)[0]


@pytest.mark.parametrize(
    ("fault", "words"),
    {
        "document.querySelector('.govuk-button[type=submit]').tabIndex = -1": "does not reach",
        "document.styleSheets[0].insertRule('*:focus { outline: none !important; box-shadow: none !important }',"
        " document.styleSheets[0].cssRules.length)": "does not show",
    }.items(),
)
def test_what_the_keys_do_not_reach_or_show_is_seen(fault: str, words: str, visit: Visit, world: World) -> None:
    window = visit().open("/sign-in")
    window.page.evaluate(fault)
    with pytest.raises(AssertionError, match=words):
        Keyboard(window).press("Sign in")


def test_what_is_unanswered_is_found_answered_and_put_together_from_two_tabs(
    visit: Visit, given: Allocated, database: Database
) -> None:
    draft(database, given, "look_back", "story_now")
    window = visit(given.auditor).open("/")
    keys = Keyboard(window).follow(f"Audit {given.reference}").follow("See everything that is unanswered")
    keys.press("Go to the first").answer({"look_back": "12"}).press("Save and go to the next unanswered")
    assert window.heading == "The child’s story"
    tab = SectionScreen.open(visit(like=window), given.at("sections/story"))
    tab.answer({"story_now": STORY})
    tab.save()
    with window.expecting(409):
        keys.answer({"story_now": OTHER})
        window.page.keyboard.press("Tab")
        expect(window.page.locator(".app-saved").first).to_contain_text("kept beside them")
    keys.follow("Put them together").press("Save and go back to the list")
    assert (
        tab.visitor.open(given.at("sections/story")).page.locator("#story_now").input_value() == f"{STORY}\n\n{OTHER}"
    )


@BOTH
def test_a_fear_for_a_child_is_told_recorded_and_acknowledged(
    visit: Visit, given: Allocated, world: World, *, scripts: bool
) -> None:
    auditor = visit(given.auditor, scripts=scripts).open(given.at("sections/safe"))
    keys = Keyboard(auditor).answer({"safe_now": "no"}).press("Save and go back to the list")
    head = visit(world.people["director"], scripts=scripts).open("/")
    reading = Keyboard(head).follow(f"Audit {given.reference}")
    assert "Nothing yet. Phone them" in head.text
    keys.follow("Safe now?").answer({"safe_told": "The duty manager", "safe_told_on-day": "23"})
    keys.answer({"safe_told_on-month": "11", "safe_told_on-year": "2026"}).press("Save and go back to the list")
    head.open(head.path)
    assert "The duty manager" in head.text
    reading.answer({"note": "Seen at home at four."}).press("Acknowledge this alert")
    auditor.open(given.at("record"))
    assert "Director acknowledged your alert" in auditor.text


@BOTH
def test_words_that_may_name_somebody_are_kept_with_a_reason(
    visit: Visit, given: Allocated, database: Database, *, scripts: bool
) -> None:
    draft(database, given, story_now="The school at SS1 1AA knows this child well.")
    window = visit(given.auditor, scripts=scripts).open(given.at("record"))
    keys = Keyboard(window).press("Check and submit").press("Submit this audit", status=400)
    keys.answer({"identifiers_reason": "The postcode is the school’s own."}).press("Submit this audit")
    assert "Your audit is submitted." in window.text


def test_a_worker_reflects_and_sees_it_differently(visit: Visit, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        asked(session, world, "worker_assessment_1")
    window = visit(world.people["worker_assessment_1"]).open("/")
    keys = Keyboard(window).follow("Reflect on audit QA-2026-11-001")
    keys.answer({"proud": "The visits.", "helped": "partly", "position": "disputes"})
    keys.answer({"dispute": "The chronology is on the second file."}).press("Save and check").press(
        "Give my reflection"
    )
    assert "Your reflection is given" in window.text


def test_an_action_is_done_by_one_and_closed_by_another(visit: Visit, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        submitted(session, world, row("Worker Assessment 1", what=WHAT)).state = "agreed"
    owner = visit(world.people["worker_assessment_1"]).open("/")
    keys = Keyboard(owner).follow("Your actions").follow(WHAT).press("Say that it is done")
    keys.answer({"evidence": "The meeting was on 20 November; it is on the record."}).press("Send it to be checked")
    manager = visit(world.people["manager_assessment"]).open(owner.path)
    Keyboard(manager).press("Check it").answer({"decision": "close"}).press("Save")
    assert "The action is closed." in manager.text


def test_somebody_chooses_no_daily_mail(visit: Visit, world: World) -> None:
    window = visit(world.people["manager_care"]).open("/")
    keys = Keyboard(window).unfold("Your roles and your account").follow("Reminders and calendar")
    keys.answer({"digest": window.page.get_by_label("No reminders by email").get_attribute("value") or ""}).press(
        "Save"
    )
    assert "Your choice is saved." in window.text


@BOTH
def test_a_kind_of_audit_is_chosen_and_begun(visit: Visit, world: World, *, scripts: bool) -> None:
    window = visit(world.people["manager_assessment"], scripts=scripts).open("/")
    keys = Keyboard(window).follow("Start an audit").follow("Reviewing officer or chair’s check")
    name = window.page.get_by_label("The child’s reference in the case system").get_attribute("name") or ""
    keys.answer({name: "900002"}).press("Start")
    assert "Reviewing officer" in window.text


def test_a_month_is_drawn_released_and_an_audit_handed_back_and_given_again(
    visit: Visit, world: World, database: Database
) -> None:
    lead = visit(world.people["qa_lead"]).open("/cycles")
    keys = Keyboard(lead).press("Open this month").press("Draw the cases")
    keys.press("Release to the auditors").press("Release")
    month = lead.path
    auditor = visit(world.people["manager_care"]).open("/audits")
    table = lead.page.get_by_role("table", name="Audits", exact=True)
    reference = table.get_by_role("row", name="Manager Care").get_by_role("rowheader").inner_text()
    hands = Keyboard(auditor).follow(reference).follow("Hand this audit back")
    hands.answer({"code": "sensitive", "reason": "A complaint is running."}).press("Hand back")
    lead.open(month)
    line = table.get_by_role("row", name=reference).first
    assert "Sensitive case: A complaint is running." in line.inner_text()
    keys.follow("Draw a replacement for " + reference, within=line)
