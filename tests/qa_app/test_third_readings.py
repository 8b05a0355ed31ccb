"""A third reader grades blind of both, stands beside the two, and never becomes the final grade by itself."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.access import scope, seconds
from qa_app.models import AccessEntry, Draft, Event, Judgement, Message, Person, Reading, ReadingGrade
from qa_app.queries import moderations as queries
from qa_app.queries import readings as reading_queries
from qa_app.services import closing, moderations, readings
from qa_app.services.moderations import Reason, Resolution
from qa_app.services.moderators import NotIndependent, WrongState
from qa_app.services.readings import ReadingRefused
from tests.conftest import AT
from tests.months import ELEMENTS
from tests.seconds import NOTE, agreed, graded, read
from tests.world import World, actor_for

WHY = "We read the criterion for visits differently."


def ask(session: Session, world: World) -> Reading:
    return readings.ask(session, graded(session, world), WHY, by="test", at=AT)


def test_a_third_reader_is_neither_of_the_two_and_is_told(session: Session, world: World) -> None:
    made = ask(session, world)
    assert made.reader_id in {world.people["moderator_2"].id, world.people["moderator_3"].id}
    assert session.scalars(select(Message.person_id).where(Message.kind == "reading.asked")).all() == [made.reader_id]
    event = session.scalars(select(Event).where(Event.action == "reading.asked")).one()
    assert WHY not in repr(event.detail)


def test_nobody_free_leaves_it_without_a_reader_and_tells_the_lead(session: Session, world: World) -> None:
    moderation = graded(session, world)
    for key in ("moderator_2", "moderator_3"):
        session.add(
            AccessEntry(
                at=AT, person_id=world.people[key].id, action="audit.open", object_kind="audit",
                object_id=str(moderation.audit_id), outcome="allowed", request_id="r",
            )
        )  # fmt: skip
    session.flush()
    made = readings.ask(session, moderation, WHY, by="test", at=AT)
    assert made.reader_id is None
    told = session.scalars(select(Message.person_id).where(Message.kind == "reading.without")).all()
    assert told == [world.people["qa_lead"].id]


def test_a_third_reader_may_see_nothing_of_either_until_they_have_graded(session: Session, world: World) -> None:
    made = ask(session, world)
    reader = actor_for(session.get_one(Person, made.reader_id))
    assert scope.must_stay_blind(session, reader, made.audit_id)
    with pytest.raises(scope.OutOfScopeError):
        scope.readable_audit(session, reader, made.audit_id)
    task = reading_queries.task(session, reader, made.id)
    shown = repr(task).lower()
    assert made.audit.auditor.name.lower() not in shown
    assert "moderator 1" not in shown
    assert not [grade for grade in Grade if grade.value in shown]
    read(session, made, Grade.INADEQUATE)
    assert scope.readable_audit(session, reader, made.audit_id).id == made.audit_id
    assert not scope.must_stay_blind(session, reader, made.audit_id)


def test_the_third_grades_stand_beside_the_two_and_settle_nothing_by_themselves(session: Session, world: World) -> None:
    made = ask(session, world)
    moderation = reading_queries.moderation_of(session, made)
    moderator = actor_for(session.get_one(Person, world.people["moderator_1"].id))
    assert queries.comparison(session, moderator, moderation.id).third is None
    read(session, made, Grade.INADEQUATE)
    third = queries.comparison(session, moderator, moderation.id).third
    assert third is not None
    assert third.judgements["overall"] is Grade.INADEQUATE
    assert third.answers["overall_rationale"] == "Read in the record."
    stages = set(session.scalars(select(Judgement.stage)))
    assert stages == {"auditor", "moderator"}
    assert session.scalars(select(Message.person_id).where(Message.kind == "reading.given")).all() == [
        moderation.moderator_id
    ]


def test_final_grades_wait_for_the_third_reader_or_for_its_being_called_off(session: Session, world: World) -> None:
    made = ask(session, world)
    moderation = reading_queries.moderation_of(session, made)
    finals = {element: Resolution(Grade.GOOD, Reason.WEIGHED, NOTE) for element in ELEMENTS}

    def agree() -> None:
        moderations.agree(
            session, moderation, finals, form_sound=True, by="test", judge_id=world.people["moderator_1"].id, at=AT
        )

    with pytest.raises(WrongState, match="third reader is at work"):
        agree()
    with pytest.raises(ReadingRefused, match="why"):
        readings.end(session, made, " ", by="test", at=AT)
    readings.end(session, made, "We agree after all.", by="test", at=AT)
    agree()
    assert moderation.state == "agreed"


def test_one_third_reading_at_a_time_only_before_agreeing_and_with_a_reason(session: Session, world: World) -> None:
    made = ask(session, world)
    moderation = reading_queries.moderation_of(session, made)
    with pytest.raises(ReadingRefused, match="already"):
        readings.ask(session, moderation, WHY, by="test", at=AT)
    readings.end(session, made, "Not needed.", by="test", at=AT)
    with pytest.raises(ReadingRefused, match="Say why"):
        readings.ask(session, moderation, "", by="test", at=AT)
    again = readings.ask(session, moderation, WHY, by="test", at=AT)
    assert again.id != made.id
    with pytest.raises(WrongState, match="called off"):
        readings.end(session, made, "Again.", by="test", at=AT)


def test_no_third_reader_once_the_final_grades_are_agreed(session: Session, world: World) -> None:
    moderation = agreed(session, world)
    with pytest.raises(WrongState, match="agreed before"):
        readings.ask(session, moderation, WHY, by="test", at=AT)


def test_third_grades_are_given_once_and_never_change(session: Session, world: World) -> None:
    made = ask(session, world)
    read(session, made, Grade.GOOD)
    assert not session.scalars(select(Draft).where(Draft.stage == "third")).all()
    with pytest.raises(WrongState, match="They stand"):
        read(session, made, Grade.OUTSTANDING)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(ReadingGrade).values(grade="inadequate"))


def test_independence_is_checked_again_when_a_third_reader_gives_their_grades(session: Session, world: World) -> None:
    made = ask(session, world)
    made.audit.case.reviewer_id = made.reader_id
    session.flush()
    with pytest.raises(NotIndependent, match="Tell the QA lead"):
        read(session, made, Grade.GOOD)
    assert made.state == "reading"


def test_a_reading_given_to_another_takes_what_the_first_wrote_with_it(session: Session, world: World) -> None:
    made = ask(session, world)
    first = made.reader_id
    other = next(p for p in (world.people["moderator_2"], world.people["moderator_3"]) if p.id != first)
    with pytest.raises(NotIndependent):
        readings.give(session, made, world.people["moderator_1"], "leave", by="test", at=AT)
    readings.give(session, made, other, "leave", by="test", at=AT)
    assert made.reader_id == other.id
    with pytest.raises(scope.OutOfScopeError):
        seconds.own_reading(session, actor_for(session.get_one(Person, first)), made.id)


def test_the_database_refuses_a_third_reading_by_one_of_the_two_and_another_persons_self_reading(
    session: Session, world: World
) -> None:
    moderation = graded(session, world)

    def grade(kind: str, reader_id: UUID | None) -> None:
        made = Reading(
            audit_id=moderation.audit_id, kind=kind, reader_id=reader_id, state="asked", asked_at=AT, asked_by="test"
        )
        session.add(made)
        session.flush()
        session.execute(
            insert(ReadingGrade).values(reading_id=made.id, element="overall", grade="good", words="", given_at=AT)
        )

    for kind, reader_id, sentence in (
        ("third", moderation.moderator_id, "third reader gave none"),
        ("third", moderation.audit.auditor_id, "third reader gave none"),
        ("self", world.people["moderator_2"].id, "audit of their own"),
    ):
        nested = session.begin_nested()
        with pytest.raises(DBAPIError, match=sentence):
            grade(kind, reader_id)
        nested.rollback()
    grade("self", moderation.audit.auditor_id)


def test_closing_the_month_calls_a_third_reading_off(session: Session, world: World) -> None:
    made = ask(session, world)
    reading_queries.moderation_of(session, made).stream = "chosen"
    closing.close(session, made.audit.cycle, by="test", at=AT)
    session.refresh(made)
    assert (made.state, made.ended_reason) == ("ended", readings.CLOSED)
