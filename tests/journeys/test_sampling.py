"""The QA lead plans a month's sample, draws it, draws more, and sees how far moderation covers the month."""

import re
from collections.abc import Callable

import pytest

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Cycle
from tests.conftest import AT
from tests.journeys.visitor import Visitor
from tests.months import submitted_month
from tests.world import World

pytestmark = pytest.mark.journey


@pytest.fixture
def month(database: Database, world: World) -> Cycle:
    with database.writing() as session, session.begin():
        made, _ = submitted_month(session, world, [Grade.INADEQUATE, *[Grade.GOOD] * 17], at=AT)
        return made


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_lead_plans_a_sample_draws_it_and_draws_more(
    visit: Callable[..., Visitor], world: World, month: Cycle, *, scripts: bool
) -> None:
    lead = visit(world.people["qa_lead"], scripts=scripts).open(f"/cycles/{month.id}/sample")
    lead.follow("See or change the plan")
    lead.press("Add a stratum")
    page = lead.page
    lead.press("Save the plan", status=400)
    page.get_by_label("Name of the stratum").fill("new auditors")
    page.get_by_label("Only audits by new auditors").check()
    page.get_by_label("Share to moderate, in percent").fill("50")
    page.get_by_label("At most so many").fill("4")
    page.get_by_label("Reason").fill("A look at those who began this autumn")
    lead.press("Save the plan")
    assert "This month has a plan of its own" in lead.text
    lead.follow("Moderation sample")
    lead.follow("see what it can show")
    page.get_by_label("Moderations").fill("53")
    lead.press("Work it out")
    assert "What 53 moderations can show" in lead.text
    lead.follow("Moderation sample")
    lead.press("Draw the sample")
    lead.follow(re.compile("^Draw more from it"))
    page.get_by_label("How many more").fill("1")
    page.get_by_label("Reason").fill("A moderator has time")
    if page.get_by_label("Stratum").input_value() == "":
        page.get_by_label("Stratum").select_option(index=1)
    lead.press("Draw them")
    assert "1 more audit is drawn for moderation." in lead.text
    lead.follow(re.compile("^Check this draw"))
    assert "the same audits were drawn" in lead.text
    lead.follow("Moderation sample")
    lead.follow("Coverage by grade, team and auditor")
    assert "By auditor" in lead.text
    lead.open(f"/cycles/{month.id}/sampling-plan")
    assert "can no longer change" in lead.text
    lead.open("/sampling-plan/strata/1/take-away")
