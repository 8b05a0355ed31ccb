"""Plans as the services keep them: standing and a month's own, fixed by the first draw, and what they draw."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.plans import DEFAULT_RULES, PlanFault, StratumRule, plan_sha256
from qa_app.models import Audit, Cycle, Draw, Event, FrameMember, SamplingPlan
from qa_app.queries import sampling_frames
from qa_app.services import sample_proof, sampling, sampling_plans
from tests.conftest import AT
from tests.months import released_month, submitted_audit, submitted_month
from tests.world import World

REST = StratumRule("everything else", Fraction(1, 10), at_least=1)
NEW = StratumRule("new auditors", Fraction(1), marks=frozenset({"new_auditor"}))


def save(session: Session, cycle: Cycle | None, *rules: StratumRule, was: str = "", reason: str = "A reason") -> bool:
    before = was or sampling_plans.in_force(session, cycle).sha256
    return sampling_plans.save(session, cycle, rules, was=before, reason=reason, by="test", at=AT)


def test_a_month_follows_the_standing_plan_until_it_has_its_own_and_again_when_told(
    session: Session, world: World
) -> None:
    cycle = released_month(session, world, at=AT)
    assert sampling_plans.in_force(session, cycle) == sampling_plans.Plan(DEFAULT_RULES, "default")
    assert save(session, None, REST)
    assert sampling_plans.in_force(session, cycle) == sampling_plans.Plan((REST,), "standing")
    assert save(session, cycle, NEW, REST)
    assert sampling_plans.in_force(session, cycle).source == "own"
    assert sampling_plans.in_force(session, None).rules == (REST,)
    was = plan_sha256((NEW, REST))
    assert sampling_plans.follow_standing(session, cycle, was=was, reason="As ever", by="test", at=AT)
    assert sampling_plans.in_force(session, cycle) == sampling_plans.Plan((REST,), "standing")
    assert not sampling_plans.follow_standing(session, cycle, was=REST_HASH, reason="x", by="test", at=AT)
    kept = session.scalars(select(SamplingPlan).order_by(SamplingPlan.cycle_id.is_(None), SamplingPlan.number)).all()
    assert [(one.number, len(one.strata), one.reason) for one in kept] == [
        (1, 2, "A reason"), (2, 0, "As ever"), (1, 1, "A reason"),
    ]  # fmt: skip
    events = session.scalars(select(Event).where(Event.action == "sampling_plan.saved")).all()
    assert {one.detail["sha256"] for one in events} == {REST_HASH, was, plan_sha256(())}


REST_HASH = plan_sha256((REST,))


def test_the_same_plan_again_is_no_new_version(session: Session, world: World) -> None:
    assert save(session, None, REST)
    assert not save(session, None, REST)
    assert len(session.scalars(select(SamplingPlan)).all()) == 1


def test_a_plan_that_is_none_is_not_kept(session: Session, world: World) -> None:
    with pytest.raises(PlanFault, match="takes everything else"):
        save(session, None, NEW)
    assert session.scalars(select(SamplingPlan)).all() == []


def test_whoever_looked_at_an_older_plan_is_told(session: Session, world: World) -> None:
    was = sampling_plans.in_force(session, None).sha256
    assert save(session, None, REST, was=was)
    with pytest.raises(sampling_plans.PlanChanged, match="Somebody else"):
        save(session, None, NEW, REST, was=was)


def test_the_first_draw_fixes_the_plan_of_its_month_and_records_its_hash(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.GOOD] * 12, at=AT)
    save(session, cycle, REST)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    with pytest.raises(sampling_plans.PlanFixed, match="has been drawn"):
        save(session, cycle, NEW, REST)
    with pytest.raises(sampling_plans.PlanFixed, match="has been drawn"):
        sampling_plans.follow_standing(session, cycle, was=REST_HASH, reason="x", by="test", at=AT)
    save(session, None, NEW, REST)
    submitted_audit(session, world, cycle, 90, at=AT)
    sampling.draw_sample(session, cycle, seed="t", by="test", at=AT + timedelta(days=1))
    draws = session.scalars(select(Draw).order_by(Draw.drawn_at)).all()
    assert [one.rule["plan_sha256"] for one in draws] == [REST_HASH, REST_HASH]
    assert [one.rule["plan_from"] for one in draws] == ["own", "draw"]
    events = session.scalars(select(Event).where(Event.action == "sample.drawn")).all()
    assert {one.detail["plan_sha256"] for one in events} == {REST_HASH}


def test_a_closed_month_keeps_its_plan(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, "test"
    with pytest.raises(sampling_plans.PlanFixed, match="closed"):
        save(session, cycle, REST)


def test_a_saved_plan_cannot_be_changed_or_removed(session: Session, world: World) -> None:
    save(session, None, REST)
    session.commit()
    for statement in (update(SamplingPlan).values(reason="x"), delete(SamplingPlan)):
        with pytest.raises(DBAPIError, match="are kept as they were recorded"):
            session.execute(statement)
        session.rollback()


def test_audits_are_drawn_by_team_service_experience_and_stream(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, [Grade.GOOD] * 24, at=AT)
    audits[0].stream = "targeted"
    a_team = audits[1].team_id
    service = next(one.service_id for one in audits if one.team_id != a_team)
    plan = (
        StratumRule("targeted", Fraction(1), marks=frozenset({"stream:targeted"})),
        StratumRule("a team", Fraction(1, 2), at_most=1, marks=frozenset({f"team:{a_team}"})),
        StratumRule("a service", Fraction(1, 2), marks=frozenset({f"service:{service}"}), grades=frozenset({"good"})),
        REST,
    )
    save(session, cycle, *plan)
    sample = sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    rest = Counter(
        "targeted" if one is audits[0]
        else "a team" if one.team_id == a_team
        else "a service" if one.service_id == service
        else "everything else"
        for one in audits
    )  # fmt: skip
    assert {name: n for name, n, _ in sample.strata if n} == dict(rest)
    drawn = {name: n for name, _, n in sample.strata}
    assert (drawn["targeted"], drawn["a team"]) == (1, 1)
    kept = session.scalars(select(Draw)).one()
    assert all(len(one) == 3 for one in kept.frame["audits"])
    assert sample_proof.faults(session, kept) == ()


def test_the_first_three_audits_of_an_auditor_are_a_new_auditors(session: Session, world: World) -> None:
    old = released_month(session, world, at=AT, month=date(2026, 10, 1))
    before = AT - timedelta(days=30)
    for number in (1, 2):
        submitted_audit(session, world, old, number, at=before, by="manager_care")
    withdrawn = submitted_audit(session, world, old, 3, at=before, by="manager_planning")
    withdrawn.state, withdrawn.withdrawn_at, withdrawn.withdrawn_by = "withdrawn", AT, "test"
    cycle = released_month(session, world, at=AT)
    made = [
        submitted_audit(session, world, cycle, number, at=AT + timedelta(minutes=number), by=by)
        for number, by in enumerate(("manager_care", "manager_care", *("manager_planning",) * 4), 1)
    ]
    found = sampling_frames.candidates(session, cycle, {"new_auditor"}, new_below=3)
    new = {one.audit_id for one in found if "new_auditor" in one.marks}
    assert new == {str(made[n].id) for n in (0, 2, 3, 4)}
    assert all(not one.marks for one in sampling_frames.candidates(session, cycle))


def test_every_sampled_audit_keeps_its_chance(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.GOOD] * 9 + [Grade.OUTSTANDING] * 6, at=AT)
    best = StratumRule("outstanding", Fraction(1, 3), grades=frozenset({"outstanding"}))
    save(session, cycle, best, replace(REST, at_least=3, at_most=4))
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    chances = {
        (one.stratum, Fraction(one.chance_numerator, one.chance_denominator)): one.certainty
        for one in session.scalars(select(FrameMember))
    }
    assert chances == {("outstanding", Fraction(1, 3)): False, ("everything else", Fraction(1, 3)): False}
    assert session.scalars(select(Audit.state).where(Audit.state == "selected")).all() == ["selected"] * 5
