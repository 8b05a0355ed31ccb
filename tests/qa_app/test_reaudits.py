"""Re-audits: planned when the first audit is inadequate, given to another auditor, and set beside the first."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.grades import BEST_FIRST, Grade, NotGraded
from qa_app.access.permissions import Role
from qa_app.models import AccessEntry, Audit, Cycle, Expectation, Message, Moderation, Person, Reaudit, RoleGrant
from qa_app.queries import auditors
from qa_app.queries import reaudits as found
from qa_app.queries.reaudits import Part
from qa_app.services import (
    allocations,
    audits,
    case_draws,
    cycles,
    moderations,
    reallocations,
    reaudit_draws,
    reaudits,
)
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.reaudits import ReauditRefused
from qa_app.working_days import is_working_day
from tests.conftest import AT
from tests.months import ELEMENTS
from tests.qa_app.audit_answers import fill
from tests.qa_app.test_actions import allocated
from tests.world import World, actor_for

TODAY = date(2026, 11, 23)
TOOL = latest("case_file")


def inadequate(session: Session, world: World, **answers: str) -> Audit:
    audit = allocated(session, world)
    said = {"overall": "inadequate", "consistency_reason": "The whole is worse than its parts.", **answers}
    return fill(session, audit.id, at=AT, **said)


def planned(session: Session) -> Reaudit:
    return session.scalars(select(Reaudit)).one()


def person(session: Session, world: World, key: str) -> Person:
    return session.get_one(Person, world.people[key].id)


def moderated(session: Session, world: World, audit: Audit, overall: Grade) -> None:
    """Moderated and agreed with this overall grade."""
    audit.state = "selected"
    moderator = world.people["moderator_1"]
    made = Moderation(
        audit_id=audit.id, moderator_id=moderator.id, stream="sampled", state="allocated", allocated_at=AT
    )
    session.add(made)
    session.flush()
    mine = dict.fromkeys(ELEMENTS, Grade.GOOD) | {"overall": overall}
    moderations.grade(session, made, moderator, mine, {}, by="test", at=AT)
    agreed = {
        key: moderations.Resolution(grade, moderations.Reason.WEIGHED, "Talked over.") for key, grade in mine.items()
    }
    moderations.agree(session, made, agreed, form_sound=True, by="test", judge_id=moderator.id, at=AT)


def january(session: Session) -> Cycle:
    return cycles.open_month(session, date(2027, 1, 1), by="test", at=AT)


def test_an_inadequate_audit_plans_a_second_6_to_8_weeks_later(session: Session, world: World) -> None:
    first = inadequate(session, world, reaudit_needed="no")
    plan = planned(session)
    assert (plan.first_id, plan.because, plan.state) == (first.id, "inadequate", "planned")
    assert (plan.not_before, plan.due_on) == (date(2027, 1, 4), date(2027, 1, 18))
    assert TODAY + timedelta(weeks=6) <= plan.not_before <= plan.due_on <= TODAY + timedelta(weeks=8)
    assert is_working_day(plan.not_before)
    assert is_working_day(plan.due_on)


def test_an_auditor_may_ask_for_one_by_a_date_of_their_own(session: Session, world: World) -> None:
    audit = allocated(session, world)
    fill(session, audit.id, at=AT, reaudit_needed="yes", reaudit_by="2026-12-26")
    assert (planned(session).because, planned(session).due_on) == ("asked", date(2026, 12, 29))


def test_none_is_planned_otherwise(session: Session, world: World) -> None:
    fill(session, allocated(session, world).id, at=AT, reaudit_needed="no")
    assert session.scalars(select(Reaudit)).all() == []


def test_one_that_is_agreed_to_be_inadequate_plans_one_and_only_one(session: Session, world: World) -> None:
    audit = fill(session, allocated(session, world).id, at=AT, reaudit_needed="no")
    moderated(session, world, audit, Grade.INADEQUATE)
    assert planned(session).because == "inadequate"
    reaudits.plan(session, audit, by="test", at=AT)
    assert planned(session).first_id == audit.id


def test_a_better_final_grade_or_a_withdrawal_asks_the_lead_to_decide(session: Session, world: World) -> None:
    lead = actor_for(person(session, world, "qa_lead"))
    audit = inadequate(session, world)
    assert found.to_decide(session, lead) == (1, 0)
    moderated(session, world, audit, Grade.REQUIRES_IMPROVEMENT)
    assert found.to_decide(session, lead) == (1, 1)
    assert found.due_by(session, date(2030, 1, 1)) == []
    with pytest.raises(ReauditRefused, match="Say why"):
        reaudits.keep(session, planned(session), " ", by="test", at=AT)
    reaudits.keep(session, planned(session), "The family is worried.", by="test", at=AT)
    assert found.to_decide(session, lead) == (1, 0)
    assert found.due_by(session, date(2030, 1, 1)) == [planned(session)]
    reaudits.cancel(session, planned(session), "The case is closed.", by="test", at=AT)
    assert found.to_decide(session, lead) == (0, 0)
    with pytest.raises(ReauditRefused, match="allocated or cancelled already"):
        reaudits.keep(session, planned(session), "Too late", by="test", at=AT)


def test_a_withdrawn_first_audit_asks_too(session: Session, world: World) -> None:
    audit = inadequate(session, world)
    audits.withdraw(session, audit, "The wrong child.", by="test", at=AT)
    assert found.to_decide(session, actor_for(person(session, world, "qa_lead"))) == (1, 1)


def test_it_goes_to_another_independent_auditor(session: Session, world: World) -> None:
    first = inadequate(session, world)
    plan, cycle = planned(session), january(session)
    free = found.free(session, plan)
    # the child is in Assessment, whose manager is tied; Care's did the first audit
    assert {one.name for one in free.auditors} == {"Manager Planning", "Manager Leaving"}
    assert free.ruled_out[world.people["manager_care"].id] == (found.FIRST_AUDITOR,)
    for key, why in (("manager_care", "did the first audit"), ("manager_assessment", "own team"),
                     ("worker_care_1", "not an auditor")):  # fmt: skip
        with pytest.raises(ReauditRefused, match=why):
            reaudits.allocate(session, plan, person(session, world, key), cycle, by="test", at=AT)
    second = reaudits.allocate(session, plan, person(session, world, "manager_planning"), cycle, by="test", at=AT)
    assert (second.case_id, second.stream, second.state, second.month) == (
        first.case_id, "re_audit", "allocated", date(2027, 1, 1),
    )  # fmt: skip
    assert (second.tool_sha256, second.number) == (TOOL.sha256, 1)
    assert (plan.state, plan.second_id) == ("allocated", second.id)
    with pytest.raises(ReauditRefused, match="allocated or cancelled already"):
        reaudits.allocate(session, plan, person(session, world, "manager_leaving"), cycle, by="test", at=AT)


def test_who_has_read_or_moderated_the_first_is_not_given_the_second(session: Session, world: World) -> None:
    audit = inadequate(session, world)
    entry = AccessEntry(
        at=AT, person_id=world.people["manager_planning"].id, action="audit.actions", object_kind="audit",
        object_id=str(audit.id), outcome="allowed", request_id="",
    )  # fmt: skip
    session.add(entry)
    session.add(
        Moderation(
            audit_id=audit.id, moderator_id=world.people["manager_leaving"].id, stream="sampled", state="allocated",
            allocated_at=AT,
        )
    )  # fmt: skip
    session.flush()
    free = found.free(session, planned(session))
    assert free.auditors == ()
    assert free.ruled_out[world.people["manager_planning"].id] == (found.SAW_THE_FIRST,)
    assert free.ruled_out[world.people["manager_leaving"].id] == (found.SAW_THE_FIRST,)


def test_it_needs_an_open_month_of_the_same_tool(session: Session, world: World) -> None:
    inadequate(session, world)
    cycle = january(session)
    cycle.tool_key = "plan"
    auditor = person(session, world, "manager_planning")
    with pytest.raises(ReauditRefused, match="another audit tool"):
        reaudits.allocate(session, planned(session), auditor, cycle, by="test", at=AT)
    cycle.tool_key, cycle.state, cycle.closed_at, cycle.closed_by = "case_file", "closed", AT, "test"
    with pytest.raises(ReauditRefused, match="month is closed"):
        reaudits.allocate(session, planned(session), auditor, cycle, by="test", at=AT)


def test_drawing_the_month_again_leaves_the_re_audit_where_it_is(session: Session, world: World) -> None:
    inadequate(session, world)
    cycle = january(session)
    second = reaudits.allocate(
        session, planned(session), person(session, world, "manager_planning"), cycle, by="test", at=AT
    )
    for reason in ("", "Once more"):
        case_draws.draw_month(session, cycle, seed=f"s{reason}", reason=reason, by="test", at=AT)
    kept = session.scalars(select(Audit).where(Audit.cycle_id == cycle.id, Audit.case_id == second.case_id)).all()
    assert [one.id for one in kept] == [second.id]


def test_drawing_a_month_gives_what_is_due_to_another_auditor_within_what_is_expected(
    session: Session, world: World
) -> None:
    first = inadequate(session, world)
    early = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
    case_draws.draw_month(session, early, seed="s", by="test", at=AT)
    assert planned(session).state == "planned"
    cycle = january(session)
    case_draws.draw_month(session, cycle, seed="s", by="test", at=AT)
    second = session.get_one(Audit, planned(session).second_id)
    assert (second.cycle_id, second.stream, second.case_id) == (cycle.id, "re_audit", first.case_id)
    assert second.auditor_id not in (first.auditor_id, world.people["manager_assessment"].id)
    of_theirs = select(Audit).where(Audit.cycle_id == cycle.id, Audit.auditor_id == second.auditor_id)
    expected = select(Expectation.expected).where(
        Expectation.cycle_id == cycle.id, Expectation.person_id == second.auditor_id
    )
    assert len(session.scalars(of_theirs).all()) == session.scalar(expected)
    assert reaudit_draws.due_in(session, cycle) == []


def test_what_nobody_expected_may_do_goes_on_waiting_and_is_said(session: Session, world: World) -> None:
    first = inadequate(session, world)
    for key in ("manager_planning", "manager_leaving"):
        other = allocated(session, world, 60 + len(key), by=key)
        other.case_id, other.state, other.exit_code = first.case_id, "handed_back", "conflict"
        other.handed_back_at, other.handed_back_by = AT, "test"
    session.flush()
    cycle = january(session)
    case_draws.draw_month(session, cycle, seed="s", by="test", at=AT)
    assert reaudit_draws.due_in(session, cycle) == [planned(session)]
    assert "1 planned re-audit due by this month is given to nobody" in reaudit_draws.said_waiting(1)
    assert reaudit_draws.said_waiting(0) == ""
    lead = session.get_one(Person, world.people["qa_lead"].id)
    assert reaudit_draws.left(session, actor_for(lead), cycle) == 1
    # A lead who also moderates and may yet be given the first audit must not learn that it was inadequate.
    session.add(RoleGrant(person_id=lead.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
    session.flush()
    session.refresh(lead)
    assert first.state == "submitted"
    assert reaudit_draws.left(session, actor_for(lead), cycle) == 0


def test_re_audits_that_take_up_all_that_is_expected_say_so(session: Session, world: World) -> None:
    inadequate(session, world)
    cycle = january(session)
    for one in session.scalars(select(Expectation).where(Expectation.cycle_id == cycle.id)):
        one.expected = 1 if one.person_id == world.people["manager_planning"].id else 0
    session.flush()
    with pytest.raises(case_draws.NothingToDraw, match="take up all that is expected"):
        case_draws.draw_month(session, cycle, seed="s", by="test", at=AT)


def test_one_handed_back_waits_again_and_goes_with_the_audit_given_in_its_place(session: Session, world: World) -> None:
    inadequate(session, world)
    plan, cycle = planned(session), january(session)
    second = reaudits.allocate(session, plan, person(session, world, "manager_planning"), cycle, by="test", at=AT)
    second.state = "handed_back"
    second.handed_back_at, second.handed_back_by = AT, "test"
    session.flush()
    lead = actor_for(person(session, world, "qa_lead"))
    assert found.to_decide(session, lead) == (1, 0)
    other = allocations.again(session, second, person(session, world, "manager_leaving"), at=AT)
    session.refresh(plan)
    assert (plan.second_id, found.to_decide(session, lead)) == (other.id, (0, 0))
    other.state = "not_done"
    session.flush()
    third = reaudits.allocate(session, plan, person(session, world, "manager_leaving"), cycle, by="test", at=AT)
    assert plan.second_id == third.id


judged = st.sampled_from([*Grade, *NotGraded, None])


@given(judged, judged)
def test_better_the_same_and_worse_go_by_the_order_of_the_grades(
    first: Grade | NotGraded | None, second: Grade | NotGraded | None
) -> None:
    word = Part("", first, second).change
    if isinstance(first, Grade) and isinstance(second, Grade):
        steps = BEST_FIRST.index(first) - BEST_FIRST.index(second)
        assert word == ("Better" if steps > 0 else "Worse" if steps < 0 else "The same")
        assert Part("", second, first).change == {"Better": "Worse", "Worse": "Better"}.get(word, word)
    else:
        assert word == "Cannot be compared"


def test_both_are_set_side_by_side_for_those_who_may_read_both(session: Session, world: World) -> None:
    first = inadequate(session, world)
    second = reaudits.allocate(
        session, planned(session), person(session, world, "manager_planning"), january(session), by="test", at=AT
    )
    session.execute(update(Cycle).values(state="released", released_at=AT, released_by="test"))
    session.expire_all()
    lead = actor_for(person(session, world, "qa_lead"))
    assert found.change(session, lead, TOOL, first) is None
    fill(session, second.id, at=AT, voice="outstanding")
    session.execute(update(Audit).values(state="agreed"))
    session.expire_all()
    both = found.change(session, lead, TOOL, second)
    assert both is not None
    words = {part.title: part.change for part in both.parts}
    assert next(iter(words)) == TOOL.element("overall").title
    assert (words[TOOL.element("overall").title], words[TOOL.element("voice").title]) == ("Better", "Better")
    assert words[TOOL.element("plan").title] == "The same"
    for key in ("manager_planning", "manager_care", "moderator_1", "worker_assessment_1"):
        assert found.change(session, actor_for(person(session, world, key)), TOOL, second) is None


def test_a_re_audit_given_to_somebody_else_goes_to_nobody_who_did_or_saw_the_first(
    session: Session, world: World
) -> None:
    first = inadequate(session, world)
    second = reaudits.allocate(
        session, planned(session), person(session, world, "manager_planning"), january(session), by="test", at=AT
    )
    session.execute(update(Cycle).values(state="released", released_at=AT, released_by="test"))
    session.expire_all()
    offered = {one.person.id for one in auditors.possible_instead(session, second, AT.date())}
    assert first.auditor_id not in offered
    with pytest.raises(CycleRefused, match="independent of this audit"):
        reallocations.reallocate(session, second, first.auditor, "On leave", code="away", by="test", at=AT)
    assert offered == {world.people["manager_leaving"].id}
    done = reallocations.reallocate_all(
        session, person(session, world, "manager_planning"), "On leave", code="away", by="test", at=AT
    )
    assert [one.auditor_id for one in done.given] == [world.people["manager_leaving"].id]


def test_one_handed_back_is_given_again_and_no_case_is_drawn_in_its_place(session: Session, world: World) -> None:
    inadequate(session, world)
    plan, cycle = planned(session), january(session)
    second = reaudits.allocate(session, plan, person(session, world, "manager_planning"), cycle, by="test", at=AT)
    cycle.state, cycle.released_at, cycle.released_by = "released", AT, "test"
    audits.hand_back(session, second, "On leave", code="away", by="test", at=AT)
    told = session.scalars(select(Message.kind).where(Message.kind.startswith("audit.handed_back"))).all()
    assert set(told) == {"audit.handed_back_again"}
    with pytest.raises(CycleRefused, match="under Re-audits"):
        case_draws.replace(session, second, second.auditor, seed="s", reason="", by="test", at=AT)
    third = reaudits.allocate(session, plan, person(session, world, "manager_leaving"), cycle, by="test", at=AT)
    assert (third.replaces_id, plan.second_id) == (second.id, third.id)
