"""The pages of calibration exercises: nothing of anybody’s grades is shown before the reveal, and no text is lost."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Calibration, CalibrationGrade, CalibrationReference, Guidance, Person, RoleGrant
from qa_app.services import calibration_grades, calibrations, case_draws, cycles, guidance
from qa_app.services.drafts import version_of
from tests.calibrating import RECORD, TAKERS, give, part, prepared, revealed, started
from tests.conftest import AT, SteppingClock
from tests.crawl import pages
from tests.months import ELEMENTS, TOOL
from tests.page import PageClient
from tests.qa_app.test_self_checks import drawn
from tests.regrading import audit_to_moderate
from tests.world import World

SignIn = Callable[[Person], PageClient]
CANARY = "kestrel-7319"
FIRST = ELEMENTS[0]


@pytest.fixture
def make(database: Database, world: World) -> Callable[..., UUID]:
    """Make an exercise in a transaction of its own; the answer is its id."""

    def made(build: Callable[..., Calibration], *args: object, **more: object) -> UUID:
        with database.writing() as session, session.begin():
            return build(session, world, *args, at=AT, **more).id

    return made


def files_of(database: Database, calibration_id: UUID) -> list[UUID]:
    with database.reading() as session:
        return [one.id for one in calibrations.files(session, session.get_one(Calibration, calibration_id))]


def in_it(database: Database, calibration_id: UUID, act: Callable[[Session, Calibration], object]) -> None:
    with database.writing() as session, session.begin():
        act(session, session.get_one(Calibration, calibration_id))


def version_on(client: PageClient, address: str) -> str:
    return client.get(address).get_data(as_text=True).split('name="version" value="')[1].split('"')[0]


def reaches(client: PageClient, *words: str) -> list[str]:
    """The pages of somebody, of all that links lead to, that hold one of these words."""
    found = [path for path, _ in pages(client)]
    assert "/calibrations" in found
    return [path for path in found if any(word in client.get(path).get_data(as_text=True) for word in words)]


def test_the_qa_lead_makes_one_and_starts_it(database: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "There is no exercise yet" in lead.page("/calibrations").text
    people = [str(world.people[one].id) for one in TAKERS]
    said = {"title": "Voice", "tool": f"{TOOL.key}:{TOOL.version}", "until-day": "4", "until-month": "12"}
    refused = lead.send("/calibrations/new", {**said, "until-year": "", "people": people}, 400)
    assert b"Voice" in refused.data
    lead.send("/calibrations/new", {**said, "until-year": "2026", "people": people[:1]}, 400)
    with database.reading() as session:
        assert session.scalars(select(Calibration)).all() == []
    made = lead.send("/calibrations/new", {**said, "until-year": "2026", "people": people})
    address = made.location.removesuffix("/files/new")
    telling = f"{RECORD} Ring 07700 900123."
    refused = lead.send(made.location, {"name": "Family", "content": telling}, 400)
    assert b"a telephone number" in refused.data
    assert telling.encode() in refused.data
    lead.send(made.location, {"name": "Family", "content": telling, "reason": "Made up."})
    lead.send(made.location, {"name": "Other", "content": RECORD})
    page = lead.page(address).text
    assert "Nobody has been told yet" in page
    assert "Not told yet" in page
    for taker in TAKERS:
        assert "Voice" not in sign_in(world.people[taker]).page("/calibrations").text
        sign_in(world.people[taker]).page(address, 404)
    lead.send(f"{address}/start")
    assert "0 of 3 people have given" in lead.page(address).text
    assert "Voice" in sign_in(world.people[TAKERS[0]]).page("/calibrations").text


def test_somebody_grades_each_file_and_gives_once(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID]
) -> None:
    made = make(started, files=2)
    first, second = files_of(database, made)
    client = sign_in(world.people[TAKERS[0]])
    assert "Voice of the child" in client.page("/").text
    address = f"/calibrations/files/{first}"
    assert RECORD in client.page(address).text
    old = version_on(client, address)
    saved = client.send(f"{address}/autosave", {"version": old, FIRST: "good", f"{FIRST}_words": "Seen."}, 200)
    assert saved.json is not None
    assert saved.json["saved_at"] == "10:00"
    client.send(f"{address}/autosave", {"version": old, FIRST: "inadequate"}, 409)
    clash = client.send(address, {"version": old, FIRST: "inadequate", f"{FIRST}_words": "Other tab."}, 409)
    assert b"Seen." in clash.data
    assert b"Other tab." in clash.data
    refused = client.send(
        address, {"version": version_on(client, address), FIRST: "sideways", f"{FIRST}_words": "More."}, 400
    )
    assert b"More." in refused.data
    with database.reading() as session:
        file = calibrations.files(session, session.get_one(Calibration, made))[0]
        mine = part(session, session.get_one(Calibration, made), world.people[TAKERS[0]])
        assert calibration_grades.draft_of(mine, file) == {FIRST: "good", f"{FIRST}_words": "More."}
    checked = client.page(f"/calibrations/{made}/check").text
    assert "Still to be graded" in checked
    assert "Give my grades" not in checked
    client.send(f"/calibrations/{made}/give", {"version": version_on_draft(database, made, world)}, 400)
    for file_id, leads in ((first, f"/calibrations/files/{second}"), (second, f"/calibrations/{made}/check")):
        page = f"/calibrations/files/{file_id}"
        sent = client.send(page, {"version": version_on(client, page), **dict.fromkeys(ELEMENTS, "good")})
        assert sent.location == leads
    client.send(f"/calibrations/{made}/give", {"version": "old"}, 409)
    version = version_on(client, f"/calibrations/{made}/check")
    for _ in range(2):
        client.send(f"/calibrations/{made}/give", {"version": version})
    assert "You gave your grades" in client.page(f"/calibrations/{made}").text
    client.send(address, {"version": version_of({}), FIRST: "inadequate"}, 409)
    with database.reading() as session:
        assert len(session.scalars(select(CalibrationGrade)).all()) == 2 * len(ELEMENTS)
    assert "Voice of the child" not in client.page("/").text


def version_on_draft(database: Database, made: UUID, world: World) -> str:
    with database.reading() as session:
        return version_of(part(session, session.get_one(Calibration, made), world.people[TAKERS[0]]).draft)


def test_nobody_learns_of_anothers_grades_or_of_the_reference_before_the_reveal(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID], clock: SteppingClock
) -> None:
    with database.writing() as session, session.begin():
        lead = world.people["qa_lead"]
        session.add(RoleGrant(person_id=lead.id, role=Role.AUDITOR, granted_at=AT, granted_by="test"))
    made = make(started, takers=("manager_care", "manager_planning", "qa_lead"))

    def grades(session: Session, calibration: Calibration) -> None:
        give(session, calibration, world.people["manager_care"], Grade.INADEQUATE, CANARY, at=AT)
        file = calibrations.files(session, calibration)[0]
        said = {FIRST: (Grade.OUTSTANDING, f"{CANARY} reference")}
        calibration_grades.set_references(session, file, said, by="test", at=AT)

    in_it(database, made, grades)
    file_id = files_of(database, made)[0]
    for who in ("qa_lead", "manager_planning"):
        client = sign_in(world.people[who])
        assert reaches(client, CANARY) == []
        for guess in ("", "/check", "/reveal", f"/guidance/{FIRST}"):
            assert CANARY not in client.get(f"/calibrations/{made}{guess}").get_data(as_text=True)
        assert CANARY not in client.get(f"/calibrations/files/{file_id}").get_data(as_text=True)
        assert client.get(f"/calibrations/files/{file_id}/reference").status_code in {403, 404}
    lead_client = sign_in(world.people["qa_lead"])
    lead_client.send(f"/calibrations/{made}/reveal", {}, 409)
    clock.move(days=12)
    lead_client = sign_in(world.people["qa_lead"])
    assert "Manager Planning" in lead_client.page(f"/calibrations/{made}/reveal").text
    lead_client.send(f"/calibrations/{made}/reveal")
    assert CANARY in lead_client.page(f"/calibrations/{made}").text
    other = sign_in(world.people["manager_planning"]).page(f"/calibrations/{made}")
    assert f"{CANARY} reference" in other.text
    assert "You did not give your grades" in other.text


def test_after_the_reveal_each_sees_the_spread_their_own_distance_and_nobody_elses(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID]
) -> None:
    made = make(revealed, (Grade.OUTSTANDING, Grade.GOOD, Grade.GOOD), reference=Grade.GOOD)
    client = sign_in(world.people["manager_care"])
    page = client.page(f"/calibrations/{made}").text
    assert "3 people graded 1 file" in page
    assert f"0 of {len(ELEMENTS)} of your grades are the reference grade" in page
    assert "1 grade above" in page
    assert "are not shown: with few files they say nothing" in page
    assert "%" not in page
    for other in TAKERS[1:]:
        assert world.people[other].name not in page
    lead = sign_in(world.people["qa_lead"]).page(f"/calibrations/{made}").text
    names = [world.people[one].name for one in TAKERS]
    assert re.findall("|".join(names), lead) == sorted(names)
    assert f"0 of {len(ELEMENTS)}" in lead
    for stranger in ("manager_leaving", "head_south"):
        sign_in(world.people[stranger]).page(f"/calibrations/{made}", 404)
    sign_in(world.people["worker_care_1"]).page("/calibrations", 403)


def test_the_lead_sets_references_notes_and_guidance_which_then_stands_beside_the_grade(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID]
) -> None:
    with database.writing() as session, session.begin():
        moderation = audit_to_moderate(session, world, at=AT).id
    made = make(revealed, (Grade.OUTSTANDING, Grade.GOOD, Grade.GOOD))
    file_id = files_of(database, made)[0]
    lead = sign_in(world.people["qa_lead"])
    address = f"/calibrations/files/{file_id}/reference"
    lead.page(address)
    lead.send(address, {FIRST: "good"}, 400)
    lead.send(address, {FIRST: "good", f"{FIRST}_words": "The child is heard."})
    lead.send(address, {FIRST: "good", f"{FIRST}_words": "The child is heard."})
    with database.reading() as session:
        assert [one.after_reveal for one in session.scalars(select(CalibrationReference))] == [True]
    assert "Set after the reveal" in lead.page(f"/calibrations/{made}").text
    lead.send(f"/calibrations/{made}/notes", {"words": ""}, 400)
    lead.send(f"/calibrations/{made}/notes", {"words": "We read visits differently."})
    assert "We read visits differently." in lead.page(f"/calibrations/{made}").text
    write = f"/calibrations/{made}/guidance/{FIRST}"
    lead.page(write)
    lead.page(f"/calibrations/{made}/guidance/nothing", 404)
    lead.send(write, {"version": "0", "words": ""}, 409)
    lead.send(write, {"version": "0", "words": "Look for the child’s own words."})
    clash = lead.send(write, {"version": "0", "words": "From an old page."}, 409)
    assert b"From an old page." in clash.data
    lead.send(write, {"version": "1", "words": "Own words, or drawings."})
    with database.reading() as session:
        assert [one.version for one in session.scalars(select(Guidance).order_by(Guidance.version))] == [1, 2]
    moderator = sign_in(world.people["moderator_1"])
    section = TOOL.section_of(FIRST).key
    beside = moderator.page(f"/moderations/{moderation}/sections/{section}").text
    assert "Own words, or drawings." in beside
    assert "Version 2, agreed on 23 November 2026" in beside
    history = moderator.page(f"/guidance/{TOOL.key}/{FIRST}").text
    assert "Look for the child’s own words." in history
    assert "Own words, or drawings." in moderator.page("/guidance").text
    for nothing in ("nothing/nothing", f"{TOOL.key}/nothing", f"{TOOL.key}/%00", f"%00/{FIRST}"):
        moderator.page(f"/guidance/{nothing}", 404)


def test_guidance_stands_on_the_auditors_page_too(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID]
) -> None:
    made = make(revealed, (Grade.GOOD,) * 3)

    def agree(session: Session, calibration: Calibration) -> None:
        guidance.agree(session, calibration, TOOL, FIRST, "Own words.", version=0, by="test", at=AT)
        december = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
        case_draws.draw_month(session, december, seed="s", by="test", at=AT)
        cycles.release(session, december, by="test", at=AT)

    in_it(database, made, agree)
    with database.reading() as session:
        audit = session.scalars(select(Audit).order_by(Audit.number).limit(1)).one()
        audit_id, auditor = audit.id, audit.auditor
    client = sign_in(auditor)
    beside = [one for one in TOOL.sections if "Own words." in client.get(f"/audits/{audit_id}/sections/{one.key}").text]
    assert beside == [TOOL.section_of(FIRST)]


def test_nobody_but_the_lead_runs_an_exercise(
    database: Database, world: World, sign_in: SignIn, make: Callable[..., UUID]
) -> None:
    made = make(prepared)
    file_id = files_of(database, made)[0]
    for who in ("manager_care", "moderator_1", "head_north"):
        client = sign_in(world.people[who])
        for page in ("new", f"{made}/files/new", f"{made}/people", f"{made}/reveal", f"files/{file_id}/reference"):
            client.page(f"/calibrations/{page}", 403)
        client.page(f"/calibrations/{made}", 404)
        client.page(f"/calibrations/files/{file_id}", 404)
        client.send(f"/calibrations/files/{file_id}/autosave", {"version": version_of({}), FIRST: "good"}, 404)
        for act in ("start", "reveal", "notes", "people"):
            client.send(f"/calibrations/{made}/{act}", {}, 403)
        client.send(f"/calibrations/{made}/give", {}, 404)


@pytest.mark.parametrize("kind", ["calibration", "self-check"])
def test_what_is_typed_as_the_session_ends_is_kept(
    database: Database, world: World, sign_in: SignIn, clock: SteppingClock, kind: str
) -> None:
    with database.writing() as session, session.begin():
        if kind == "calibration":
            address = f"/calibrations/files/{calibrations.files(session, started(session, world, at=AT))[0].id}"
        else:
            address = f"/self-checks/{drawn(session, world).id}"
    client = sign_in(world.people["manager_care"])
    html = client.get(address).get_data(as_text=True)
    marks = {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "page_pass")}
    clock.move(minutes=61)
    said = {**marks, "csrf_token": client.token(), FIRST: "good", f"{FIRST}_words": "Typed as it ended."}
    answer = client.post(address, data=said)
    assert (answer.status_code, answer.location, answer.data) == (303, "/sign-in?ended=kept", b"")
    without = {"page_pass": "", f"{FIRST}_words": "Without a pass."}
    assert "kept" not in client.post(address, data=said | without).location
    client.enter_as(database, world.people["manager_care"].id, at=clock())
    kept = client.get(address).get_data(as_text=True)
    assert "Typed as it ended." in kept
    assert "Without a pass." not in kept
