"""An exercise that is given more time or called off, and what the day's mail says of practice and second grades."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import Event, Message, Person, Reading
from qa_app.queries import calibrations as found
from qa_app.queries.waiting import waiting
from qa_app.services import calibration_ends, calibrations, readings
from qa_app.services.calibrations import CalibrationRefused
from tests.calibrating import TAKERS, UNTIL, give, prepared, revealed, started
from tests.conftest import AT
from tests.months import TOOL
from tests.page import PageClient
from tests.seconds import agreed, challenged, graded
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
LATER = UNTIL + timedelta(days=7)
DAY = {"until-day": "11", "until-month": "12", "until-year": "2026"}


def told(session: Session, kind: str) -> set[object]:
    return set(session.scalars(select(Message.person_id).where(Message.kind == kind)))


def kinds(session: Session, world: World, who: str, today: date) -> set[str]:
    actor = actor_for(session.get_one(Person, world.people[who].id))
    return {one.kind for one in waiting(session, actor, today=today, untouched_days=7)}


def test_the_last_day_moves_later_only_with_a_reason_and_those_who_wait_are_told(
    session: Session, world: World
) -> None:
    made = started(session, world, at=AT)
    give(session, made, world.people["manager_care"], at=AT)
    for until, reason in ((UNTIL, "Leave."), (UNTIL - timedelta(days=1), "Leave."), (LATER, "  ")):
        with pytest.raises(CalibrationRefused):
            calibration_ends.move_last_day(session, made, until, reason, by="test", at=AT)
    with pytest.raises(CalibrationRefused, match="not one that is over"):
        calibration_ends.move_last_day(session, made, LATER, "Leave.", by="test", at=AT + timedelta(days=60))
    assert made.until == UNTIL
    calibration_ends.move_last_day(session, made, LATER, "Leave.", by="test", at=AT)
    assert made.until == LATER
    assert told(session, "calibration.moved") == {world.people[one].id for one in TAKERS[1:]}
    event = session.scalars(select(Event).where(Event.action == "calibration.last_day_moved")).one()
    assert (event.detail["before"], event.detail["after"]) == (UNTIL.isoformat(), LATER.isoformat())
    after = UNTIL + timedelta(days=1)
    assert not calibrations.may_be_revealed(session, made, today=after)


def test_one_that_is_called_off_is_never_revealed_graded_or_changed(session: Session, world: World) -> None:
    made = started(session, world, at=AT)
    give(session, made, world.people["manager_care"], Grade.INADEQUATE, at=AT)
    with pytest.raises(CalibrationRefused, match="Say why"):
        calibration_ends.call_off(session, made, " ", by="test", at=AT)
    assert calibration_ends.call_off(session, made, "The file named a child.", by="test", at=AT)
    assert not calibration_ends.call_off(session, made, "Again.", by="test", at=AT)
    assert made.called_off_reason == "The file named a child."
    assert told(session, "calibration.called_off") == {world.people[one].id for one in TAKERS}
    assert not found.to_give(session, actor_for(session.get_one(Person, world.people["moderator_1"].id)))
    later = AT + timedelta(days=30)
    with pytest.raises(CalibrationRefused):
        calibrations.reveal(session, made, by="test", at=later)
    with pytest.raises(CalibrationRefused):
        give(session, made, world.people["moderator_1"], at=AT)
    with pytest.raises(CalibrationRefused):
        calibration_ends.move_last_day(session, made, LATER, "Leave.", by="test", at=AT)
    with pytest.raises(CalibrationRefused):
        calibrations.choose_people(session, made, [], by="test", at=AT)
    assert not calibrations.start(session, made, by="test", at=AT)
    with pytest.raises(found.NotRevealed):
        found.results(session, made, TOOL)


def test_one_that_is_revealed_is_not_called_off(session: Session, world: World) -> None:
    made = revealed(session, world, [Grade.GOOD] * 3, at=AT)
    with pytest.raises(CalibrationRefused, match="revealed"):
        calibration_ends.call_off(session, made, "Too late.", by="test", at=AT)
    assert made.state == "revealed"


def test_the_lead_moves_the_last_day_and_calls_off_on_screen(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        made = started(session, world, at=AT)
        prepared(session, world, at=AT)
    lead, base = sign_in(world.people["qa_lead"]), f"/calibrations/{made.id}"
    assert "4 December 2026" in lead.page(f"{base}/last-day").text
    early = lead.send(f"{base}/last-day", {**DAY, "until-day": "3", "reason": "Leave."}, 400)
    assert "Choose a day after the last day" in early.get_data(as_text=True)
    assert "Enter the new last day" in lead.send(f"{base}/last-day", {"reason": "Leave."}, 400).get_data(as_text=True)
    lead.send(f"{base}/last-day", {**DAY, "reason": "Leave."})
    assert "Last day: 11 December 2026" in lead.page(base).text
    assert "cannot be undone" in lead.page(f"{base}/call-off").text
    assert "Say why" in lead.send(f"{base}/call-off", {"reason": ""}, 400).get_data(as_text=True)
    lead.send(f"{base}/call-off", {"reason": "The file is too long."})
    page = lead.page(base).text
    assert "called off" in page
    assert "The file is too long." in page
    assert lead.get(f"{base}/call-off").location == lead.get(f"{base}/last-day").location == base
    taker = sign_in(world.people["manager_care"])
    assert "called off" in taker.page(base).text
    assert "too long" not in taker.page(base).text
    assert "Called off" in taker.page("/calibrations").text
    taker.send(f"{base}/call-off", {"reason": "No."}, 403)


def test_the_days_mail_tells_of_an_exercise_when_its_last_day_is_near_and_when_it_is_over(
    session: Session, world: World
) -> None:
    started(session, world, at=AT)
    days = {UNTIL - timedelta(days=4): set(), UNTIL: {"waiting.exercise_due"}}
    for day, expected in (days | {UNTIL + timedelta(days=1): {"waiting.exercise_late"}}).items():
        assert {one for one in kinds(session, world, "moderator_1", day) if "exercise" in one} == expected
    assert "waiting.exercise_due" not in kinds(session, world, "manager_leaving", UNTIL)


def test_the_days_mail_tells_of_third_readings_self_checks_and_challenges(session: Session, world: World) -> None:
    today = london_day(AT)
    made = graded(session, world)
    reading = readings.ask(session, made, "We cannot agree.", by="test", at=AT)
    reader = next(key for key, one in world.people.items() if one.id == reading.reader_id)
    assert "waiting.read" in kinds(session, world, reader, today)
    assert "waiting.read" not in kinds(session, world, "moderator_1", today)
    session.add(
        Reading(
            audit_id=made.audit_id, kind="self", reader_id=world.people["manager_care"].id, asked_at=AT, asked_by="test"
        )
    )
    session.flush()
    assert "waiting.self_check" in kinds(session, world, "manager_care", today)


def test_the_days_mail_tells_of_a_challenge_to_whoever_decides_it_or_has_to_give_it(
    session: Session, world: World
) -> None:
    today = london_day(AT)
    challenge = challenged(session, agreed(session, world))
    decider = next(key for key, one in world.people.items() if one.id == challenge.decider_id)
    assert "waiting.challenges" in kinds(session, world, decider, today)
    assert not {one for one in kinds(session, world, "qa_lead", today) if "challenge" in one}
    challenge.decider_id = None
    session.flush()
    assert "waiting.challenges_without" in kinds(session, world, "qa_lead", today)
    assert "waiting.challenges" not in kinds(session, world, decider, today)
    challenge.decided_at, challenge.decided_by = AT, "test"
    session.flush()
    assert not {one for one in kinds(session, world, "qa_lead", today) if "challenge" in one}
