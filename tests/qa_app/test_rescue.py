"""What is typed on a page whose session has ended is taken into the draft, and nothing is given out for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qa_app.access import passes, sessions
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import AccessEntry, Account, Draft, DraftAside, Event, Person, RoleGrant
from tests.conftest import AT, SteppingClock
from tests.page import PageClient
from tests.qa_app.test_recording import Round
from tests.world import World

SignIn = Callable[[Person], PageClient]
TYPED = "Typed on the train, after an hour."
JSON = {"Accept": "application/json"}
MARKS = ("version", "aside", "merges", "page_pass")


@pytest.fixture
def month(database: Database, world: World) -> Round:
    with database.writing() as session, session.begin():
        made = Round(session)
        session.expunge_all()
    return made


def open_page(client: PageClient, path: str, **said: str) -> dict[str, str]:
    """The page as a browser holds it, with something typed in it."""
    html = client.get(path).get_data(as_text=True)
    marks = {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in MARKS}
    return {**marks, "csrf_token": client.token(), **said}


def kept(database: Database) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The draft, and what is kept beside it."""
    with database.reading() as session:
        beside = session.scalars(select(DraftAside.answers).where(DraftAside.settled_at.is_(None)))
        return dict(session.scalar(select(Draft.answers)) or {}), list(beside)


def test_an_hour_later_the_text_is_kept_and_waits_behind_the_sign_in(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED, then="next")
    clock.move(minutes=61)
    answer = client.post(path, data=page)
    assert (answer.status_code, answer.location) == (303, "/sign-in?ended=kept")
    assert answer.data == b""
    assert "What you typed is kept. Sign in to carry on" in client.page("/sign-in?ended=kept").text
    with client.session_transaction() as held:
        assert held["next"] == path
    assert kept(database) == ({"story_now": TYPED}, [])
    client.enter_as(database, month.auditor.id, at=clock())
    assert TYPED in client.get(path).get_data(as_text=True)


def test_autosave_after_the_session_tells_only_what_the_page_sent(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    client.send(path, {**open_page(client, path, story_why="A secret of the draft")})
    page = open_page(client, path, story_now=TYPED, story_why="A secret of the draft")
    clock.move(minutes=61)
    answer = client.post(f"{path}/autosave", data=page, headers=JSON)
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"version", "aside", "saved_at", "signed_out"}
    assert "secret" not in answer.get_data(as_text=True)
    again = client.post(
        f"{path}/autosave", data={**page, "story_now": "More.", "version": answer.json["version"]}, headers=JSON
    )
    assert again.status_code == 200
    assert kept(database) == ({"story_why": "A secret of the draft", "story_now": "More."}, [])
    assert client.get(path, headers=JSON).status_code == 401


def test_every_such_writing_is_in_the_access_log_and_the_events(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED)
    clock.move(minutes=61)
    client.post(f"{path}/autosave", data=page, headers=JSON)
    client.post(path, data={**page, "story_now": "Something else"})
    with database.reading() as session:
        logged = session.execute(
            select(AccessEntry.person_id, AccessEntry.outcome).where(AccessEntry.action == "draft.rescued")
        )
        assert [tuple(row) for row in logged] == [(month.auditor.id, "allowed")] * 2
        events = session.execute(select(Event.by, Event.detail).where(Event.action == "draft.rescued")).all()
    assert [tuple(row) for row in events] == [
        (f"person:{month.auditor.id}", {"why": "expired", "stage": "auditor", "section": "story"})
    ] * 2


def test_after_signing_out_the_text_is_kept_beside_the_draft_and_changes_nothing(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED)
    client.send("/sign-out")
    assert client.post(path, data=page).location == "/sign-in?ended=kept"
    assert kept(database) == ({}, [{"story_now": TYPED}])
    client.enter_as(database, month.auditor.id, at=AT)
    shown = client.page(path)
    assert "Answers from two places wait to be put together" in shown.text
    assert TYPED in shown.text


def test_somebody_else_signed_in_at_the_same_browser_keeps_it_for_its_owner(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    path = month.at("sections/story")
    page = open_page(sign_in(month.auditor), path, story_now=TYPED)
    other = sign_in(month.other)
    assert other.post(path, data=page).location == "/sign-in?ended=kept"
    assert kept(database)[0] == {"story_now": TYPED}
    other.page(path, 404)


def test_signed_in_anew_the_old_page_saves_as_if_nothing_had_been(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock
) -> None:
    path = month.at("sections/story")
    page = open_page(sign_in(month.auditor), path, story_now=TYPED)
    clock.move(minutes=61)
    anew = sign_in(month.auditor)  # with another secret for its forms
    assert anew.post(path, data={**page, "then": "list"}).location == month.at("record")
    assert kept(database)[0] == {"story_now": TYPED}


def switched_off(database: Database, person: Person) -> None:
    with database.writing() as session, session.begin():
        account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
        account.disabled_at, account.disabled_by = AT, "test"


def role_ended(database: Database, person: Person) -> None:
    with database.writing() as session, session.begin():
        for grant in session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)):
            grant.ended_at, grant.ended_by = AT, "test"


def gone(database: Database, person: Person) -> None:
    with database.writing() as session, session.begin():
        session.get_one(Person, person.id).active = False


@pytest.mark.parametrize("ending", [switched_off, role_ended, gone])
def test_whoever_may_not_write_any_more_is_refused(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock, ending: Callable[[Database, Person], None]
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED)
    clock.move(minutes=61)
    ending(database, month.auditor)
    answer = client.post(path, data=page)
    assert answer.status_code in (302, 303, 400, 401)
    assert answer.location != "/sign-in?ended=kept"
    assert client.post(f"{path}/autosave", data=page, headers=JSON).status_code in (400, 401)
    assert kept(database) == ({}, [])


def test_a_pass_is_good_for_its_own_page_and_twelve_hours(  # noqa: PLR0917
    app: Any, sign_in: SignIn, month: Round, database: Database, clock: SteppingClock, settings: Settings
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED, voice_strengths=TYPED)
    stranger: FlaskClient = app.test_client()
    genuine = passes.read(settings.secret_key, page["page_pass"], at=AT)
    assert genuine is not None
    forged = [
        "", "x", page["page_pass"][:-1], page["page_pass"].swapcase(), "\N{SNOWMAN}",
        passes.seal("another secret, as long as it may be", genuine),
        passes.seal(settings.secret_key, genuine._replace(person_id=month.other.id)),
        passes.seal(settings.secret_key, genuine._replace(session_sha256=sessions.sha256_of("guessed"))),
    ]  # fmt: skip
    for one in forged:
        assert stranger.post(f"{path}/autosave", data={**page, "page_pass": one}, headers=JSON).status_code in (
            400,
            401,
        )
    for elsewhere in ("sections/voice", "sections/voice/autosave", "submit", "hand-back"):
        assert stranger.post(month.at(elsewhere), data=page, headers=JSON).status_code in (400, 401)
    older = passes.seal(settings.secret_key, genuine._replace(tool="case_file.0"))
    assert stranger.post(f"{path}/autosave", data={**page, "page_pass": older}, headers=JSON).status_code == 401
    cross = {**JSON, "Sec-Fetch-Site": "cross-site"}
    assert stranger.post(f"{path}/autosave", data=page, headers=cross).status_code == 403
    clock.move(hours=12)
    assert stranger.post(f"{path}/autosave", data=page, headers=JSON).status_code in (400, 401)
    assert kept(database) == ({}, [])
    clock.move(hours=-1)
    assert stranger.post(f"{path}/autosave", data=page, headers=JSON).status_code == 200
    assert kept(database)[0] == {"story_now": TYPED}


def test_an_audit_that_can_no_longer_change_says_so_without_a_word_of_it(
    sign_in: SignIn, month: Round, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    page = open_page(client, path, story_now=TYPED)
    client.send(month.at("hand-back"), {"reason": "I know the family", "code": "conflict"})
    clock.move(minutes=61)
    answer = client.post(path, data=page)
    assert (answer.location, answer.data) == ("/sign-in?ended=refused", b"")
    assert "could not be kept" in client.page("/sign-in?ended=refused").text
    refused = client.post(f"{path}/autosave", data=page, headers=JSON)
    assert (refused.status_code, refused.json) == (401, {"signed_out": True})
    assert kept(database) == ({}, [])
