"""The pages of an alert: at the top for those told, with its clock, answered once; nothing of it for a moderator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Alert, AlertRecipient, Audit, Moderation, Person, RoleGrant
from qa_app.services import alerts, audits, drafts, sampling, settings
from qa_app.services.drafts import Written
from tests.conftest import AT, SteppingClock
from tests.crawl import pages
from tests.journeys.states import released_month
from tests.months import ELEMENTS
from tests.page import PageClient
from tests.qa_app.audit_answers import fill
from tests.regrading import audit_to_moderate, give, version_on
from tests.regrading import fill as grade
from tests.world import World

SignIn = Callable[[Person], PageClient]
SAID = {
    "safe_now": "no", "safe_told": "Duty manager", "safe_told_on": "2026-11-23", "safe_agreed": "A visit before tea.",
    "story_now": "A private sentence of the draft.",
}  # fmt: skip


@dataclass
class Feared:
    """An audit being written whose auditor fears for the child."""

    alert: UUID
    audit: UUID
    reference: str
    auditor: Person
    service: str
    other: str

    @property
    def at(self) -> str:
        return f"/alerts/{self.alert}"


@pytest.fixture
def feared(database: Database, world: World) -> Feared:
    with database.writing() as session, session.begin():
        audit = session.get_one(Audit, released_month(session, world)[0].id)
        keys = frozenset(SAID)
        audits.write(
            session,
            audit,
            Written(keys, keys, SAID),
            drafts.version_of({}, keys),
            by=f"person:{audit.auditor_id}",
            at=AT,
        )
        alert = session.scalars(select(Alert)).one()
        service = audit.service.name.lower()
        other = "south" if service == "north" else "north"
        return Feared(alert.id, audit.id, audit.reference, audit.auditor, service, other)


def test_it_stands_at_the_top_of_the_page_of_those_told_with_its_clock(
    sign_in: SignIn, world: World, feared: Feared, clock: SteppingClock
) -> None:
    clock.move(minutes=55)
    for name in ("director", f"head_{feared.service}", "qa_lead"):
        text = sign_in(world.people[name]).page("/").text
        assert f"Audit {feared.reference}" in text
        assert "open for 55 minutes" in text
    for name in (f"head_{feared.other}", "moderator_1", "manager_care", "administrator"):
        assert feared.reference not in sign_in(world.people[name]).page("/").text or name == "manager_care"


def test_a_recipient_sees_whom_to_phone_and_what_was_agreed_and_nothing_else_of_the_draft(
    sign_in: SignIn, world: World, feared: Feared
) -> None:
    text = sign_in(world.people["director"]).page(feared.at).text
    for said in (feared.auditor.name, "Duty manager", "23 November 2026", "A visit before tea.", "Not acknowledged"):
        assert said in text
    assert "private sentence" not in text
    assert "Open audit" not in text


def test_who_was_not_told_finds_nothing(sign_in: SignIn, world: World, feared: Feared) -> None:
    for name in (f"head_{feared.other}", "manager_leaving", "manager_care", "manager_planning", "manager_assessment"):
        client = sign_in(world.people[name])
        client.page(feared.at, 404)
        client.send(f"{feared.at}/acknowledge", {"note": "x"}, 404)
        assert feared.reference not in client.page("/alerts").text


def test_it_is_answered_once_with_a_note_and_the_auditor_can_read_it(
    sign_in: SignIn, world: World, feared: Feared, clock: SteppingClock
) -> None:
    clock.move(minutes=134)
    director, lead = sign_in(world.people["director"]), sign_in(world.people["qa_lead"])
    assert "Say what was done" in director.send(f"{feared.at}/acknowledge", {"note": " "}, 400).get_data(as_text=True)
    director.send(f"{feared.at}/acknowledge", {"note": "Seen at home at four."})
    late = lead.send(f"{feared.at}/acknowledge", {"note": "Me too."}, 409).get_data(as_text=True)
    assert "has acknowledged this alert already" in late
    assert feared.reference not in director.page("/").text
    listed = director.page("/alerts").text
    assert "2 hours 14 minutes" in listed
    own = sign_in(feared.auditor).page(f"/audits/{feared.audit}/record").text
    assert "Director acknowledged your alert after 2 hours 14 minutes: Seen at home at four." in own


def test_it_stands_on_the_submitted_audit_for_those_who_may_read_it(
    sign_in: SignIn, world: World, feared: Feared, database: Database
) -> None:
    with database.writing() as session, session.begin():
        audit = session.get_one(Audit, feared.audit)
        drafts.discard(session, audits.writer_of(audit))
        fill(session, feared.audit, at=AT, **{key: SAID[key] for key in SAID if key != "story_now"})
    text = sign_in(world.people["qa_lead"]).page(f"/audits/{feared.audit}").text
    assert "Nobody has acknowledged it yet" in text
    assert "A visit before tea." in sign_in(world.people["director"]).page(feared.at).text


@pytest.mark.parametrize("more", [(), (Role.QA_LEAD,), (Role.HEAD_OF_SERVICE,), (Role.AUDITOR,)])
def test_a_moderator_who_was_not_told_learns_nothing_of_it_whatever_else_they_are(
    sign_in: SignIn, world: World, feared: Feared, database: Database, more: tuple[Role, ...]
) -> None:
    moderator = world.people["moderator_1"]
    with database.writing() as session, session.begin():
        for role in more:
            session.add(RoleGrant(person_id=moderator.id, role=role, granted_at=AT, granted_by="test"))
    client = sign_in(moderator)
    words = ("Duty manager", "A visit before tea", "Not acknowledged", "A child may not be safe")
    for address, _ in pages(client):
        text = client.page(address).text
        assert not [word for word in words if word in text], address
    assert client.get(feared.at).status_code in (403, 404)


def test_a_moderator_told_by_duty_may_answer_and_is_never_given_the_audit(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        moderator = session.get_one(Person, world.people["moderator_1"].id)
        session.add(RoleGrant(person_id=moderator.id, role=Role.QA_LEAD, granted_at=AT, granted_by="test"))
        audit = session.get_one(Audit, released_month(session, world)[0].id)
        keys = frozenset({"safe_now"})
        audits.write(
            session, audit, Written(keys, keys, {"safe_now": "no"}), drafts.version_of({}, keys),
            by=f"person:{audit.auditor_id}", at=AT,
        )  # fmt: skip
        alert = session.scalars(select(Alert)).one()
        told = session.scalars(select(AlertRecipient.person_id)).all()
        assert moderator.id in told
        drafts.discard(session, audits.writer_of(audit))
        fill(session, audit.id, at=AT, safe_now="yes")
    client = sign_in(world.people["moderator_1"])
    assert "Open audit" not in client.page(f"/alerts/{alert.id}").text
    client.send(f"/alerts/{alert.id}/acknowledge", {"note": "Spoke to the manager."})
    with database.writing() as session, session.begin():
        sampling.draw_sample(session, session.get_one(Audit, audit.id).cycle, seed="1" * 32, by="test", at=AT)
        given = session.scalars(select(Moderation.moderator_id).where(Moderation.audit_id == audit.id)).all()
        assert world.people["moderator_1"].id not in given


def test_a_moderators_own_alert_is_not_on_the_audit_before_they_have_graded(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        moderation = audit_to_moderate(session, world, at=AT)
        audit = moderation.audit
    client = sign_in(world.people["moderator_1"])
    address = f"/moderations/{moderation.id}/sections/safe"
    client.send(address, {"version": version_on(client, address), "safe_now": "no", "then": "next"})
    assert "You raised an alert" in client.page(address).text
    assert "Alert that the child" not in sign_in(world.people["manager_care"]).page(f"/audits/{audit.id}").text
    phone = sign_in(world.people["director"]).page("/alerts").text
    assert audit.reference in phone
    assert len(ELEMENTS) > 1


def test_the_setting_says_when_it_is_told_again(database: Database, world: World, feared: Feared) -> None:
    with database.writing() as session, session.begin():
        settings.change(session, "alert_hours", "5", by="test", at=AT)
        assert alerts.remind(session, at=AT + timedelta(hours=3)) == 0
        assert alerts.remind(session, at=AT + timedelta(hours=5)) == 1


def test_a_moderator_told_as_the_last_one_left_answers_and_grades_no_more(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        moderation = audit_to_moderate(session, world, at=AT)
        both = world.people["moderator_1"].id
        session.add(RoleGrant(person_id=both, role=Role.QA_LEAD, granted_at=AT, granted_by="test"))
        alert = Alert(
            audit_id=moderation.audit_id, stage="auditor", answer="no", raised_at=AT,
            raised_by=f"person:{moderation.audit.auditor_id}",
        )  # fmt: skip
        session.add(alert)
        for person in session.scalars(select(Person).where(Person.id != both)):
            person.active = False
        session.flush()
        assert alerts.remind(session, at=AT + timedelta(hours=2)) == 1
        for person in session.scalars(select(Person)):
            person.active = True
    client, task = sign_in(world.people["moderator_1"]), f"/moderations/{moderation.id}"
    grade(client, moderation.id)
    assert "so you cannot grade this audit" in client.page(task).text
    client.send(f"/alerts/{alert.id}/acknowledge", {"note": "Spoke to the duty team."})
    client.page(f"/audits/{moderation.audit_id}", 404)
    refused = give(client, moderation.id, 409).get_data(as_text=True)
    assert "You can no longer moderate this audit." in refused
    assert "cannot grade it blind" in refused
    with database.reading() as session:
        assert session.scalar(select(Moderation.state)) == "moderating"
    sample = f"/cycles/{moderation.audit.cycle_id}/sample"
    assert "was told that the child may not be safe" not in client.page(sample).text
    lead = sign_in(world.people["qa_lead"])
    assert "Moderator 1 was told that the child may not be safe" in lead.page(sample).text
    new = {"moderator": str(world.people["moderator_2"].id), "reason": "Told of an alert"}
    lead.send(f"{sample}/{moderation.id}/give", new)
    assert "was told that the child may not be safe" not in lead.page(sample).text
    assert "cannot grade this audit" not in sign_in(world.people["moderator_2"]).page(task).text
