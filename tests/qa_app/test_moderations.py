"""Moderation: first grades stand, the auditor's come to light only afterwards, the final one is a third record."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Difference, Event, Judgement, Moderation, Person
from qa_app.queries import facts, moderations
from qa_app.services import moderations as service
from qa_app.services import moderators, sampling
from qa_app.services.moderations import Reason, Resolution
from tests.conftest import AT
from tests.months import ELEMENTS, submitted_month
from tests.world import World, actor_for

MINE: dict[str, Judged] = dict.fromkeys(ELEMENTS, Grade.REQUIRES_IMPROVEMENT)


@pytest.fixture
def given(session: Session, world: World) -> Moderation:
    """One inadequate audit, drawn and given to a moderator."""
    cycle, _ = submitted_month(session, world, [Grade.INADEQUATE], at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    return session.scalars(select(Moderation)).one()


@pytest.fixture
def acting(session: Session) -> Callable[[UUID], Actor]:
    return lambda person_id: actor_for(session.get_one(Person, person_id))


def resolved(**final: Grade) -> dict[str, Resolution]:
    return {e: Resolution(final.get(e, Grade.REQUIRES_IMPROVEMENT), Reason.WEIGHED, "Talked over.") for e in ELEMENTS}


def grade(session: Session, moderation: Moderation) -> None:
    assert moderation.moderator is not None
    service.grade(session, moderation, moderation.moderator, MINE, {}, by="test", at=AT)


def test_a_task_shows_nothing_of_the_auditors(
    session: Session, given: Moderation, acting: Callable[[UUID], Actor]
) -> None:
    assert given.moderator_id is not None
    actor = acting(given.moderator_id)
    task = moderations.task(session, actor, given.id)
    assert task.reference == "QA-2026-11-001"
    shown = repr(task).lower()
    assert given.audit.auditor.name.lower() not in shown
    assert "inadequate" not in shown
    with pytest.raises(moderations.NotGradedYet):
        moderations.comparison(session, actor, given.id)


def test_nobody_else_sees_the_task(
    session: Session, given: Moderation, world: World, acting: Callable[[UUID], Actor]
) -> None:
    others = [p for p in world.people.values() if p.id != given.moderator_id]
    for person in others:
        with pytest.raises(scope.OutOfScopeError):
            moderations.task(session, acting(person.id), given.id)
    assert len(others) > 10


def test_both_sides_are_shown_once_the_moderator_has_graded(
    session: Session, given: Moderation, acting: Callable[[UUID], Actor]
) -> None:
    grade(session, given)
    assert given.moderator_id is not None
    both = moderations.comparison(session, acting(given.moderator_id), given.id)
    assert both.auditor.judgements["overall"] is Grade.INADEQUATE
    assert both.moderator.judgements["overall"] is Grade.REQUIRES_IMPROVEMENT
    assert both.final == {}


def test_the_first_grades_stand(session: Session, given: Moderation) -> None:
    grade(session, given)
    with pytest.raises(moderators.WrongState, match="first grades stand"):
        grade(session, given)
    assert len(session.scalars(select(Judgement).where(Judgement.stage == "moderator")).all()) == len(ELEMENTS)


def test_independence_is_checked_again_when_grading(session: Session, given: Moderation) -> None:
    given.audit.case.reviewer_id = given.moderator_id
    session.flush()
    with pytest.raises(moderators.NotIndependent, match="Tell the QA lead"):
        grade(session, given)
    assert given.state == "allocated"


def test_every_difference_needs_a_reason_and_every_element_a_final_grade(session: Session, given: Moderation) -> None:
    grade(session, given)
    assert given.moderator_id is not None
    partly = {**resolved(), "plan": Resolution(Grade.GOOD)}
    del partly["voice"]
    with pytest.raises(service.Unresolved) as refused:
        service.agree(session, given, partly, form_sound=True, by="test", judge_id=given.moderator_id, at=AT)
    assert set(refused.value.elements) == {"plan", "voice"}


def test_a_difference_across_the_good_line_needs_a_note_and_others_do_not(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.INADEQUATE], at=AT)
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    given = session.scalars(select(Moderation)).one()
    assert given.moderator is not None
    mine: dict[str, Judged] = {**MINE, "plan": Grade.GOOD}
    service.grade(session, given, given.moderator, mine, {}, by="test", at=AT)
    silent = {element: Resolution(Grade.GOOD, Reason.WEIGHED) for element in ELEMENTS}
    with pytest.raises(service.Unresolved) as refused:
        service.agree(session, given, silent, form_sound=True, by="test", judge_id=given.moderator.id, at=AT)
    assert refused.value.elements == ("plan",)
    noted = {**silent, "plan": Resolution(Grade.GOOD, Reason.TOO_LOW, "The plan of May was found.")}
    service.agree(session, given, noted, form_sound=True, by="test", judge_id=given.moderator.id, at=AT)
    came = dict(session.execute(select(Difference.element, Difference.outcome)).all())
    assert (came["plan"], came["voice"]) == ("auditor_moves", "third_grade")


def test_the_final_grade_is_a_third_record_and_agreement_is_counted_on_the_first_two(
    session: Session, given: Moderation
) -> None:
    grade(session, given)
    assert given.moderator_id is not None
    service.agree(
        session, given, resolved(overall=Grade.GOOD), form_sound=True, by="test", judge_id=given.moderator_id, at=AT
    )
    rows = select(Judgement.stage, Judgement.grade).where(Judgement.element == "overall")
    assert dict(session.execute(rows).all()) == {
        "auditor": "inadequate",
        "moderator": "requires_improvement",
        "final": "good",
    }
    counted = facts.collect(session)
    (pair,) = counted.pairs
    assert (pair.auditor_grade, pair.moderator_grade, pair.n) == ("inadequate", "requires_improvement", 1)
    standing = [g for g in counted.grades if g.basis == "final" and g.element == "overall"]
    assert [(g.grade, g.n) for g in standing] == [("good", 1)]
    assert len(session.scalars(select(Difference)).all()) == len(ELEMENTS)


def test_what_was_agreed_is_not_agreed_again(session: Session, given: Moderation) -> None:
    grade(session, given)
    assert given.moderator_id is not None
    for times in (1, 2):
        if times == 1:
            service.agree(session, given, resolved(), form_sound=None, by="test", judge_id=given.moderator_id, at=AT)
            continue
        with pytest.raises(moderators.WrongState, match="agreed before"):
            service.agree(session, given, resolved(), form_sound=None, by="test", judge_id=given.moderator_id, at=AT)
    done = session.scalars(select(Event.action).where(Event.action.like("moderation.%"))).all()
    assert sorted(done) == ["moderation.agreed", "moderation.begun", "moderation.graded"]
