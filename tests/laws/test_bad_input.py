"""Whatever is typed or posted: a page of ours with a sentence, never a fault of ours, and quickly."""

from collections.abc import Callable
from urllib.parse import quote_plus, urljoin

import pytest
from flask import Flask

from qa_app.db import Database
from qa_app.models import Person
from tests.busy import busy_council
from tests.crawl import FoundForm, pages, pattern
from tests.graded_again import grade_again
from tests.page import PageClient
from tests.world import World

POISONS = {
    "nothing": b"",
    "a NUL": quote_plus("before\x00after").encode(),
    "half a surrogate": b"%ED%A0%80",
    "bytes that are no text": b"%FF%FE%80",
    "a very long line": b"x" * 20_000,
    "a formula": quote_plus('=HYPERLINK("http://evil.example","x")').encode(),
    "markup": quote_plus("<script>alert(1)</script><b>no &amp; {{ 7*7 }}").encode(),
    "a number too large": b"99999999999999999999999",
    "an impossible date": b"2026-02-31",
}
PEOPLE = ("qa_lead", "administrator", "manager_care", "moderator_1", "head_north")
LEAVES = ("/sign-out",)


@pytest.fixture
def busy(database: Database, world: World) -> World:
    with database.writing() as session, session.begin():
        grade_again(session, world, busy_council(session, world).open)
    return world


def body(form: FoundForm, poison: bytes, token: str) -> bytes:
    """The form as posted with every field poisoned, but for its token."""
    parts = [b"csrf_token=" + quote_plus(token).encode()]
    parts += [quote_plus(name).encode() + b"=" + poison for name in form.fields if name != "csrf_token"]
    return b"&".join(parts)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_form_of_any_page_can_be_made_to_fail(
    busy: World, sign_in: Callable[[Person], PageClient], who: str
) -> None:
    client = sign_in(busy.people[who])
    forms = {}
    for address, page in pages(client, each=2):
        for form in page.forms:
            target = urljoin(address, form.action)
            forms.setdefault((form.method, pattern(target), tuple(sorted(form.fields))), (target, form))
    asked = 0
    for method, _, _ in forms:
        assert method in ("get", "post")
    for target, form in forms.values():
        if target in LEAVES:
            continue
        for name, poison in POISONS.items():
            data = body(form, poison, client.token())
            if form.method == "get":
                answer = client.get(f"{target.split('?')[0]}?{data.decode('latin-1')}")
            else:
                answer = client.post(target, data=data, content_type="application/x-www-form-urlencoded")
            assert answer.status_code < 500, (target, name, answer.status_code)
            assert b"Traceback" not in answer.data
            asked += 1
    assert asked >= len(POISONS)


def test_a_field_of_five_megabytes_is_refused(sign_in: Callable[[Person], PageClient], world: World) -> None:
    client = sign_in(world.people["manager_care"])
    data = {"csrf_token": client.token(), "old": "x" * 5_000_000, "new": "y"}
    answer = client.post("/account/password", data=data)
    assert answer.status_code == 413
    assert "too large" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/%00", "/people?page=%00", "/%ED%A0%80", "/people?q=%ED%A0%80", "/people/not-an-id"])
def test_an_address_of_rubbish_is_a_page_of_ours(
    sign_in: Callable[[Person], PageClient], world: World, path: str
) -> None:
    answer = sign_in(world.people["administrator"]).get(path)
    assert answer.status_code in (200, 400, 404)


def test_a_fault_of_ours_is_a_page_with_a_reference_and_no_trace(own_app: Flask, world: World) -> None:
    app = own_app

    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    app.view_functions["health.show"] = broken
    broken.needs = app.view_functions["sign_in.show"].needs  # type: ignore[attr-defined]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/health")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in text
    assert "secret of the inside" not in text
    assert "Traceback" not in text
