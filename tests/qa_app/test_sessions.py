"""Sessions end when they should, and a copied cookie is worth nothing afterwards."""

from datetime import timedelta

from qa_app.access import sessions
from qa_app.db import Database
from tests.conftest import AT
from tests.world import World

IDLE = timedelta(minutes=60)


def test_a_session_is_found_until_it_is_ended(database: Database, world: World) -> None:
    lead = world.people["qa_lead"]
    token = sessions.begin(database, lead.id, at=AT, lasting=timedelta(hours=12))
    found = sessions.find(database, token, at=AT, idle=IDLE)
    assert found is not None
    assert found.person_id == lead.id
    sessions.end(database, token, at=AT)
    assert sessions.find(database, token, at=AT, idle=IDLE) is None


def test_a_session_ends_after_an_idle_hour_but_use_keeps_it_alive(database: Database, world: World) -> None:
    token = sessions.begin(database, world.people["qa_lead"].id, at=AT, lasting=timedelta(hours=12))
    assert sessions.find(database, token, at=AT + timedelta(minutes=59), idle=IDLE)
    assert sessions.find(database, token, at=AT + timedelta(minutes=110), idle=IDLE)
    assert sessions.find(database, token, at=AT + timedelta(minutes=171), idle=IDLE) is None


def test_a_session_ends_after_twelve_hours_however_busy(database: Database, world: World) -> None:
    token = sessions.begin(database, world.people["qa_lead"].id, at=AT, lasting=timedelta(hours=12))
    for hour in range(12):
        assert sessions.find(database, token, at=AT + timedelta(hours=hour), idle=timedelta(hours=2))
    assert sessions.find(database, token, at=AT + timedelta(hours=12), idle=timedelta(hours=2)) is None
