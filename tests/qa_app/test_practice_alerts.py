"""Practice alerts and disputes: raised, answered, moved up, resolved; under a clock of working days; never undone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import AccessEntry, Event, Message, Person, PracticeAlert, PracticeAlertStep
from qa_app.queries import practice_alerts as found
from qa_app.queries.practice_alerts import UP, Kind
from qa_app.queries.waiting import waiting
from qa_app.services import practice_alerts
from qa_app.services import settings as kept
from qa_app.services.free_text import NamesSomebody
from qa_app.services.practice_alerts import NotTheirs, SteppedMeanwhile, UnfitStep
from qa_app.working_days import add_working_days
from tests.conftest import AT
from tests.page import PageClient
from tests.sources import TODAY, acting, raised
from tests.world import World

SignIn = Callable[[Person], PageClient]
DAY = timedelta(days=1)


def test_the_clock_of_each_stage_and_of_the_whole_dispute(session: Session, world: World) -> None:
    one = raised(session, world, kind=Kind.DISPUTE, on=date(2026, 11, 20))
    assert one.steps[0].due_on == date(2026, 11, 27)
    assert one.whole_due_on == date(2026, 12, 18)
    kept.change(session, "practice_alert_days", 10, by="test", at=AT)
    moderator = acting(session, world, "moderator_1")
    head = world.people["head_south"]
    practice_alerts.move(session, one, "two", head, "No answer came.", place=1, actor=moderator, at=AT)
    assert [step.due_on for step in one.steps] == [date(2026, 11, 27), date(2026, 12, 7)]
    assert one.whole_due_on == date(2026, 12, 18)


@pytest.mark.parametrize(
    ("today", "clock", "words"),
    [
        (date(2026, 11, 26), "1 working day left", "To answer"),
        (date(2026, 11, 27), "Due today", "To answer"),
        (date(2026, 11, 30), "1 working day over", "Overdue"),
    ],
)
def test_the_clock_in_words(session: Session, world: World, today: date, clock: str, words: str) -> None:
    one = raised(session, world, on=date(2026, 11, 20))
    standing = found.standing(one, today)
    assert (standing.clock, standing.words) == (clock, words)


def test_good_practice_needs_no_answer_and_is_told(session: Session, world: World) -> None:
    one = raised(session, world, kind=Kind.GOOD_PRACTICE)
    standing = found.standing(one, TODAY)
    assert (standing.is_open, standing.due_on, standing.words) == (False, None, "Noted")
    assert session.scalars(select(Message.kind)).all() == ["practice_alert.good"]


def test_only_whom_it_is_raised_with_answers_and_only_the_raiser_goes_on(session: Session, world: World) -> None:
    one = raised(session, world)
    iro, manager, other = (acting(session, world, key) for key in ("moderator_1", "manager_care", "manager_leaving"))
    for actor in (iro, other):
        with pytest.raises(NotTheirs):
            practice_alerts.answer(session, one, "Done.", place=1, actor=actor, at=AT)
    practice_alerts.answer(session, one, "The plan is changed.", place=1, actor=manager, at=AT)
    for actor in (manager, other):
        with pytest.raises(NotTheirs):
            practice_alerts.resolve(session, one, "Home is calm.", place=2, actor=actor, at=AT)
        with pytest.raises(NotTheirs):
            practice_alerts.move(session, one, "one", None, "No.", place=2, actor=actor, at=AT)
    practice_alerts.resolve(session, one, "The child sees a brother weekly.", place=2, actor=iro, at=AT)
    assert [step.what for step in one.steps] == ["raised", "answered", "resolved"]
    assert {row.action for row in session.scalars(select(Event).where(Event.object_kind == "practice_alert"))} == {
        "practice_alert.raised", "practice_alert.answered", "practice_alert.resolved",
    }  # fmt: skip
    assert "brother" not in str([row.detail for row in session.scalars(select(Event))])


def test_two_people_do_not_take_the_same_step(session: Session, world: World) -> None:
    one = raised(session, world)
    manager, iro = acting(session, world, "manager_care"), acting(session, world, "moderator_1")
    practice_alerts.answer(session, one, "Done.", place=1, actor=manager, at=AT)
    for place in (-1, 0, 1, 7):
        with pytest.raises(SteppedMeanwhile):
            practice_alerts.resolve(session, one, "Better.", place=place, actor=iro, at=AT)
    assert len(one.steps) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": None}, "recipient"),
        ({"to": "moderator_1"}, "recipient"),
        ({"on": TODAY + DAY}, "raised_on"),
        ({"theme": "nothing"}, "theme"),
        ({"stage": "four"}, "stage"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    session: Session, world: World, change: dict[str, object], field: str
) -> None:
    with pytest.raises(UnfitStep) as refused:
        raised(session, world, **change)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_words_name_nobody(session: Session, world: World) -> None:
    one = raised(session, world)
    manager = acting(session, world, "manager_care")
    with pytest.raises(NamesSomebody):
        practice_alerts.answer(session, one, "Ring 01702 215000.", place=1, actor=manager, at=AT)


@pytest.mark.parametrize("table", ["practice_alert", "practice_alert_step"])
def test_the_database_keeps_every_row(session: Session, world: World, table: str) -> None:
    raised(session, world)
    for statement in (f"UPDATE {table} SET words = 'other'", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
            session.execute(text(statement))


STEPS = st.lists(st.tuples(st.sampled_from(("answer", "move", "resolve")), st.sampled_from(UP)), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS)
def test_whatever_is_tried_the_stage_only_rises_and_what_is_resolved_stays_so(
    session: Session, world: World, steps: list[tuple[str, str]]
) -> None:
    one = raised(session, world, kind=Kind.DISPUTE)
    iro, manager = acting(session, world, "moderator_1"), acting(session, world, "manager_care")
    recipient = session.get_one(Person, manager.person_id)
    for what, stage in steps:
        before = [(step.what, step.stage) for step in one.steps]
        resolved = before[-1][0] == "resolved"
        at = {"place": len(before), "at": AT}
        try:
            if what == "answer":
                practice_alerts.answer(session, one, "Done.", actor=manager, **at)  # type: ignore[arg-type]
            elif what == "move":
                practice_alerts.move(session, one, stage, recipient, "Why.", actor=iro, **at)  # type: ignore[arg-type]
            else:
                practice_alerts.resolve(session, one, "Better.", actor=iro, **at)  # type: ignore[arg-type]
        except UnfitStep:
            assert [(step.what, step.stage) for step in one.steps] == before
        else:
            assert not resolved
            assert [(step.what, step.stage) for step in one.steps][:-1] == before
        ranks = [UP.index(step.stage) for step in one.steps]
        assert ranks == sorted(ranks)
        assert [step.place for step in one.steps] == list(range(1, len(one.steps) + 1))
        assert all(step.due_on in (None, add_working_days(step.happened_on, 5)) for step in one.steps)
    session.rollback()


def test_who_must_answer_hears_of_it_in_their_digest_and_nobody_else(session: Session, world: World) -> None:
    one = raised(session, world, on=date(2026, 11, 9))
    told = {
        key: [line.kind for line in waiting(session, acting(session, world, key), today=TODAY, untouched_days=5)]
        for key in ("manager_care", "manager_leaving", "moderator_1", "qa_lead")
    }
    assert told["manager_care"] == ["waiting.practice_alert_late"]
    assert not any("practice" in kind for key in told if key != "manager_care" for kind in told[key])
    practice_alerts.answer(session, one, "Done.", place=1, actor=acting(session, world, "manager_care"), at=AT)
    assert waiting(session, acting(session, world, "manager_care"), today=TODAY, untouched_days=5) == ()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("moderator_1", True), ("manager_care", True), ("qa_lead", True), ("head_south", True), ("director", True),
        ("head_north", False), ("manager_leaving", False), ("moderator_2", False),
    ],
)  # fmt: skip
def test_who_sees_a_practice_alert(
    database: Database,
    world: World,
    sign_in: SignIn,
    who: str,
    sees: bool,
) -> None:
    with database.writing() as session, session.begin():
        one = raised(session, world)
    client = sign_in(world.people[who])
    client.page(f"/practice-alerts/{one.id}", 200 if sees else 404)
    client.send(f"/practice-alerts/{one.id}/resolve", {"place": "9", "words": ""}, status=400 if sees else 404)
    if who in ("head_north", "head_south", "qa_lead", "director"):
        assert (one.label in client.page("/iro").text) == sees


def test_an_officer_raises_one_on_screen_about_a_case_and_the_reference_is_nowhere(
    database: Database, world: World, sign_in: SignIn
) -> None:
    officer = sign_in(world.people["moderator_1"])
    officer.page("/practice-alerts/raise")
    said = {
        "kind": "dispute", "raised_on": "2026-11-20", "team": str(world.teams["Care"].id), "theme": "drift",
        "stage": "one", "recipient": str(world.people["manager_care"].employee_id), "reference": "900002",
        "words": "Nothing has moved since June.",
    }  # fmt: skip
    wrong = officer.send("/practice-alerts/raise", said | {"reference": "000", "team": ""}, status=400)
    page = wrong.get_data(as_text=True)
    assert "No case on the case list has this reference." in page
    assert "Nothing has moved since June." in page
    found = officer.send("/practice-alerts/raise", said | {"recipient": "Manager", "find": "recipient"}, status=200)
    assert "Whom do you mean?" in found.text
    for number, why in (
        ("T9999", "Nobody on the staff list"),
        (str(world.people["board"].employee_id), "no role here"),
    ):
        assert why in officer.send("/practice-alerts/raise", said | {"recipient": number}, status=400).text
    where = officer.send("/practice-alerts/raise", said).location
    assert "Dispute" in officer.page(where).text
    lead = sign_in(world.people["qa_lead"])
    shown = lead.get(where).get_data(as_text=True)
    assert "900002" not in shown
    assert "Show the case reference" in shown
    assert "900002" not in lead.get("/iro").get_data(as_text=True)
    with database.reading() as session:
        one = session.scalars(select(PracticeAlert)).one()
        assert one.case_id is not None
        opened = session.scalars(select(AccessEntry.object_id).where(AccessEntry.action == "practice_alert.open"))
        assert str(one.id) in set(opened)
        assert session.scalars(select(PracticeAlertStep.due_on)).one() == date(2026, 11, 27)


def test_overdue_ones_stand_first_and_many_is_called_a_healthy_sign(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        fresh = raised(session, world)
        late = raised(session, world, on=date(2026, 11, 2))
    page = sign_in(world.people["qa_lead"]).page("/iro").text
    assert page.index(late.label) < page.index(fresh.label)
    assert "Many alerts can be a healthy sign" in page
