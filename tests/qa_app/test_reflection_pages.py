"""The pages of a reflection: by a sign-in, by a link used once, on paper; and the QA lead's answer to a dispute."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, Mail, Message, Moderation, Person, Reflection, RoleGrant
from qa_app.services import reflections, sampling
from qa_app.services.drafts import version_of
from tests.conftest import AT, SteppingClock
from tests.feedback import ACCEPTS, DISPUTES, KEYS, asked, give, reflection_of, token_sent
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]


@pytest.fixture
def stranger(app: Flask) -> PageClient:
    """A browser nobody is signed in on."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def ask(database: Database, world: World, worker: str | None, **more: object) -> tuple[UUID, UUID | None]:
    """An audit whose worker is asked: the ids of the audit and of the reflection."""
    with database.writing() as session, session.begin():
        audit = asked(session, world, worker, **more)  # type: ignore[arg-type]
        kept = session.scalar(select(Reflection.id).where(Reflection.audit_id == audit.id))
        return audit.id, kept


def token_of(database: Database, world: World, worker: str) -> str:
    with database.reading() as session:
        return token_sent(session, world.people[worker])


def kept(database: Database, reflection_id: UUID | None) -> Reflection:
    with database.reading() as session:
        return session.get_one(Reflection, reflection_id)


def dispute(database: Database, world: World, worker: str = "worker_assessment_1") -> tuple[UUID, UUID]:
    with database.writing() as session, session.begin():
        audit = asked(session, world, worker)
        mine = reflection_of(session, audit)
        give(session, mine, DISPUTES)
        return audit.id, mine.id


def test_a_worker_finds_it_on_their_start_page_and_gives_it(database: Database, world: World, sign_in: SignIn) -> None:
    audit_id, mine = ask(database, world, "worker_assessment_1")
    client = sign_in(world.people["worker_assessment_1"])
    assert "Reflect on audit QA-2026-11-001" in client.page("/").text
    assert "Audit QA-2026-11-001" in client.page("/reflections").text
    page = client.page(f"/reflections/{mine}")
    assert "have not been moderated yet" in page.text
    assert "You know this child well." in page.text
    assert "Overall: Good" in page.text
    saved = client.send(f"/reflections/{mine}", {"version": version_of({}), **ACCEPTS})
    assert saved.location == f"/reflections/{mine}/check"
    assert "It slowed me down." in client.page(f"/reflections/{mine}/check").text
    version = version_of(kept(database, mine).draft)
    client.send(f"/reflections/{mine}/give", {"version": version})
    client.send(f"/reflections/{mine}/give", {"version": version})  # a second click
    given = client.page(f"/reflections/{mine}")
    assert "You accept the findings" in given.text
    assert kept(database, mine).position == "accepts"
    assert "Reflect on audit" not in client.page("/").text
    client.send(f"/reflections/{mine}", {"version": version, "proud": "Too late"}, 409)
    with database.reading() as session:
        opened = select(AccessEntry.person_id).where(
            AccessEntry.action == "reflection.open", AccessEntry.object_id == str(audit_id)
        )
        assert set(session.scalars(opened)) == {world.people["worker_assessment_1"].id}


def test_nobody_else_opens_it(database: Database, world: World, sign_in: SignIn) -> None:
    _, mine = ask(database, world, "worker_assessment_1")
    for other in ("worker_care_1", "manager_care", "moderator_1", "manager_assessment"):
        client = sign_in(world.people[other])
        client.page(f"/reflections/{mine}", 404)
        client.send(f"/reflections/{mine}", {"version": version_of({}), **ACCEPTS}, 404)
        client.send(f"/reflections/{mine}/autosave", {"version": version_of({}), "proud": "x"}, 404)
        client.send(f"/reflections/{mine}/give", {"version": version_of({})}, 404)
    assert kept(database, mine).draft == {}


def test_it_is_saved_as_it_is_written_and_another_tab_overwrites_nothing(
    database: Database, world: World, sign_in: SignIn
) -> None:
    _, mine = ask(database, world, "worker_assessment_1")
    client = sign_in(world.people["worker_assessment_1"])
    address, old = f"/reflections/{mine}", version_of({})
    saved = client.send(f"{address}/autosave", {"version": old, "proud": "One tab"}, 200)
    assert saved.json == {"saved_at": "10:00", "version": version_of({"proud": "One tab"})}
    client.send(f"{address}/autosave", {"version": old, "proud": "Other tab"}, 409)
    clash = client.send(address, {"version": old, "proud": "Other tab"}, 409).get_data(as_text=True)
    assert "One tab" in clash
    assert "Other tab" in clash
    refused = client.send(
        address, {"version": version_of({"proud": "One tab"}), "position": "sideways", "needs": "Time"}, 400
    )
    assert b"Choose one of the answers" in refused.data
    assert kept(database, mine).draft == {"needs": "Time"}


def test_what_is_missing_is_listed_and_leads_back(database: Database, world: World, sign_in: SignIn) -> None:
    _, mine = ask(database, world, "worker_assessment_1")
    client = sign_in(world.people["worker_assessment_1"])
    client.send(f"/reflections/{mine}", {"version": version_of({}), "position": "disputes"})
    page = client.page(f"/reflections/{mine}/check").text
    assert "Say what you see differently" in page
    assert "Give my reflection" not in page
    client.send(f"/reflections/{mine}/give", {"version": version_of({"position": "disputes"})}, 400)
    assert kept(database, mine).given_at is None


def test_a_link_is_looked_at_without_being_used_then_opens_one_reflection_once(
    database: Database, world: World, stranger: PageClient, app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    _, mine = ask(database, world, "worker_assessment_2")
    with database.writing() as session, session.begin():
        month = session.scalars(select(Audit)).one().cycle
        other = asked(session, world, "worker_care_2", number=2, cycle=month)
        theirs = reflection_of(session, other).id
    token = token_of(database, world, "worker_assessment_2")
    address = f"/reflection/link/{token}"
    for _ in range(3):
        assert "Continue" in stranger.page(address).text
    assert kept(database, mine).link_used_at is None
    assert stranger.send(address).location == "/reflection/mine"
    assert kept(database, mine).link_used_at == AT
    cookie = stranger.get_cookie("reflection")
    assert cookie is not None
    assert cookie.http_only
    page = stranger.page("/reflection/mine").text
    assert "Your work in audit QA-2026-11-001" in page
    stranger.send("/reflection/mine", {"version": version_of({}), **ACCEPTS})
    version = version_of(kept(database, mine).draft)
    stranger.send("/reflection/mine/give", {"version": version})
    assert kept(database, mine).given_at == AT
    assert kept(database, theirs).draft == {}
    assert stranger.get(address).location == "/reflection/mine"  # the same browser may go on
    second = app.test_client()
    assert isinstance(second, PageClient)
    assert "works once" in second.page(address, 410).text
    assert second.send(address).location == address
    second.page("/reflection/mine", 401)
    assert token not in "".join(capfd.readouterr())
    with database.reading() as session:
        assert token not in " ".join(str(vars(one)) for one in session.scalars(select(AccessEntry)))


def test_a_used_or_expired_link_offers_a_new_one_to_the_known_address(
    database: Database, world: World, stranger: PageClient, clock: SteppingClock
) -> None:
    _, mine = ask(database, world, "worker_assessment_2")
    token = token_of(database, world, "worker_assessment_2")
    clock.move(days=15)
    page = stranger.page(f"/reflection/link/{token}", 410)
    assert "not used in time" in page.text
    assert "@" not in page.text
    sent = stranger.send(f"/reflection/{mine}/link")
    assert "We have sent you a new link" in stranger.page(sent.location).text
    stranger.send(f"/reflection/{mine}/link")
    assert "a few minutes ago" in stranger.page(f"/reflection/{mine}").text
    stranger.page(f"/reflection/link/{token}", 404)
    fresh = token_of(database, world, "worker_assessment_2")
    assert "Continue" in stranger.page(f"/reflection/link/{fresh}").text
    with database.reading() as session:
        assert len(session.scalars(select(Mail)).all()) == 2


def test_a_made_up_link_and_a_made_up_pass_open_nothing(stranger: PageClient, world: World) -> None:
    assert "newest mail" in stranger.page("/reflection/link/nothing", 404).text
    stranger.set_cookie("reflection", "made up")
    for page in ("", "/check", "/letter", "/letter.pdf"):
        stranger.page(f"/reflection/mine{page}", 401)
    stranger.send("/reflection/mine", {"version": "", **ACCEPTS}, 401)
    stranger.send("/reflection/mine/give", {"version": ""}, 401)
    assert world.people


def test_a_pass_that_lapsed_while_somebody_wrote_keeps_their_words_and_shows_nothing(
    database: Database, world: World, stranger: PageClient, clock: SteppingClock
) -> None:
    _, mine = ask(database, world, "worker_assessment_2")
    stranger.send(f"/reflection/link/{token_of(database, world, 'worker_assessment_2')}")
    clock.move(hours=12)
    stranger.page("/reflection/mine", 401)
    late = stranger.send("/reflection/mine", {"version": version_of({}), **ACCEPTS}, 401).get_data(as_text=True)
    assert "What you have just typed is kept" in late
    assert "You know this child well" not in late
    assert kept(database, mine).draft == ACCEPTS
    clock.move(days=2)
    stranger.send("/reflection/mine", {"version": version_of(ACCEPTS), "proud": "Much later"}, 401)
    assert kept(database, mine).draft == ACCEPTS


def test_the_door_leads_each_to_where_they_may_go(
    database: Database, world: World, stranger: PageClient, sign_in: SignIn
) -> None:
    _, mine = ask(database, world, "worker_assessment_1")
    client = sign_in(world.people["worker_assessment_1"])
    assert client.get(f"/reflection/{mine}").location == f"/reflections/{mine}"
    assert "Sign in to read this" in stranger.page(f"/reflection/{mine}").text
    stranger.send(f"/reflection/{mine}/link")
    with database.reading() as session:
        assert session.scalars(select(Mail)).all() == []  # whoever signs in needs no link
    stranger.page("/reflection/00000000-0000-4000-8000-000000000000", 404)


def test_the_qa_lead_answers_a_dispute_and_the_worker_reads_it(
    database: Database, world: World, sign_in: SignIn
) -> None:
    audit_id, mine = dispute(database, world)
    lead = sign_in(world.people["qa_lead"])
    assert "Disputes" in lead.page("/").text
    assert "Answer by 7 December 2026. Asks for moderation." in lead.page("/disputes").text
    page = lead.page(f"/disputes/{mine}").text
    assert "The chronology is on the second file." in page
    lead.send(f"/disputes/{mine}", {"decision": "moderate", "note": ""}, 400)
    lead.send(f"/disputes/{mine}", {"decision": "moderate", "note": "Somebody else looks again."})
    lead.send(f"/disputes/{mine}", {"decision": "stands", "note": "Twice"}, 409)
    with database.reading() as session:
        assert session.scalars(select(Moderation)).one().stream == "disputed"
    worker = sign_in(world.people["worker_assessment_1"])
    assert "Somebody else looks again." in worker.page(f"/reflections/{mine}").text
    assert "Answered" in lead.page("/disputes").text
    assert "Somebody else looks again." in lead.page(f"/disputes/{mine}").text
    assert "Somebody else looks again." in lead.page(f"/audits/{audit_id}").text


def test_a_dispute_in_a_closed_month_says_in_words_why_it_is_not_moderated(
    database: Database, world: World, sign_in: SignIn
) -> None:
    audit_id, mine = dispute(database, world)
    with database.writing() as session, session.begin():
        session.get_one(Audit, audit_id).state = "closed"
    lead = sign_in(world.people["qa_lead"])
    page = lead.page(f"/disputes/{mine}").text
    assert "Its month is closed" in page
    assert "A moderator grades" not in page
    lead.send(f"/disputes/{mine}", {"decision": "moderate", "note": "Again"}, 400)
    lead.send(f"/disputes/{mine}", {"decision": "resolved", "note": "The second file is linked now."})
    assert kept(database, mine).decision == "resolved"


def test_a_lead_who_may_yet_grade_it_blind_learns_of_no_dispute(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        both = world.people["qa_lead"]
        session.add(RoleGrant(person_id=both.id, role="moderator", granted_at=AT, granted_by="test"))
    _, mine = dispute(database, world)
    lead = sign_in(world.people["qa_lead"])
    assert "Disputes" not in lead.page("/").text
    assert "No worker disputes" in lead.page("/disputes").text
    lead.page(f"/disputes/{mine}", 404)
    with database.reading() as session:
        assert session.scalars(select(Message).where(Message.kind == "reflection.disputed")).all() == []


def test_the_auditor_reads_it_and_the_moderator_only_after_grading(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        audit = asked(session, world, "worker_assessment_1", grade=Grade.INADEQUATE)
        give(session, reflection_of(session, audit), DISPUTES)
        sampling.draw_sample(session, audit.cycle, seed="s", by="test", at=AT)
        moderator = session.scalars(select(Moderation)).one().moderator
        assert moderator is not None
        audit_id, auditor = audit.id, session.get_one(Person, audit.auditor_id)
        assert auditor.name
        assert moderator.name
    assert "The chronology is on the second file." in sign_in(auditor).page(f"/audits/{audit_id}").text
    sign_in(moderator).page(f"/audits/{audit_id}", 404)
    with database.writing() as session, session.begin():
        found = session.scalars(select(Moderation)).one()
        found.state, found.graded_at, found.graded_on, found.audit.state = "moderated", AT, AT.date(), "moderated"
    assert "The chronology is on the second file." in sign_in(moderator).page(f"/audits/{audit_id}").text


def test_the_qa_lead_sends_a_new_link_prints_the_page_or_asks_another(
    database: Database, world: World, sign_in: SignIn, clock: SteppingClock
) -> None:
    audit_id, mine = ask(database, world, "worker_assessment_2")
    lead = sign_in(world.people["qa_lead"])
    assert "A link in a mail" in lead.page(f"/audits/{audit_id}/reflection").text
    clock.move(minutes=20)
    lead.send(f"/audits/{audit_id}/reflection/link")
    with database.reading() as session:
        assert len(session.scalars(select(Mail)).all()) == 2
    paper = lead.page(f"/audits/{audit_id}/reflection/paper").text
    assert "You know this child well." in paper
    assert "What got in the way?" in paper
    assert "moderated" not in paper
    other = world.people["worker_planning_1"]
    lead.send(f"/audits/{audit_id}/reflection/worker", {"person": ""}, 400)
    lead.send(f"/audits/{audit_id}/reflection/worker", {"person": str(other.id)})
    assert kept(database, mine).person_id == other.id
    assert sign_in(other).page(f"/reflections/{mine}").heading == "Your work in audit QA-2026-11-001"


def test_an_audit_without_a_worker_says_so_and_somebody_can_be_asked(
    database: Database, world: World, sign_in: SignIn
) -> None:
    audit_id, mine = ask(database, world, None)
    assert mine is None
    lead = sign_in(world.people["qa_lead"])
    assert "names no worker" in lead.page(f"/audits/{audit_id}").text
    lead.send(f"/audits/{audit_id}/reflection/link", {}, 404)
    lead.send(f"/audits/{audit_id}/reflection/worker", {"person": str(world.people["worker_assessment_1"].id)})
    assert "Worker Assessment 1 was asked" in lead.page(f"/audits/{audit_id}").text


def test_who_took_part_stands_on_the_audits_page_in_one_line_each(
    database: Database, world: World, sign_in: SignIn
) -> None:
    said = {
        "worker_joined": "online", "manager_joined": "no", "child_asked": "not_appropriate",
        "child_asked_why": "Only four months old.", "parent_asked": "yes", "record_only": "no",
    }  # fmt: skip
    audit_id, _ = ask(database, world, "worker_assessment_1", **said)
    page = sign_in(world.people["qa_lead"]).page(f"/audits/{audit_id}").text
    assert "The worker Yes, by video or phone" in page
    assert "The child It would not have been right to ask Only four months old." in page
    assert page.count("Only four months old.") == 1
    assert "Did you have the record alone to go on? No" in page


def test_a_withdrawn_audit_asks_nothing_more(database: Database, world: World, sign_in: SignIn) -> None:
    audit_id, mine = ask(database, world, "worker_assessment_1")
    with database.writing() as session, session.begin():
        audit = session.get_one(Audit, audit_id)
        audit.state, audit.withdrawn_at, audit.withdrawn_by, audit.exit_reason = "withdrawn", AT, "test", "Wrong."
    client = sign_in(world.people["worker_assessment_1"])
    assert "was withdrawn" in client.page(f"/reflections/{mine}").text
    client.send(f"/reflections/{mine}", {"version": version_of({}), **ACCEPTS}, 409)
    assert "Reflect on audit" not in client.page("/").text


def test_a_submission_on_screen_seals_the_link_with_the_sites_key(database: Database, world: World) -> None:
    ask(database, world, "worker_assessment_2")
    with database.reading() as session:
        mail = session.scalars(select(Mail)).one()
        assert KEYS.open(mail.sealed, mail.id)
        assert reflections.reached_by(session, session.get_one(Person, mail.person_id)) == "link"
