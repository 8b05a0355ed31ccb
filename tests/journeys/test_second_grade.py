"""A moderator and an auditor do not agree: a third reader is asked, final grades are agreed, challenged and decided."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Challenge, Moderation, Person, Reading
from tests.conftest import AT
from tests.journeys.visitor import Visitor
from tests.months import ELEMENTS
from tests.regrading import audit_to_moderate
from tests.seconds import WHY, agreed, challenged, graded, read
from tests.world import World

Visit = Callable[..., Visitor]


@pytest.fixture
def graded_one(database: Database, world: World) -> UUID:
    """A moderation whose moderator has graded otherwise than the auditor."""
    with database.writing() as session, session.begin():
        return graded(session, world).id


def test_a_third_reader_is_asked_and_stands_beside_the_two(
    database: Database, world: World, visit: Visit, graded_one: UUID
) -> None:
    moderator = visit(world.people["moderator_1"]).open(f"/moderations/{graded_one}/agreement")
    moderator.follow("ask for a third reader").press("Ask for a third reader", status=400)
    moderator.page.get_by_label("Reason").fill(WHY)
    moderator.press("Ask for a third reader")
    assert "A third reader is at work" in moderator.text
    moderator.follow("Call the third reading off")
    with database.reading() as session:
        made = session.scalars(select(Reading)).one()
        reader = session.get_one(Person, made.reader_id)
    third = visit(reader).open("/moderations").follow("QA-2026-11-001")
    third.open(f"/readings/{made.id}/sections/voice").press("Save and continue")
    third.open(f"/readings/{made.id}/check")
    visit(world.people["qa_lead"]).open(f"/readings/{made.id}/give")
    with database.writing() as session, session.begin():
        read(session, session.get_one(Reading, made.id), Grade.INADEQUATE)
    moderator.open(f"/moderations/{graded_one}/agreement")
    assert moderator.text.count("Third reader") == len(ELEMENTS)


def test_an_auditor_challenges_and_somebody_else_decides(database: Database, world: World, visit: Visit) -> None:
    with database.writing() as session, session.begin():
        agreed(session, world)
    auditor = visit(world.people["manager_care"]).open("/audits/moderated").follow("QA-2026-11-001")
    auditor.press("Challenge these grades", status=400)
    auditor.page.get_by_label("Why should it not stand: Overall").first.fill(WHY)
    auditor.press("Challenge these grades")
    with database.reading() as session:
        decider = session.get_one(Person, session.scalars(select(Challenge.decider_id)).one())
    lead = visit(world.people["qa_lead"]).open("/challenges/all")
    lead.follow(re.compile("Give to another"))
    decides = visit(decider).open("/challenges").follow("Audit QA-2026-11-001")
    decides.press("Decide the challenge", status=400)
    decides.page.get_by_label("Grade that stands").select_option("good")
    decides.page.get_by_label("Why:").fill("Both visits are on the record.")
    decides.press("Decide the challenge").follow("Audit QA-2026-11-001")
    auditor.open(auditor.path)
    assert "Both visits are on the record." in auditor.text


def test_a_mode_a_hand_back_and_an_override(database: Database, world: World, visit: Visit) -> None:
    with database.writing() as session, session.begin():
        made = audit_to_moderate(session, world, Grade.GOOD, at=AT)
        made.audit.case.reviewer_id = world.people["moderator_2"].id
        sample, one = f"/cycles/{made.audit.cycle_id}/sample", made.id
    lead = visit(world.people["qa_lead"]).open(sample).follow(re.compile("Change the mode"))
    lead.page.get_by_label("Joint").check()
    lead.page.get_by_label("Reason").fill("Training.")
    lead.press("Moderate it so")
    moderator = visit(world.people["moderator_1"]).open(f"/moderations/{one}/sections/voice")
    assert "The auditor gave: Good" in moderator.text
    moderator.open(f"/moderations/{one}").follow("Hand it back").press("Hand it back", status=400)
    lead.open(f"{sample}/{one}/give").follow("Ask for an override")
    lead.page.get_by_label("Moderator 2").check()
    lead.page.get_by_label("Why can nobody independent do it?").fill("The others are on leave.")
    lead.press("Ask a second person").open("/overrides").follow("Audit QA-2026-11-001")
    assert "Somebody else has to answer" in lead.text
    director = visit(world.people["director"]).open("/overrides").follow("Audit QA-2026-11-001")
    director.page.get_by_label("I agree").check()
    director.page.get_by_label("Why", exact=True).fill("Nobody else is free.")
    director.press("Give your answer")
    assert "Tied, agreed by two" in lead.open(sample).text


def test_a_challenge_can_be_read_before_it_is_decided(database: Database, world: World, visit: Visit) -> None:
    with database.writing() as session, session.begin():
        moderation = agreed(session, world)
        challenged(session, session.get_one(Moderation, moderation.id), "overall", "plan")
        audit = moderation.audit_id
    assert "You challenged 2 grades" in visit(world.people["manager_care"]).open(f"/audits/{audit}/challenge").text
