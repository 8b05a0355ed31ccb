"""Beyond audit: a reviewing officer raises an alert, a manager answers it, a QA lead lets a child's words be shown."""

from collections.abc import Callable

import pytest

from qa_app.db import Database
from tests.journeys.visitor import PHONE, Visitor
from tests.sources import feedback
from tests.world import World

pytestmark = pytest.mark.journey


def test_an_alert_is_raised_and_answered_and_words_are_approved(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        feedback(session, world)
    officer = visit(world.people["moderator_1"], width=PHONE["width"]).open("/practice-alerts")
    officer.press("Raise a practice alert")
    officer.page.get_by_label("Which team’s work is it about?").select_option(label="Care, South")
    officer.page.get_by_label("Theme", exact=True).select_option("drift")
    officer.page.get_by_label("What is it about?").fill("The plan has not moved on since the summer.")
    officer.page.get_by_label("Who is to answer?", exact=True).fill("Manager Care")
    officer.press("Find somebody for ‘Who is to answer?’")
    officer.page.get_by_label("Manager Care, Team Manager").check()
    officer.press("Raise it")
    assert "5 working days left" in officer.text
    label = officer.heading
    manager = visit(world.people["manager_care"], scripts=False).open("/practice-alerts")
    manager.follow(label)
    manager.page.get_by_label("What was done, or will be done by when?").fill("We changed the plan with the family.")
    manager.press("Answer")
    assert "Your answer is kept." in manager.text
    lead = visit(world.people["qa_lead"]).open("/voice")
    assert "She listens." not in lead.text
    lead.follow("2 quotations wait for a decision")
    lead.follow("Decide about: She listens.")
    lead.page.get_by_label("Show these words", exact=True).check()
    lead.press("Keep the decision")
    lead.open("/voice")
    assert "She listens." in lead.text
    assert "More time with my brother." not in lead.text
    lead.open("/iro")
    assert "Answered" in lead.text
