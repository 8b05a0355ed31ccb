"""Starting an audit no case is drawn for, recording it, and what it is kept out of."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from audit_forms.catalogue import latest, tools
from audit_forms.definition import Cases
from qa_app.db import Database
from qa_app.models import AccessEntry, Answers, Audit, AuditChild, Cycle, Event, Judgement, Person
from qa_app.queries import facts
from qa_app.services import case_draws, closing, cycles
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.audit_answers import complete_section
from tests.world import World

SignIn = Callable[[Person], PageClient]
STARTED = [tool.key for tool in tools() if tool.cases is Cases.STARTED]
OF_A_CHILD = [key for key in STARTED if latest(key).about == "child"]
CARE, PLANNING = "900002", "900001"  # cases of these teams


def begin(client: PageClient, key: str, status: int = 302, **said: str) -> Any:
    return client.send(f"/audits/start/{key}", said, status)


def source(client: PageClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def audit_at(location: str | None) -> str:
    assert location is not None
    return location.removesuffix("/record")


def version(client: PageClient, path: str) -> str:
    return client.get(path).get_data(as_text=True).split('name="version" value="')[1].split('"')[0]


def record(client: PageClient, address: str, key: str, **changed: str) -> None:
    """Fill in every section of a started audit as its pages would, and submit it."""
    said: dict[str, str] = {}
    for section in latest(key).sections:
        path = f"{address}/sections/{section.key}"
        sent = complete_section(section, said) | {name: new for name, new in changed.items() if _asks(section, name)}
        said |= sent
        client.send(path, {"version": version(client, path), "then": "list", **sent})
    client.send(f"{address}/submit", {"version": version(client, f"{address}/check"), "acknowledged": "y"})


def _asks(section: Any, name: str) -> bool:
    return name in {question.key for question in section.questions}


@pytest.fixture
def auditor(sign_in: SignIn, world: World) -> PageClient:
    return sign_in(world.people["manager_assessment"])


def test_the_tools_that_can_be_started_are_there_with_what_they_are_for(auditor: PageClient) -> None:
    page, html = auditor.page("/audits/start"), source(auditor, "/audits/start")
    for key in STARTED:
        assert latest(key).title in page.text
        assert latest(key).purpose in page.text
        assert f"/audits/start/{key}" in html
    assert "/audits/start/case_file" not in html
    auditor.page("/audits/start/case_file", 404)
    auditor.page("/audits/start/nothing", 404)
    assert "Start an audit" in auditor.page("/audits").text


@pytest.mark.parametrize("key", OF_A_CHILD)
def test_an_audit_about_a_child_is_started_recorded_and_submitted(
    auditor: PageClient, database: Database, key: str
) -> None:
    address = audit_at(begin(auditor, key, reference=" 9000 02 ").location)
    assert latest(key).title in auditor.page(f"{address}/record").text
    assert latest(key).title in auditor.page("/audits").text
    record(auditor, address, key)
    assert "submitted" in auditor.page(address).text
    with database.reading() as session:
        audit = session.scalars(select(Audit)).one()
        assert (audit.tool_key, audit.tool_sha256, audit.stream) == (key, latest(key).sha256, "started")
        assert (audit.state, audit.team.name, audit.month) == ("submitted", "Care", date(2026, 11, 1))
        cycle = audit.cycle
        assert (cycle.state, cycle.on_demand, cycle.due_on) == ("released", True, date(2026, 12, 14))
        assert session.scalar(select(func.count()).select_from(Answers)) == 1
        graded = session.scalars(select(Judgement.element)).all()
        assert set(graded) == {element.key for element in latest(key).elements}


def test_the_reference_is_in_no_address_and_no_log_of_events(auditor: PageClient, database: Database) -> None:
    address = audit_at(begin(auditor, "plan", reference=CARE).location)
    assert CARE not in address
    assert CARE not in source(auditor, f"{address}/record")
    assert CARE in auditor.send(f"{address}/reference", {}, 200).get_data(as_text=True)
    with database.reading() as session:
        for event in session.scalars(select(Event)):
            assert CARE not in f"{event.detail}{event.reason}"
        opened = session.scalars(select(AccessEntry.action)).all()
        assert "case.reveal" in opened


@pytest.mark.parametrize(
    ("said", "sentence"),
    [({}, "Enter the child’s reference"), ({"reference": "no such"}, "No child on the case list has this reference")],
)
def test_an_unknown_child_is_told_in_words_and_nothing_typed_is_lost(
    auditor: PageClient, said: dict[str, str], sentence: str
) -> None:
    html = begin(auditor, "plan", 400, **said).get_data(as_text=True)
    assert sentence in html
    assert 'href="#reference"' in html
    assert f'value="{said.get("reference", "")}"' in html


def test_who_is_too_close_to_the_work_is_told_why(auditor: PageClient, sign_in: SignIn, world: World) -> None:
    refused = begin(auditor, "plan", 409, reference="900000").get_data(as_text=True)
    assert "Your own team works with this child." in refused
    assert "Ask a colleague" in refused
    begin(auditor, "feedback_carer", reference="900000")  # anybody but the worker may ask
    own = begin(auditor, "supervision", 409, subject="T0001", child_1=CARE).get_data(as_text=True)
    assert "a line manager of yours" in own
    subject = world.people["worker_assessment_1"].employee_id or ""
    supervises = begin(auditor, "supervision", 409, subject=subject, child_1=CARE).get_data(as_text=True)
    assert "You supervise this person yourself." in supervises
    begin(auditor, "observation", subject=subject)  # a manager may observe their own team


def test_a_member_of_staff_is_found_by_name_without_scripts_and_never_the_whole_list(
    auditor: PageClient, world: World
) -> None:
    def sought(typed: str) -> str:
        return str(begin(auditor, "observation", 200, subject=typed, find="subject").get_data(as_text=True))

    page = sought("worker care")
    assert "Worker Care 1" in page
    assert "Worker Planning" not in page
    assert "Type at least 3 letters" in sought("wo")
    many = sought("worker")
    assert many.count('name="subject-found"') == 5
    assert "There are more" in many
    assert sought("%%%").count("Nobody on the staff list") == 1
    number = world.people["worker_care_1"].employee_id or ""
    assert "This is Worker Care 1, Social Worker." in sought(number)
    chosen = begin(auditor, "observation", **{"subject": "worker care", "subject-found": number})
    assert "Worker Care 1" in auditor.page(str(chosen.location)).text


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Enter a staff number"),
        ({"subject": "Worker Care 1"}, "not a name"),
        ({"subject": "T9999"}, "Nobody on the staff list has this number"),
    ],
)
def test_an_unknown_member_of_staff_is_told_in_words(auditor: PageClient, said: dict[str, str], sentence: str) -> None:
    assert sentence in begin(auditor, "observation", 400, **said).get_data(as_text=True)


def test_an_audit_of_supervision_is_made_from_up_to_three_children(
    auditor: PageClient, world: World, database: Database
) -> None:
    subject = world.people["worker_care_1"].employee_id or ""
    same = begin(auditor, "supervision", 400, subject=subject, child_1=CARE, child_2=CARE).get_data(as_text=True)
    assert "the same child as above" in same
    none = begin(auditor, "supervision", 400, subject=subject).get_data(as_text=True)
    assert "at least one child" in none
    address = audit_at(begin(auditor, "supervision", subject=subject, child_1=CARE, child_3="900006").location)
    shown = auditor.send(f"{address}/reference", {}, 200).get_data(as_text=True)
    assert CARE in shown
    assert "900006" in shown
    with database.reading() as session:
        assert [one.place for one in session.scalars(select(AuditChild).order_by(AuditChild.place))] == [1, 2]
        assert session.scalars(select(Audit)).one().subject_id == world.people["worker_care_1"].id


def test_a_second_one_about_the_same_child_is_asked_about_first(
    auditor: PageClient, sign_in: SignIn, world: World, database: Database
) -> None:
    address = audit_at(begin(auditor, "plan", reference=CARE).location)
    asked = begin(auditor, "plan", 409, reference=CARE).get_data(as_text=True)
    assert "You have begun this already" in asked
    assert f"{address}/record" in asked
    begin(auditor, "feedback_carer", reference=CARE)  # another tool is another matter
    begin(auditor, "plan", reference=CARE, again="y")
    other = sign_in(world.people["manager_planning"])
    told = begin(other, "plan", 409, reference=CARE).get_data(as_text=True)
    assert "A colleague has begun this already" in told
    assert address not in told
    with database.reading() as session:
        numbers = session.scalars(select(Audit.number).order_by(Audit.number)).all()
        assert numbers == [1, 2, 3], "no two audits of a month are called the same, on whatever tool"


def test_only_auditors_and_reviewing_officers_start_audits(sign_in: SignIn, world: World) -> None:
    for person in ("qa_lead", "head_north", "worker_care_1"):
        sign_in(world.people[person]).page("/audits/start", 403)


def test_a_reviewing_officer_who_only_moderates_does_the_check_of_a_review_and_nothing_else(
    sign_in: SignIn, world: World, database: Database
) -> None:
    officer = sign_in(world.people["moderator_1"])
    assert "Start an audit" in officer.page("/").text
    offered = source(officer, "/audits/start")
    assert [key for key in STARTED if f"/audits/start/{key}" in offered] == ["chair_check"]
    for key in set(STARTED) - {"chair_check"}:
        officer.page(f"/audits/start/{key}", 404)
        begin(officer, key, 404, reference=CARE)
    assert "An audit you start is listed here" in officer.page("/audits").text
    address = audit_at(begin(officer, "chair_check", reference=CARE).location)
    record(officer, address, "chair_check")
    assert "submitted" in officer.page(address).text
    back = audit_at(begin(officer, "chair_check", reference=PLANNING).location)
    officer.send(f"{back}/hand-back", {"code": "other", "reason": "The review was moved."})
    sign_in(world.people["moderator_2"]).page(address, 404)
    with database.reading() as session:
        assert set(session.scalars(select(Audit.auditor_id))) == {world.people["moderator_1"].id}


def test_an_answer_that_is_not_asked_for_any_more_is_left_out_and_the_auditor_is_told(
    auditor: PageClient, database: Database
) -> None:
    address = audit_at(begin(auditor, "chair_check", reference=CARE).location)
    path = f"{address}/sections/review"
    section = latest("chair_check").section("review")
    late = complete_section(section) | {"in_time": "no", "late_why": "The worker was ill"}
    auditor.send(path, {"version": version(auditor, path), **late})
    auditor.send(path, {"version": version(auditor, path), **late, "in_time": "yes"})
    assert "is not part of the audit, and is left out when you submit" in auditor.page(path).text
    assert "Answer this only if you answered ‘No’ to ‘Was it in time?’." in auditor.page(path).text
    assert "Not part of this audit" in auditor.page(f"{address}/check").text
    record(auditor, address, "chair_check", in_time="yes", late_why="The worker was ill")
    with database.reading() as session:
        kept = session.scalars(select(Answers.answers)).one()
        assert kept["in_time"] == "yes"
        assert "late_why" not in kept


def test_what_nobody_is_asked_needs_no_page(auditor: PageClient) -> None:
    address = audit_at(begin(auditor, "feedback_young", reference=CARE).location)
    path = f"{address}/sections/about"
    assert "How things are" in auditor.page(f"{address}/record").text
    sent = complete_section(latest("feedback_young").section("about")) | {"agreed": "no"}
    answer = auditor.send(path, {"version": version(auditor, path), "then": "next", **sent})
    assert answer.location == f"{address}/sections/safe"
    shown = auditor.page(f"{address}/record").text
    assert "How things are" not in shown
    assert "Safe now?" in shown


def test_started_audits_enter_no_figure_and_no_month(
    auditor: PageClient, sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        cycle = cycles.open_month(session, date(2026, 11, 1), by="test", at=AT)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="test", at=AT)
        cycles.release(session, cycle, by="test", at=AT)
        cycle_id = cycle.id
        before = facts.collect(session)
    for key in ("plan", "feedback_older"):
        record(auditor, audit_at(begin(auditor, key, reference=CARE).location), key)
    lead = sign_in(world.people["qa_lead"])
    listed = source(lead, "/cycles")
    assert listed.count('href="/cycles/') == listed.count(f'href="/cycles/{cycle_id}')
    assert source(lead, "/").count('href="/cycles/') == 1
    with database.writing() as session, session.begin():
        assert facts.collect(session) == before
        on_demand = session.scalars(select(Cycle).where(Cycle.on_demand)).all()
        assert len(on_demand) == 2
        closing.close(session, session.get_one(Cycle, cycle_id), by="test", at=AT)
        assert {one.state for one in on_demand} == {"released"}, "closing a month leaves started work open"
        hidden = [str(one.id) for one in on_demand]
    for one in hidden:
        for page in ("", "/due-date", "/sample", "/close", "/expectations"):
            assert lead.get(f"/cycles/{one}{page}").status_code == 404
    begin(auditor, "plan", reference=PLANNING)


def test_a_moderator_who_audits_too_reads_their_own_started_audit(
    sign_in: SignIn, auditor: PageClient, world: World, database: Database
) -> None:
    address = audit_at(begin(auditor, "plan", reference=CARE).location)
    record(auditor, address, "plan")
    for person in ("qa_lead", "head_south", "director"):
        assert sign_in(world.people[person]).page(address).heading
    for person in ("manager_care", "head_north", "moderator_1"):
        sign_in(world.people[person]).page(address, 404)


def test_an_audit_whose_questions_were_changed_is_refused_in_words(auditor: PageClient, database: Database) -> None:
    address = audit_at(begin(auditor, "plan", reference=CARE).location)
    with database.writing() as session, session.begin():
        session.execute(update(Audit).values(tool_sha256="0" * 64))
    for page in ("record", "check", "sections/about"):
        shown = auditor.page(f"{address}/{page}", 409)
        assert shown.heading == "This tool was changed after it was published"
        assert "Tell your administrator" in shown.text
    assert "Its questions have changed" in auditor.page("/audits").text
    assert auditor.page("/").heading == "Your work"
