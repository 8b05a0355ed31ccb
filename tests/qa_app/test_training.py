"""Training for one or several people, and the page of each person's development: by name, and never a ranking."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import CpdAttendance, CpdSession, Person, Training
from qa_app.queries import development
from qa_app.services import settings, training
from qa_app.services.training import Held, TrainingRefused
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
TODAY = london_day(AT)
HELD = Held("auditor", date(2026, 10, 27), "Practice team")
DAY = {"held_on-day": "27", "held_on-month": "10", "held_on-year": "2026"}


def add(session: Session, world: World, *keys: str, held: Held = HELD) -> int:
    return training.add(session, [world.people[key] for key in keys], held, by="test", at=AT, today=TODAY)


def test_the_same_training_is_recorded_once_for_each_person(session: Session, world: World) -> None:
    assert add(session, world, "manager_care", "manager_planning") == 2
    assert add(session, world, "manager_care", "moderator_1") == 1
    (one,) = development.trainings(session, world.people["manager_care"].id, months=24)
    training.withdraw(session, one.training, reason="The wrong person.", by="test", at=AT)
    assert development.trainings(session, world.people["manager_care"].id, months=24) == ()
    with pytest.raises(TrainingRefused, match="withdrawn already"):
        training.withdraw(session, one.training, reason="Again.", by="test", at=AT)
    assert add(session, world, "manager_care") == 1


@pytest.mark.parametrize(
    ("held", "field"),
    [
        (Held("unknown", HELD.on, "Team"), "kind"),
        (Held("other", TODAY + timedelta(days=1), "Team"), "held_on"),
        (Held("other", HELD.on, " "), "provider"),
    ],
)
def test_training_that_cannot_be_is_refused(session: Session, world: World, held: Held, field: str) -> None:
    with pytest.raises(TrainingRefused) as fault:
        add(session, world, "manager_care", held=held)
    assert fault.value.field == field
    with pytest.raises(TrainingRefused, match="at least one"):
        add(session, world)


def test_training_holds_as_long_as_the_setting_says(session: Session, world: World) -> None:
    add(session, world, "manager_care", held=Held("auditor", date(2024, 11, 23), "Team"))
    key = world.people["manager_care"].id
    (one,) = development.trainings(session, key, months=24)
    assert (one.holds_until, one.holds(TODAY), one.holds(TODAY + timedelta(days=1))) == (TODAY, True, False)
    (for_good,) = development.trainings(session, key, months=0)
    assert for_good.holds(date(2099, 1, 1))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = development.after_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_lead_records_for_several_and_takes_back_what_was_wrong(
    database: Database, sign_in: SignIn, world: World
) -> None:
    lead = sign_in(world.people["qa_lead"])
    people = [str(world.people[key].id) for key in ("manager_care", "moderator_1")]
    said = {"kind": "refresher", "provider": "Practice team", "people": people, **DAY}
    nobody = lead.send("/development/training/new", {**said, "people": []}, status=400).get_data(as_text=True)
    assert "Choose at least one person." in nobody
    undated = lead.send("/development/training/new", {**said, "held_on-day": ""}, status=400).get_data(as_text=True)
    assert "held_on" in undated
    lead.send("/development/training/new", said)
    sign_in(world.people["director"]).send("/development/training/new", said, status=403)
    page = f"/development/{people[0]}"
    assert "Refresher" in lead.page(page).text
    with database.reading() as session:
        row = session.scalars(select(Training).where(Training.person_id == world.people["manager_care"].id)).one()
    missing = lead.send(f"/development/training/{row.id}/withdraw", {"reason": ""}, status=400)
    assert "Say why it is withdrawn." in missing.get_data(as_text=True)
    lead.send(f"/development/training/{row.id}/withdraw", {"reason": "The wrong person."})
    text = lead.page(page).text
    assert "No training is recorded." in text
    assert "The wrong person." in text
    lead.page(f"/development/training/{row.id}/withdraw", 404)


def test_each_sees_their_own_page_and_heads_and_the_lead_those_they_answer_for(sign_in: SignIn, world: World) -> None:
    care, planning = world.people["manager_care"].id, world.people["manager_planning"].id
    sees = {"manager_care": (200, 404), "head_north": (404, 200), "director": (200, 200), "qa_lead": (200, 200),
            "moderator_1": (404, 404), "analyst": (403, 403)}  # fmt: skip
    for key, statuses in sees.items():
        client = sign_in(world.people[key])
        assert tuple(client.get(f"/development/{one}").status_code for one in (care, planning)) == statuses, key
    own = sign_in(world.people["manager_care"])
    assert "Your development" in own.page(f"/development/{care}").text
    assert "Your development" in own.page("/development/own").text
    own.page("/development", 403)


def test_the_list_is_by_name_whatever_people_have_done(session: Session, sign_in: SignIn, world: World) -> None:
    add(session, world, "moderator_2", "manager_planning")
    settings.change(session, "training_months", 12, by="test", at=AT)
    session.commit()
    html = sign_in(world.people["qa_lead"]).get("/development").get_data(as_text=True)
    names = sorted(one.name for key, one in world.people.items() if key.startswith(("manager_", "moderator_")))
    places = [html.index(f">{name}</a>") for name in names]
    assert places == sorted(places)
    north = sign_in(world.people["head_north"]).page("/development").text
    assert "Manager Planning" in north
    assert "Manager Care" not in north


def test_sessions_attended_stand_on_the_page_and_those_struck_out_do_not(
    session: Session, sign_in: SignIn, world: World
) -> None:
    who = world.people["manager_care"].id
    for title, struck in (("Voice in plans", None), ("Struck out", AT)):
        held = CpdSession(title=title, held_on=date(2026, 10, 1), made_at=AT, made_by="test")
        session.add(held)
        session.flush()
        session.add(
            CpdAttendance(
                session_id=held.id, person_id=who, noted_at=AT, noted_by="test", struck_at=struck,
                struck_by="test" if struck else None,
            )
        )  # fmt: skip
    session.commit()
    page = sign_in(world.people["manager_care"]).page(f"/development/{who}").text
    assert "Voice in plans" in page
    assert "Struck out" not in page
