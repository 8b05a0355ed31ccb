"""The pages of third readings and of challenges, each used as its people use it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from audit_forms.completeness import sections_asked
from audit_forms.grades import Grade
from audit_forms.regrading import reader_tool
from qa_app.db import Database
from qa_app.models import Audit, Challenge, Judgement, Person, Reading, ReadingGrade
from qa_app.services import settings
from tests.conftest import AT, SteppingClock
from tests.months import ELEMENTS, TOOL
from tests.page import PageClient
from tests.qa_app.test_rescue import open_page
from tests.regrading import audit_to_moderate, section_said, version_on
from tests.seconds import WHY, agreed, challenged, graded
from tests.world import World

SECTIONS = tuple(section.key for section in sections_asked(reader_tool(TOOL)))
SignIn = Callable[[Person], PageClient]


@pytest.fixture
def moderation(database: Database, world: World) -> UUID:
    """A moderation whose moderator has graded."""
    with database.writing() as session, session.begin():
        return graded(session, world).id


@pytest.fixture
def settled(database: Database, world: World) -> tuple[UUID, UUID]:
    """A moderation whose final grades are agreed, and its audit."""
    with database.writing() as session, session.begin():
        made = agreed(session, world)
        return made.id, made.audit_id


def html(client: PageClient, address: str) -> str:
    """A page as it was sent, once it is known to be sound."""
    client.page(address)
    return client.get(address).get_data(as_text=True)


def reading_of(database: Database) -> Reading:
    with database.reading() as session:
        found = session.scalars(select(Reading).where(Reading.state != "ended")).one()
        session.expunge(found)
        return found


def reader_of(database: Database, reading: Reading) -> Person:
    with database.reading() as session:
        found = session.get_one(Person, reading.reader_id)
        session.expunge(found)
        return found


def test_a_third_reader_is_asked_reads_and_stands_beside_the_two(
    database: Database, world: World, sign_in: SignIn, moderation: UUID
) -> None:
    moderator = sign_in(world.people["moderator_1"])
    assert "ask for a third reader" in html(moderator, f"/moderations/{moderation}/agreement")
    address = f"/moderations/{moderation}/third-reader"
    assert "Say why a third reader is needed" in moderator.send(address, {"reason": ""}, 400).get_data(as_text=True)
    moderator.send(address, {"reason": WHY})
    assert "A third reader is at work" in html(moderator, f"/moderations/{moderation}/agreement")
    made = reading_of(database)
    reader = sign_in(reader_of(database, made))
    assert "To read as a third reader" in html(reader, "/moderations")
    assert "as a third reader" in html(reader, "/")
    for section in SECTIONS:
        page = f"/readings/{made.id}/sections/{section}"
        said = {"version": version_on(reader, page), "then": "next", **section_said(section, Grade.INADEQUATE, "Seen.")}
        reader.send(page, said)
    assert "There is a problem" in reader.send(f"/readings/{made.id}/grades", {}, 400).get_data(as_text=True)
    version = version_on(reader, f"/readings/{made.id}/check")
    reader.send(f"/readings/{made.id}/grades", {"version": version, "acknowledged": "y", "certain": "y"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReadingGrade)) == len(ELEMENTS)
    shown = html(moderator, f"/moderations/{moderation}/agreement")
    assert "has graded as a third reader" in shown
    assert shown.count("Third reader</span>") == len(ELEMENTS)
    reader.send(f"/readings/{made.id}/sections/voice/autosave", {}, 409, headers={"Accept": "application/json"})


def test_what_is_typed_in_a_third_reading_saves_itself_and_comes_back(
    database: Database, world: World, sign_in: SignIn, moderation: UUID
) -> None:
    sign_in(world.people["moderator_1"]).send(f"/moderations/{moderation}/third-reader", {"reason": WHY})
    made = reading_of(database)
    reader = sign_in(reader_of(database, made))
    page = f"/readings/{made.id}/sections/voice"
    said = {"version": version_on(reader, page), "voice_rationale": "Two visits in October."}
    reader.send(f"{page}/autosave", said, 200, headers={"Accept": "application/json"})
    assert "Two visits in October." in html(reader, page)
    assert "Two visits in October." in html(reader, f"/readings/{made.id}/check")


def test_a_third_reading_is_called_off_or_given_to_another(
    database: Database, world: World, sign_in: SignIn, moderation: UUID
) -> None:
    moderator = sign_in(world.people["moderator_1"])
    moderator.send(f"/moderations/{moderation}/third-reader", {"reason": WHY})
    made = reading_of(database)
    first = reader_of(database, made)
    other = next(p for p in (world.people["moderator_2"], world.people["moderator_3"]) if p.id != first.id)
    lead = sign_in(world.people["qa_lead"])
    give = f"/readings/{made.id}/give"
    assert first.name in html(lead, give)
    lead.send(give, {"reader": str(world.people["moderator_1"].id), "reason": "leave"}, 400)
    lead.send(give, {"reader": str(other.id), "reason": ""}, 400)
    lead.send(give, {"reader": str(other.id), "reason": "leave"})
    sign_in(first).page(f"/readings/{made.id}", 404)
    assert "Call it off" in html(moderator, f"/moderations/{moderation}/third-reader")
    moderator.send(f"/moderations/{moderation}/third-reader", {"reason": "We agree after all."})
    sign_in(other).page(f"/readings/{made.id}", 404)
    assert "ask for a third reader" in html(moderator, f"/moderations/{moderation}/agreement")


def test_an_auditor_sees_where_they_were_changed_and_challenges_it_and_somebody_else_decides(
    database: Database, world: World, sign_in: SignIn, settled: tuple[UUID, UUID]
) -> None:
    moderation, audit = settled
    auditor = sign_in(world.people["manager_care"])
    assert f"/audits/{audit}/challenge" in html(auditor, "/audits/moderated")
    assert "/audits/moderated" in html(auditor, "/audits")
    page = html(auditor, f"/audits/{audit}/challenge")
    assert "We read the visits together." in page
    assert "The auditor moved to the moderator’s grade" in page
    refused = auditor.send(f"/audits/{audit}/challenge", {}, 400).get_data(as_text=True)
    assert "Choose at least one grade" in refused
    auditor.send(f"/audits/{audit}/challenge", {"why_overall": WHY})
    assert "Somebody who gave none of the grades decides" in html(auditor, f"/audits/{audit}/challenge")
    with database.reading() as session:
        found = session.scalars(select(Challenge)).one()
        decider = session.get_one(Person, found.decider_id)
    decides = sign_in(decider)
    address = f"/challenges/{found.id}"
    page = html(decides, address)
    assert WHY in page
    assert 'name="grade_overall"' in page
    assert 'name="note_overall"' in page
    assert address in html(decides, "/")
    sign_in(world.people["moderator_1"]).page(address, 404)
    blank = decides.send(address, {"grade_overall": "good"}, 400).get_data(as_text=True)
    assert "Say why for" in blank
    decides.send(address, {"grade_overall": "good", "note_overall": "Both visits are there."})
    assert "Challenge decided" in html(decides, address)
    assert "Both visits are there." in html(auditor, f"/audits/{audit}/challenge")
    assert "changed one of them" in html(auditor, f"/audits/{audit}")
    with database.reading() as session:
        changed = select(Judgement.grade).where(Judgement.stage == "challenged")
        assert session.scalars(changed).all() == ["good"]
    moderator = sign_in(world.people["moderator_1"])
    assert "The auditor challenged final grades" in html(moderator, f"/moderations/{moderation}/agreement")


def test_a_lead_gives_a_challenge_to_somebody_else_to_decide(
    database: Database, world: World, sign_in: SignIn, settled: tuple[UUID, UUID]
) -> None:
    with database.writing() as session, session.begin():
        from qa_app.models import Moderation

        found = challenged(session, session.get_one(Moderation, settled[0]))
        made, first = found.id, found.decider_id
    other = next(p for p in (world.people["moderator_2"], world.people["moderator_3"]) if p.id != first)
    lead = sign_in(world.people["qa_lead"])
    assert f"/challenges/{made}/give" in html(lead, "/challenges/all")
    give = f"/challenges/{made}/give"
    lead.send(give, {"decider": str(other.id)}, 400)
    lead.send(give, {"decider": str(world.people["moderator_1"].id), "reason": "leave"}, 400)
    lead.send(give, {"decider": str(other.id), "reason": "leave"})
    assert other.name in html(lead, "/challenges/all")
    sign_in(world.people[next(k for k, p in world.people.items() if p.id == first)]).page(f"/challenges/{made}", 404)


def test_nobody_challenges_anothers_audit(world: World, sign_in: SignIn, settled: tuple[UUID, UUID]) -> None:
    other = sign_in(world.people["manager_planning"])
    other.page(f"/audits/{settled[1]}/challenge", 404)
    assert other.send(f"/audits/{settled[1]}/challenge", {"why_overall": WHY}, 404)
    assert "None of your audits has been moderated" in html(other, "/audits/moderated")


def asked_reader(database: Database, world: World, sign_in: SignIn, moderation: UUID) -> tuple[Reading, Person]:
    sign_in(world.people["moderator_1"]).send(f"/moderations/{moderation}/third-reader", {"reason": WHY})
    made = reading_of(database)
    return made, reader_of(database, made)


def test_third_grades_are_refused_with_a_sentence_where_they_changed_or_the_reader_is_tied_by_now(
    database: Database, world: World, sign_in: SignIn, moderation: UUID
) -> None:
    made, person = asked_reader(database, world, sign_in, moderation)
    reader, give = sign_in(person), f"/readings/{made.id}/grades"
    for section in SECTIONS:
        page = f"/readings/{made.id}/sections/{section}"
        said = {"version": version_on(reader, page), "then": "next", **section_said(section, Grade.GOOD, "Seen.")}
        reader.send(page, said)
    said = {"version": version_on(reader, f"/readings/{made.id}/check"), "acknowledged": "y", "certain": "y"}
    unsure = reader.send(give, {**said, "certain": ""}, 400).get_data(as_text=True)
    assert "Confirm that you know your grades cannot change afterwards." in unsure
    assert "There is a problem" in reader.send(give, {**said, "version": "old"}, 409).get_data(as_text=True)
    with database.writing() as session, session.begin():
        auditor = session.get_one(Audit, made.audit_id).auditor_id
        session.get_one(Person, auditor).line_manager_id = person.id
    tied = reader.send(give, said, 409).get_data(as_text=True)
    assert "You can no longer read this audit." in tied
    assert "Seen." in tied, "what was written is still there"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReadingGrade)) == 0
        assert session.get_one(Reading, made.id).state == "reading"


def test_what_a_third_reader_types_as_the_session_ends_is_kept_and_nothing_is_shown(
    database: Database, world: World, sign_in: SignIn, moderation: UUID, clock: SteppingClock
) -> None:
    made, person = asked_reader(database, world, sign_in, moderation)
    reader, path = sign_in(person), f"/readings/{made.id}/sections/voice"
    page = open_page(reader, path, voice_rationale="Typed as it ended.", then="next")
    clock.move(minutes=61)
    answer = reader.post(path, data=page)
    assert (answer.location, answer.data) == ("/sign-in?ended=kept", b"")
    saved = reader.post(f"{path}/autosave", data=page, headers={"Accept": "application/json"})
    assert saved.json is not None
    assert saved.json["signed_out"]
    assert reader.get(path).location == "/sign-in"
    reader.enter_as(database, person.id, at=clock())
    assert "Typed as it ended." in html(reader, path)


def test_whether_the_auditor_is_named_before_the_grades_is_a_setting(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        made = audit_to_moderate(session, world, at=AT)
        name = session.get_one(Person, made.audit.auditor_id).name
    moderator, page = sign_in(world.people["moderator_1"]), f"/moderations/{made.id}"
    assert name not in html(moderator, page)
    with database.writing() as session, session.begin():
        settings.change(session, "auditor_hidden", "off", reason="Small council.", by="test", at=AT)
    assert name in html(moderator, page)
    assert WHY not in html(moderator, page)
