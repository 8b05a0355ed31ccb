"""A form sent twice is carried out once: double clicks, the back button, two sendings at the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask, abort, redirect
from sqlalchemy import func, select
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from qa_app.access import once
from qa_app.access.current import actor, now
from qa_app.access.current import session as request_session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.db import Database
from qa_app.models import Event, OnceKey, Person
from qa_app.services.events import record
from tests.conftest import AT, SteppingClock
from tests.crawl import pages, pattern
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
# Forms that may be sent as often as one likes: what they keep carries its own version, or they change nothing of worth.
MAY_BE_REPEATED = ("/sections/", "/sign-out", "/sign-in")


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of these tests' own: they put a route on it."""
    return own_app


@pytest.fixture
def notebook(app: Flask) -> Flask:
    """The application with one more form: it makes something new each time it is carried out."""

    def note(how: str) -> Response | tuple[str, dict[str, str]]:
        record(request_session(), "test.noted", "test", how, by=actor().by, at=now())
        request_session().flush()
        if how == "refused":
            abort(400)
        return ("a page", {"Content-Type": "text/plain"}) if how == "shown" else redirect(f"/noted/{uuid4()}")

    app.add_url_rule("/note/<string:how>", "note", needs(Can.ACCOUNT_OWN)(note), methods=["POST"])
    return app


def noted(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Event.action == "test.noted")) or 0


def test_the_same_form_sent_again_is_answered_the_same_and_done_once(
    notebook: Flask, sign_in: SignIn, world: World, database: Database
) -> None:
    client, sent = sign_in(world.people["qa_lead"]), {"once": str(uuid4()), "words": "one"}
    first, second = (client.send("/note/down", sent) for _ in range(2))
    assert first.location == second.location
    assert noted(database) == 1
    assert "sent more than once. It was carried out once" in client.page("/").text


def test_without_a_key_or_with_another_it_is_done_again(
    notebook: Flask, sign_in: SignIn, world: World, database: Database
) -> None:
    client = sign_in(world.people["qa_lead"])
    for key in (str(uuid4()), str(uuid4()), "", "not a key", "{" + "0" * 36):
        client.send("/note/down", {"once": key})
    client.send("/note/down", {})
    assert noted(database) == 6


@pytest.mark.parametrize("change", ["words", "address", "person"])
def test_a_key_that_comes_with_something_else_is_refused_with_a_sentence(
    notebook: Flask, sign_in: SignIn, world: World, database: Database, change: str
) -> None:
    client, key = sign_in(world.people["qa_lead"]), str(uuid4())
    client.send("/note/down", {"once": key, "words": "one"})
    again = {"once": key, "words": "two" if change == "words" else "one"}
    sender = sign_in(world.people["board"]) if change == "person" else client
    answer = sender.send("/note/here" if change == "address" else "/note/down", again, 409)
    assert "What you sent first was carried out" in answer.get_data(as_text=True)
    assert noted(database) == 1


def test_what_was_refused_can_be_put_right_and_sent_under_the_same_key(
    notebook: Flask, sign_in: SignIn, world: World, database: Database
) -> None:
    client, key = sign_in(world.people["qa_lead"]), str(uuid4())
    client.send("/note/refused", {"once": key}, 400)
    client.send("/note/down", {"once": key, "words": "put right"})
    assert noted(database) == 1


def test_what_answers_with_a_page_can_be_asked_for_again(
    notebook: Flask, sign_in: SignIn, world: World, database: Database
) -> None:
    client, key = sign_in(world.people["qa_lead"]), str(uuid4())
    for _ in range(2):
        assert client.send("/note/shown", {"once": key}, 200).data == b"a page"


def test_two_at_the_same_moment_are_done_once_and_answered_the_same(
    notebook: Flask, sign_in: SignIn, world: World, database: Database
) -> None:
    clients = [sign_in(world.people["qa_lead"]) for _ in range(4)]
    sent = [{"once": str(uuid4()), "csrf_token": client.token()} for client in clients]
    key, ready, answers = sent[0]["once"], threading.Barrier(len(clients)), list[TestResponse]()

    def press(client: PageClient, body: dict[str, str]) -> None:
        ready.wait()
        answers.append(client.post("/note/down", data={**body, "once": key}))

    presses = [threading.Thread(target=press, args=pair) for pair in zip(clients, sent, strict=True)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer.location for answer in answers}) == 1
    assert noted(database) == 1


def test_keys_are_forgotten_after_a_week(
    notebook: Flask, sign_in: SignIn, world: World, database: Database, clock: SteppingClock
) -> None:
    client = sign_in(world.people["qa_lead"])
    client.send("/note/down", {"once": str(uuid4())})
    clock.move(days=6)
    sign_in(world.people["qa_lead"]).send("/note/down", {"once": str(uuid4())})
    with database.writing() as session, session.begin():
        assert once.sweep(session, at=AT + once.KEPT_FOR + timedelta(seconds=1)) == 1
        assert session.scalar(select(func.count()).select_from(OnceKey)) == 1


@pytest.mark.usefixtures("busy")
def test_every_form_of_every_page_carries_a_key(database: Database, world: World, sign_in: SignIn) -> None:
    with_key, without = set[str](), set[str]()
    for who in ("qa_lead", "administrator", "manager_care", "moderator_1", "head_north", "worker_care_1"):
        for _address, page in pages(sign_in(world.people[who]), each=2):
            for form in page.forms:
                if form.method == "post":
                    (with_key if "once" in form.fields else without).add(pattern(form.action))
    assert {action for action in without if not any(part in action for part in MAY_BE_REPEATED)} == set()
    assert len(with_key) > 10
