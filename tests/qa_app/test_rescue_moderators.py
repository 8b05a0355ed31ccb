"""A moderator's page whose session has ended: what was typed in sections and agreements is kept, nothing is shown."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.access import passes
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import AccessEntry, Draft, DraftAside, Judgement, Moderation, Person
from qa_app.services import drafts
from tests.conftest import AT, SteppingClock
from tests.page import PageClient
from tests.qa_app.test_rescue import JSON, gone, open_page, role_ended, switched_off
from tests.regrading import audit_to_moderate, fill, give, resolved
from tests.world import World

SignIn = Callable[[Person], PageClient]
TYPED = "Typed in the car park, after an hour."
CANARY = "kestrel-7319"
Ending = Callable[[Database, Person], None]


@pytest.fixture
def task(database: Database, world: World) -> str:
    """An audit to grade again, whose auditor wrote something."""
    with database.writing() as session, session.begin():
        made = audit_to_moderate(session, world, at=AT, answers={"voice_strengths": CANARY})
        return f"/moderations/{made.id}"


@pytest.fixture
def graded(task: str, world: World, sign_in: SignIn) -> str:
    """The same, graded and differing throughout."""
    client = sign_in(world.people["moderator_1"])
    fill(client, UUID(task.rsplit("/", 1)[1]), Grade.REQUIRES_IMPROVEMENT)
    give(client, UUID(task.rsplit("/", 1)[1]))
    return task


def kept(database: Database, stage: str) -> list[dict[str, Any]]:
    """The draft of a stage, then what is kept beside it."""
    with database.reading() as session:
        own = session.scalars(select(Draft.answers).where(Draft.stage == stage)).all()
        beside = session.scalars(
            select(DraftAside.answers).where(DraftAside.stage == stage, DraftAside.settled_at.is_(None))
        )
        return [*own, *beside]


def test_a_section_of_an_ended_session_is_kept_and_answers_with_nothing(
    sign_in: SignIn, world: World, task: str, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{task}/sections/voice"
    page = open_page(client, path, voice_rationale=TYPED, then="next")
    clock.move(minutes=61)
    answer = client.post(path, data=page)
    assert (answer.location, answer.data) == ("/sign-in?ended=kept", b"")
    saved = client.post(f"{path}/autosave", data=page, headers=JSON)
    assert saved.json is not None
    assert set(saved.json) == {"version", "aside", "saved_at", "signed_out"}
    assert client.get(path).location == "/sign-in"
    assert kept(database, "moderator") == [{"voice_rationale": TYPED}]
    with database.reading() as session:
        logged = select(AccessEntry.object_kind, AccessEntry.outcome).where(AccessEntry.action == "draft.rescued")
        assert {tuple(row) for row in session.execute(logged)} == {("moderator", "allowed")}
    client.enter_as(database, world.people["moderator_1"].id, at=clock())
    assert TYPED in client.page(path).text + client.get(path).get_data(as_text=True)


def test_an_agreement_of_an_ended_session_is_kept_and_nothing_is_agreed_or_told(
    sign_in: SignIn, world: World, graded: str, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{graded}/agreement"
    page = open_page(client, path, **{**resolved(), "note_voice": TYPED})
    clock.move(minutes=61)
    answer = client.post(path, data=page)
    assert (answer.location, answer.data) == ("/sign-in?ended=kept", b"")
    saved = client.post(f"{path}/autosave", data=page, headers=JSON)
    assert saved.status_code == 200
    assert CANARY not in saved.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalar(select(Moderation.state)) == "moderated"
        assert session.scalar(select(Judgement.id).where(Judgement.stage == "final")) is None
    (draft,) = kept(database, "agreement")
    assert draft["note_voice"] == TYPED
    client.enter_as(database, world.people["moderator_1"].id, at=clock())
    assert TYPED in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("ending", [switched_off, role_ended, gone])
@pytest.mark.parametrize("stage", ["moderator", "agreement"])
def test_who_is_no_moderator_any_more_keeps_nothing_and_learns_nothing_with_a_pass(  # noqa: PLR0917
    sign_in: SignIn, world: World, graded: str, database: Database, clock: SteppingClock, stage: str, ending: Ending
) -> None:
    me = world.people["moderator_1"]
    if stage == "moderator":
        with database.writing() as session, session.begin():
            second = audit_to_moderate(session, world, at=AT, number=2, by="manager_planning")
            path = f"/moderations/{second.id}/sections/voice"
    else:
        path = f"{graded}/agreement"
    client = sign_in(me)
    page = open_page(client, path, voice_rationale=TYPED, note_voice=TYPED, then="later")
    before = kept(database, stage)
    for minutes in (0, 61):  # while the session would still last, and after it
        clock.move(minutes=minutes)
        ending(database, me)
        for place, headers in ((path, {}), (f"{path}/autosave", JSON)):
            answer = client.post(place, data=page, headers=headers)
            assert answer.status_code in (302, 303, 400, 401, 403)
            assert answer.location != "/sign-in?ended=kept"
            assert CANARY not in answer.get_data(as_text=True)
            assert TYPED not in answer.get_data(as_text=True)
        assert CANARY not in client.get(path).get_data(as_text=True)
    assert kept(database, stage) == before
    assert TYPED not in str(before)


def test_a_moderation_that_went_to_somebody_else_takes_nothing_in_any_more(
    sign_in: SignIn, world: World, task: str, database: Database, clock: SteppingClock
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{task}/sections/voice"
    page = open_page(client, path, voice_rationale=TYPED)
    with database.writing() as session, session.begin():
        session.scalars(select(Moderation)).one().moderator_id = world.people["moderator_2"].id
    clock.move(minutes=61)
    assert client.post(path, data=page).location == "/sign-in?ended=refused"
    assert client.post(f"{path}/autosave", data=page, headers=JSON).status_code == 401
    assert kept(database, "moderator") == []


def test_a_pass_of_one_kind_of_page_opens_no_other(  # noqa: PLR0917
    sign_in: SignIn, world: World, graded: str, database: Database, clock: SteppingClock, settings: Settings
) -> None:  # fmt: skip
    client, path = sign_in(world.people["moderator_1"]), f"{graded}/agreement"
    page = open_page(client, path, **{**resolved(), "note_voice": TYPED, "voice_rationale": TYPED})
    genuine = passes.read(settings.secret_key, page["page_pass"], at=AT)
    assert genuine is not None
    clock.move(minutes=61)
    for place in ("sections/voice", "sections/voice/autosave", "grades", "reference"):
        assert client.post(f"{graded}/{place}", data=page, headers=JSON).status_code in (400, 401)
    for stage in ("auditor", "moderator", ""):
        other = passes.seal(settings.secret_key, genuine._replace(place=genuine.place._replace(stage=stage)))
        answer = client.post(f"{path}/autosave", data={**page, "page_pass": other}, headers=JSON)
        assert answer.status_code in (400, 401)
    assert kept(database, "agreement") == []


def test_two_tabs_of_an_agreement_are_put_together_by_the_person(
    sign_in: SignIn, world: World, graded: str, database: Database
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{graded}/agreement"
    first = open_page(client, path, **{**resolved(), "note_voice": "Said at the desk.", "then": "later"})
    second = {**first, "note_voice": TYPED}
    client.post(path, data=first)
    clash = client.post(path, data=second)
    said = clash.get_data(as_text=True)
    assert clash.status_code == 409
    assert "Answers from two places wait to be put together" in said
    assert "Said at the desk." in said
    assert TYPED in said
    agreeing = open_page(client, path, **resolved())
    html = client.get(path).get_data(as_text=True)
    assert "Answers from two places wait" in html
    unmerged = client.post(path, data={**agreeing, "merges": "", "note_voice": "Said at the desk."})
    assert unmerged.status_code == 409  # nothing is agreed over a text that waits
    merged = open_page(client, path, **{**resolved(), "note_voice": f"Said at the desk. {TYPED}"})
    assert client.post(path, data=merged).status_code == 302
    with database.reading() as session:
        assert session.scalar(select(Moderation.state)) == "agreed"
    text = client.page(path).text
    assert f"Said at the desk. {TYPED}" in text


def test_what_is_too_long_is_refused_with_a_pass_as_without(  # noqa: PLR0917
    sign_in: SignIn, world: World, task: str, database: Database, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{task}/sections/voice"
    page = open_page(client, path, voice_rationale=TYPED)
    monkeypatch.setattr(drafts, "LARGEST", 100)
    long = client.post(path, data={**page, "voice_rationale": "long " * 30})
    assert long.status_code == 400
    assert "long long" in long.get_data(as_text=True)
    clock.move(minutes=61)
    huge = client.post(path, data={**page, "voice_rationale": "x" * 2_000_000})
    assert huge.status_code == 413
    assert "x" * 100 not in huge.get_data(as_text=True)
    sealed = client.post(f"{path}/autosave", data={**page, "page_pass": "A" * 200_000}, headers=JSON)
    assert sealed.status_code in (400, 401)
    assert not [one for one in kept(database, "moderator") if "x" * 100 in str(one)]


def test_every_page_says_how_long_the_session_lasts_and_staying_makes_it_last(
    sign_in: SignIn, world: World, task: str, clock: SteppingClock
) -> None:
    client, path = sign_in(world.people["moderator_1"]), f"{task}/sections/voice"

    def says(name: str) -> int:
        return int(client.get(path).get_data(as_text=True).split(f'data-{name}="')[1].split('"')[0])

    idle, fixed = says("idle"), says("fixed")
    assert (idle, fixed) == (59 * 60, 12 * 3600)
    clock.move(minutes=50)
    assert client.send("/account/stay", {}, 200).json == {"stays": True}
    clock.move(minutes=50)
    assert says("idle") == idle
    assert says("fixed") == fixed - 100 * 60
    clock.move(minutes=61)
    late = client.post("/account/stay", data={"csrf_token": client.token()}, headers=JSON)
    assert late.status_code == 401
    assert client.get(path).location == "/sign-in"
