"""What comes back from an audit: a worker reflects, by sign-in or by link; a dispute is answered, a letter read."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Audit, Moderation
from qa_app.services import sampling
from tests.conftest import AT
from tests.feedback import DISPUTES, asked, give, moderated, reflection_of, token_sent
from tests.journeys.visitor import Visitor
from tests.months import ELEMENTS, released_month
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]
SAID = {
    f"{element}_strengths": "You keep visiting, and the child’s own words stand in the record with what you did."
    for element in ELEMENTS[:5]
} | {f"{element}_better": "Say who does what by when, and what happens if it does not." for element in ELEMENTS[3:7]}


@pytest.fixture
def audit(database: Database, world: World) -> UUID:
    """A submitted audit whose worker has no sign-in."""
    with database.writing() as session, session.begin():
        return asked(session, world, "worker_assessment_2", **SAID).id


def test_a_worker_with_a_sign_in_reads_writes_checks_and_gives(visit: Visit, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        asked(session, world, "worker_assessment_1", **SAID)
    visitor = visit(world.people["worker_assessment_1"]).open("/")
    visitor.follow("Reflect on audit QA-2026-11-001")
    page = visitor.page
    page.get_by_label("What are you proud of in this work?").fill("He told me about his brother.")
    page.get_by_label("What got in the way?").click()
    expect(page.locator(".app-saved").first).to_contain_text("Saved at")
    page.get_by_role("radio", name="Partly").focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("What do you see differently?")).to_be_hidden()
    page.get_by_role("radio", name="I see something differently").check()
    expect(page.get_by_label("What do you see differently?")).to_be_visible()
    visitor.look()
    visitor.press("Save and check")
    assert "Say what you see differently" in visitor.text
    visitor.follow("Change your reflection")
    assert page.get_by_label("What are you proud of in this work?").input_value().startswith("He told")
    page.get_by_label("What do you see differently?").fill("The chronology is on the second file.")
    visitor.press("Save and check")
    visitor.press("Give my reflection")
    assert "Your reflection is given" in visitor.text
    assert "You will have an answer by 7 December 2026" in visitor.text


def test_a_worker_by_link_without_scripts_gives_it_and_reads_the_letter(
    visit: Visit, database: Database, world: World, audit: UUID
) -> None:
    with database.reading() as session:
        token = token_sent(session, world.people["worker_assessment_2"])
    visitor = visit(scripts=False).open(f"/reflection/link/{token}")
    visitor.press("Continue")
    page = visitor.page
    page.get_by_label("What do you need?").fill("Time to write.")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("radio", name="I accept the findings").check()
    visitor.press("Save and check")
    visitor.press("Give my reflection")
    assert "You accept the findings" in visitor.text
    with database.writing() as session, session.begin():
        session.get_one(Audit, audit).state = "closed"
    visitor.open("/reflection/mine").follow("Read your feedback letter")
    assert "Dear Worker Assessment 2," in visitor.text
    other = visit(scripts=False).open(f"/reflection/link/{token}", 410)
    other.press("Send me a new link")
    assert "a few minutes ago" in other.text


def test_the_qa_lead_answers_a_dispute_with_the_keyboard(visit: Visit, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        give(session, reflection_of(session, asked(session, world, "worker_assessment_1", **SAID)), DISPUTES)
    visitor = visit(world.people["qa_lead"]).open("/")
    visitor.follow("Disputes").follow("Audit QA-2026-11-001")
    visitor.page.get_by_role("radio", name="The findings stand").focus()
    visitor.page.keyboard.press("Space")
    visitor.page.get_by_label("Your answer to the worker").focus()
    visitor.page.keyboard.type("I read the second file. The chronology stops in March.")
    visitor.page.get_by_role("button", name="Answer the worker").focus()
    visitor.press_key("Enter")
    assert "The dispute is answered" in visitor.text
    worker = visit(world.people["worker_assessment_1"]).open("/reflections").follow("Audit QA-2026-11-001")
    assert "The chronology stops in March." in worker.text


def test_the_manager_reads_the_letter_and_the_qa_lead_asks_somebody_else(
    visit: Visit, database: Database, world: World
) -> None:
    with database.writing() as session, session.begin():
        cycle = released_month(session, world, at=AT)
        audit = asked(session, world, "worker_assessment_1", grade=Grade.INADEQUATE, cycle=cycle, **SAID)
        give(session, reflection_of(session, audit), DISPUTES)
        sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
        moderated(session, session.scalars(select(Moderation)).one(), Grade.GOOD)
        other = asked(session, world, "worker_assessment_2", number=2, cycle=cycle)
        address, unanswered = f"/audits/{audit.id}", f"/audits/{other.id}"
    manager = visit(world.people["manager_assessment"]).open("/letters").follow("QA-2026-11-001")
    assert "A moderator graded the same work independently" in manager.text
    with manager.page.expect_download() as download:
        manager.page.get_by_role("button", name="Download as a PDF").click()
    assert download.value.suggested_filename == "letter-QA-2026-11-001.pdf"
    lead = visit(world.people["qa_lead"]).open(address)
    assert "sees something differently" in lead.text
    lead.open(unanswered).follow("Who is asked, and how they are reached").follow("The page on paper, to print")
    assert "What got in the way?" in lead.text
