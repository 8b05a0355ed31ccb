"""The guides, walked through by the people they are written for: each label they name and picture they show is met."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Action, Audit, Moderation
from qa_app.services import audits, drafts, sampling
from qa_app.services.drafts import Written
from tests.calibrating import revealed
from tests.conftest import AT, SteppingClock
from tests.feedback import ACCEPTS, DISPUTES, asked, give, moderated, reflection_of
from tests.graded_again import Making
from tests.journeys.guide import WINDOW, Guide
from tests.journeys.screens import CheckScreen, SectionScreen
from tests.journeys.visitor import Visitor
from tests.months import TOOL
from tests.pairs import CLOSED, half_a_year
from tests.qa_app.audit_answers import fill, stored
from tests.qa_app.test_actions import allocated, row
from tests.world import World

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
Visit = Callable[..., Visitor]
ME = "manager_care"
STORY = "A quiet four-year-old who sleeps through and has begun to talk about nursery."
OTHER = "Lives with an aunt since March; sees mother on Sundays and says what she wants."
ACTION = "Hold a family meeting and write down who does what"


class Desk(NamedTuple):
    """What an auditor has: an audit to begin, one to submit, one moderated and agreed, an action of their own."""

    begin: UUID
    submit: UUID
    done: UUID
    action: UUID


@pytest.fixture
def desk(database: Database, world: World) -> Desk:
    with database.writing() as session, session.begin():
        done = asked(session, world, "worker_assessment_1", visits_strengths="You see the child alone, and it shows.")
        assert done.auditor_id == world.people[ME].id
        give(session, reflection_of(session, done), ACCEPTS)
        sampling.draw_sample(session, done.cycle, seed="s", by="test", at=AT)
        moderated(session, session.scalars(select(Moderation)).one(), Grade.REQUIRES_IMPROVEMENT)
        other = allocated(session, world, 2, by="manager_planning")
        needs = [row("Manager Care", what=ACTION)]
        fill(session, other.id, at=AT, voice="requires_improvement", consistency_reason="Sound", voice_actions=needs)
        action = session.scalars(select(Action.id).where(Action.audit_id == other.id)).one()
        begin, submit = (allocated(session, world, n, case=n, by=ME).id for n in (4, 8))
        story = "A quiet child who lives at SS1 1AA. Worker Assessment 1 visits."
        said = stored(TOOL, story_now=story)
        audit = session.get_one(Audit, submit)
        keys = frozenset(said)
        audits.write(session, audit, Written(keys, keys, said), drafts.version_of({}, keys), by="test", at=AT)
        return Desk(begin, submit, done.id, action)


def test_the_auditors_guide(visit: Visit, desk: Desk, world: World, clock: SteppingClock) -> None:
    guide = Guide("auditor")
    writing(guide, visit(world.people[ME]), visit, desk, clock)
    me = visit(world.people[ME])
    judging(guide, me, desk)
    giving_it_up_and_over(guide, me, desk)
    what_comes_of_it(guide, me, desk, *(visit(world.people[f"manager_{team}"]) for team in ("assessment", "planning")))
    beside_the_month(guide, me)
    assert not guide.faults(), "\n".join(guide.faults())


def writing(guide: Guide, me: Visitor, visit: Visit, desk: Desk, clock: SteppingClock) -> None:
    """From the list to a text that is kept, whatever happens to tab and session."""
    guide.section("What waits for you")
    guide.look(me.open("/"))
    guide.picture(me.follow("Audits"), "to-do")
    guide.section("Open an audit")
    guide.look(me.open(f"/audits/{desk.begin}/record"))
    guide.section("Write, and carry on later")
    story = f"/audits/{desk.begin}/sections/story"
    first = SectionScreen.open(me, story)
    first.answer({"story_now": STORY})
    guide.picture(first.wait_for_autosave().visitor, "saved", WINDOW)
    guide.picture(me.open(f"/audits/{desk.begin}/record"), "carry-on")
    guide.section("Two tabs, or two computers")
    me.open(story)
    second = SectionScreen.open(visit(like=me), story)
    second.answer({"story_now": f"{STORY} {OTHER}"})
    second.save()
    with me.expecting(409):
        first.answer({"story_now": OTHER})
        me.page.keyboard.press("Tab")
        expect(me.page.locator(".app-saved").first).to_contain_text("kept beside them")
    guide.picture(me.follow("Put them together"), "two-texts", ".app-compare--differs")
    guide.look(SectionScreen(me).save().visitor)
    guide.section("Signed out meanwhile")
    guide.look(SectionScreen.open(me, story).visitor)
    clock.move(minutes=61)
    first.answer({"story_why": "Since March, after a referral from nursery."})
    guide.look(me.press("Save and continue"))
    assert "What you typed is kept" in me.text


def judging(guide: Guide, me: Visitor, desk: Desk) -> None:
    """Finding what is blank, grading, a fear for the child, an action."""
    guide.section("Find what is unanswered")
    guide.look(me.open(f"/audits/{desk.begin}/record"))
    guide.picture(me.follow("See everything that is unanswered"), "unanswered")
    guide.look(me.press("Go to the first"))
    guide.section("Grades, and why there is no average")
    assessment = SectionScreen.open(me, f"/audits/{desk.submit}/sections/assessment")
    assessment.answer({"assessment": "inadequate"})
    expect(me.page.locator("[data-notices]")).to_contain_text("so the overall grade must be inadequate too")
    guide.picture(me, "grades", "[data-notices]")
    assessment.answer({"assessment": "good"})
    assessment.wait_for_autosave()
    guide.look(me.open(f"/audits/{desk.submit}/record"))
    guide.section("Is the child safe now?")
    safe = SectionScreen.open(me, f"/audits/{desk.begin}/sections/safe")
    safe.answer({"safe_now": "not_sure"})
    safe.wait_for_autosave()
    guide.picture(me.open(f"/audits/{desk.begin}/sections/safe"), "safe-now")
    guide.section("Actions")
    voice = SectionScreen.open(me, f"/audits/{desk.begin}/sections/voice")
    voice.answer({"voice": "requires_improvement", "voice_actions-0-what": "Ask the child about school"})
    guide.picture(me, "action", "[data-rows]")
    voice.save()


def giving_it_up_and_over(guide: Guide, me: Visitor, desk: Desk) -> None:
    """The check, what names somebody, submitting one audit and handing the other back."""
    guide.section("Check, and take names out")
    check = f"/audits/{desk.submit}/check"
    guide.picture(me.open(check), "names", "section:has(#marked-places)")
    guide.section("Submit")
    stopped = CheckScreen(guide.look(me)).submit_too_soon()
    SectionScreen.open(me, f"/audits/{desk.submit}/sections/story").answer({"story_now": STORY})
    SectionScreen(me).save()
    assert "Your audit is submitted." in CheckScreen(stopped.visitor.open(check)).submit().text
    guide.section("Hand an audit back")
    guide.look(me.open(f"/audits/{desk.begin}/record"))
    guide.picture(me.follow("Hand this audit back"), "hand-back")
    SectionScreen(me).answer({"code": "conflict", "reason": "I know the family."})
    me.press("Hand back")


def what_comes_of_it(guide: Guide, me: Visitor, desk: Desk, manager: Visitor, colleague: Visitor) -> None:
    """Moderation, the letter as the worker's manager reads it, an action as its owner and its auditor see it."""
    guide.section("When somebody moderates your audit")
    guide.picture(me.open(f"/audits/{desk.done}"), "moderated", "table")
    guide.look(me.open("/your-figures"))
    guide.section("The letter and the worker's answer")
    guide.look(me.open(f"/audits/{desk.done}"))
    guide.look(manager.open("/letters"))
    guide.section("Your own actions")
    guide.look(me.open("/actions"))
    guide.picture(me.follow(ACTION), "own-action")
    me.press("Say that it is done")
    SectionScreen(me).answer({"evidence": "The meeting was on 20 November; mother and the school came."})
    me.press("Send it to be checked")
    guide.look(colleague.open(f"/actions/{desk.action}"))


def beside_the_month(guide: Guide, me: Visitor) -> None:
    """Audits that one starts, absences, reminders."""
    guide.section("Start another kind of audit")
    guide.look(me.open("/audits"))
    guide.picture(me.press("Start an audit"), "start")
    guide.look(me.follow("Plan audit"))
    guide.section("Being away")
    me.open("/").page.get_by_text("Your roles and your account").click()
    guide.look(me)
    guide.look(me.follow("I will be away"))
    guide.section("Reminders and your calendar")
    me.open("/").page.get_by_text("Your roles and your account").click()
    guide.look(me.follow("Reminders and calendar"))


@pytest.fixture
def november(database: Database, world: World) -> None:
    """A month with a dispute, an inadequate audit to be audited again, an action and an alert; two months closed."""
    with database.writing() as session, session.begin():
        give(session, reflection_of(session, asked(session, world, "worker_assessment_1")), DISPUTES)
        worst = allocated(session, world, 2, by="manager_planning")
        fill(session, worst.id, at=AT, overall="inadequate", consistency_reason="Why", voice="requires_improvement",
             voice_actions=[row("Manager Care", what=ACTION)])  # fmt: skip
        worst.case.reviewer_id = world.people["moderator_2"].id
        fear = allocated(session, world, 3, case=4, by=ME)
        said, keys = {"safe_now": "not_sure"}, frozenset({"safe_now"})
        audits.write(session, fear, Written(keys, keys, said), drafts.version_of({}, keys), by="test", at=AT)
        autumn(session, world)


def autumn(session: Session, world: World) -> None:
    """Two closed months whose audits were moderated, a challenge of one of them, and an exercise that is revealed."""
    half_a_year(session, world, CLOSED[-2:])
    last = session.scalars(select(Audit).where(Audit.month == CLOSED[-1]).order_by(Audit.number.desc())).first()
    assert last is not None
    Making(session, world, last.cycle).challenge(last, "moderator_3")
    grades = [Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.GOOD]
    revealed(session, world, grades, at=AT, takers=(ME, "manager_planning", "moderator_1"), reference=Grade.GOOD)


@pytest.mark.usefixtures("november")
def test_the_qa_leads_guide(visit: Visit, database: Database, world: World) -> None:
    guide, lead = Guide("qa-lead"), visit(world.people["qa_lead"])
    planning(guide, lead)
    december = drawing(guide, lead)
    hand_one_back(database, december)
    what_comes_back(guide, lead, december)
    november = moderating(guide, lead)
    agreeing(guide, lead)
    what_it_says(guide, lead)
    the_rest_of_a_month(guide, lead, november)
    assert not guide.faults(), "\n".join(guide.faults())


def planning(guide: Guide, lead: Visitor) -> None:
    """A month is opened, its days, who is expected and who is away."""
    guide.section("Your first month")
    guide.picture(lead.open("/cycles"), "open", most=725)
    lead.press("Open this month")
    month = lead.path
    assert lead.heading == "December 2026"
    guide.section("The calendar")
    calendar = lead.page.locator("details", has_text="Calendar of this month")
    calendar.locator("summary").click()
    guide.picture(lead, "calendar", calendar)
    guide.look(lead.follow(re.compile("^Change the day"), within=calendar))
    guide.section("What is expected")
    guide.look(lead.open(month))
    guide.picture(lead.follow("Change what is expected"), "expected")
    guide.section("Who is away")
    guide.look(lead.open("/absences"))
    guide.picture(lead.press("Add an absence"), "absence")
    lead.open(month)


def drawing(guide: Guide, lead: Visitor) -> str:
    """The cases are drawn, looked through and released; the answer is the month's address."""
    month = lead.path
    guide.section("Draw the cases")
    ways = lead.page.locator("details", has_text="Or choose the cases another way")
    ways.locator("summary").click()
    guide.picture(lead, "ways", ways)
    guide.look(lead.press("Draw the cases"))
    guide.section("Why a case was left out")
    guide.look(lead)
    guide.picture(lead.follow("See each case left out, and why"), "left-out")
    guide.section("Release")
    guide.look(lead.open(month).press("Release to the auditors"))
    lead.press("Release")
    return month


def hand_one_back(database: Database, month: str) -> None:
    with database.writing() as session, session.begin():
        mine = select(Audit).where(Audit.cycle_id == UUID(month.rpartition("/")[2])).order_by(Audit.number)
        audits.hand_back(session, session.scalars(mine).first(), "Knows the family.", code="conflict", by="test", at=AT)


def what_comes_back(guide: Guide, lead: Visitor, month: str) -> None:
    """What auditors and workers bring to the QA lead."""
    guide.section("Handed back, and given to somebody else")
    lead.open(month)
    guide.picture(lead, "handed-back", lead.page.get_by_role("table", name="Audits", exact=True))
    guide.section("Alerts about a child's safety")
    guide.look(lead.open("/"))
    guide.picture(lead.follow("Audit QA-2026-11-003"), "alert", most=572)
    guide.section("Disputes")
    guide.look(lead.open("/disputes"))
    guide.picture(lead.follow("Audit QA-2026-11-001"), "dispute", most=1100)
    guide.section("Re-audits")
    guide.picture(lead.open("/re-audits"), "reaudits")
    guide.section("Actions")
    lead.open("/actions").page.get_by_label("Whose").select_option(label="Everybody’s")
    guide.picture(lead.press("Show"), "actions")


def moderating(guide: Guide, lead: Visitor) -> str:
    """The plan, the planner, the draw, an audit that somebody cannot grade; the answer is the month's address."""
    guide.section("The sampling plan")
    guide.look(lead.open("/cycles").follow("November 2026"))
    november = lead.path
    guide.look(lead.press("The sample to moderate"))
    guide.picture(lead.follow("See or change the plan"), "plan")
    guide.section("What a sample can show")
    guide.look(lead.open(f"{november}/sample"))
    lead.follow("see what it can show").page.get_by_label("Moderations", exact=True).fill("53")
    guide.picture(lead.press("Work it out"), "planner", most=700)
    guide.section("The sample to moderate")
    guide.look(lead.open(f"{november}/sample"))
    guide.picture(lead.press("Draw the sample"), "sample", most=970)
    guide.section("When a moderator cannot grade an audit")
    guide.look(lead)
    guide.look(lead.follow(re.compile("^Give to another.*QA-2026-11-002")))
    guide.picture(lead.follow("Ask for an override"), "override")
    guide.look(lead.open("/overrides"))
    return november


def agreeing(guide: Guide, lead: Visitor) -> None:
    """Challenges, exercises, and how far auditors and moderators agree."""
    guide.section("When grades are disputed")
    guide.picture(lead.open("/challenges/all"), "challenges")
    guide.section("Calibration")
    guide.look(lead.open("/calibrations"))
    guide.picture(lead.follow("Voice of the child"), "calibration", most=800)
    guide.section("Agreement")
    guide.picture(lead.open("/agreement"), "agreement", "#figure", most=600)
    guide.picture(lead, "grades", "#grades", most=700)


def what_it_says(guide: Guide, lead: Visitor) -> None:
    """The dashboard and the plan, what others say, what was learned."""
    guide.section("The dashboard and the improvement plan")
    guide.picture(lead.open("/dashboard"), "dashboard", most=735)
    guide.look(lead.open("/plan"))
    guide.section("Beyond audit")
    guide.picture(lead.open("/triangulation"), "triangulation", most=580)
    guide.section("Learning")
    guide.look(lead.open("/learning"))


def the_rest_of_a_month(guide: Guide, lead: Visitor, november: str) -> None:
    """The count, tools, mail, and the end of November."""
    guide.section("Quota")
    guide.look(lead.open("/quota"))
    guide.section("Tools of your own")
    guide.picture(lead.open("/tools"), "tools")
    guide.section("Training, support and complaints")
    guide.look(lead.open("/complaints"))
    guide.section("The outbox")
    guide.look(lead.open("/outbox"))
    guide.section("Close the month")
    guide.look(lead.open(november))
    guide.picture(lead.press("Close the month"), "close")
    guide.section("The month in seven minutes")
    guide.look(lead.open("/summaries"))
