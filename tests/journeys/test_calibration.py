"""Learning together: an exercise from its making to its guidance, and an audit of one’s own graded again."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Calibration, Person, Reading
from qa_app.services import self_checks
from tests.calibrating import RECORD, give
from tests.conftest import AT
from tests.journeys.visitor import PHONE, Visitor
from tests.months import ELEMENTS, TOOL
from tests.qa_app.test_self_checks import SEED, may_audits, switched_on
from tests.world import World

pytestmark = pytest.mark.journey
PICTURES = os.environ.get("QA_CALIBRATION_PICTURES", "")


def picture(visitor: Visitor, name: str) -> None:
    """Keep what is seen, where somebody wants to look."""
    if PICTURES:
        visitor.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def grade_everything(visitor: Visitor, label: str) -> None:
    """Choose the same grade for every part of a sheet."""
    for element in ELEMENTS:
        visitor.page.locator(f"fieldset:has([name='{element}'])").get_by_label(label, exact=True).check()


def made_and_started(lead: Visitor) -> None:
    """The QA lead makes an exercise with one file and two people, and starts it."""
    lead.press("Make an exercise")
    lead.page.get_by_label("Title").fill("Voice of the child")
    for part, value in (("Day", "4"), ("Month", "12"), ("Year", "2026")):
        lead.page.get_by_label(part, exact=True).fill(value)
    for name in ("Manager Care, Team Manager", "Manager Planning, Team Manager"):
        lead.page.get_by_label(name).check()
    picture(lead, "new")
    lead.press("Continue")
    lead.page.get_by_label("Name of the file").fill("The K family")
    lead.page.get_by_label("The record").fill(f"{RECORD} Ring 07700 900123.")
    lead.press("Add the file", status=400)
    picture(lead, "file-refused")
    lead.page.get_by_label("If it stays as it is, why?").fill("A made-up number.")
    lead.press("Add the file")
    picture(lead, "preparing")
    lead.press("Start it")
    picture(lead, "running")


def test_an_exercise_is_made_graded_revealed_and_becomes_guidance(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    lead = visit(world.people["qa_lead"]).open("/calibrations")
    made_and_started(lead)
    taker = visit(world.people["manager_care"], width=PHONE["width"]).open("/")
    taker.follow("Voice of the child")
    taker.follow("The K family")
    grade_everything(taker, Grade.GOOD.label)
    picture(taker, "grade-phone")
    taker.press("Save and continue")
    assert taker.heading == "Check your grades"
    taker.press("Give my grades")
    assert "You gave your grades" in taker.text

    with database.writing() as session, session.begin():
        made = session.scalars(select(Calibration)).one()
        give(session, made, world.people["manager_planning"], Grade.INADEQUATE, at=AT)
    lead.open("/calibrations").follow("Voice of the child")
    lead.press("Reveal the grades")
    picture(lead, "reveal")
    lead.press("Reveal the grades")
    lead.page.get_by_label("What was said when you talked it through?").fill("We read visits differently.")
    lead.press("Keep it")
    lead.follow("Set reference grades of The K family")
    lead.page.locator(f"fieldset:has([name='{ELEMENTS[0]}'])").get_by_label(Grade.GOOD.label, exact=True).check()
    lead.page.locator(f"[name='{ELEMENTS[0]}_words']").fill("K is heard.")
    picture(lead, "reference")
    lead.press("Save the reference grades")
    title = TOOL.element(ELEMENTS[0]).title
    lead.follow(f"Write guidance on {title}")
    lead.page.get_by_label("How we read this").fill("Look for what came of a wish.")
    picture(lead, "guidance")
    lead.press("Make it the guidance")
    picture(lead, "revealed")
    taker.open("/calibrations").follow("Voice of the child")
    picture(taker, "revealed-phone")
    assert "Manager Planning" not in taker.text
    taker.follow(f"Version 1 on {title}")
    picture(taker, "guidance-history-phone")
    taker.open("/guidance")
    picture(taker, "guidance-phone")


def test_an_auditor_grades_an_audit_of_their_own_again(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    lead = visit(world.people["qa_lead"]).open("/self-checks")
    picture(lead, "self-off")
    with database.writing() as session, session.begin():
        may_audits(session, world)
        switched_on(session)
        care = {world.people["manager_care"].id}
        self_checks.draw(session, seed=SEED, among=care, by="test", at=AT)
    lead.open("/self-checks")
    picture(lead, "self-index")
    lead.press("Draw and ask")
    assert "3 auditors are asked." in lead.text
    auditor = visit(world.people["manager_care"], width=PHONE["width"]).open("/")
    auditor.follow("Self-check of your audit of May 2026")
    picture(auditor, "self-grade-phone")
    auditor.press("Show the case reference")
    auditor.follow("Go back to your grades")
    grade_everything(auditor, Grade.REQUIRES_IMPROVEMENT.label)
    auditor.press("Save and check")
    auditor.press("Give my grades")
    assert f"0 of {len(ELEMENTS)} parts were graded the same" in auditor.text
    picture(auditor, "self-given-phone")
    with database.reading() as session:
        reading = session.scalars(select(Reading.id).where(Reading.reader_id == world.people["manager_care"].id)).one()
        assert session.get_one(Person, world.people["manager_care"].id).name == "Manager Care"
    lead.open(f"/self-checks/{reading}")
    picture(lead, "self-given")
    other = world.people["manager_planning"].name
    lead.open("/self-checks").follow(f"{other}, May 2026")
    lead.page.get_by_label("Why is it called off?").fill("Long leave.")
    lead.press("Call it off")
    assert "The self-check is called off." in lead.text
