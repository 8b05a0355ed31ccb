"""The planner and the coverage page: what they say, refuse, and keep from whoever must stay blind."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Moderation, Person, RoleGrant
from qa_app.queries import coverage
from qa_app.services import closing, moderations, sampling, supplements
from tests.busy import busy_council
from tests.conftest import AT, SteppingClock
from tests.months import ELEMENTS, MONTH, submitted_month
from tests.page import PageClient
from tests.world import World

GRADES = [Grade.INADEQUATE] * 2 + [Grade.GOOD] * 18


@pytest.fixture
def cycle(database: Database, world: World) -> UUID:
    with database.writing() as session, session.begin():
        made, _ = submitted_month(session, world, GRADES, at=AT)
        return made.id


@pytest.fixture
def lead(world: World, sign_in: Callable[[Person], PageClient]) -> PageClient:
    return sign_in(world.people["qa_lead"])


def moderating_too(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        person = world.people["qa_lead"]
        session.add(RoleGrant(person_id=person.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))


def grade_some(database: Database, cycle: UUID, number: int) -> None:
    """Some of the drawn audits moderated blind, and one sighted."""
    with database.writing() as session, session.begin():
        given = session.scalars(
            select(Moderation).join(Audit).where(Audit.cycle_id == cycle, Moderation.stream == "sampled")
            .order_by(Audit.number).limit(number)
        ).all()  # fmt: skip
        for n, one in enumerate(given):
            moderator = session.get_one(Person, one.moderator_id)
            moderations.grade(session, one, moderator, dict.fromkeys(ELEMENTS, Grade.GOOD), {}, by="test", at=AT)
            if n == number - 1:
                one.mode = "sighted"


def drawn(database: Database, cycle: UUID) -> None:
    """The month drawn, one more drawn further, and one audit chosen by hand."""
    with database.writing() as session, session.begin():
        made = session.get_one(Cycle, cycle)
        draw = sampling.draw_sample(session, made, seed="s", by="test", at=AT).draw
        supplements.draw_further(session, draw, "everything else", 1, seed="t", reason="Time", by="test", at=AT)
        left = session.scalars(select(Audit).where(Audit.state == "submitted").order_by(Audit.number).limit(1)).one()
        sampling.choose(session, left, reason="A complaint", seed="u", by="test", at=AT)


def test_the_planner_starts_from_the_months_audits_and_says_what_its_plan_shows(lead: PageClient, cycle: UUID) -> None:
    page = lead.page(f"/cycles/{cycle}/planner")
    assert "Inadequate 2 2 Everything else 18 4 All 20 6" in page.text
    assert "This month alone. Weighed by stratum, these 6 tell as much as 4 drawn alike." in page.text
    assert "There is no closed month before it to add." in page.text
    assert "What 6 moderations can show" in page.text
    assert "With 6 moderations the share is more than 90% with no disagreement." in page.text
    assert "53 25% 25%" not in page.text
    assert "0 35 36" in page.text


def test_the_planner_counts_what_was_drawn_and_the_closed_months_before(
    lead: PageClient, database: Database, world: World
) -> None:
    with database.writing() as session, session.begin():
        november = busy_council(session, world).open.id
    page = lead.page(f"/cycles/{november}/planner")
    assert "Inadequate 3 3 Everything else 10 5 All 13 8" in page.text
    assert "With the 1 closed month before it (11 moderations)." in page.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("audits=60&moderations=53&target=90&truth=95&confidence=95", "0 35 36 27 1 53 54 38"),
        ("audits=120&moderations=53&target=85&truth=95&confidence=95", "0 22 23 21 1 34"),
        ("moderations=12&truth=90", "12 66% 0%"),
        ("moderations=100&truth=95", "100 97% 44%"),
    ],
)
def test_the_planner_works_its_tables_out_for_what_is_asked(
    lead: PageClient, cycle: UUID, asked: str, words: str
) -> None:
    assert words in lead.page(f"/cycles/{cycle}/planner?{asked}").text


def test_the_planner_says_in_which_strata_they_would_be(lead: PageClient, cycle: UUID) -> None:
    page = lead.page(f"/cycles/{cycle}/planner?moderations=11")
    assert "Where they would go Stratum Audits Moderations Inadequate 2 2 Everything else 18 9" in page.text
    more = lead.page(f"/cycles/{cycle}/planner?moderations=53")
    assert "Inadequate 2 2 Everything else 18 18 Only 20 audits of this month are submitted so far." in more.text


@pytest.mark.parametrize(
    "asked",
    ["target=100", "target=½", "truth=0", "audits=", "moderations=5001", "confidence=x", "audits=99999999999999"],
)
def test_the_planner_refuses_what_it_cannot_work_out_and_says_what_it_takes(
    lead: PageClient, cycle: UUID, asked: str
) -> None:
    page = lead.page(f"/cycles/{cycle}/planner?{asked}", 400)
    assert "enter a whole number from" in page.text


def test_coverage_says_what_was_drawn_and_done_by_grade_team_and_auditor(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    assert "No sample of this month has been drawn yet." in lead.page(f"/cycles/{cycle}/coverage").text
    drawn(database, cycle)
    grade_some(database, cycle, 4)
    page = lead.page(f"/cycles/{cycle}/coverage")
    assert "4 of 7 moderations done" in page.text
    assert "3 are still due: moderation ends on" in page.text
    assert "3 of 7 done blind. The agreement figure of this month covers 100% of its audits (20 of 20)" in page.text
    assert "Good 18 5 1 1 3 1" in page.text
    assert "Inadequate 2 2 2 0 0 0" in page.text
    with database.reading() as session:
        found = coverage.covered(session, cycle)
        auditors = session.scalars(select(Person.name).join(Audit, Audit.auditor_id == Person.id).distinct()).all()
    for tallies in (coverage.by_grade(found), coverage.by_team(found), coverage.by_auditor(found)):
        whole = sum(tallies.values(), coverage.Tally())
        assert whole == coverage.Tally(audits=20, drawn=7, blind=3, otherwise=1, left=3, apart=1)
    assert set(coverage.by_auditor(found)) == set(auditors)
    assert all(name in page.text for name in auditors)


def test_coverage_says_which_stratum_the_figure_does_not_cover(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    drawn(database, cycle)
    grade_some(database, cycle, 3)
    with database.writing() as session, session.begin():
        for one in session.scalars(select(Moderation).where(Moderation.state == "moderated")):
            first = session.get_one(Audit, one.audit_id)
            if first.number <= 2:
                one.mode = "joint"
            else:
                one.mode = "blind"
    page = lead.page(f"/cycles/{cycle}/coverage")
    assert "covers 90% of its audits (18 of 20)" in page.text
    assert "Of the 2 audits in 'inadequate' none has been moderated blind" in page.text


def test_what_is_outstanding_is_late_after_the_day_and_not_done_in_a_closed_month(
    lead: PageClient, database: Database, cycle: UUID, clock: SteppingClock
) -> None:
    drawn(database, cycle)
    clock.move(days=30)
    lead.enter_as(database, person_id(database), at=clock.at)
    assert "7 are late: moderation ended on" in lead.page(f"/cycles/{cycle}/coverage").text
    with database.writing() as session, session.begin():
        closing.close(session, session.get_one(Cycle, cycle), by="test", at=clock.at)
    page = lead.page(f"/cycles/{cycle}/coverage")
    assert "7 are not done." in page.text


def person_id(database: Database) -> UUID:
    with database.reading() as session:
        lead = select(RoleGrant.person_id).where(RoleGrant.role == Role.QA_LEAD)
        return session.scalars(lead).first() or UUID(int=0)


def test_whoever_may_come_to_grade_is_shown_no_grade_auditor_stratum_or_figure(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    drawn(database, cycle)
    grade_some(database, cycle, 4)
    with database.reading() as session:
        names = set(session.scalars(select(Person.name).join(Audit, Audit.auditor_id == Person.id)))
    moderating_too(database, world)
    page = lead.page(f"/cycles/{cycle}/coverage")
    assert "4 of 7 moderations done" in page.text
    assert "By team" in page.text
    for word in (*names, "By the auditor’s grade", "Inadequate", "figure of this month covers", "Everything else"):
        assert word not in page.text, word
    page = lead.page(f"/cycles/{cycle}/planner")
    for word in ("Inadequate", "Everything else", "This month alone"):
        assert word not in page.text, word
    said = lead.get(f"/cycles/{cycle}/planner").get_data(as_text=True)
    assert said.count('value="20"') == 2, "how many the plan draws would tell how many are inadequate"


def test_a_month_without_audits_says_what_to_do(lead: PageClient, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        made, _ = submitted_month(session, world, [], at=AT, month=MONTH)
        cycle = made.id
    assert "No audit of this month is submitted yet" in lead.page(f"/cycles/{cycle}/coverage").text
    assert "No audit of this month is submitted yet" in lead.page(f"/cycles/{cycle}/planner").text
