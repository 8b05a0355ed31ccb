"""Recording an audit in a browser: sections, autosave, the check, submission; and who may see what."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from qa_app.db import Database
from qa_app.models import AccessEntry, Answers, Audit, CountedAnswer, Draft, Event, Judgement, Person
from qa_app.services import case_draws, cycles, settings
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.audit_answers import complete_section, fill, typed
from tests.world import World

SignIn = Callable[[Person], PageClient]
TOOL = latest("case_file")


class Round:
    """A released month: an audit, its auditor, and another auditor with an audit of their own."""

    def __init__(self, session: Session) -> None:
        cycle = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="test", at=AT)
        cycles.release(session, cycle, by="test", at=AT)
        first, second = session.scalars(select(Audit).order_by(Audit.number).limit(2)).all()
        self.cycle_id = cycle.id
        self.audit_id, self.other_id = first.id, second.id
        self.auditor, self.other = first.auditor, second.auditor
        self.reference = first.reference

    def at(self, rest: str) -> str:
        return f"/audits/{self.audit_id}/{rest}"


@pytest.fixture
def month(database: Database, world: World) -> Round:
    with database.writing() as session, session.begin():
        made = Round(session)
        session.expunge_all()
    return made


def version(client: PageClient, path: str) -> str:
    html = client.get(path).get_data(as_text=True)
    return html.split('name="version" value="')[1].split('"')[0]


def put(client: PageClient, path: str, data: dict[str, Any], status: int = 302) -> str:
    """Save a section as its page would."""
    sent = {"version": version(client, path), "then": "list", **data}
    return client.send(path, sent, status).get_data(as_text=True)


def kept(database: Database, month: Round) -> dict[str, Any]:
    with database.reading() as session:
        return dict(session.scalar(select(Draft.answers).where(Draft.audit_id == month.audit_id)) or {})


def state(database: Database, month: Round) -> str:
    with database.reading() as session:
        return session.scalars(select(Audit.state).where(Audit.id == month.audit_id)).one()


def record_all(client: PageClient, month: Round) -> None:
    for section in TOOL.sections:
        path = month.at(f"sections/{section.key}")
        put(client, path, complete_section(section))


def submit(client: PageClient, month: Round, status: int = 302, **more: str) -> str:
    sent = {"version": version(client, month.at("check")), **more}
    return client.send(month.at("submit"), sent, status).get_data(as_text=True)


def test_every_section_opens_and_the_list_says_how_far_each_is(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    assert "0 of 20 sections complete" in client.page(month.at("record")).text
    for section in TOOL.sections:
        assert client.page(month.at(f"sections/{section.key}")).heading == section.title
    client.page(month.at("sections/nothing"), 404)


def test_a_whole_audit_is_recorded_checked_and_submitted(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    assert "20 of 20 sections complete" in client.page(month.at("record")).text
    submit(client, month)
    page = client.page(f"/audits/{month.audit_id}")
    assert "Requires improvement to be good" not in page.text
    assert "Your audit is submitted" in page.text
    with database.reading() as session:
        graded = session.scalars(select(Judgement).where(Judgement.audit_id == month.audit_id)).all()
        assert {one.element for one in graded} == {element.key for element in TOOL.elements}
        assert {one.stage for one in graded} == {"auditor"}
        audit = session.get_one(Audit, month.audit_id)
        assert {(one.month, one.team_id, one.service_id) for one in graded} == {
            (audit.month, audit.team_id, audit.service_id)
        }
        assert (audit.state, audit.submitted_on) == ("submitted", AT.date())
        counted = session.scalars(select(CountedAnswer.question).where(CountedAnswer.audit_id == audit.id)).all()
        assert {"chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used"} <= set(
            counted
        )
        assert "plan" not in counted
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalar(select(func.count()).select_from(Answers)) == 1


def test_a_second_submission_changes_nothing_and_leads_to_the_result(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    sent = {"version": version(client, month.at("check"))}
    for _ in range(2):
        assert client.send(month.at("submit"), sent).location == f"/audits/{month.audit_id}"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Answers)) == 1
        assert session.scalar(select(func.count()).where(Event.action == "audit.submitted")) == 1


def test_after_submission_nothing_can_be_written(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    submit(client, month)
    assert client.get(month.at("sections/about")).location == f"/audits/{month.audit_id}"
    assert client.get(month.at("record")).location == f"/audits/{month.audit_id}"
    refused = client.send(month.at("sections/story"), {"story_now": "Later"}, 409).get_data(as_text=True)
    assert "can no longer change" in refused
    client.send(month.at("sections/story/autosave"), {"story_now": "Later"}, 409)
    client.send(month.at("hand-back"), {"code": "away", "reason": "Later"}, 409)


def test_blanks_are_kept_as_blanks_and_listed_with_links(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    put(client, month.at("sections/story"), {"story_now": ""})
    assert state(database, month) == "draft"
    assert kept(database, month) == {}
    html = client.get(month.at("check")).get_data(as_text=True)
    assert f'{month.at("sections/story")}#story_now"' in html
    assert f'{month.at("sections/about")}#record_read_on-day"' in html
    refused = submit(client, month, 400)
    assert "There is a problem" in refused
    assert state(database, month) == "draft"


def test_bad_values_come_back_and_the_good_ones_are_kept(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    page = put(
        client, month.at("sections/about"),
        {"plan_status": "child_protection", "record_read_on-day": "31", "record_read_on-month": "2",
         "record_read_on-year": "2026", "workers_in_year": "lots"}, 400,
    )  # fmt: skip
    assert 'value="31"' in page
    assert 'value="lots"' in page
    assert 'href="#record_read_on-' in page
    assert kept(database, month) == {"plan_status": "child_protection"}


@pytest.mark.parametrize("bad", ["a\x00b", "a\x07b", "x" * 6000])
def test_text_that_cannot_be_stored_is_refused_with_a_sentence(
    sign_in: SignIn, month: Round, database: Database, bad: str
) -> None:
    page = put(sign_in(month.auditor), month.at("sections/story"), {"story_now": bad, "story_why": "Neglect"}, 400)
    assert "There is a problem" in page
    assert kept(database, month) == {"story_why": "Neglect"}


def test_markup_stays_text(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    put(client, month.at("sections/story"), {"story_now": "</textarea><script>alert(1)</script>=1+1"})
    for place in ("sections/story", "check"):
        html = client.get(month.at(place)).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_autosave_answers_with_the_time_and_the_version_to_hold(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client = sign_in(month.auditor)
    path = month.at("sections/story")
    first = client.send(f"{path}/autosave", {"story_now": "A", "version": version(client, path)}, 200)
    assert first.json is not None
    assert first.json["saved_at"] == "10:00"
    second = client.send(f"{path}/autosave", {"story_now": "A b", "version": first.json["version"]}, 200)
    assert second.json is not None
    assert kept(database, month) == {"story_now": "A b"}


def test_autosave_keeps_what_is_finished_and_says_what_is_not(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client = sign_in(month.auditor)
    path = month.at("sections/about")
    sent = {"plan_status": "other", "record_read_on-day": "3", "version": version(client, path)}
    answer = client.send(f"{path}/autosave", sent, 200)
    assert answer.json is not None
    assert "When did you read the record?" in answer.json["saved_at"]
    assert kept(database, month) == {"plan_status": "other"}


def test_two_tabs_on_one_section_lose_nothing(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    path = month.at("sections/story")
    old = version(client, path)
    client.send(path, {"version": old, "story_now": "First tab"})
    page = client.send(path, {"version": old, "story_now": "Second tab"}, 409).get_data(as_text=True)
    assert "First tab" in page
    assert "Second tab" in page
    assert kept(database, month) == {"story_now": "First tab"}
    assert client.send(f"{path}/autosave", {"version": old, "story_now": "Second tab"}, 409).json is not None
    newer = page.split('name="version" value="')[1].split('"')[0]
    client.send(path, {"version": newer, "story_now": "First tab, second tab"})
    assert kept(database, month) == {"story_now": "First tab, second tab"}


def test_two_tabs_on_two_sections_do_not_meet(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    story, voice = month.at("sections/story"), month.at("sections/voice")
    versions = version(client, story), version(client, voice)
    client.send(story, {"version": versions[0], "story_now": "Here"})
    client.send(voice, {"version": versions[1], "voice": "good"})
    assert kept(database, month) == {"story_now": "Here", "voice": "good"}


def test_a_row_of_actions_is_added_without_scripts(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    path = month.at("sections/actions")
    name = next(question.key for question in TOOL.section("actions").questions if question.kind == "actions")
    sent = {"version": version(client, path), f"{name}-0-what": "Visit", "add_row": name}
    page = client.send(path, sent, 200).get_data(as_text=True)
    assert f'name="{name}-1-what"' in page
    assert kept(database, month)[name][0]["what"] == "Visit"


def test_an_inadequate_assessment_blocks_a_better_overall_grade(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    put(
        client,
        month.at("sections/assessment"),
        complete_section(TOOL.section("assessment")) | {"assessment": "inadequate"},
    )
    assert "overall grade must be inadequate too" in submit(client, month, 400)


def test_prompts_must_be_acknowledged(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    for key in ("voice", "impact"):
        answers = complete_section(TOOL.section(key)) | {key: "requires_improvement"}
        put(client, month.at(f"sections/{key}"), answers | typed(TOOL.question(f"{key}_actions")))
    assert "confirm that your grades stand" in submit(client, month, 400)
    submit(client, month, acknowledged="y")
    assert state(database, month) == "submitted"


def test_what_changed_after_the_check_is_not_submitted_unseen(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    old = version(client, month.at("check"))
    put(client, month.at("sections/story"), {"story_now": "Something else"})
    assert "have changed" in client.send(month.at("submit"), {"version": old}, 409).get_data(as_text=True)
    assert state(database, month) == "draft"


def test_everybody_s_start_page_says_what_waits_for_them(sign_in: SignIn, month: Round, world: World) -> None:
    waits = {
        "qa_lead": "0 of 4 audits submitted",
        "moderator_1": "Nothing waits for you today.",
        "head_north": "Against the targets",
        "administrator": "Nothing waits for you today.",
        "analyst": "Nothing waits for you today.",
        "governance": "Nothing waits for you today.",
    }
    assert {person: words in sign_in(world.people[person]).page("/").text for person, words in waits.items()} == (
        dict.fromkeys(waits, True)
    )
    assert f"Audit {month.reference}" in sign_in(month.auditor).page("/").text


def test_a_child_who_may_not_be_safe_is_flagged_at_once(sign_in: SignIn, month: Round, world: World) -> None:
    client = sign_in(month.auditor)
    put(client, month.at("sections/safe"), {"safe_now": "not_sure"})
    assert "safeguarding procedure now" in client.page(month.at("record")).text
    assert "Say who you told" in client.page(month.at("check")).text
    for person in ("qa_lead", "director"):
        assert month.reference in sign_in(world.people[person]).page("/").text
    assert month.reference not in sign_in(month.other).page("/").text
    put(client, month.at("sections/safe"), {"safe_now": "yes"})
    assert "lifted since" in sign_in(world.people["qa_lead"]).page("/").text


def test_a_head_of_service_sees_only_their_own_service_s_flags(
    sign_in: SignIn, month: Round, world: World, database: Database
) -> None:
    put(sign_in(month.auditor), month.at("sections/safe"), {"safe_now": "no"})
    with database.reading() as session:
        service = session.get_one(Audit, month.audit_id).service.name.lower()
    heads = {
        name: month.reference in sign_in(world.people[f"head_{name}"]).page("/").text for name in ("north", "south")
    }
    assert heads == {name: name == service for name in heads}


def test_another_auditor_finds_nothing_at_any_address(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.other)
    for rest in ("record", "sections/about", "check", "hand-back", ""):
        client.page(f"/audits/{month.audit_id}/{rest}".rstrip("/"), 404)
    for rest in ("sections/about", "sections/about/autosave", "submit", "hand-back", "reference"):
        client.send(month.at(rest), {"reason": "x"}, 404)


def test_nobody_reads_a_draft_but_its_auditor(sign_in: SignIn, month: Round, world: World) -> None:
    put(sign_in(month.auditor), month.at("sections/story"), {"story_now": "canary-in-the-draft"})
    lead = sign_in(world.people["qa_lead"])
    for path in ("/", "/audits", "/cycles", f"/cycles/{month.cycle_id}"):
        assert "canary-in-the-draft" not in lead.page(path).text
    lead.page(f"/audits/{month.audit_id}", 404)
    lead.page(month.at("record"), 403)
    for person in ("director", "head_north", "head_south", "moderator_1"):
        sign_in(world.people[person]).page(f"/audits/{month.audit_id}", 404)


def test_the_case_reference_is_shown_on_a_logged_post_only(sign_in: SignIn, month: Round, database: Database) -> None:
    client = sign_in(month.auditor)
    for rest in ("record", "sections/about", "check"):
        assert "9000" not in client.page(month.at(rest)).text
    page = client.send(month.at("reference"), {}, 200).get_data(as_text=True)
    assert "9000" in page
    assert client.get(month.at("reference")).status_code == 405
    with database.reading() as session:
        case_id = session.get_one(Audit, month.audit_id).case_id
        logged = session.execute(
            select(AccessEntry.object_id, AccessEntry.person_id).where(AccessEntry.action == "case.reveal")
        )
        assert [tuple(row) for row in logged] == [(str(case_id), month.auditor.id)]


def test_handing_back_deletes_the_draft_and_tells_the_qa_lead(
    sign_in: SignIn, month: Round, world: World, database: Database
) -> None:
    client = sign_in(month.auditor)
    put(client, month.at("sections/story"), {"story_now": "Begun"})
    assert "Say why" in client.send(month.at("hand-back"), {"code": "conflict", "reason": " "}, 400).get_data(
        as_text=True
    )
    client.send(month.at("hand-back"), {"code": "conflict", "reason": "I was the worker last year"})
    assert kept(database, month) == {}
    client.page(month.at("record"), 404)
    lead = sign_in(world.people["qa_lead"])
    page = lead.page(f"/cycles/{month.cycle_id}")
    assert "I was the worker last year" in page.text
    path = f"/cycles/{month.cycle_id}/audits/{month.audit_id}/replace"
    lead.page(path)
    lead.send(path, {"auditor": str(month.other.id), "reason": ""})
    lead.send(path, {"auditor": str(month.other.id), "reason": ""}, 400)
    assert "QA-2026-12-005" in sign_in(month.other).page("/audits").text


def test_a_submitted_audit_is_withdrawn_with_a_reason_only(
    sign_in: SignIn, month: Round, world: World, database: Database
) -> None:
    record_all(sign_in(month.auditor), month)
    submit(sign_in(month.auditor), month)
    lead = sign_in(world.people["qa_lead"])
    assert "Withdraw this audit" in lead.page(f"/audits/{month.audit_id}").text
    lead.send(month.at("withdraw"), {"reason": ""}, 400)
    lead.send(month.at("withdraw"), {"reason": "The wrong child's record"})
    assert state(database, month) == "withdrawn"
    sign_in(month.auditor).send(month.at("withdraw"), {"reason": "x"}, 403)


def test_an_audit_chosen_for_moderation_is_not_withdrawn(
    sign_in: SignIn, month: Round, world: World, database: Database
) -> None:
    record_all(sign_in(month.auditor), month)
    submit(sign_in(month.auditor), month)
    with database.writing() as session, session.begin():
        session.get_one(Audit, month.audit_id).state = "selected"
    answer = sign_in(world.people["qa_lead"]).send(month.at("withdraw"), {"reason": "Wrong"}, 409)
    assert "chosen for moderation" in answer.get_data(as_text=True)


def test_demographic_questions_are_asked_only_where_switched_on(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client = sign_in(month.auditor)
    assert "Ethnic group" not in client.page(month.at("sections/about")).text
    with database.writing() as session, session.begin():
        settings.change(session, "demographics", "on", reason="Agreed", by="test", at=AT)
    assert "Ethnic group" in client.page(month.at("sections/about")).text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE judgement SET grade = 'good'",
        "DELETE FROM judgement",
        "UPDATE answers SET stage = 'moderator'",
        "DELETE FROM answers",
        "UPDATE counted_answer SET value = 'no'",
        "DELETE FROM counted_answer",
        "UPDATE audit SET team_id = service_id WHERE submitted_at IS NOT NULL",
        "UPDATE audit SET submitted_at = NULL WHERE submitted_at IS NOT NULL",
        "DELETE FROM audit WHERE submitted_at IS NOT NULL",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_submitted(
    database: Database, world: World, statement: str
) -> None:
    with database.writing() as session, session.begin():
        fill(session, Round(session).audit_id, at=AT)
    with pytest.raises(DBAPIError), database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_grade_given_late_is_refused_by_the_database(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        audit_id = Round(session).audit_id
        fill(session, audit_id, at=AT)
        session.get_one(Audit, audit_id).state = "selected"
    with pytest.raises(DBAPIError, match="once"), database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO judgement (audit_id, element, stage, grade, month, service_id, team_id, tool_key,"
                " judge_id, given_at) SELECT id, 'extra', 'auditor', 'good', month, service_id, team_id, tool_key,"
                " auditor_id, submitted_at FROM audit WHERE submitted_at IS NOT NULL"
            )
        )


def test_a_five_megabyte_answer_is_refused_quickly(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    sent = {"csrf_token": client.token(), "story_now": "x" * 5_000_000}
    assert client.post(month.at("sections/story"), data=sent).status_code == 413


def test_a_form_posted_with_columns_of_the_audit_changes_none_of_them(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    with database.reading() as session:
        before = {
            column.name: getattr(session.get_one(Audit, month.audit_id), column.name)
            for column in Audit.__table__.columns
        }
    more = {name: "x" for name in before if name not in ("version",)}
    put(sign_in(month.auditor), month.at("sections/story"), {"story_now": "Here", **more})
    with database.reading() as session:
        after = {name: getattr(session.get_one(Audit, month.audit_id), name) for name in before}
    assert {name for name in before if before[name] != after[name]} == {"state"}
    assert kept(database, month) == {"story_now": "Here"}
