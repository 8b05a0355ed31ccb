"""From a weak grade to a closed action, and from an inadequate audit to 'did it change?', without scripts as well."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from qa_app.db import Database
from qa_app.models import Cycle, Reaudit
from qa_app.services import cycles, reaudits
from tests.conftest import AT
from tests.journeys.screens import CheckScreen, FormScreen, SectionScreen
from tests.journeys.visitor import Visitor
from tests.months import TOOL
from tests.qa_app.audit_answers import fill
from tests.qa_app.test_actions import allocated, row, submitted
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]
WHAT = "Hold a family meeting and write down who does what"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_weak_grade_is_answered_done_sent_back_and_closed(
    scripts: bool, visit: Visit, database: Database, world: World
) -> None:
    with database.writing() as session, session.begin():
        earlier = submitted(session, world, row("Worker Assessment 1", what=WHAT))
        earlier.state = "agreed"
        audit = allocated(session, world, 2, by="manager_planning").id
    auditor = visit(world.people["manager_planning"], scripts=scripts)
    screen = SectionScreen.open(auditor, f"/audits/{audit}/sections/{TOOL.sections[0].key}")
    for section in TOOL.sections:
        weak = section.key in ("voice", "plan")
        screen.answer({section.key: "requires_improvement"} if weak else {})
        screen = screen.complete(section, but=(section.key,) if weak else ())
    stopped = CheckScreen(auditor).submit_too_soon()
    assert "‘Voice and lived experience’ is less than good, so it needs an action." in stopped.text
    shot(auditor, "check")
    linking = SectionScreen(auditor.follow(re.compile("^Voice and lived experience: .*needs an action")))
    linking.page.get_by_label(f"No, link to: {WHAT}").check()
    shot(auditor, "link")
    linking.save()
    adding = SectionScreen.open(auditor, f"/audits/{audit}/sections/plan")
    adding.answer(
        {
            "plan_actions-0-what": "Write the plan anew",
            "plan_actions-0-owner": "Worker Assessments 1",
            "plan_actions-0-due-day": "26",
            "plan_actions-0-due-month": "12",
            "plan_actions-0-due-year": "2026",
        }
    )
    asked = adding.save(status=400)
    assert "Nobody on the staff list is called ‘Worker Assessments 1’." in asked.text
    asked.page.get_by_label("Worker Assessment 1, Social Worker, Assessment").check()
    asked.page.get_by_label("Yes, Tuesday 29 December 2026").check()
    shot(auditor, "owner")
    asked.save()
    checked = CheckScreen(auditor.open(f"/audits/{audit}/check"))
    checked.page.get_by_label("I have read this and my grades stand").check()
    assert "Your audit is submitted." in checked.submit().text
    owner = visit(world.people["worker_assessment_1"], scripts=scripts)
    owner.open("/").follow("Your actions")
    shot(owner, "list")
    owner.follow(WHAT)
    shot(owner, "action")
    owner.press("Say that it is done")
    FormScreen(owner).answer({"evidence": "The meeting was on 20 November; it is on the record."})
    owner.press("Send it to be checked")
    manager = visit(world.people["manager_assessment"], scripts=scripts)
    manager.open("/actions?whose=line").follow(WHAT)
    manager.press("Check it")
    shot(manager, "to_check")
    FormScreen(manager).answer({"decision": "send_back", "said": "Who came?"})
    manager.press("Save")
    assert "Who came?" in owner.open(owner.path).text
    owner.press("Say that it is done")
    FormScreen(owner).answer({"evidence": "The meeting was on 20 November; mother and the school came."})
    owner.press("Send it to be checked")
    manager.open(manager.path).press("Check it")
    FormScreen(manager).answer({"decision": "close"})
    manager.press("Save")
    assert "The action is closed." in manager.text
    shot(manager, "closed")


def test_a_re_audit_is_given_to_another_auditor_and_set_beside_the_first(
    visit: Visit, database: Database, world: World
) -> None:
    with database.writing() as session, session.begin():
        fill(session, allocated(session, world).id, at=AT, overall="inadequate", consistency_reason="Why")
        plan = session.scalars(select(Reaudit)).one()
        cycles.open_month(session, reaudits.due_month(plan), by="test", at=AT)
        plan_id = plan.id
    lead = visit(world.people["qa_lead"])
    lead.open("/").follow("Re-audits")
    shot(lead, "reaudits")
    lead.follow(re.compile("^Give to an auditor"))
    lead.page.get_by_label("Manager Planning").check()
    shot(lead, "reaudit")
    lead.press("Allocate now")
    assert "The re-audit is QA-2027-01-001." in lead.text
    with database.writing() as session, session.begin():
        session.execute(update(Cycle).values(state="released", released_at=AT, released_by="test"))
        second = session.get_one(Reaudit, plan_id).second_id
        assert second is not None
        fill(session, second, at=AT, voice="requires_improvement", voice_actions=[row()])
    lead.open(f"/audits/{second}")
    assert "Overall judgement Inadequate Good Better" in lead.text
    shot(lead, "did_it_change")


def shot(visitor: Visitor, name: str) -> None:
    """A picture of the page, wide and narrow, where somebody wants to look at it."""
    folder = os.environ.get("ACTION_PICTURES")
    if not folder:
        return
    for width in (1280, 320):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.screenshot(path=str(Path(folder) / f"{name}_{width}.png"), full_page=True)
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
