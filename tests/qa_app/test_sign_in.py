"""Signing in and out, as a person and as somebody guessing."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.db import Database
from qa_app.models import AccessEntry, Person, SignInSession
from qa_app.services import accounts
from tests.conftest import AT, SteppingClock
from tests.page import PageClient
from tests.world import World

WORD = "heron copper lantern"


@pytest.fixture
def lead(database: Database, world: World) -> Person:
    with database.writing() as session, session.begin():
        person = session.get_one(Person, world.people["qa_lead"].id)
        accounts.give_sign_in(session, person, by="test", at=AT, password=WORD)
        return person


def browser(app: Flask) -> PageClient:
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


def enter(client: PageClient, email: str, password: str, status: int = 302) -> str:
    client.page("/sign-in")
    return client.send("/sign-in", {"email": email, "password": password}, status).get_data(as_text=True)


def test_the_right_password_opens_the_start_page(app: Flask, lead: Person) -> None:
    client = browser(app)
    enter(client, "QA_lead@test.example", WORD)
    assert client.page("/").heading == "Your work"


def test_a_stranger_is_sent_to_sign_in_and_then_to_where_they_were_going(app: Flask, lead: Person) -> None:
    client = browser(app)
    assert client.get("/account/password").location == "/sign-in"
    answer = client.send("/sign-in", {"email": "qa_lead@test.example", "password": WORD})
    assert answer.location == "/account/password"


def test_wrong_passwords_and_unknown_people_get_the_same_answer(app: Flask, lead: Person) -> None:
    client = browser(app)
    known = enter(client, "qa_lead@test.example", "wrong", 400)
    unknown = enter(client, "nobody@test.example", "wrong", 400)
    assert "is not right" in known
    same = known.replace("qa_lead@", "nobody@").split('name="csrf_token"')
    assert [part[120:] for part in same] == [part[120:] for part in unknown.split('name="csrf_token"')]


def test_the_eleventh_try_is_refused_even_with_the_right_password(
    app: Flask, lead: Person, clock: SteppingClock
) -> None:
    client = browser(app)
    for _ in range(10):
        enter(client, "qa_lead@test.example", "wrong", 400)
    enter(client, "qa_lead@test.example", WORD, 429)
    clock.move(minutes=6)
    enter(client, "qa_lead@test.example", WORD)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, lead: Person) -> None:
    client = browser(app)
    enter(client, "qa_lead@test.example", WORD)
    cookie = client.get_cookie("qa")
    assert cookie is not None
    client.send("/sign-out")
    thief = browser(app)
    thief.set_cookie("qa", cookie.value)
    assert thief.get("/").location == "/sign-in"


def test_signing_in_makes_a_new_session_and_keeps_no_token(app: Flask, lead: Person, database: Database) -> None:
    client = browser(app)
    client.set_cookie("qa", "chosen-by-somebody-else")
    enter(client, "qa_lead@test.example", WORD)
    cookie = client.get_cookie("qa")
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    with database.reading() as session:
        kept = session.scalars(select(SignInSession.token_sha256)).all()
    assert cookie.value not in kept


def test_signing_in_and_out_is_logged(app: Flask, lead: Person, database: Database) -> None:
    client = browser(app)
    enter(client, "qa_lead@test.example", "wrong", 400)
    enter(client, "qa_lead@test.example", WORD)
    client.send("/sign-out")
    with database.reading() as session:
        rows = session.execute(select(AccessEntry.action, AccessEntry.outcome).order_by(AccessEntry.at)).all()
    assert sorted(map(tuple, rows)) == [("sign_in", "allowed"), ("sign_in", "denied"), ("sign_out", "allowed")]


def test_a_temporary_password_must_be_changed_first(app: Flask, database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        word = accounts.give_sign_in(session, session.get_one(Person, world.people["qa_lead"].id), by="test", at=AT)
    client = browser(app)
    enter(client, "qa_lead@test.example", word)
    assert client.get("/").location == "/account/password"
    page = client.page("/account/password")
    assert "first sign-in only" in page.text
    refused = client.send("/account/password", {"old": word, "new": "short"}, 400).get_data(as_text=True)
    assert "at least 12 characters" in refused
    client.send("/account/password", {"old": word, "new": WORD})


def test_a_post_without_its_token_changes_nothing(sign_in: Callable[[Person], PageClient], world: World) -> None:
    client = sign_in(world.people["qa_lead"])
    assert client.post("/sign-out").status_code == 400
    assert client.page("/").heading == "Your work"


@pytest.mark.parametrize(
    "place", ["//evil.example", "////evil.example", "http:evil.example", "/\\evil.example", "https://evil.example/", ""]
)
def test_nobody_is_sent_to_another_site_after_signing_in(app: Flask, lead: Person, place: str) -> None:
    client = browser(app)
    client.page("/sign-in")
    with client.session_transaction() as flask_session:
        flask_session["next"] = place
    answer = client.send("/sign-in", {"email": "qa_lead@test.example", "password": WORD})
    assert answer.location == "/"
