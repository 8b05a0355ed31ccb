"""Attacks on the site as a stranger or a signed-in person tries them: each is refused, and nothing is changed."""

import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import inspect, select

from qa_app import create_app
from qa_app.application import HEADERS
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Audit, Moderation, Person, RoleGrant
from qa_app.services import accounts
from tests.busy import Busy
from tests.conftest import AT, SteppingClock
from tests.page import PageClient
from tests.regrading import audit_to_moderate
from tests.world import World

WORD = "heron copper lantern"
SignIn = Callable[[Person], PageClient]


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


def enter(client: PageClient, password: str = WORD, status: int = 302, **kwargs: object) -> None:
    client.send("/sign-in", {"email": "qa_lead@test.example", "password": password}, status, **kwargs)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_change_asked_for_by_another_site_is_refused(sign_in: SignIn, world: World, site: str) -> None:
    client = sign_in(world.people["qa_lead"])
    client.send("/sign-out", status=403, headers={"Sec-Fetch-Site": site})
    assert client.page("/").heading == "Your work"
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200
    client.send("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})


def test_autosave_without_its_token_keeps_nothing(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        task = audit_to_moderate(session, world, at=AT).id
    client = sign_in(world.people["moderator_1"])
    address = f"/moderations/{task}/sections/voice/autosave"
    for data in ({"voice": "good"}, {"voice": "good", "csrf_token": "forged"}):
        answer = client.post(address, data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 400
        assert answer.is_json
    assert client.post(address, json={"voice": "good"}).status_code == 400
    with database.reading() as session:
        assert session.get_one(Moderation, task).state == "allocated"


def test_a_forwarded_address_neither_frees_nor_blames_anybody(
    app: Flask, lead: Person, settings: Settings, database: Database
) -> None:
    """Without proxies the header is nobody's; with one, only what that proxy wrote counts."""
    for number in range(30):
        client = browser(app)
        data = {"email": f"{number}@x.example", "password": "wrong"}
        client.send("/sign-in", data, 400, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    enter(browser(app), status=429, headers={"X-Forwarded-For": "10.9.9.9"})
    behind = create_app(replace(settings, proxies=1), database)
    behind.test_client_class = PageClient
    enter(browser(behind), status=302, headers={"X-Forwarded-For": "127.0.0.1, 10.9.9.9"})
    enter(browser(behind), status=429, headers={"X-Forwarded-For": "10.9.9.9, 127.0.0.1"})


def test_a_restart_forgets_no_failed_try(app: Flask, lead: Person, settings: Settings, database: Database) -> None:
    for _ in range(10):
        enter(browser(app), "wrong", 400)
    again = Database(settings.database_url)
    restarted = create_app(settings, again)
    restarted.test_client_class = PageClient
    enter(browser(restarted), status=429)
    again.dispose()


def test_what_no_database_keeps_is_refused_at_sign_in(app: Flask, world: World) -> None:
    for email in ("a\x00b@test.example", "a" * 5000):
        browser(app).send("/sign-in", {"email": email, "password": "p\x00"}, 400)


def test_signing_in_again_ends_the_session_that_was_there(app: Flask, lead: Person) -> None:
    client = browser(app)
    enter(client)
    old = client.get_cookie("qa")
    enter(client)
    thief = browser(app)
    assert old is not None
    thief.set_cookie("qa", old.value)
    assert thief.get("/").location == "/sign-in"
    assert client.page("/").heading == "Your work"


@pytest.mark.parametrize("how", ["role", "account", "person"])
def test_what_an_administrator_takes_away_is_gone_with_the_next_request(
    app: Flask, lead: Person, database: Database, how: str
) -> None:
    client = browser(app)
    enter(client)
    client.page("/cycles")
    with database.writing() as session, session.begin():
        person = session.get_one(Person, lead.id)
        if how == "role":
            held = session.scalars(select(RoleGrant).where(RoleGrant.person_id == lead.id)).one()
            held.ended_at, held.ended_by = AT, "test"
        elif how == "account":
            accounts.switch_off(session, person, by="test", at=AT)
        else:
            person.active = False
    answer = client.get("/cycles")
    assert answer.status_code == 403 if how == "role" else answer.location == "/sign-in"


def test_columns_named_in_a_post_are_not_written(database: Database, world: World, sign_in: SignIn, busy: Busy) -> None:
    open_month = busy.open.id
    with database.reading() as session:
        audit = session.scalars(select(Audit).where(Audit.state == "allocated", Audit.cycle_id == open_month)).first()
        assert audit is not None
        person = next(one for one in world.people.values() if one.id == audit.auditor_id)
        before = {column.key: getattr(audit, column.key) for column in inspect(Audit).column_attrs}
    client = sign_in(person)
    posted = {key: "closed" if key == "state" else "1" for key in before}
    more = {"role": "administrator", "stage": "final", "person_id": str(person.id), "grade": "good", "judge_id": "1"}
    for page in ("voice", "voice/autosave"):
        said = client.get(f"/audits/{audit.id}/sections/voice").get_data(as_text=True)
        version = said.split('name="version" value="')[1].split('"')[0]
        sent = {**posted, **more, "version": version, "voice": "good"}
        client.send(f"/audits/{audit.id}/sections/{page}", sent, 200 if "auto" in page else 302)
    with database.reading() as session:
        after = session.get_one(Audit, audit.id)
        changed = {key for key, value in before.items() if getattr(after, key) != value}
        assert changed == {"state"}
        assert after.state == "draft"
        assert session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)).one().role == "auditor"


def workbook_bomb(rows: int) -> bytes:
    """A small file of many rows, each of ten cells."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for n in range(rows):
                sheet.write(b'<row r="%d">' % n + b'<c t="inlineStr"><is><t>x</t></is></c>' * 10 + b"</row>")
    return made.getvalue()


@pytest.mark.parametrize("address", ["/cases/import", "/imports/register"])
def test_bombs_are_refused_at_once(world: World, sign_in: SignIn, address: str) -> None:
    client = sign_in(world.people["qa_lead"])
    files = {
        "rows.xlsx": workbook_bomb(100_000), "zeros.xlsx": workbook_bomb(10) + b"0" * 9_000_000,
        "commas.csv": b"," * 5_000_000, "quotes.csv": b'"' * 5_000_001, "zeros.csv": b"\0" * 5_000_000,
    }  # fmt: skip
    for name, data in files.items():
        begun = time.process_time()
        answer = client.send(address, {"file": (io.BytesIO(data), name)}, 400)
        assert time.process_time() - begun < 1, name
        assert "There is a problem" in answer.get_data(as_text=True)
        answer.request.environ["wsgi.input"].close()  # the client's own copy of what it sent


def test_deep_json_and_a_flood_of_fields_are_refused_at_once(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["qa_lead"])
    flood = b"csrf_token=" + client.token().encode() + b"&a=" * 200_000
    for data, kind in ((b"[" * 900_000, "application/json"), (flood, "application/x-www-form-urlencoded")):
        begun = time.process_time()
        assert client.post("/settings", data=data, content_type=kind).status_code == 400
        assert time.process_time() - begun < 1


def test_every_answer_carries_the_headers_whatever_its_status(
    app: Flask, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    client = sign_in(world.people["qa_lead"])
    answers = [
        client.get("/"), client.get("/nothing"), client.get("/people/import"), client.post("/cycles"),
        client.put("/"), client.get("/static/nothing.css"), client.get("/static/app.css"),
        client.get("/static/app.css?v=1"), client.get("/health"),
        client.get("/", headers={"Host": "evil.example"}), browser(app).get("/"),
        client.post("/settings", data={"a": "x" * 2_000_000}),
        browser(app).get("/", headers={"Accept": "application/json"}),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {200, 302, 400, 401, 403, 404, 405, 413}
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (answer.request.path, name)
        fingerprinted = answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cache-Control"] == "no-store" or fingerprinted
        answer.close()


@pytest.mark.usefixtures("busy")
def test_a_scorecard_says_nothing_of_who_asked_for_it(database: Database, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["head_north"])
    answer = client.get("/dashboard/scorecard/2026-10")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="scorecard-2026-10.pdf"'
    read = PdfReader(io.BytesIO(answer.data))
    said = str(read.metadata) + str(read.xmp_metadata.rdf_root.toxml() if read.xmp_metadata else "")
    assert "Testshire" in said
    for person in world.people.values():
        assert person.name not in said
        assert str(person.email) not in said
