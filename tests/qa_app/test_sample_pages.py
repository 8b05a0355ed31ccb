"""The QA lead's moderation sample: drawn, proved, given to somebody else, an audit chosen by hand."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, text

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Draft, Draw, Event, Moderation, Person, RoleGrant
from qa_app.services import sample_proof, sampling
from tests.conftest import AT
from tests.months import submitted_month
from tests.page import Page, PageClient
from tests.world import World

GRADES = [Grade.INADEQUATE, *[Grade.GOOD] * 9]


@pytest.fixture
def cycle(database: Database, world: World) -> UUID:
    with database.writing() as session, session.begin():
        made, _ = submitted_month(session, world, GRADES, at=AT)
        return made.id


@pytest.fixture
def lead(world: World, sign_in: Callable[[Person], PageClient]) -> PageClient:
    return sign_in(world.people["qa_lead"])


def moderations(database: Database) -> list[Moderation]:
    with database.reading() as session:
        return list(session.scalars(select(Moderation).join(Audit, Audit.id == Moderation.audit_id)))


def test_the_page_says_the_rule_and_what_waits_and_draws(lead: PageClient, database: Database, cycle: UUID) -> None:
    page = lead.page(f"/cycles/{cycle}/sample")
    assert "Inadequate: all" in page.text
    assert "Everything else: 15%, at least 4" in page.text
    assert "10 submitted audits are waiting" in page.text
    assert "10 submitted and not in a sample yet" in lead.page("/").text
    lead.send(f"/cycles/{cycle}/sample")
    page = lead.page(f"/cycles/{cycle}/sample")
    assert "5 of 10 audits are drawn for moderation." in page.text
    assert "Inadequate 1 1 Every one" in page.text
    assert "Everything else 9 4 44.4%" in page.text
    assert len(moderations(database)) == 5
    assert "not in a sample yet" not in lead.page("/").text
    lead.send(f"/cycles/{cycle}/sample")
    assert "No submitted audit is waiting" in lead.page(f"/cycles/{cycle}/sample").text
    assert len(moderations(database)) == 5


def test_two_draws_never_have_the_same_seed(lead: PageClient, database: Database, world: World, cycle: UUID) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    with database.reading() as session:
        (draw,) = session.scalars(select(Draw)).all()
        event = session.scalars(select(Event).where(Event.action == "sample.drawn")).one()
    assert len(draw.seed) == 16
    assert event.detail["seed"] == draw.seed
    assert event.detail["frame_sha256"] == draw.frame_sha256


def test_a_draw_is_made_again_and_is_the_same(lead: PageClient, database: Database, cycle: UUID) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    with database.reading() as session:
        draw = session.scalars(select(Draw)).one()
    page = lead.page(f"/cycles/{cycle}/sample/draws/{draw.id}")
    assert "the same audits were drawn" in page.text
    assert draw.seed in page.text


def test_a_draw_whose_records_were_changed_is_found_out(lead: PageClient, database: Database, cycle: UUID) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    with database.writing() as session:
        draw = session.scalars(select(Draw)).one()
        session.expunge(draw)
        draw.seed = "another seed"
        assert any("this seed draws" in fault for fault in sample_proof.faults(session, draw))
        draw.frame = {"audits": draw.frame["audits"][1:]}
        assert any("recorded frame" in fault for fault in sample_proof.faults(session, draw))


def test_only_independent_moderators_are_offered_and_a_reason_is_needed(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    one = moderations(database)[0]
    with database.writing() as session, session.begin():
        others = [p for k, p in world.people.items() if k.startswith("moderator") and p.id != one.moderator_id]
        tied, free = others
        session.get_one(Audit, one.audit_id).case.reviewer_id = tied.id
        draft = Draft(audit_id=one.audit_id, stage="moderator", person_id=one.moderator_id, saved_at=AT)
        session.add(draft)
    address = f"/cycles/{cycle}/sample/{one.id}/give"
    page = lead.get(address).get_data(as_text=True)
    assert str(free.id) in page
    assert str(tied.id) not in page
    assert f"{tied.name}: They are the independent reviewing officer" in Page(page).text
    page = lead.send(address, {"moderator": str(free.id), "reason": " "}, 400).get_data(as_text=True)
    assert "Say why it is given to somebody else." in page
    assert "checked" in page
    assert "Choose one of the moderators listed." in lead.send(
        address, {"moderator": str(tied.id), "reason": "Leave"}, 400
    ).get_data(as_text=True)
    lead.send(address, {"moderator": str(free.id), "reason": "Leave"})
    with database.reading() as session:
        assert session.get_one(Moderation, one.id).moderator_id == free.id
        assert session.scalars(select(Draft)).all() == []
        given = session.scalars(select(Event).where(Event.action == "moderation.given")).one()
    assert given.reason == "Leave"
    assert "Leave" not in str(given.detail)


def test_an_audit_nobody_may_moderate_says_why(lead: PageClient, database: Database, world: World, cycle: UUID) -> None:
    with database.writing() as session, session.begin():
        for key in ("manager_assessment", "manager_planning", "manager_care", "manager_leaving"):
            for n in (1, 2, 3):
                person = session.get_one(Person, world.people[f"moderator_{n}"].id)
                person.line_manager_id = world.people["director"].id
            session.get_one(Person, world.people[key].id).line_manager_id = world.people["moderator_1"].id
        grants = select(RoleGrant).where(
            RoleGrant.role == Role.MODERATOR, RoleGrant.person_id != world.people["moderator_1"].id
        )
        for grant in session.scalars(grants):
            grant.ended_at, grant.ended_by = AT, "test"
    lead.send(f"/cycles/{cycle}/sample")
    page = lead.page(f"/cycles/{cycle}/sample")
    assert "Without a moderator" in page.text
    assert "Moderator 1: They are a line manager of the auditor" in page.text
    assert "Nobody yet" in page.text


def test_an_audit_is_chosen_by_hand_with_a_reason_and_shown_apart(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    with database.reading() as session:
        audit = session.scalars(select(Audit).order_by(Audit.number)).first()
    assert audit is not None
    address = f"/cycles/{cycle}/sample/choose"
    assert "Say why this audit is moderated." in lead.send(address, {"audit": str(audit.id)}, 400).get_data(True)
    lead.send(address, {"audit": str(audit.id), "reason": "A new auditor"})
    page = lead.page(f"/cycles/{cycle}/sample")
    assert "Chosen by hand" in page.text
    assert "9 submitted audits are waiting" in page.text
    (one,) = moderations(database)
    assert (one.stream, one.audit_id) == ("chosen", audit.id)
    lead.send(address, {"audit": str(audit.id), "reason": "Again"}, 400)


def test_strata_are_not_shown_to_a_lead_who_has_audits_to_grade(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    with database.writing() as session, session.begin():
        person = world.people["qa_lead"]
        session.add(RoleGrant(person_id=person.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
        one = session.scalars(select(Moderation)).first()
        assert one is not None
        one.moderator_id = person.id
        draw = session.scalars(select(Draw)).one()
    for address in (f"/cycles/{cycle}/sample", f"/cycles/{cycle}/sample/draws/{draw.id}"):
        assert "Every one" not in lead.page(address).text
    assert "The strata are shown once no audit waits" in lead.page(f"/cycles/{cycle}/sample").text


def test_moderations_of_another_month_or_none_are_not_found(lead: PageClient, database: Database, cycle: UUID) -> None:
    lead.send(f"/cycles/{cycle}/sample")
    one = moderations(database)[0]
    nowhere = "00000000-0000-4000-8000-000000000000"
    lead.page(f"/cycles/{nowhere}/sample", 404)
    lead.page(f"/cycles/{nowhere}/sample/{one.id}/give", 404)
    lead.page(f"/cycles/{cycle}/sample/draws/{nowhere}", 404)
    with database.writing() as session:
        made = session.get_one(Cycle, cycle)
        with pytest.raises(sampling.NothingToDraw):
            sampling.draw_sample(session, made, seed="s", by="test", at=AT)
        assert session.execute(text("SELECT count(*) FROM draw")).scalar() == 1
