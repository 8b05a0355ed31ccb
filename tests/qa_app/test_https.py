"""Over HTTPS, as councils run it: cookies bound to this host and sent over TLS alone."""

from dataclasses import replace

import pytest
from flask import Flask

from qa_app import create_app
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Person
from qa_app.services import accounts
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

WORD = "heron copper lantern"


@pytest.fixture
def secure(settings: Settings, database: Database, world: World) -> Flask:
    with database.writing() as session, session.begin():
        accounts.give_sign_in(
            session, session.get_one(Person, world.people["qa_lead"].id), by="test", at=AT, password=WORD
        )
    made = create_app(replace(settings, https=True), database)
    made.test_client_class = PageClient
    return made


def test_the_session_cookie_is_bound_to_the_host_and_to_tls(secure: Flask) -> None:
    client = secure.test_client()
    client.get("/sign-in", base_url="https://localhost")
    form = {"email": "qa_lead@test.example", "password": WORD}
    page = client.get("/sign-in", base_url="https://localhost").get_data(as_text=True)
    form["csrf_token"] = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/sign-in", data=form, base_url="https://localhost", headers={"Referer": "https://localhost/"})
    assert answer.status_code == 302
    cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    kept = cookies["__Host-qa"]
    assert "Secure" in kept
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Path=/" in kept
    assert "Domain" not in kept
    assert "__Host-form" in cookies


def test_browsers_are_told_to_come_back_over_tls_only(secure: Flask) -> None:
    answer = secure.test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_anybody_can_read_the_accessibility_statement(secure: Flask) -> None:
    answer = secure.test_client().get("/accessibility", base_url="https://localhost")
    assert answer.status_code == 200
    assert "Accessibility statement" in answer.get_data(as_text=True)
