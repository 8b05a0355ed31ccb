"""Audits that go to somebody else: handed back with a code, given to one person, or all at once while one is away."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.db import Database
from qa_app.models import Audit
from tests.journeys.screens import FormScreen, WorkList
from tests.journeys.states import Allocated, released_month
from tests.journeys.visitor import PHONE, Visitor
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]


@pytest.fixture
def given(database: Database, world: World) -> list[Allocated]:
    with database.writing() as session, session.begin():
        return released_month(session, world)


def audits_of(database: Database, person: str) -> list[str]:
    """The numbers of the audits that somebody has to do."""
    with database.reading() as session:
        waiting = select(Audit).where(Audit.state == "allocated").options(selectinload(Audit.auditor))
        return sorted(one.reference for one in session.scalars(waiting) if one.auditor.name == person)


def test_an_audit_is_handed_back_on_a_phone_and_replaced_by_the_lead(
    visit: Visit, given: list[Allocated], world: World
) -> None:
    first = given[0]
    auditor = visit(first.auditor, scripts=False, width=PHONE["width"])
    WorkList.open(auditor).audit(first.reference)
    auditor.follow("Hand this audit back").press("Hand back", status=400)
    assert "There is a problem" in auditor.text
    FormScreen(auditor).answer({"code": "conflict", "reason": "A relation is a foster carer of the child."})
    auditor.press("Hand back")
    assert first.reference not in WorkList.open(auditor).text
    lead = visit(world.people["qa_lead"]).open("/")
    assert "1 handed back and not replaced" in lead.text
    lead.follow("November 2026")
    row = lead.page.get_by_role("table", name="Audits", exact=True).get_by_role("row", name=first.reference)
    assert "Conflict of interest: A relation is a foster carer of the child." in row.inner_text()
    lead.follow(re.compile("^Draw a replacement"), within=row).press(re.compile("^Draw"))
    assert "Replaced" in row.inner_text()


def test_one_audit_is_given_to_a_person_the_lead_chooses_without_scripts(
    visit: Visit, given: list[Allocated], world: World, database: Database
) -> None:
    first = given[0]
    lead = visit(world.people["qa_lead"], scripts=False).open("/").follow("November 2026")
    lead.follow(re.compile(f"Give to somebody else.*{first.reference}$")).press("Give it to them", status=400)
    choice = lead.page.get_by_label("Who does the audit?")
    chosen = choice.locator("option").nth(1).inner_text()
    choice.select_option(chosen)
    FormScreen(lead).answer({"code": "other", "reason": "Knows the language of the family."})
    lead.press("Give it to them")
    name = chosen.partition(" (")[0]
    told = re.search(rf"{first.reference} is now (QA-\S+) on {name}’s list", lead.text)
    assert told, lead.text[:500]
    assert told[1] in audits_of(database, name)
    assert first.reference not in WorkList.open(visit(first.auditor)).text


def test_somebody_says_that_they_will_be_away_and_all_of_theirs_goes_to_others(
    visit: Visit, given: list[Allocated], world: World, database: Database
) -> None:
    me, cover = world.people["manager_care"], world.people["manager_planning"]
    mine = audits_of(database, me.name)
    assert len(mine) == 1
    window = visit(me).open("/")
    say_with_the_keyboard(window, cover.name)
    assert "Waits for the QA lead" in window.text
    lead = visit(world.people["qa_lead"], scripts=False).open("/").follow("Who is away").follow(me.name)
    lead.press("Confirm", status=400)
    lead.page.get_by_label("Who agreed?").fill("Head South")
    lead.press("Confirm").press(re.compile("^Excuse from"))
    assert "Excused" in lead.text
    assert mine[0] in lead.text
    lead.page.get_by_label("Reason").fill("Away until the month is over.")
    lead.press("Give all to others")
    assert audits_of(database, me.name) == []
    assert "1 audit given to others." in lead.text
    assert "Nothing waits for you" in window.open("/").text
    window.open("/account/away")
    assert f"{cover.name} covers. Confirmed" in window.text


def say_with_the_keyboard(window: Visitor, cover: str) -> None:
    """From the start page to a kept absence with the keyboard alone, as the Tab key goes from one to the next."""
    keys = window.page.keyboard
    window.page.locator("summary").focus()
    keys.press("Enter")
    keys.press("Tab")
    window.press_key("Enter")
    assert window.heading == "I will be away"
    window.page.get_by_role("textbox", name="Day").first.focus()
    for typed in ("16", "11", "2026", "4", "12", "2026"):
        keys.type(typed)
        keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.type(cover)
    keys.press("Tab")
    window.press_key("Enter")
