"""An action given to another owner: with a reason, told to both, in its history, and followed up along the new line."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.access import actions as seen
from qa_app.db import Database
from qa_app.models import Action, ActionStep, Audit, Event, Message, Moderation, Person, Reaudit
from qa_app.queries.ties import readers
from qa_app.services import action_owners, actions, escalation
from qa_app.services.action_owners import OwnerRefused
from qa_app.services.actions import ActionRefused, SayMore
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.test_actions import allocated, by, days_late, made, row, submitted, told
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
NEW = "worker_planning_1"


def hand_over(session: Session, world: World, action: Action, to: str = NEW, *, who: str = "qa_lead") -> None:
    action_owners.give(session, action, world.people[to], "She has moved team.", by=by(world, who), at=AT)


def test_both_owners_are_told_and_the_step_is_kept_without_its_words_in_the_event(
    session: Session, world: World
) -> None:
    action = made(session, world)
    hand_over(session, world, action)
    assert action.owner_id == world.people[NEW].id
    assert told(session) == [
        ("Worker Assessment 1", "action.given"), ("Worker Assessment 1", "action.taken"),
        ("Worker Planning 1", "action.given"),
    ]  # fmt: skip
    step = session.scalars(select(ActionStep)).one()
    assert (step.what, step.said, step.owner_before_id, step.owner_after_id) == (
        "given", "She has moved team.", world.people["worker_assessment_1"].id, world.people[NEW].id,
    )  # fmt: skip
    event = session.scalars(select(Event).where(Event.action == "action.given")).one()
    assert "moved" not in f"{event.detail}{event.reason}"
    assert event.by == by(world, "qa_lead")


def test_whoever_gives_or_takes_it_themselves_is_not_told(session: Session, world: World) -> None:
    submitted(session, world, row("Team manager"))
    action = session.scalars(select(Action)).one()
    hand_over(session, world, action, who="manager_care")
    assert told(session) == [("Worker Planning 1", "action.given")], "the auditor answered for it, and gave it away"
    hand_over(session, world, action, "manager_care", who="manager_care")
    assert told(session) == [("Worker Planning 1", "action.given"), ("Worker Planning 1", "action.taken")]


def test_an_overdue_action_goes_up_the_line_of_its_new_owner(session: Session, world: World) -> None:
    action = made(session, world)
    escalation.escalate(session, at=days_late(action, 3))
    session.execute(update(Message).values(kind="before"))
    hand_over(session, world, action)
    escalation.escalate(session, at=days_late(action, 4))
    heard = session.execute(
        select(Person.name, Message.kind).join(Message, Message.person_id == Person.id).where(
            Message.kind.startswith("actions.")
        )
    )  # fmt: skip
    assert sorted(map(tuple, heard)) == [
        ("Manager Planning", "actions.overdue_line"), ("Worker Planning 1", "actions.overdue"),
    ]  # fmt: skip


def test_it_needs_a_reason_another_owner_and_an_open_action(session: Session, world: World) -> None:
    action = made(session, world)
    lead = by(world, "qa_lead")
    with pytest.raises(SayMore, match="why somebody else"):
        action_owners.give(session, action, world.people[NEW], " ", by=lead, at=AT)
    with pytest.raises(OwnerRefused, match="already"):
        hand_over(session, world, action, "worker_assessment_1")
    world.people["worker_care_2"].active = False
    with pytest.raises(OwnerRefused, match="no longer on the staff list"):
        hand_over(session, world, action, "worker_care_2")
    actions.finish(session, action, "Done.", by=by(world, "worker_assessment_1"), at=AT)
    with pytest.raises(ActionRefused, match="waiting to be checked"):
        hand_over(session, world, action)
    assert session.scalars(select(ActionStep.what)).all() == ["done"]


def test_two_people_giving_it_at_once_give_it_once(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        action_id = made(session, world).id
    with database.writing() as late:
        stale = late.get_one(Action, action_id)
        late.expunge(stale)
        late.rollback()
        with database.writing() as session, session.begin():
            hand_over(session, world, session.get_one(Action, action_id))
        late.add(stale)
        with pytest.raises(ActionRefused, match="Reload"):
            hand_over(late, world, stale, "worker_care_1")
        late.rollback()
    with database.reading() as session:
        assert session.get_one(Action, action_id).owner_id == world.people[NEW].id


def test_nobody_who_may_judge_the_record_afresh_is_given_it(session: Session, world: World) -> None:
    action = made(session, world)
    audit = session.scalars(select(Audit)).one()
    for state in ("submitted", "selected", "moderating"):
        audit.state = state
        with pytest.raises(OwnerRefused, match="judge this record afresh"):
            hand_over(session, world, action, "moderator_1")
    audit.state = "agreed"
    grading = Moderation(
        audit_id=audit.id, moderator_id=world.people["moderator_2"].id, stream="sampled", state="allocated",
        allocated_at=AT,
    )  # fmt: skip
    session.add(grading)
    session.flush()
    with pytest.raises(OwnerRefused):
        hand_over(session, world, action, "moderator_2")
    hand_over(session, world, action, "moderator_1")
    now_theirs = actor_for(session.get_one(Person, world.people["moderator_1"].id))
    assert session.scalar(seen.visible_actions(now_theirs)) is not None


def test_who_audits_the_child_again_is_not_given_it_until_they_have_submitted(session: Session, world: World) -> None:
    action = made(session, world)
    second = allocated(session, world, 2, by="manager_leaving")
    session.add(
        Reaudit(
            first_id=action.audit_id, second_id=second.id, state="allocated", not_before=AT.date(), due_on=AT.date(),
            because="asked", planned_at=AT,
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(OwnerRefused):
        hand_over(session, world, action, "manager_leaving")
    second.state, second.submitted_at, second.submitted_on = "submitted", AT, AT.date()
    session.flush()
    hand_over(session, world, action, "manager_leaving")
    assert action.owner_id == world.people["manager_leaving"].id


def test_who_owned_an_action_is_kept_from_grading_its_audit_afterwards_too(session: Session, world: World) -> None:
    action = made(session, world, "worker_planning_2")
    hand_over(session, world, action)
    known = readers(session, [action.audit_id])[action.audit_id]
    asked_to_reflect = "worker_assessment_1"
    assert known == {str(world.people[key].id) for key in ("worker_planning_2", NEW, asked_to_reflect)}


@pytest.fixture
def action_id(database: Database, world: World) -> UUID:
    with database.writing() as session, session.begin():
        return made(session, world).id


def test_the_page_finds_the_person_as_typed_and_history_says_from_whom_to_whom(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    auditor, address = sign_in(world.people["manager_care"]), f"/actions/{action_id}"
    assert "Change the owner" in auditor.page(address).text
    why = {"reason": "She has moved team."}
    assert "Enter who does it now" in auditor.send(f"{address}/give", why, 400).text
    role = auditor.send(f"{address}/give", why | {"owner": "Team manager"}, 400).text
    assert "Nobody on the staff list is called ‘Team manager’" in role
    assert "or a role" not in role
    several = auditor.send(f"{address}/give", why | {"owner": "Worker Planing"}, 400).text
    assert "Who do you mean?" in several
    code = f"Worker Planning 1, {world.people[NEW].employee_id}"
    assert code in several
    chosen = {"owner": "Worker Planing", "meant": code}
    kept = auditor.send(f"{address}/give", chosen, 400).text
    assert "Say why somebody else does it" in kept
    assert f'value="{code}"' in kept, "who was chosen is not asked again"
    assert "telephone" in auditor.send(f"{address}/give", chosen | {"reason": "Ring 020 7946 0958"}, 400).text
    auditor.send(f"{address}/give", chosen | why)
    shown = auditor.page(address).text
    assert "from Worker Assessment 1 to Worker Planning 1: She has moved team." in shown
    assert "She has moved team." in sign_in(world.people[NEW]).page(address).text
    assert sign_in(world.people["worker_assessment_1"]).get(address).status_code == 404
    again = auditor.send(f"{address}/give", {"owner": "worker_planning_1@test.example", **why}, 400).text
    assert "owns this action already" in again


def test_a_manager_gives_an_action_of_their_line_and_a_worker_none(
    action_id: UUID, database: Database, world: World, sign_in: SignIn
) -> None:
    given = {"owner": "worker_planning_1@test.example", "reason": "She has left."}
    for key in ("worker_assessment_1", "manager_planning", "moderator_1", "analyst"):
        client = sign_in(world.people[key])
        assert client.get(f"/actions/{action_id}/give").status_code in (403, 404)
        token = {"csrf_token": client.token()}
        assert client.post(f"/actions/{action_id}/give", data=given | token).status_code in (403, 404)
    manager = sign_in(world.people["manager_assessment"])
    manager.send(f"/actions/{action_id}/give", {"owner": "manager_planning@test.example", "reason": "Hers to do."})
    owner = sign_in(world.people["manager_planning"])
    assert "Change the owner" not in owner.page(f"/actions/{action_id}").text
    assert owner.get(f"/actions/{action_id}/give").status_code == 404, "an owner asks the auditor or a manager"
    auditor = sign_in(world.people["manager_care"])
    auditor.send(f"/actions/{action_id}/give", given)
    assert "The action is given to Worker Planning 1." in auditor.page("/actions").text
    with database.reading() as session:
        assert session.get_one(Action, action_id).due_on == date(2026, 11, 23) + timedelta(days=7)
