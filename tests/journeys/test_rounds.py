"""A month from its draw to its quota: the calendar, what is expected, and draws of several kinds."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from qa_app.db import Database
from qa_app.models import Cycle
from qa_app.services import case_draws, cycles
from tests.conftest import AT
from tests.journeys.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.journey
DECEMBER = date(2026, 12, 1)


def day(visitor: Visitor, field: str, on: date) -> None:
    """Type a date into its three boxes."""
    for part, typed in {"day": on.day, "month": on.month, "year": on.year}.items():
        visitor.page.locator(f'[name="{field}-{part}"]').fill(str(typed))


@pytest.fixture
def month(database: Database, world: World) -> Cycle:
    with database.writing() as session, session.begin():
        return cycles.open_month(session, DECEMBER, by="test", at=AT)


@pytest.fixture
def released(database: Database, month: Cycle) -> Cycle:
    with database.writing() as session, session.begin():
        cycle = session.get_one(Cycle, month.id)
        case_draws.draw_month(session, cycle, seed="a seed", by="test", at=AT)
        cycles.release(session, cycle, by="test", at=AT)
        return cycle


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_lead_plans_a_month_and_draws_a_theme(
    visit: Callable[..., Visitor], world: World, month: Cycle, *, scripts: bool
) -> None:
    lead = visit(world.people["qa_lead"], scripts=scripts).open(f"/cycles/{month.id}")
    lead.page.get_by_text("Calendar of this month").click()
    lead.follow(re.compile("^Change the day: "))
    day(lead, "on", date(2026, 12, 29))
    lead.press("Save", status=400)
    day(lead, "on", date(2026, 11, 26))
    lead.page.get_by_label("Reason for the change").fill("A training day")
    lead.press("Save")
    lead.open(f"/cycles/{month.id}/expectations")
    lead.page.get_by_role("link", name=re.compile("^Excuse")).first.click()
    lead.page.wait_for_url(re.compile("/expectations/."))
    lead.look()
    lead.page.get_by_label("Conflict of interest").check()
    lead.page.get_by_label("Who agreed?").fill("Head of Service")
    lead.press("Excuse")
    assert "Agreed by Head of Service" in lead.text
    lead.open(f"/cycles/{month.id}/draw/theme")
    lead.page.get_by_label("What is the theme?").fill("Neglect")
    lead.page.get_by_label("Only these case references").fill("\n".join(f"90{n:04d}" for n in range(8)))
    lead.press("Draw the cases")
    assert "900001" not in lead.path
    assert "Theme: Neglect" in lead.text
    lead.follow("See each case left out, and why")
    lead.page.get_by_label("Reason").select_option("Outside the theme")
    lead.press(re.compile("^(Show|Apply|Filter)"))
    assert "40 cases" in lead.text
    with lead.page.expect_download() as file:
        lead.page.get_by_role("button", name="Download all as CSV").or_(
            lead.page.get_by_role("link", name="Download all as CSV")
        ).click()
    assert file.value.suggested_filename.endswith(".csv")


def test_the_lead_draws_by_service_and_plan_with_the_keyboard(
    visit: Callable[..., Visitor], world: World, month: Cycle
) -> None:
    lead = visit(world.people["qa_lead"]).open(f"/cycles/{month.id}/draw/by-service-and-plan")
    keys = lead.page.keyboard
    for _ in range(40):
        keys.press("Tab")
        if lead.page.evaluate("() => document.activeElement.name || ''").startswith("quota-"):
            break
    keys.type("1")
    lead.press_key("Enter")
    assert "By service and plan" in lead.text


def test_quota_is_whole_for_the_lead_and_their_own_for_a_head_and_prints(
    visit: Callable[..., Visitor], world: World, released: Cycle
) -> None:
    lead = visit(world.people["qa_lead"]).open("/quota?month=2026-12")
    assert {"Manager Care", "Manager Planning"} <= set(re.findall("Manager (?:Care|Planning)", lead.text))
    lead.page.emulate_media(media="print")
    assert not lead.page.locator("nav").first.is_visible()
    head = visit(world.people["head_north"]).open("/quota?month=2026-12")
    assert "Manager Planning" in head.text
    assert "Manager Care" not in head.text
