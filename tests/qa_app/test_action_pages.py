"""The pages of actions and re-audits: lists, steps, what the form offers, and who is shown what."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update

from qa_app.db import Database
from qa_app.models import AccessEntry, Action, Audit, Cycle, Moderation, Person, Reaudit, RoleGrant
from qa_app.queries.ties import readers
from qa_app.services import actions, cycles, reaudits
from tests.conftest import AT, SteppingClock
from tests.months import TOOL
from tests.page import PageClient
from tests.qa_app.audit_answers import complete_section, fill
from tests.qa_app.test_actions import allocated, row, submitted
from tests.world import World

SignIn = Callable[[Person], PageClient]
WHAT = "Record why the plan changed"
OWNER = "worker_assessment_1"


@pytest.fixture
def action_id(database: Database, world: World) -> UUID:
    """One open action of an agreed audit, owned by a worker; due on 30 November 2026."""
    with database.writing() as session, session.begin():
        submitted(session, world, row("Worker Assessment 1", what=WHAT, theme="voice", evidence="It is on the record."))
        session.execute(update(Audit).values(state="agreed"))
        return session.scalars(select(Action.id)).one()


def state(database: Database, action_id: UUID) -> str:
    with database.reading() as session:
        return session.get_one(Action, action_id).state


def test_the_owner_says_that_it_is_done_and_somebody_else_sends_it_back_or_closes_it(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    owner, auditor = sign_in(world.people[OWNER]), sign_in(world.people["manager_care"])
    address = f"/actions/{action_id}"
    assert WHAT in owner.page("/actions").text
    assert "Say what shows that it is done" in owner.send(f"{address}/done", {"evidence": " "}, 400).text
    owner.send(f"{address}/done", {"evidence": "Rang 020 7946 0958 on Monday."}, 400)
    owner.send(f"{address}/done", {"evidence": "Visited on Monday."})
    assert "It waits for somebody else to check it." in owner.page(address).text
    for page in ("check", "due", "cancel"):
        assert owner.get(f"{address}/{page}").status_code in (403, 404)
    assert "Actions to check" in auditor.page("/").text
    assert "Visited on Monday." in auditor.page(f"{address}/check").text
    assert "Say whether this shows" in auditor.send(f"{address}/check", {"said": "x"}, 400).text
    assert "Say what is missing" in auditor.send(f"{address}/check", {"decision": "send_back"}, 400).text
    auditor.send(f"{address}/check", {"decision": "send_back", "said": "Which Monday?"})
    assert "Sent back by Manager Care" in owner.page(address).text
    assert "Which Monday?" in owner.page(address).text
    assert "Visited on Monday." in owner.page(f"{address}/done").text, "the owner goes on from what they wrote"
    owner.send(f"{address}/done", {"evidence": "Visited on 23 November."})
    auditor.send(f"{address}/check", {"decision": "close", "said": ""})
    assert state(database, action_id) == "closed"
    assert "closed already" in auditor.send(f"{address}/check", {"decision": "close", "said": "again"}, 409).text


def test_the_date_is_changed_with_a_reason_and_an_action_cancelled_by_few(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    address = f"/actions/{action_id}"
    auditor = sign_in(world.people["manager_care"])
    day = {"due-day": "7", "due-month": "12", "due-year": "2026"}
    assert "Enter the new date" in auditor.send(f"{address}/due", {"reason": "Leave"}, 400).text
    assert "Say why the date changes" in auditor.send(f"{address}/due", day, 400).text
    assert "not passed" in auditor.send(f"{address}/due", day | {"due-year": "2025", "reason": "Leave"}, 409).text
    auditor.send(f"{address}/due", day | {"reason": "The worker is on leave."})
    shown = auditor.page(address).text
    assert "from 30 November 2026 to 7 December 2026: The worker is on leave." in shown
    assert auditor.get(f"{address}/cancel").status_code == 404
    head = sign_in(world.people["head_north"])
    assert "Say why" in head.send(f"{address}/cancel", {"reason": ""}, 400).text
    head.send(f"{address}/cancel", {"reason": "The family has moved."})
    assert state(database, action_id) == "cancelled"


def test_lists_are_narrowed_by_the_address_and_overdue_ones_are_said(
    action_id: UUID, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    clock.move(days=14)
    lead = sign_in(world.people["qa_lead"])
    assert WHAT in lead.page("/actions").text, "a QA lead's list opens on everybody's"
    assert "You have no action to do." in lead.page("/actions?whose=mine").text
    for address, shown in (
        ("/actions?whose=all", True), ("/actions?whose=all&overdue=yes", True),
        ("/actions?whose=all&state=done", False),
        ("/actions?whose=all&theme=voice", True), ("/actions?whose=all&theme=other", False),
        (f"/actions?whose=all&team={world.teams['Assessment'].id}", True),
        (f"/actions?whose=all&team={world.teams['Care'].id}", False), ("/actions?whose=all&team=x&page=99999", True),
        ("/actions?whose=nobody&state=what&page=%C2%B2", True),
    ):  # fmt: skip
        assert (WHAT in lead.page(address).text) is shown, address
    assert "1 overdue" in lead.page("/actions?whose=all").text
    assert "Your overdue actions" in sign_in(world.people[OWNER]).page("/").text
    for key, list_ in (("manager_assessment", "line"), ("head_north", "service"), ("manager_care", "audits")):
        assert WHAT in sign_in(world.people[key]).page(f"/actions?whose={list_}").text
    assert "Overdue actions of others" in sign_in(world.people["manager_assessment"]).page("/").text


def test_nobody_else_finds_it(action_id: UUID, world: World, sign_in: SignIn) -> None:
    for key in ("manager_planning", "worker_planning_1", "moderator_1", "head_south", "administrator", "analyst"):
        client = sign_in(world.people[key])
        for page in ("", "/done", "/check", "/due", "/cancel"):
            assert client.get(f"/actions/{action_id}{page}").status_code in (403, 404)
        token = {"csrf_token": client.token()}
        for page in ("done", "check", "due", "cancel", "keep"):
            assert client.post(f"/actions/{action_id}/{page}", data=token).status_code in (403, 404)


def test_who_has_seen_actions_is_kept_from_grading_their_audit_and_so_is_the_owner(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    sign_in(world.people["manager_assessment"]).page("/actions?whose=line")
    sign_in(world.people["qa_lead"]).page(f"/actions/{action_id}")
    with database.reading() as session:
        audit_id = session.get_one(Action, action_id).audit_id
        opened = session.scalars(select(AccessEntry.object_id).where(AccessEntry.action == "audit.actions")).all()
        seen = readers(session, [audit_id])[audit_id]
    assert set(opened) == {str(audit_id)}
    assert seen == {str(world.people[key].id) for key in ("manager_assessment", "qa_lead", OWNER)}


def test_a_moderator_sees_no_action_of_an_audit_that_may_come_to_them_whatever_else_they_are(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    lead = world.people["qa_lead"]
    with database.writing() as session, session.begin():
        session.add(RoleGrant(person_id=lead.id, role="moderator", granted_at=AT, granted_by="test"))
        session.execute(update(Audit).values(state="submitted"))
        plan = Reaudit(
            first_id=session.get_one(Action, action_id).audit_id, not_before=AT.date(), due_on=AT.date(),
            because="inadequate", planned_at=AT,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        plan_id = plan.id
    client = sign_in(lead)

    def sees() -> tuple[bool, int, bool, int]:
        listed = client.page("/re-audits").text
        return (
            WHAT in client.page("/actions?whose=all&state=").text, client.get(f"/actions/{action_id}").status_code,
            "No re-audit waits" not in listed, client.get(f"/re-audits/{plan_id}").status_code,
        )  # fmt: skip

    assert sees() == (False, 404, False, 404)
    with database.writing() as session, session.begin():
        session.execute(update(Audit).values(state="selected"))
        audit_id = session.scalars(select(Audit.id)).one()
        session.add(
            Moderation(audit_id=audit_id, moderator_id=lead.id, stream="sampled", state="allocated", allocated_at=AT)
        )
        session.execute(update(Action).values(owner_id=lead.id))
    assert sees() == (False, 404, False, 404), "not even as its owner, while they have it to grade"
    with database.writing() as session, session.begin():
        session.execute(update(Moderation).values(state="agreed", agreed_at=AT, agreed_by="test"))
        session.execute(update(Audit).values(state="agreed"))
    assert sees() == (True, 200, True, 200)


def test_a_flagged_action_is_kept_or_cancelled(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        actions.flag(session, session.scalars(select(Audit)).one(), ["voice"], "final_grade", by="test", at=AT)
    owner = sign_in(world.people[OWNER]).page(f"/actions/{action_id}").text
    assert "The grade it came from changed" in owner
    assert "Carry on until they do." in owner
    manager = sign_in(world.people["manager_assessment"])
    assert "Decide" in manager.page("/actions?whose=line").text
    manager.send(f"/actions/{action_id}/keep", {})
    assert "Is this action still needed?" not in manager.page(f"/actions/{action_id}").text
    manager.send(f"/actions/{action_id}/keep", {})
    assert "decided this already" in manager.page(f"/actions/{action_id}").text


def test_a_weak_part_without_an_action_is_not_submitted_and_a_link_will_do(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        again = allocated(session, world, 2, by="manager_planning").id
    client = sign_in(world.people["manager_planning"])
    address = f"/audits/{again}/sections/voice"
    said = complete_section(TOOL.section("voice")) | {"voice": "requires_improvement"}
    client.send(address, said | {"version": version(client, address)})
    assert "so it needs an action" in client.page(f"/audits/{again}/check").text
    page = client.page(address)
    assert f"No, link to: {WHAT}" in page.text
    assert "Worker Assessment 1" not in page.text, "without names"
    client.send(address, said | {"voice_actions-0-link": str(action_id), "version": version(client, address)})
    assert "so it needs an action" not in client.page(f"/audits/{again}/check").text
    with database.writing() as session, session.begin():
        actions.cancel(session, session.get_one(Action, action_id), "Not needed.", by="test", at=AT)
    assert "no longer open" in client.page(f"/audits/{again}/check").text
    assert "no longer open" in client.page(address).text


def version(client: PageClient, address: str) -> str:
    html = client.get(address).get_data(as_text=True)
    return html.split('name="version" value="')[1].split('"')[0]


def test_the_form_says_whom_it_does_not_know_and_points_out_a_day_nobody_works(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        audit = allocated(session, world).id
        twin = world.person(session, "twin", "Care", (), AT)
        twin.name = "Worker Planning 1"
    client = sign_in(world.people["manager_care"])
    address = f"/audits/{audit}/sections/actions"
    assert "Due 30 November 2026, unless you enter another date" in client.page(address).text
    said = {"actions-0-what": "Call", "actions-0-owner": "Worker Planning 1", "actions-0-priority": "five_days",
            "actions-0-due-day": "26", "actions-0-due-month": "12", "actions-0-due-year": "2026"}  # fmt: skip
    page = client.send(address, said | {"version": version(client, address)}, 400)
    assert "2 people are called ‘Worker Planning 1’. Choose one." in page.get_data(as_text=True)
    assert "which is a weekend or a bank holiday" in page.get_data(as_text=True)
    assert "2 people are called" in client.page(f"/audits/{audit}/check").text
    code = f"Worker Planning 1, {world.people['worker_planning_1'].employee_id}"
    chosen = {"actions-0-meant": code, "actions-0-due_instead": "2026-12-29", "version": version(client, address)}
    client.send(address, said | chosen)
    html = client.get(address).get_data(as_text=True)
    assert code in html
    assert 'value="29"' in html
    assert "2 people are called" not in client.page(f"/audits/{audit}/check").text


def test_the_lead_gives_a_re_audit_to_another_auditor_and_reads_both_side_by_side(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        audit = allocated(session, world)
        fill(session, audit.id, at=AT, overall="inadequate", consistency_reason="Why")
        first, plan = audit.id, session.scalars(select(Reaudit.id)).one()
    lead = sign_in(world.people["qa_lead"])
    assert "1 planned" in lead.page("/").text
    address = f"/re-audits/{plan}"
    assert "January 2027 is not open yet" in lead.page(address).text
    with database.writing() as session, session.begin():
        month = cycles.open_month(session, reaudits.due_month(session.get_one(Reaudit, plan)), by="test", at=AT).id
    page = lead.page(address).text
    assert "Manager Planning" in page
    assert "They did the first audit." in page
    assert "Choose who does the re-audit." in lead.send(address, {"cycle": str(month)}, 400).text
    tied = {"auditor": str(world.people["manager_care"].id), "cycle": str(month)}
    assert "They did the first audit." in lead.send(address, tied, 409).text
    lead.send(address, {"auditor": str(world.people["manager_planning"].id), "cycle": str(month)})
    with database.writing() as session, session.begin():
        session.execute(update(Cycle).values(state="released", released_at=AT, released_by="test"))
        second = session.get_one(Reaudit, plan).second_id
        assert second is not None
    other = sign_in(world.people["manager_planning"])
    assert "Did it change?" not in other.page(f"/audits/{second}/record").text
    assert other.get(f"/audits/{first}").status_code == 404
    with database.writing() as session, session.begin():
        fill(session, second, at=AT)
    assert "Did it change?" not in other.page(f"/audits/{second}").text
    for audit_id in (first, second):
        shown = lead.page(f"/audits/{audit_id}").text
        assert "Did it change?" in shown
        assert "Overall judgement Inadequate Good Better" in shown
    assert "QA-2027-01-001" in lead.page("/re-audits").text


def test_the_lead_keeps_or_cancels_a_re_audit_with_a_reason(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        fill(session, allocated(session, world).id, at=AT, overall="inadequate", consistency_reason="Why")
        session.execute(update(Audit).values(state="withdrawn", withdrawn_at=AT, withdrawn_by="test"))
        plan = session.scalars(select(Reaudit.id)).one()
    lead = sign_in(world.people["qa_lead"])
    assert "1 to decide" in lead.page("/").text
    assert "The first audit was withdrawn." in lead.page(f"/re-audits/{plan}").text
    assert "Say why the re-audit is kept" in lead.send(f"/re-audits/{plan}/keep", {"reason": ""}, 400).text
    lead.send(f"/re-audits/{plan}/keep", {"reason": "The family asked for it."})
    assert "1 planned" in lead.page("/").text
    lead.page(f"/re-audits/{plan}/cancel")
    lead.send(f"/re-audits/{plan}/cancel", {"reason": "The case is closed."})
    assert "The case is closed." in lead.page("/re-audits").text
