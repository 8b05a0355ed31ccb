"""What is typed in a reflection whose session has ended is kept, and signing out ends a link's pass as well."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_app.db import Database
from qa_app.models import AccessEntry, Cycle, Person, Reflection
from qa_app.services.drafts import version_of
from tests.conftest import SteppingClock
from tests.feedback import asked, reflection_of, token_sent
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
TYPED = {"proud": "Typed on the train, after an hour."}
JSON = {"Accept": "application/json"}
WORKER = "worker_assessment_1"


@pytest.fixture
def mine(database: Database, world: World) -> UUID:
    with database.writing() as session, session.begin():
        return reflection_of(session, asked(session, world, WORKER)).id


def draft(database: Database, mine: UUID) -> dict[str, str]:
    with database.reading() as session:
        return dict(session.get_one(Reflection, mine).draft)


def opened(client: PageClient, mine: UUID) -> dict[str, str]:
    """The marks of the page as a browser holds it, with something typed in it."""
    html = client.get(f"/reflections/{mine}").get_data(as_text=True)
    marks = {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "page_pass")}
    return {**marks, "csrf_token": client.token(), **TYPED}


def test_an_hour_later_a_plain_form_is_kept_and_waits_behind_the_sign_in(
    mine: UUID, database: Database, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    client, path = sign_in(world.people[WORKER]), f"/reflections/{mine}"
    page = opened(client, mine)
    clock.move(minutes=61)
    answer = client.post(path, data=page)
    assert (answer.status_code, answer.location, answer.data) == (303, "/sign-in?ended=kept", b"")
    assert draft(database, mine) == TYPED
    with client.session_transaction() as held:
        assert held["next"] == path
    with database.reading() as session:
        entries = select(AccessEntry.outcome, AccessEntry.object_id).where(AccessEntry.action == "draft.rescued")
        assert session.execute(entries).all() == [("allowed", str(mine))]
    client.enter_as(database, world.people[WORKER].id, at=clock())
    assert TYPED["proud"] in client.get(path).get_data(as_text=True)


def test_so_is_what_saves_itself_and_nothing_else_is_told(
    mine: UUID, database: Database, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    client = sign_in(world.people[WORKER])
    page = opened(client, mine)
    clock.move(minutes=61)
    answer = client.post(f"/reflections/{mine}/autosave", data=page, headers=JSON)
    assert answer.status_code == 200
    assert answer.json is not None
    assert (set(answer.json), answer.json["version"]) == (
        {"version", "aside", "saved_at", "signed_out"}, version_of(TYPED),
    )  # fmt: skip
    assert draft(database, mine) == TYPED


def test_nothing_is_taken_without_the_pass_after_signing_out_or_for_another_reflection(
    mine: UUID, database: Database, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    with database.writing() as session, session.begin():
        month = session.scalars(select(Cycle)).one()
        other = reflection_of(session, asked(session, world, "worker_care_1", number=2, cycle=month)).id
    client, path = sign_in(world.people[WORKER]), f"/reflections/{mine}"
    page = opened(client, mine)
    client.send("/sign-out")
    assert client.post(path, data=page).location == "/sign-in?ended=refused"
    client.enter_as(database, world.people[WORKER].id, at=clock())
    page = opened(client, mine)
    clock.move(minutes=61)
    for wrong in (client.post(f"/reflections/{other}", data=page), client.post(path, data=page | {"page_pass": ""})):
        assert "/sign-in" in wrong.location
        assert "kept" not in wrong.location
    assert (draft(database, mine), draft(database, other)) == ({}, {})


def test_signing_out_ends_the_pass_of_a_link_here_and_for_every_copy(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        asked(session, world, "worker_assessment_2")
        token = token_sent(session, world.people["worker_assessment_2"])
    client = sign_in(world.people["manager_care"])  # at the same browser
    client.send(f"/reflection/link/{token}")
    client.page("/reflection/mine")
    copied = client.get_cookie("reflection")
    assert copied is not None
    client.send("/sign-out")
    assert client.get_cookie("reflection") is None
    client.page("/reflection/mine", 401)
    client.set_cookie("reflection", copied.value)
    client.page("/reflection/mine", 401)
