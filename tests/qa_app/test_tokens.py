"""Tokens of programs: shown once, good for what they cover and until they end, and worth nothing anywhere else."""

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from qa_app.access import programs
from qa_app.access.permissions import Can
from qa_app.access.programs import MOST_REFUSED, PREFIX, is_whole, new_token, sha256_of
from qa_app.db import Database
from qa_app.models import AccessEntry, ApiToken, Event, Person, TokenRefusal
from qa_app.services import tokens
from qa_app.services.tokens import UnfitToken
from tests.conftest import AT, SteppingClock
from tests.page import PageClient
from tests.programs import Program, token_for
from tests.world import World

SignIn = Callable[[Person], PageClient]
LISTS = {
    "/measures": "figures", "/months": "figures", "/themes": "figures", "/figures": "figures", "/agreement": "figures",
    "/tables": "tables", "/plan": "plan", "/rows": "rows",
}  # fmt: skip


def refused(answer: TestResponse, status: int, words: str) -> None:
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert words in answer.get_json()["detail"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_opens_what_it_covers_and_nothing_else(app: Flask, database: Database, world: World) -> None:
    for path, scope in LISTS.items():
        assert Program(app, token_for(database, Can(f"api.{scope}"))).ask(path).status_code == 200
        others = [Can.API_ROWS if scope != "rows" else Can.API_PLAN]
        refused(Program(app, token_for(database, *others)).ask(path), 403, f"one with this scope: {scope}")


def test_without_a_token_the_answer_says_how_to_send_one(app: Flask, world: World) -> None:
    for path in LISTS:
        refused(app.test_client().get(f"/api/v1{path}"), 401, "Authorization: Bearer")
    refused(app.test_client().get("/api/v1/months", headers={"Authorization": "Basic dXNlcjpwYXNz"}), 401, "Bearer")


def test_a_session_does_not_open_the_interface(app: Flask, world: World, sign_in: SignIn) -> None:
    for who in ("administrator", "qa_lead", "analyst"):
        refused(sign_in(world.people[who]).get("/api/v1/months"), 401, "Authorization")


def test_a_token_opens_no_page(app: Flask, database: Database, world: World) -> None:
    program = Program(app, token_for(database))
    for path in ("/dashboard", "/tokens", "/cases", "/"):
        answer = program.client.get(path, headers={"Authorization": f"Bearer {program.token}"})
        assert "/sign-in" in answer.headers["Location"]
    post = program.client.post("/sign-out", headers={"Authorization": f"Bearer {program.token}"})
    assert post.status_code in (302, 400, 401)


def test_a_token_ends_and_is_revoked_at_once(
    app: Flask, database: Database, world: World, clock: SteppingClock
) -> None:
    program = Program(app, token_for(database, days=3))
    assert program.ask("/months").status_code == 200
    clock.move(days=3)
    refused(program.ask("/months"), 401, "time is over")
    other = Program(app, token_for(database, days=30))
    assert other.ask("/months").status_code == 200
    with database.writing() as session, session.begin():
        row = session.scalars(select(ApiToken).where(ApiToken.token_sha256 == sha256_of(other.token))).one()
        assert tokens.revoke(session, row, by="test", at=clock())
        assert not tokens.revoke(session, row, by="test", at=clock())
    refused(other.ask("/months"), 401, "revoked")


def test_a_forged_or_shortened_token_is_refused(app: Flask, database: Database, world: World) -> None:
    token = token_for(database)
    assert is_whole(token)
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    cut, unknown = token[:-4], new_token()
    assert not is_whole(forged)
    refused(Program(app, unknown).ask("/months"), 401, "not one of ours")
    assert not is_whole(cut)
    for wrong in (forged, cut, f"{token}0", "x", f"{PREFIX}ü", token.upper()):
        refused(Program(app, wrong.encode("utf-8").decode("latin-1")).ask("/months"), 401, "not one of ours")


def test_a_token_in_the_address_is_refused_even_beside_one_in_the_header(
    app: Flask, database: Database, world: World
) -> None:
    program = Program(app, token_for(database))
    for name in ("access_token", "token", "cursor"):
        refused(program.ask("/months", **{name: program.token}), 400, "Have it revoked")
    refused(app.test_client().get(f"/api/v1/months?access_token={program.token}"), 400, "Have it revoked")


def test_tokens_are_kept_as_hashes_and_compared_without_telling_by_time(database: Database, world: World) -> None:
    token = token_for(database)
    with database.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert row.token_sha256 == sha256_of(token)
        kept = [str(getattr(row, column.name)) for column in ApiToken.__table__.columns]
    assert all(token not in one and token[len(PREFIX) + 6 :] not in one for one in kept)
    assert "hmac.compare_digest(row.token_sha256, wanted)" in inspect.getsource(programs)


def test_after_many_refusals_wrong_tokens_are_slowed_and_right_ones_are_not(
    app: Flask, database: Database, world: World, clock: SteppingClock
) -> None:
    right, wrong = Program(app, token_for(database)), Program(app, new_token())
    for _ in range(MOST_REFUSED):
        refused(wrong.ask("/months"), 401, "not one of ours")
    answer = wrong.ask("/months")
    refused(answer, 429, "Wait 5 minutes")
    assert answer.headers["Retry-After"] == "300"
    assert right.ask("/months").status_code == 200
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TokenRefusal)) == MOST_REFUSED
    clock.move(minutes=6)
    refused(wrong.ask("/months"), 401, "not one of ours")


def test_every_use_and_refusal_is_on_the_access_log_without_a_person(
    app: Flask, database: Database, world: World
) -> None:
    program = Program(app, token_for(database, Can.API_FIGURES))
    program.ask("/months")
    Program(app, token_for(database, Can.API_ROWS)).ask("/months")
    with database.reading() as session:
        first, second = session.scalars(
            select(AccessEntry).where(AccessEntry.object_kind == "api_token").order_by(AccessEntry.outcome)
        ).all()
        used = session.scalars(select(ApiToken).where(ApiToken.token_sha256 == sha256_of(program.token))).one()
    assert (first.action, first.object_id, first.person_id) == ("read api.months", str(used.id), None)
    assert (second.action, second.outcome) == ("api.refused", "denied")
    assert used.seen_at == AT


def test_a_token_is_made_on_the_page_shown_once_and_revoked(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.people["administrator"])
    form = {"purpose": "Power BI report", "owner": "Dana Analyst", "scopes": ["api.figures"], "days": "30"}
    answer = client.post("/tokens", data={"csrf_token": client.token(), **form})
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    token = shown[shown.index(PREFIX) :].split("<")[0]
    assert Program(app, token).ask("/months").status_code == 200
    listed = client.page("/tokens").text
    assert "Power BI report" in listed
    assert token not in listed
    with database.reading() as session:
        row = session.scalars(select(ApiToken)).one()
    assert row.ends_at == AT + timedelta(days=30)
    page = f"/tokens/{row.id}"
    assert token[: programs.SHOWN] in client.page(page).text
    client.post(f"{page}/revoke", data={"csrf_token": client.token()})
    refused(Program(app, token).ask("/months"), 401, "revoked")
    assert "Revoked" in client.page("/tokens").text
    with database.reading() as session:
        events = session.scalars(select(Event).where(Event.object_kind == "api_token").order_by(Event.action)).all()
    assert [one.action for one in events] == ["token.made", "token.revoked"]
    assert all(token not in str(one.detail) for one in events)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"purpose": ""}, "Enter what the token is for"),
        ({"owner": " "}, "who answers for the token"),
        ({"scopes": []}, "Choose what the token may read"),
        ({"days": "366"}, "from 1 to 365"),
        ({"days": "0"}, "from 1 to 365"),
        ({"days": "soon"}, "from 1 to 365"),
        ({"scopes": ["audit.read"]}, "not a valid choice"),
    ],
)
def test_what_a_token_cannot_be_is_said_and_none_is_made(
    database: Database, world: World, sign_in: SignIn, changed: dict[str, object], words: str
) -> None:
    client = sign_in(world.people["administrator"])
    form = {"purpose": "Power BI", "owner": "Dana", "scopes": ["api.figures"], "days": "90", **changed}
    answer = client.post("/tokens", data={"csrf_token": client.token(), **form})
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ApiToken)) == 0


def test_the_usual_days_are_a_setting(database: Database, world: World, sign_in: SignIn) -> None:
    assert 'value="90"' in sign_in(world.people["administrator"]).get("/tokens").get_data(as_text=True)


def test_no_service_makes_a_token_for_what_people_do(database: Database, world: World) -> None:
    for scopes, days in (((Can.AUDIT_READ,), 90), ((), 90), ((Can.API_ROWS,), 366)):
        with database.writing() as session, pytest.raises(UnfitToken):
            tokens.make(session, "Power BI", "Dana", scopes, days=days, by="test", at=AT)
