"""The moderator's screens: grading blind, then both sides, then final grades; what is typed is never lost."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import AccessEntry, Answers, Audit, Difference, Draft, Judgement, Moderation, Person
from tests.conftest import AT
from tests.months import ELEMENTS
from tests.page import Page, PageClient
from tests.regrading import audit_to_moderate, fill, give, resolved, version_on
from tests.world import World

AUDITOR = "Manager Care"


@pytest.fixture
def task(database: Database, world: World) -> UUID:
    """One audit that the first moderator has to grade."""
    with database.writing() as session, session.begin():
        return audit_to_moderate(session, world, at=AT, answers={"voice_evidence": "What the auditor saw."}).id


@pytest.fixture
def moderator(world: World, sign_in: Callable[[Person], PageClient]) -> PageClient:
    return sign_in(world.people["moderator_1"])


def state_of(database: Database, moderation_id: UUID) -> tuple[str, str]:
    with database.reading() as session:
        found = session.get_one(Moderation, moderation_id)
        return found.state, session.get_one(Audit, found.audit_id).state


def count(database: Database, stage: str) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Judgement).where(Judgement.stage == stage)) or 0


def test_the_list_holds_what_is_to_be_graded_and_what_was(moderator: PageClient, task: UUID) -> None:
    page = moderator.page("/moderations")
    assert "QA-2026-11-001" in page.text
    assert "Not started" in page.text
    assert AUDITOR not in page.text
    fill(moderator, task)
    assert "13 of 13 sections" in moderator.page("/moderations").text
    give(moderator, task)
    assert "To be agreed" in moderator.page("/moderations").text


def test_an_empty_list_says_what_will_be_there(world: World, sign_in: Callable[[Person], PageClient]) -> None:
    page = sign_in(world.people["moderator_2"]).page("/moderations")
    assert "Nothing waits to be graded" in page.text


def test_the_case_reference_is_shown_on_asking_and_logged(
    database: Database, moderator: PageClient, task: UUID
) -> None:
    assert "90" not in moderator.page(f"/moderations/{task}").text.replace("19:90", "")
    shown = Page(moderator.send(f"/moderations/{task}/reference", status=200).get_data(as_text=True))
    with database.reading() as session:
        logged = session.scalars(select(AccessEntry.action).where(AccessEntry.action == "case.reveal")).all()
    assert any(word.startswith("90") and len(word) == 6 for word in shown.text.split())
    assert logged == ["case.reveal"]


def test_the_first_saving_begins_the_moderation(database: Database, moderator: PageClient, task: UUID) -> None:
    assert state_of(database, task) == ("allocated", "selected")
    address = f"/moderations/{task}/sections/voice"
    moderator.send(address, {"version": version_on(moderator, address), "voice": "good", "then": "list"})
    assert state_of(database, task) == ("moderating", "moderating")


def test_autosave_keeps_what_is_typed_and_tells_the_version(
    database: Database, moderator: PageClient, task: UUID
) -> None:
    address = f"/moderations/{task}/sections/voice"
    version = version_on(moderator, address)
    headers = {"Accept": "application/json"}
    said = {"voice_rationale": "Half a sentence", "version": version}
    answer = moderator.send(f"{address}/autosave", said, 200, headers=headers).get_json()
    assert answer["version"] != version
    assert "Half a sentence" in moderator.page(address).text
    stale = {"voice_rationale": "From another tab", "version": version}
    assert moderator.send(f"{address}/autosave", stale, 409, headers=headers).get_json()["error"]
    page = Page(moderator.send(address, {**stale, "then": "next"}, 409).get_data(as_text=True))
    assert "Answers from two places wait to be put together" in page.text
    assert "Half a sentence" in page.text
    assert "From another tab" in page.text


def test_a_refused_answer_comes_back_as_it_was_typed(moderator: PageClient, task: UUID) -> None:
    address = f"/moderations/{task}/sections/safe"
    said = {"version": version_on(moderator, address), "safe_now": "no", "safe_told": "The duty manager",
            "safe_told_on-day": "41", "safe_told_on-month": "11", "safe_told_on-year": "2026"}  # fmt: skip
    page = moderator.send(address, said, 400).get_data(as_text=True)
    assert 'value="41"' in page
    assert "The duty manager" in page
    assert "You are worried about this child today" in page


def test_what_is_missing_is_listed_with_links_to_the_fields(moderator: PageClient, task: UUID) -> None:
    page = moderator.get(f"/moderations/{task}/check").get_data(as_text=True)
    assert f"/moderations/{task}/sections/voice#voice" in page
    answer = give(moderator, task, 400).get_data(as_text=True)
    assert "There is a problem" in answer


def test_a_moderator_may_lift_the_hard_rule_with_a_reason(
    database: Database, moderator: PageClient, task: UUID
) -> None:
    fill(moderator, task)
    address = f"/moderations/{task}/sections/assessment"
    said = {"version": version_on(moderator, address), "assessment": "inadequate", "assessment_rationale": "None."}
    moderator.send(address, said)
    page = Page(give(moderator, task, 400).get_data(as_text=True))
    assert "so the overall grade must be inadequate too" in page.text
    address = f"/moderations/{task}/sections/judgement"
    said = {"version": version_on(moderator, address), "overall": "good", "overall_rationale": "Sound.",
            "limit_lifted": "It was put right within a week."}  # fmt: skip
    moderator.send(address, said)
    give(moderator, task)
    assert count(database, "moderator") == len(ELEMENTS)


def test_grades_are_given_only_by_who_knows_that_they_cannot_change(
    database: Database, moderator: PageClient, task: UUID
) -> None:
    fill(moderator, task)
    version = version_on(moderator, f"/moderations/{task}/check")
    page = Page(moderator.send(f"/moderations/{task}/grades", {"version": version}, 400).get_data(as_text=True))
    assert "Confirm that you know your grades cannot change afterwards." in page.text
    assert count(database, "moderator") == 0
    stale = {"version": "old", "certain": "y"}
    assert "Check them again" in moderator.send(f"/moderations/{task}/grades", stale, 409).get_data(as_text=True)
    give(moderator, task)
    assert count(database, "moderator") == len(ELEMENTS)
    assert state_of(database, task) == ("moderated", "moderated")


def test_both_sides_are_shown_after_grading_differences_first(moderator: PageClient, task: UUID) -> None:
    fill(moderator, task)
    address = f"/moderations/{task}/sections/voice"
    said = {"version": version_on(moderator, address), "voice": "inadequate", "voice_rationale": "What I saw."}
    moderator.send(address, said)
    give(moderator, task)
    page = moderator.page(f"/moderations/{task}/agreement")
    assert AUDITOR in page.text
    assert "What the auditor saw." in page.text
    assert "What I saw." in page.text
    assert f"You differ on 1 of {len(ELEMENTS)}." in page.text
    assert page.text.index("Voice and lived experience") < page.text.index("Where you gave the same grade")


def test_an_unfinished_agreement_comes_back_as_typed_and_is_kept(
    database: Database, moderator: PageClient, task: UUID
) -> None:
    fill(moderator, task, Grade.REQUIRES_IMPROVEMENT)
    give(moderator, task)
    address = f"/moderations/{task}/agreement"
    said = {**resolved(), "note_plan": "We read the plan together.", "version": version_on(moderator, address)}
    del said["final_voice"], said["reason_plan"], said["form_sound"]
    page = Page(moderator.send(address, said, 400).get_data(as_text=True))
    assert "Choose the final grade for Voice and lived experience." in page.text
    assert "Choose why you differed on Plan." in page.text
    assert "Say whether this is a sound audit" in page.text
    assert "We read the plan together." in page.text
    assert "We read the plan together." in moderator.page(address).text
    assert count(database, "final") == 0
    said = {"version": version_on(moderator, address), "note_plan": "Later.", "then": "later"}
    moderator.send(address, said)
    assert "Later." in moderator.page(address).text


def test_the_agreement_saves_itself_and_refuses_to_overwrite_another_tab(moderator: PageClient, task: UUID) -> None:
    fill(moderator, task, Grade.REQUIRES_IMPROVEMENT)
    give(moderator, task)
    address = f"/moderations/{task}/agreement"
    version = version_on(moderator, address)
    said = {"note_plan": "First tab", "final_plan": "good", "version": version}
    assert moderator.send(f"{address}/autosave", said, 200).get_json()["version"] != version
    said = {**resolved(), "note_plan": "Second tab", "version": version}
    page = Page(moderator.send(address, said, 409).get_data(as_text=True))
    assert "First tab" in page.text
    assert "Second tab" in page.text


def test_final_grades_are_a_third_record_and_the_auditor_sees_what_came_of_it(
    database: Database, world: World, moderator: PageClient, task: UUID, sign_in: Callable[[Person], PageClient]
) -> None:
    with database.reading() as session:
        audit_id = session.get_one(Moderation, task).audit_id
    auditor = sign_in(world.people["manager_care"])
    fill(moderator, task, Grade.REQUIRES_IMPROVEMENT, "Words of the moderator.")
    give(moderator, task)
    waiting = auditor.page(f"/audits/{audit_id}").text
    assert "Moderated, being agreed." in waiting
    assert "Requires improvement" not in waiting
    assert "Words of the moderator." not in waiting
    address = f"/moderations/{task}/agreement"
    said = {**resolved(), "note_plan": "Talked it over.", "form_advice": "Dates help.",
            "version": version_on(moderator, address)}  # fmt: skip
    moderator.send(address, said)
    assert state_of(database, task) == ("agreed", "agreed")
    with database.reading() as session:
        assert len(session.scalars(select(Difference)).all()) == len(ELEMENTS)
        assert session.scalars(select(Answers.answers).where(Answers.stage == "agreement")).one()["form_tone"] == "yes"
        assert session.get_one(Moderation, task).form_sound is True
        assert session.scalars(select(Draft)).all() == []
    seen = auditor.page(f"/audits/{audit_id}").text
    assert "Talked it over." in seen
    assert "Dates help." in seen
    assert "Moderator 1" in seen
    assert "Words of the moderator." in seen
    assert "Talked it over." in moderator.page(address).text


def test_nothing_is_done_out_of_order_or_twice(database: Database, moderator: PageClient, task: UUID) -> None:
    address = f"/moderations/{task}/agreement"
    moderator.page(address, 409)
    moderator.send(address, resolved(), 409)
    moderator.send(f"{address}/autosave", resolved(), 409, headers={"Accept": "application/json"})
    assert count(database, "final") == 0
    fill(moderator, task, Grade.REQUIRES_IMPROVEMENT)
    give(moderator, task)
    given = {"version": "any", "acknowledged": "y", "certain": "y"}
    moderator.send(f"/moderations/{task}/grades", given, 409)
    edit = {"voice": "outstanding", "version": "any", "then": "next"}
    moderator.send(f"/moderations/{task}/sections/voice", edit, 409)
    moderator.send(f"/moderations/{task}/sections/voice/autosave", edit, 409, headers={"Accept": "application/json"})
    assert count(database, "moderator") == len(ELEMENTS)
    moderator.send(address, {**resolved(), "version": version_on(moderator, address)})
    moderator.send(address, resolved(final=Grade.OUTSTANDING), 409)
    assert count(database, "final") == len(ELEMENTS)
    for page in ("", "/sections/voice", "/check"):
        assert moderator.get(f"/moderations/{task}{page}").status_code == 302


def test_independence_is_checked_again_when_the_grades_are_given(
    database: Database, world: World, moderator: PageClient, task: UUID
) -> None:
    fill(moderator, task)
    with database.writing() as session, session.begin():
        person = session.get_one(Person, world.people["manager_care"].id)
        person.line_manager_id = world.people["moderator_1"].id
    page = Page(give(moderator, task, 409).get_data(as_text=True))
    assert "You can no longer moderate this audit." in page.text
    assert count(database, "moderator") == 0


def test_nobody_elses_task_can_be_reached(world: World, task: UUID, sign_in: Callable[[Person], PageClient]) -> None:
    other = sign_in(world.people["moderator_2"])
    for page in ("", "/sections/voice", "/check", "/agreement"):
        other.page(f"/moderations/{task}{page}", 404)
    for action in ("/reference", "/sections/voice", "/sections/voice/autosave", "/grades", "/agreement"):
        other.send(f"/moderations/{task}{action}", {"version": "x"}, 404)
