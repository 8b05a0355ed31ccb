"""The pages where a mode is chosen, a moderation is handed back, and an override is asked for and answered."""

from collections.abc import Callable
from uuid import UUID

import pytest

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Moderation, Override, Person, RoleGrant
from tests.conftest import AT
from tests.page import PageClient
from tests.regrading import audit_to_moderate
from tests.world import World

SignIn = Callable[[Person], PageClient]
WHY = "The others are on leave."


@pytest.fixture
def given(database: Database, world: World) -> tuple[str, UUID]:
    """A moderation with the first of three moderators, the second being tied to it: its address among the sample's."""
    with database.writing() as session, session.begin():
        made = audit_to_moderate(session, world, Grade.GOOD, at=AT)
        made.audit.case.reviewer_id = world.people["moderator_2"].id
        return f"/cycles/{made.audit.cycle_id}/sample", made.id


def html(client: PageClient, address: str) -> str:
    client.page(address)
    return client.get(address).get_data(as_text=True)


def test_a_lead_chooses_sighted_with_a_reason_and_the_moderator_sees_the_form_beside(
    world: World, sign_in: SignIn, given: tuple[str, UUID]
) -> None:
    sample, made = given
    lead, address = sign_in(world.people["qa_lead"]), f"{sample}/{made}/mode"
    assert address in html(lead, sample)
    assert "leaves the agreement figure" in html(lead, address)
    lead.send(address, {"mode": "sighted"}, 409)
    lead.send(address, {"mode": "sighted", "reason": "Training."})
    assert "Sighted" in html(lead, sample)
    moderator = sign_in(world.people["moderator_1"])
    assert "with the auditor’s form beside" in html(moderator, f"/moderations/{made}")
    assert "The auditor gave: <strong>Good" in html(moderator, f"/moderations/{made}/sections/voice")


def test_nobody_lifts_their_own_blindness(
    database: Database, world: World, sign_in: SignIn, given: tuple[str, UUID]
) -> None:
    sample, made = given
    with database.writing() as session, session.begin():
        session.add(
            RoleGrant(person_id=world.people["moderator_1"].id, role="qa_lead", granted_at=AT, granted_by="test")
        )
    both = sign_in(world.people["moderator_1"])
    both.page(f"{sample}/{made}/mode", 404)
    both.send(f"{sample}/{made}/mode", {"mode": "sighted", "reason": "Curious."}, 404)
    both.page(f"{sample}/{made}/override", 404)


def test_a_moderator_hands_back_with_a_code_and_a_reason(
    database: Database, world: World, sign_in: SignIn, given: tuple[str, UUID]
) -> None:
    _, made = given
    moderator, address = sign_in(world.people["moderator_1"]), f"/moderations/{made}/hand-back"
    assert address in html(moderator, f"/moderations/{made}")
    assert "What you wrote is deleted" in html(moderator, address)
    moderator.send(address, {"reason": "A neighbour."}, 400)
    moderator.send(address, {"code": "conflict", "reason": " "}, 400)
    moderator.send(address, {"code": "conflict", "reason": "A neighbour."})
    moderator.page(f"/moderations/{made}", 404)
    with database.reading() as session:
        assert session.get_one(Moderation, made).moderator_id == world.people["moderator_3"].id


def test_an_override_is_asked_by_one_and_agreed_by_another(
    database: Database, world: World, sign_in: SignIn, given: tuple[str, UUID]
) -> None:
    sample, made = given
    lead, address = sign_in(world.people["qa_lead"]), f"{sample}/{made}/override"
    assert address in html(lead, f"{sample}/{made}/give")
    assert "independent reviewing officer" in html(lead, address)
    tied = str(world.people["moderator_2"].id)
    lead.send(address, {"moderator": tied}, 400)
    lead.send(address, {"moderator": str(world.people["moderator_3"].id), "reason": WHY}, 400)
    lead.send(address, {"moderator": tied, "reason": WHY})
    assert "second person has to answer" in html(lead, address)
    with database.reading() as session:
        asked = f"/overrides/{session.query(Override.id).scalar()}"
        served = session.get_one(Moderation, made).audit.service_id
    assert "Somebody else has to answer" in html(lead, asked)
    lead.send(asked, {"answer": "agree", "words": "Fine."}, 409)
    head, elsewhere = ("head_north", "head_south")
    if world.services["South"].id == served:
        head, elsewhere = elsewhere, head
    sign_in(world.people[elsewhere]).page(asked, 404)
    second = sign_in(world.people[head])
    assert asked in html(second, "/overrides")
    assert WHY in html(second, asked)
    second.send(asked, {"answer": "agree"}, 400)
    second.send(asked, {"answer": "agree", "words": "Nobody else is free."})
    assert "Nobody else is free." in html(second, asked)
    assert "Tied, agreed by two" in html(lead, sample)
