"""The moderation sample: every inadequate, a share of the rest, the same again from the same seed."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.plans import DEFAULT_RULES, Candidate
from moderation.sampling import draw
from qa_app.models import AccessEntry, Audit, Draw, FrameMember, Moderation
from qa_app.services import moderators, sampling, sampling_plans
from tests.conftest import AT
from tests.months import released_month, submitted_audit, submitted_month
from tests.qa_app.test_actions import allocated
from tests.world import World

GRADES = [Grade.INADEQUATE] * 2 + [Grade.GOOD] * 20 + [Grade.REQUIRES_IMPROVEMENT] * 8


def test_every_inadequate_is_drawn_and_fifteen_in_a_hundred_of_the_rest(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, GRADES, at=AT)
    sample = sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    assert sample.strata == (("inadequate", 2, 2), ("everything else", 28, 5))
    assert sample.without_moderator == ()
    states = {audit.id: audit.state for audit in audits}
    assert sorted(states.values()).count("selected") == 7
    assert all(states[audit.id] == "selected" for audit in audits[:2])


def test_the_whole_frame_is_kept_with_each_audits_chance(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, GRADES, at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    members = session.scalars(select(FrameMember)).all()
    assert {member.audit_id for member in members} == {audit.id for audit in audits}
    chances = {(m.stratum, m.certainty, m.chance_numerator, m.chance_denominator) for m in members}
    assert chances == {("inadequate", True, 1, 1), ("everything else", False, 5, 28)}


def test_the_kept_seed_and_frame_draw_the_same_sample_again(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, GRADES, at=AT)
    rules = sampling_plans.in_force(session, cycle).rules
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    kept = session.scalars(select(Draw)).one()
    again = draw([Candidate(*pair) for pair in kept.frame["audits"]], kept.seed, rules)
    drawn = session.scalars(select(FrameMember.audit_id).where(FrameMember.selected)).all()
    assert sorted(map(str, drawn)) == sorted(again.selected)
    assert again.frame_sha256 == kept.frame_sha256


def test_moderators_are_independent_and_share_the_work(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, GRADES, at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    given = session.scalars(select(Moderation.moderator_id)).all()
    counts = sorted(given.count(person.id) for key, person in world.people.items() if key.startswith("moderator"))
    assert sum(counts) == 7
    assert counts[-1] - counts[0] <= 1


def test_a_second_draw_takes_only_what_came_in_since(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, GRADES, at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    with pytest.raises(sampling.NothingToDraw, match="when more have come in"):
        sampling.draw_sample(session, cycle, seed="another", by="test", at=AT)
    late = submitted_audit(session, world, cycle, 90, at=AT)
    sample = sampling.draw_sample(session, cycle, seed="third", by="test", at=AT)
    assert sample.strata == (("inadequate", 0, 0), ("everything else", 1, 1))
    assert late.state == "selected"
    assert len(session.scalars(select(FrameMember)).all()) == len(audits) + 1


def test_the_council_sets_the_share_and_the_least_number(session: Session, world: World) -> None:
    half = replace(DEFAULT_RULES[1], rate=Fraction(1, 2))
    standing = sampling_plans.in_force(session, None)
    sampling_plans.save(session, None, (DEFAULT_RULES[0], half), was=standing.sha256, reason="More", by="test", at=AT)
    cycle, _ = submitted_month(session, world, [Grade.GOOD] * 20, at=AT)
    sample = sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    assert sample.strata[1] == ("everything else", 20, 10)


def test_a_moderation_is_not_given_to_somebody_tied_to_the_audit(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.INADEQUATE], at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    moderation = session.scalars(select(Moderation)).one()
    with pytest.raises(moderators.NotIndependent, match="not a moderator"):
        moderators.give(session, moderation, world.people["head_north"], reason="leave", by="test", at=AT)
    other = next(p for k, p in world.people.items() if k.startswith("moderator") and p.id != moderation.moderator_id)
    moderation.audit.case.reviewer_id = other.id
    session.flush()
    with pytest.raises(moderators.NotIndependent, match="independent reviewing officer"):
        moderators.give(session, moderation, other, reason="leave", by="test", at=AT)


def test_whoever_has_opened_an_audit_is_not_given_it_to_grade_blind(session: Session, world: World) -> None:
    cycle, (audit,) = submitted_month(session, world, [Grade.INADEQUATE], at=AT)
    three = [person for key, person in world.people.items() if key.startswith("moderator")]
    session.add_all(
        AccessEntry(
            at=AT, person_id=person.id, action="audit.open", object_kind="audit", object_id=str(audit.id),
            outcome="allowed", request_id="",
        )
        for person in three[1:]
    )  # fmt: skip
    session.flush()
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    moderation = session.scalars(select(Moderation)).one()
    assert moderation.moderator_id == three[0].id
    with pytest.raises(moderators.NotIndependent, match="opened this audit"):
        moderators.give(session, moderation, three[1], reason="leave", by="test", at=AT)


def test_an_audit_chosen_by_hand_is_its_own_stream_and_in_no_frame(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    audit = submitted_audit(session, world, cycle, 1, at=AT)
    moderation = sampling.choose(session, audit, reason="a complaint", seed="s", by="test", at=AT)
    assert moderation.stream == "chosen"
    assert session.scalars(select(FrameMember)).all() == []
    with pytest.raises(moderators.WrongState, match="‘selected’"):
        sampling.choose(session, audit, reason="again", seed="s", by="test", at=AT)


def test_nothing_is_drawn_before_release_or_after_closing(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.GOOD], at=AT)
    for state, closed_at in (("planned", None), ("closed", AT)):
        cycle.state, cycle.closed_at, cycle.closed_by = state, closed_at, closed_at and "test"
        with pytest.raises(moderators.WrongState):
            sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    assert session.scalars(select(Audit.state)).all() == ["submitted"]


def test_who_handed_an_audit_of_a_case_back_for_a_conflict_does_not_moderate_it(session: Session, world: World) -> None:
    cycle, (audit,) = submitted_month(session, world, [Grade.INADEQUATE], at=AT)
    tied = [world.people["moderator_1"], world.people["moderator_2"]]
    for number, person in enumerate(tied, 50):
        other = allocated(session, world, number)
        other.case_id, other.auditor_id = audit.case_id, person.id
        other.state, other.exit_code = "handed_back", "conflict"
        other.handed_back_at, other.handed_back_by = AT, "test"
    session.flush()
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    moderation = session.scalars(select(Moderation).where(Moderation.audit_id == audit.id)).one()
    assert moderation.moderator_id == world.people["moderator_3"].id
    assert {one.moderator.name for one in moderators.offers(session, audit) if one.conflicts} >= {p.name for p in tied}
    with pytest.raises(moderators.NotIndependent, match="conflict of interest"):
        moderators.give(session, moderation, tied[0], reason="leave", by="test", at=AT)
