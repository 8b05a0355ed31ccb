"""Independence from the staff list and the record: checked when a moderation is given and again when it is graded."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from moderation.independence import Conflict
from qa_app.access import scope
from qa_app.models import AccessEntry, Audit, Draft, Event, Message, ModeChoice, Moderation, Override, Person
from qa_app.queries import facts, ties
from qa_app.queries import moderations as queries
from qa_app.services import moderations, moderators, modes, overrides, sampling, settings
from qa_app.services.moderators import NotIndependent, ReasonMissing, WrongState
from qa_app.services.modes import Mode, ModeRefused
from qa_app.services.overrides import OverrideRefused
from tests.conftest import AT
from tests.months import ELEMENTS, released_month, submitted_audit
from tests.regrading import audit_to_moderate
from tests.world import World, actor_for

MINE: dict[str, Judged] = dict.fromkeys(ELEMENTS, Grade.GOOD)
WHY = "The others are on leave."


def grade(session: Session, made: Moderation) -> None:
    moderator = session.get_one(Person, made.moderator_id)
    moderations.grade(session, made, moderator, MINE, {}, by=f"person:{moderator.id}", at=AT)


def tied(session: Session, made: Moderation, person: Person) -> set[Conflict]:
    return set(moderators.conflicts(session, made.audit, person))


@pytest.fixture
def made(session: Session, world: World) -> Moderation:
    """A moderation of an audit by the manager of Care, with the first of three moderators."""
    return audit_to_moderate(session, world, at=AT)


def persons(session: Session, world: World, *keys: str) -> list[Person]:
    return [session.get_one(Person, world.people[key].id) for key in keys]


@pytest.mark.parametrize("above", [True, False])
def test_a_line_between_auditor_and_moderator_counts_both_ways_and_over_all_levels_when_graded(
    session: Session, world: World, made: Moderation, *, above: bool
) -> None:
    moderator, auditor, between = persons(session, world, "moderator_1", "manager_care", "worker_leaving_2")
    upper, lower = (moderator, auditor) if above else (auditor, moderator)
    lower.line_manager_id, between.line_manager_id = between.id, upper.id
    session.flush()
    expected = Conflict.MANAGES_AUDITOR if above else Conflict.REPORTS_TO_AUDITOR
    assert expected in tied(session, made, moderator)
    with pytest.raises(NotIndependent, match="Tell the QA lead"):
        grade(session, made)
    assert made.state == "allocated"


def test_who_was_the_worker_when_it_was_audited_may_not_moderate_though_the_worker_changed(
    session: Session, world: World, made: Moderation
) -> None:
    moderator, other = persons(session, world, "moderator_1", "worker_leaving_1")
    made.audit.worker_id, made.audit.case.worker_id = moderator.id, other.id
    session.flush()
    assert tied(session, made, moderator) == {Conflict.WAS_WORKER}
    with pytest.raises(NotIndependent, match="when the child was audited"):
        grade(session, made)


def test_nor_may_a_manager_of_who_was_the_worker_in_an_earlier_audit(
    session: Session, world: World, made: Moderation
) -> None:
    moderator, past = persons(session, world, "moderator_1", "worker_leaving_2")
    earlier = submitted_audit(session, world, made.audit.cycle, 9, at=AT, case=made.audit.case, by="manager_leaving")
    earlier.worker_id, past.line_manager_id = past.id, moderator.id
    past.team_id = world.teams["Practice"].id
    session.flush()
    assert tied(session, made, moderator) == {Conflict.WAS_SUPERVISOR}


def test_nor_the_team_that_held_the_case_when_it_was_audited(session: Session, world: World, made: Moderation) -> None:
    (moderator,) = persons(session, world, "moderator_1")
    moderator.team_id = made.audit.team_id
    made.audit.case.team_id = world.teams["Leaving"].id
    session.flush()
    assert Conflict.WAS_TEAM in tied(session, made, moderator)


def test_nor_somebody_whose_line_manager_is_the_worker(session: Session, world: World, made: Moderation) -> None:
    moderator, worker = persons(session, world, "moderator_1", "worker_leaving_2")
    moderator.line_manager_id, made.audit.case.worker_id = worker.id, worker.id
    session.flush()
    assert Conflict.WORKER_MANAGES in tied(session, made, moderator)


def test_an_audit_about_a_member_of_staff_is_not_moderated_by_them_or_their_line(
    session: Session, world: World, made: Moderation
) -> None:
    moderator, lead = persons(session, world, "moderator_1", "qa_lead")
    kept = ("cycle_id", "month", "auditor_id", "tool_key", "tool_version", "service_id", "team_id")
    for number, (subject, expected) in enumerate(((moderator, Conflict.OWN_WORK), (lead, Conflict.OWN_MANAGER)), 50):
        about = Audit(
            number=number, subject_id=subject.id, state="draft", allocated_at=AT,
            **{name: getattr(made.audit, name) for name in kept},
        )  # fmt: skip
        session.add(about)
        session.flush()
        assert expected in moderators.conflicts(session, about, moderator)


def test_a_pair_meets_no_more_often_than_the_setting_says_and_the_count_is_known(
    session: Session, world: World
) -> None:
    settings.change(session, "pair_most", 1, by="test", at=AT)
    cycle = released_month(session, world, at=AT)
    for number in range(1, 5):
        submitted_audit(session, world, cycle, number, Grade.INADEQUATE, at=AT, by="manager_care")
    sample = sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    held = session.scalars(select(Moderation.moderator_id)).all()
    assert sorted(str(one) for one in held if one) == sorted(str(world.people[f"moderator_{n}"].id) for n in (1, 2, 3))
    (refused,) = sample.without_moderator
    assert "as often as is allowed" in refused.sentence
    left = session.scalars(select(Moderation).where(Moderation.moderator_id.is_(None))).one()
    offered = moderators.offers(session, left.audit)
    assert {one.times for one in offered} == {1}
    assert {one.conflicts for one in offered} == {(Conflict.PAIR_OFTEN,)}


def test_only_the_last_twelve_months_count_and_not_what_was_not_done(session: Session, world: World) -> None:
    month = datetime(2026, 11, 1, tzinfo=UTC).date()
    old = released_month(session, world, at=AT, month=month.replace(year=2025, month=11))
    recent = released_month(session, world, at=AT, month=month.replace(year=2025, month=12))
    moderator = world.people["moderator_1"].id
    for cycle, state in ((old, "agreed"), (recent, "agreed"), (recent, "not_done")):
        audit = submitted_audit(session, world, cycle, 20 if state == "agreed" else 21, at=AT, by="manager_care")
        values = {"agreed_at": AT, "agreed_by": "test"} if state == "agreed" else {}
        session.add(
            Moderation(
                audit_id=audit.id, moderator_id=moderator, stream="chosen", state=state, allocated_at=AT, **values
            )
        )
    session.flush()
    assert ties.met(session, month)[str(moderator), str(world.people["manager_care"].id)] == 1


def test_a_conflict_is_declared_remembered_and_the_audit_goes_to_somebody_else(
    session: Session, world: World, made: Moderation
) -> None:
    (first,) = persons(session, world, "moderator_1")
    session.add(Draft(audit_id=made.audit_id, stage="moderator", person_id=first.id, answers={"a": 1}, saved_at=AT))
    with pytest.raises(ReasonMissing):
        moderators.hand_back(session, made, first, "conflict", " ", by="test", at=AT)
    after = moderators.hand_back(session, made, first, "conflict", "A neighbour.", by="test", at=AT)
    assert after is not None
    assert made.moderator_id == after.id != first.id
    assert not session.scalars(select(Draft)).all()
    assert tied(session, made, first) == {Conflict.DECLARED}
    told = session.scalars(select(Message.person_id).where(Message.kind == "moderation.handed_back")).all()
    assert told == [world.people["qa_lead"].id]
    event = session.scalars(select(Event).where(Event.action == "moderation.handed_back")).one()
    assert "neighbour" not in repr(event.detail)
    again = submitted_audit(session, world, made.audit.cycle, 9, at=AT, case=made.audit.case, by="manager_leaving")
    assert Conflict.DECLARED in moderators.conflicts(session, again, first)


def test_who_handed_back_for_want_of_time_is_not_given_it_again_by_itself(
    session: Session, world: World, made: Moderation
) -> None:
    seen = []
    for _ in range(3):
        held = session.get_one(Person, made.moderator_id)
        seen.append(held.id)
        moderators.hand_back(session, made, held, "away", "Leave.", by="test", at=AT)
    assert len(set(seen)) == 3
    assert made.moderator_id is None
    assert tied(session, made, session.get_one(Person, seen[0])) == set()


def test_a_graded_moderation_is_not_handed_back(session: Session, world: World, made: Moderation) -> None:
    grade(session, made)
    with pytest.raises(WrongState):
        moderators.hand_back(session, made, world.people["moderator_1"], "away", "Leave.", by="test", at=AT)


def override(session: Session, world: World, made: Moderation) -> Override:
    """Asked for the second moderator, who is the reviewing officer of the child."""
    second = session.get_one(Person, world.people["moderator_2"].id)
    made.audit.case.reviewer_id = second.id
    session.flush()
    return overrides.ask(session, made, second, WHY, by=f"person:{world.people['qa_lead'].id}", at=AT)


def test_an_override_takes_two_people_and_is_flagged(session: Session, world: World, made: Moderation) -> None:
    asked = override(session, world, made)
    lead, moderator = asked.asked_by, f"person:{asked.moderator_id}"
    for same in (lead, moderator):
        with pytest.raises(OverrideRefused, match="Somebody else has to agree"):
            overrides.answer(session, asked, agree=True, words="Fine.", by=same, at=AT)
    assert made.moderator_id == world.people["moderator_1"].id
    with pytest.raises(OverrideRefused, match="Say why"):
        overrides.answer(session, asked, agree=True, words=" ", by="person:other", at=AT)
    overrides.answer(session, asked, agree=True, words="Nobody else.", by="person:other", at=AT)
    assert (made.moderator_id, made.independence) == (asked.moderator_id, "overridden")
    with pytest.raises(OverrideRefused, match="answered already"):
        overrides.answer(session, asked, agree=False, words="No.", by="person:third", at=AT)
    grade(session, made)
    assert made.state == "moderated"


def test_a_refused_override_changes_nothing(session: Session, world: World, made: Moderation) -> None:
    asked = override(session, world, made)
    overrides.answer(session, asked, agree=False, words="Find somebody.", by="person:other", at=AT)
    assert (made.moderator_id, made.independence) == (world.people["moderator_1"].id, "checked")


def test_the_database_wants_two_people_too(session: Session, world: World, made: Moderation) -> None:
    asked = override(session, world, made)
    asked.state, asked.answered_at, asked.answered_by = "agreed", AT, asked.asked_by
    with pytest.raises(DBAPIError, match="two_people"):
        session.flush()


def test_a_tie_that_comes_after_the_override_still_refuses(session: Session, world: World, made: Moderation) -> None:
    asked = override(session, world, made)
    overrides.answer(session, asked, agree=True, words="Nobody else.", by="person:other", at=AT)
    auditor, moderator = persons(session, world, "manager_care", "moderator_2")
    auditor.line_manager_id = moderator.id
    session.flush()
    with pytest.raises(NotIndependent, match="line manager of the auditor"):
        grade(session, made)


def test_some_ties_are_never_looked_past_and_who_is_free_needs_no_override(
    session: Session, world: World, made: Moderation
) -> None:
    second, third = persons(session, world, "moderator_2", "moderator_3")
    with pytest.raises(OverrideRefused, match="independent of the audit"):
        overrides.ask(session, made, second, WHY, by="person:lead", at=AT)
    session.add(
        AccessEntry(
            at=AT, person_id=third.id, action="audit.open", object_kind="audit", object_id=str(made.audit_id),
            outcome="allowed", request_id="r",
        )
    )  # fmt: skip
    made.audit.case.reviewer_id = second.id
    session.flush()
    with pytest.raises(OverrideRefused, match="cannot grade it blind"):
        overrides.ask(session, made, third, WHY, by="person:lead", at=AT)
    with pytest.raises(OverrideRefused, match="for themselves"):
        overrides.ask(session, made, second, WHY, by=f"person:{second.id}", at=AT)
    with pytest.raises(OverrideRefused, match="Say why"):
        overrides.ask(session, made, second, " ", by="person:lead", at=AT)


def sampled(session: Session, world: World) -> Moderation:
    """An audit that was drawn, with its stratum."""
    cycle = released_month(session, world, at=AT)
    submitted_audit(session, world, cycle, 1, Grade.INADEQUATE, at=AT, by="manager_care")
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    return session.scalars(select(Moderation)).one()


def counted(session: Session) -> tuple[list[str], list[tuple[int, int]]]:
    found = facts.collect(session)
    return [one.mode for one in found.pairs], [(one.done_blind, one.done_otherwise) for one in found.frame]


def test_a_moderation_that_was_overridden_counts_as_not_blind(session: Session, world: World) -> None:
    made = sampled(session, world)
    grade(session, made)
    assert counted(session) == (["blind"], [(1, 0)])
    made.independence = "overridden"
    session.flush()
    assert counted(session) == (["overridden"], [(0, 1)])


def test_a_drawn_audit_that_is_moderated_sighted_leaves_the_estimate(session: Session, world: World) -> None:
    made = sampled(session, world)
    modes.choose(session, made, Mode.SIGHTED, "Training.", by="test", at=AT)
    grade(session, made)
    assert counted(session) == (["sighted"], [(0, 1)])
    kept = session.scalars(select(ModeChoice)).one()
    assert (kept.mode, kept.reason) == ("sighted", "Training.")


def test_the_mode_is_chosen_with_a_reason_before_the_moderator_begins(
    session: Session, world: World, made: Moderation
) -> None:
    for mode, reason in ((Mode.SIGHTED, " "), (Mode.BLIND, "Why not.")):
        with pytest.raises(ModeRefused):
            modes.choose(session, made, mode, reason, by="test", at=AT)
    moderations.begin(session, made, by="test", at=AT)
    with pytest.raises(ModeRefused, match="has begun"):
        modes.choose(session, made, Mode.SIGHTED, "Training.", by="test", at=AT)
    assert made.mode == "blind"
    assert world.people


def test_a_sighted_moderator_reads_the_audit_and_a_blind_one_does_not(
    session: Session, world: World, made: Moderation
) -> None:
    actor = actor_for(session.get_one(Person, world.people["moderator_1"].id))
    task = queries.task(session, actor, made.id)
    assert queries.beside(session, actor, task) is None
    with pytest.raises(scope.OutOfScopeError):
        scope.readable_audit(session, actor, made.audit_id)
    modes.choose(session, made, Mode.SIGHTED, "Training.", by="test", at=AT)
    side = queries.beside(session, actor, queries.task(session, actor, made.id))
    assert side is not None
    assert side.judgements["overall"] is Grade.GOOD
    assert scope.readable_audit(session, actor, made.audit_id).id == made.audit_id
    other = actor_for(session.get_one(Person, world.people["moderator_2"].id))
    with pytest.raises(scope.OutOfScopeError):
        scope.readable_audit(session, other, made.audit_id)


def test_what_was_read_sighted_is_never_graded_blind(session: Session, world: World, made: Moderation) -> None:
    modes.choose(session, made, Mode.SIGHTED, "Training.", by="test", at=AT)
    session.add(
        AccessEntry(
            at=AT, person_id=made.moderator_id, action="audit.open", object_kind="audit", object_id=str(made.audit_id),
            outcome="allowed", request_id="r",
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(ModeRefused, match="has read this audit"):
        modes.choose(session, made, Mode.BLIND, "After all.", by="test", at=AT)
    grade(session, made)
    assert (made.state, made.mode) == ("moderated", "sighted")
    assert world.people
