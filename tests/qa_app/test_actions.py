"""Actions of an audit: made once at submission, done by their owner, checked by somebody else, and told up the line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.grades import Grade
from qa_app.access import actions as seen
from qa_app.db import Database
from qa_app.models import Action, ActionLink, ActionStep, Audit, Event, Message, Moderation, Person, Reaudit, RoleGrant
from qa_app.queries import owners, ties
from qa_app.services import actions, audits, escalation, moderations, settings, submission
from qa_app.services.actions import ActionRefused, SayMore
from qa_app.working_days import add_working_days, is_working_day
from tests.conftest import AT
from tests.months import ELEMENTS, released_month, submitted_audit
from tests.qa_app.audit_answers import fill
from tests.world import World, actor_for

TODAY = date(2026, 11, 23)


def row(owner: str = "Team manager", **more: str) -> dict[str, str]:
    return {"what": "Visit with the worker", "owner": owner, "priority": "five_days", **more}


def allocated(session: Session, world: World, number: int = 1, *, case: int = 0, by: str = "manager_care") -> Audit:
    """An audit to do, of a case of the Assessment team unless another is named."""
    found = world.cases[case]
    cycle = session.scalar(select(Audit.cycle_id).limit(1)) or released_month(session, world, at=AT).id
    team = next(t for t in world.teams.values() if t.id == found.team_id)
    made = Audit(
        number=number, cycle_id=cycle, month=date(2026, 11, 1), case_id=found.id, auditor_id=world.people[by].id,
        tool_key="case_file", tool_version=latest("case_file").version, service_id=team.service_id, team_id=team.id,
        worker_id=found.worker_id, state="allocated", allocated_at=AT,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def submitted(session: Session, world: World, *lines: dict[str, str], number: int = 1, **answers: Any) -> Audit:
    audit = allocated(session, world, number)
    said = {"voice": "requires_improvement", "consistency_reason": "The rest is sound.", **answers}
    return fill(session, audit.id, at=AT, voice_actions=list(lines) or [row()], **said)


def made(session: Session, world: World, owner: str = "worker_assessment_1") -> Action:
    """One open action owned by a member of staff."""
    submitted(session, world, row(world.people[owner].name))
    return session.scalars(select(Action)).one()


def by(world: World, key: str) -> str:
    return f"person:{world.people[key].id}"


def told(session: Session) -> list[tuple[str, str]]:
    query = select(Person.name, Message.kind).join(Message, Message.person_id == Person.id)
    rows = session.execute(query.where(Message.kind.startswith("action")))
    return sorted(map(tuple, rows))


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_the_priority_proposes_the_same_day_or_5_or_20_working_days(day: date) -> None:
    assert actions.proposed("immediate", day) == day
    for priority, number in (("five_days", 5), ("twenty_days", 20)):
        due = actions.proposed(priority, day)
        between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
        assert is_working_day(due)
        assert sum(map(is_working_day, between)) == number


def test_five_working_days_before_christmas_pass_over_the_bank_holidays() -> None:
    assert actions.proposed("five_days", date(2026, 12, 22)) == date(2026, 12, 31)


def test_submission_makes_the_actions_and_links_once(session: Session, world: World) -> None:
    first = submitted(session, world, row("Worker Assessment 1"), row("IRO", due="2026-12-26", theme="voice"))
    made = session.scalars(select(Action).order_by(Action.number)).all()
    assert [(one.number, one.element, one.owner_id, one.owner_named, one.due_on) for one in made] == [
        (1, "voice", world.people["worker_assessment_1"].id, "Worker Assessment 1", date(2026, 11, 30)),
        (2, "voice", None, "IRO", date(2026, 12, 26)),
    ]
    assert {(one.case_id, one.team_id, one.state) for one in made} == {(first.case_id, first.team_id, "open")}
    again = submission.submit(session, first, version="any", acknowledged=True, demographics=False, by="test", at=AT)
    assert again is False
    link = {"link": str(made[0].id)}
    second = submitted(session, world, link, link, number=2, actions=[link | {"element": "plan"}], plan="inadequate")
    links = session.execute(select(ActionLink.audit_id, ActionLink.element, ActionLink.action_id)).all()
    assert sorted(map(tuple, links)) == sorted((second.id, part, made[0].id) for part in ("plan", "voice"))
    assert session.scalar(select(func.count()).select_from(Action)) == 2


def test_the_closing_list_says_which_part_an_action_answers(session: Session, world: World) -> None:
    audit = allocated(session, world)
    fill(session, audit.id, at=AT, plan="inadequate", overall="requires_improvement", consistency_reason="Why",
         actions=[row(element="plan")])  # fmt: skip
    assert session.scalars(select(Action.element)).all() == ["plan"]


def test_an_owner_nobody_knows_and_a_link_that_is_closed_stop_the_submission(session: Session, world: World) -> None:
    with pytest.raises(submission.Incomplete, match="1 left to do"):
        submitted(session, world, row("Somebody Else"))
    session.rollback()
    with pytest.raises(submission.Incomplete, match="1 left to do"):
        submitted(session, world, {"link": str(uuid4())})


def test_who_is_meant(session: Session, world: World) -> None:
    namesake = world.person(session, "twin", "Care", (), AT)
    namesake.name = "Worker Planning 1"
    gone = world.person(session, "gone", "Care", (), AT)
    gone.active = False
    session.flush()
    staff = owners.directory(session)
    me = world.people["worker_assessment_1"]
    for typed in ("worker  ASSESSMENT 1", me.employee_id, me.email, f"{me.name}, {me.employee_id}"):
        assert staff.meant(str(typed)).person_id == me.id
    two = staff.meant("Worker Planning 1")
    assert (two.person_id, len(two.candidates), two.fault) == (
        None, 2, "2 people are called ‘Worker Planning 1’. Choose one.",
    )  # fmt: skip
    assert {staff.meant(one.code).person_id for one in two.candidates} == {one.person_id for one in two.candidates}
    assert staff.meant("social worker").role
    assert staff.meant("Independent Reviewing officer").role
    nobody = staff.meant("Gone")
    assert (nobody.role, nobody.person_id) == (False, None)
    assert nobody.fault.startswith("Nobody on the staff list")
    assert "Choose who you mean" in staff.meant("Manager Cares").fault


def test_done_sent_back_done_again_and_closed_by_another(session: Session, world: World) -> None:
    action = made(session, world)
    owner, auditor = by(world, "worker_assessment_1"), by(world, "manager_care")
    with pytest.raises(SayMore, match="what shows"):
        actions.finish(session, action, "  ", by=owner, at=AT)
    actions.finish(session, action, "Visited on Monday.", by=owner, at=AT)
    with pytest.raises(ActionRefused, match="somebody else"):
        actions.close(session, action, "", by=owner, at=AT)
    with pytest.raises(SayMore, match="what is missing"):
        actions.send_back(session, action, "", by=auditor, at=AT)
    actions.send_back(session, action, "No date.", by=auditor, at=AT)
    assert (action.state, action.done_at, action.done_by) == ("open", None, None)
    with pytest.raises(ActionRefused, match="This action is open"):
        actions.close(session, action, "", by=auditor, at=AT)
    actions.finish(session, action, "Visited on 2 November.", by=owner, at=AT)
    actions.close(session, action, "Seen on the record.", by=auditor, at=AT)
    assert (action.state, action.closed_by, action.evidence) == ("closed", auditor, "Visited on 2 November.")
    steps = session.execute(select(ActionStep.what, ActionStep.said, ActionStep.taken_by)).all()
    assert {tuple(step) for step in steps} == {
        ("done", "Visited on Monday.", owner), ("sent_back", "No date.", auditor),
        ("done", "Visited on 2 November.", owner), ("closed", "Seen on the record.", auditor),
    }  # fmt: skip
    assert told(session) == [
        ("Manager Care", "action.to_check"), ("Manager Care", "action.to_check"),
        ("Worker Assessment 1", "action.given"), ("Worker Assessment 1", "action.sent_back"),
    ]  # fmt: skip
    words = " ".join(str(one.detail) for one in session.scalars(select(Event)))
    assert "Monday" not in words
    with pytest.raises(ActionRefused, match="closed already"):
        actions.cancel(session, action, "Too late", by=auditor, at=AT)


def test_the_database_itself_wants_a_second_person_and_keeps_the_steps(session: Session, world: World) -> None:
    action = made(session, world)
    actions.finish(session, action, "Done.", by=by(world, "worker_assessment_1"), at=AT)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Action).values(state="closed", closed_at=AT, closed_by=action.done_by))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(ActionStep).values(said="Something else"))


def test_two_people_deciding_at_once_decide_once(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        action_id = made(session, world).id
        actions.finish(session, session.get_one(Action, action_id), "Done.", by=by(world, "worker_assessment_1"), at=AT)
    with database.writing() as late:
        stale = late.get_one(Action, action_id)
        late.rollback()
        with database.writing() as session, session.begin():
            actions.close(session, session.get_one(Action, action_id), "", by=by(world, "manager_care"), at=AT)
        late.expire(stale)
        with pytest.raises(ActionRefused, match="closed already"):
            actions.send_back(late, stale, "Not enough.", by=by(world, "qa_lead"), at=AT)


def test_another_date_needs_a_reason_and_starts_the_telling_afresh(session: Session, world: World) -> None:
    action = made(session, world)
    action.told_level = 2
    lead = by(world, "qa_lead")
    with pytest.raises(SayMore, match="why the date changes"):
        actions.change_due(session, action, date(2026, 12, 7), "", by=lead, at=AT)
    with pytest.raises(SayMore, match="new date"):
        actions.change_due(session, action, None, "Leave", by=lead, at=AT)
    for day in (action.due_on, TODAY - timedelta(days=1)):
        with pytest.raises(ActionRefused):
            actions.change_due(session, action, day, "Leave", by=lead, at=AT)
    actions.change_due(session, action, date(2026, 12, 7), "The worker is on leave.", by=lead, at=AT)
    step = session.scalars(select(ActionStep)).one()
    assert (step.due_before, step.due_after, step.said) == (
        date(2026, 11, 30), date(2026, 12, 7), "The worker is on leave.",
    )  # fmt: skip
    assert (action.due_on, action.told_level) == (date(2026, 12, 7), 0)


def test_a_final_grade_that_differs_flags_the_actions_of_that_part(session: Session, world: World) -> None:
    audit = submitted(session, world, row("Worker Assessment 1"), actions=[row(element="plan")], plan="inadequate")
    audit.state = "selected"
    moderator = world.people["moderator_1"]
    moderation = Moderation(
        audit_id=audit.id, moderator_id=moderator.id, stream="sampled", state="allocated", allocated_at=AT
    )
    session.add(moderation)
    session.flush()
    mine = dict.fromkeys(ELEMENTS, Grade.GOOD) | {"plan": Grade.INADEQUATE}
    moderations.grade(session, moderation, moderator, mine, {}, by="test", at=AT)
    agreed = {
        element: moderations.Resolution(grade, moderations.Reason.WEIGHED, "Talked over.")
        for element, grade in mine.items()
    }
    moderations.agree(session, moderation, agreed, form_sound=True, by="test", judge_id=moderator.id, at=AT)
    flagged = dict(session.execute(select(Action.element, Action.flagged_because)).all())
    assert flagged == {"voice": "final_grade", "plan": ""}
    assert [kind for _, kind in told(session)] == ["action.flagged", "action.flagged", "action.given"]
    action = session.scalars(select(Action).where(Action.element == "voice")).one()
    actions.keep(session, action, by="test", at=AT)
    assert action.flagged_at is None
    with pytest.raises(ActionRefused, match="decided this already"):
        actions.keep(session, action, by="test", at=AT)


def test_a_withdrawn_audit_flags_every_live_action_of_it(session: Session, world: World) -> None:
    audit = submitted(session, world, row(), row("IRO"))
    first = session.scalars(select(Action).order_by(Action.number)).first()
    assert first is not None
    actions.cancel(session, first, "Not needed.", by="test", at=AT)
    audits.withdraw(session, audit, "The wrong child.", by="test", at=AT)
    assert sorted(session.scalars(select(Action.flagged_because))) == ["", "withdrawn"]


Escalated = Callable[[datetime], list[tuple[str, str]]]


def days_late(action: Action, number: int) -> datetime:
    day = add_working_days(action.due_on, number)
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def test_overdue_actions_go_up_the_line_on_set_days_and_are_told_once(session: Session, world: World) -> None:
    action = made(session, world)
    session.execute(update(Message).values(kind="before"))
    heard: dict[int, list[str]] = {}
    for number in (0, 1, 2, 3, 5, 9, 10, 30):
        for _ in range(2):
            before = {one.id for one in session.scalars(select(Message))}
            escalation.escalate(session, at=days_late(action, number))
            new = [one for one in session.scalars(select(Message)) if one.id not in before]
            heard.setdefault(number, []).extend(f"{one.person.name} {one.kind} {one.detail['actions']}" for one in new)
    line = "actions.overdue_line 1 action"
    assert heard == {
        0: [], 1: ["Worker Assessment 1 actions.overdue 1 action"], 2: [], 3: [f"Manager Assessment {line}"],
        5: [f"Head North {line}"], 9: [], 10: [f"Head North {line}"], 30: [],
    }  # fmt: skip


def test_the_days_are_settings_and_what_was_missed_is_told_together(session: Session, world: World) -> None:
    action = made(session, world, owner="worker_planning_1")
    settings.change(session, "action_head_day", 60, by="test", at=AT)
    escalation.escalate(session, at=days_late(action, 12))
    found = session.execute(
        select(Person.name, Message.kind).join(Message, Message.person_id == Person.id).where(
            Message.kind.startswith("actions.")
        )
    )  # fmt: skip
    assert sorted(map(tuple, found)) == [
        ("Head North", "actions.overdue_line"), ("Manager Planning", "actions.overdue_line"),
        ("Worker Planning 1", "actions.overdue"),
    ]  # fmt: skip


def test_the_auditor_s_line_answers_where_nobody_is_the_owner_and_done_ones_are_left_alone(
    session: Session, world: World
) -> None:
    submitted(session, world, row("Team manager"))
    action = session.scalars(select(Action)).one()
    escalation.escalate(session, at=days_late(action, 3))
    assert [name for name, _ in told(session)] == ["Head South", "Manager Care"]
    actions.finish(session, action, "Done.", by=by(world, "manager_care"), at=AT)
    assert escalation.escalate(session, at=days_late(action, 20)) == 0


def test_a_moderator_it_may_come_to_is_told_nothing_of_an_overdue_action(session: Session, world: World) -> None:
    iro = world.person(session, "iro", "Practice", (), AT, manager="moderator_1")
    action = made(session, world, owner="iro")
    escalation.escalate(session, at=days_late(action, 3))
    assert "Moderator 1" not in {name for name, _ in told(session)}
    assert iro.name in {name for name, _ in told(session)}


def test_escalation_in_two_transactions_tells_once(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        action = made(session, world)
        at = days_late(action, 3)
    with database.reading() as stale:
        assert stale.scalars(select(Action)).one().told_level == 0
        for _ in range(2):
            with database.writing() as session, session.begin():
                escalation.escalate(session, at=at)
    with database.reading() as session:
        kinds = [kind for _, kind in told(session)]
    assert sorted(kinds) == ["action.given", "actions.overdue", "actions.overdue_line"]


def test_escalation_in_two_runs_side_by_side_tells_each_person_once(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        at = days_late(made(session, world), 3)
    together = Barrier(2)

    def run(_: int) -> int:
        together.wait()
        with database.writing() as session, session.begin():
            return escalation.escalate(session, at=at)

    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(run, range(2))) == 2
    with database.reading() as session:
        assert sorted(kind for _, kind in told(session)) == ["action.given", "actions.overdue", "actions.overdue_line"]


def test_who_may_see_an_action_and_what_they_may_do(session: Session, world: World) -> None:
    action = made(session, world)
    session.execute(update(Audit).values(state="agreed"))
    session.expire_all()
    known = {key: actor_for(session.get_one(Person, person.id)) for key, person in world.people.items()}
    sees = {
        key for key, actor in known.items() if session.scalar(seen.visible_actions(actor).where(Action.id == action.id))
    }
    assert sees == {
        "worker_assessment_1", "manager_assessment", "manager_care", "head_north", "director", "qa_lead",
    }  # fmt: skip
    ranks = {key: seen.standing(session, known[key], action) for key in sees}
    assert {key for key, one in ranks.items() if one.owns} == {"worker_assessment_1"}
    assert {key for key, one in ranks.items() if one.checks} == sees - {"worker_assessment_1"}
    assert {key for key, one in ranks.items() if one.cancels} == {"head_north", "director", "qa_lead"}


def test_a_link_is_offered_only_for_open_actions_of_this_child_and_never_to_the_second_judge(
    session: Session, world: World
) -> None:
    action = made(session, world)
    again = allocated(session, world, 2, by="manager_planning")
    other = allocated(session, world, 3, case=1)

    def offered(audit: Audit) -> bool:
        return session.scalar(seen.linkable(audit).where(Action.id == action.id)) is not None

    assert (offered(again), offered(other)) == (True, False)
    submitted_audit(session, world, again.cycle, 9, at=AT)
    grant = RoleGrant(person_id=again.auditor_id, role="moderator", granted_at=AT, granted_by="test")
    session.add(grant)
    session.flush()
    assert not offered(again)
    grant.ended_at, grant.ended_by = AT, "test"
    session.flush()
    assert offered(again)
    plan = Reaudit(
        first_id=action.audit_id, second_id=again.id, state="allocated", because="asked", not_before=TODAY,
        due_on=TODAY, planned_at=AT,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    assert not offered(again), "the second judgement is its auditor’s own"
    session.delete(plan)
    session.flush()
    actions.cancel(session, action, "Not needed.", by="test", at=AT)
    assert not offered(again)


def test_whoever_owns_an_action_has_seen_its_audit(session: Session, world: World) -> None:
    action = made(session, world, owner="worker_planning_1")
    assert str(action.owner_id) in ties.readers(session, [action.audit_id])[action.audit_id]
