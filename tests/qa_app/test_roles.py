"""Roles granted, confirmed and ended; sign-ins given, reset and switched off."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.access.scope import services_led
from qa_app.db import Database
from qa_app.models import Event, Person, RoleGrant
from qa_app.services import accounts, roles
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
WORD = "heron copper lantern"


def fresh(session: Session, world: World, key: str) -> Person:
    return session.get_one(Person, world.people[key].id)


def suggest(session: Session, person: Person, role: Role) -> RoleGrant:
    made = RoleGrant(person=person, role=role.value, suggested_at=AT)
    session.add(made)
    session.flush()
    return made


def test_a_granted_role_counts_and_an_ended_one_does_not(session: Session, world: World) -> None:
    person = fresh(session, world, "worker_care_2")
    held = roles.grant(session, person, Role.AUDITOR, by="test", at=AT)
    session.refresh(person)
    assert roles.held_roles(person) == {Role.AUDITOR}
    roles.end(session, held, by="test", at=AT)
    assert roles.held_roles(person) == frozenset()
    roles.grant(session, person, Role.AUDITOR, by="test", at=AT)
    session.refresh(person)
    assert roles.held_roles(person) == {Role.AUDITOR}


@pytest.mark.parametrize(
    ("key", "role", "words"),
    [
        ("manager_care", Role.ADMINISTRATOR, "Administrator and Auditor at the same time"),
        ("administrator", Role.AUDITOR, "Auditor and Administrator at the same time"),
        ("qa_lead", Role.INFORMATION_GOVERNANCE, "at the same time"),
        ("manager_care", Role.AUDITOR, "already holds this role"),
        ("director", Role.HEAD_OF_SERVICE, "already holds this role"),
        ("head_north", Role.HEAD_OF_SERVICE, "answers for single services"),
    ],
)
def test_roles_that_do_not_fit_are_refused_in_a_sentence(
    session: Session, world: World, key: str, role: Role, words: str
) -> None:
    with pytest.raises(roles.RoleRefused, match=words):
        roles.grant(session, fresh(session, world, key), role, by="test", at=AT)


def test_a_head_of_service_may_answer_for_two_services(session: Session, world: World) -> None:
    person = fresh(session, world, "head_north")
    south = world.services["South"]
    roles.grant(session, person, Role.HEAD_OF_SERVICE, service=south, by="test", at=AT)
    session.refresh(person)
    assert services_led(actor_for(person)) == {world.services["North"].id, south.id}
    with pytest.raises(roles.RoleRefused, match="already holds"):
        roles.grant(session, person, Role.HEAD_OF_SERVICE, service=south, by="test", at=AT)


def test_nobody_grants_or_ends_roles_of_their_own(session: Session, world: World) -> None:
    person = fresh(session, world, "administrator")
    with pytest.raises(roles.RoleRefused, match="their own roles"):
        roles.grant(session, person, Role.BOARD, by=f"person:{person.id}", at=AT)
    with pytest.raises(roles.RoleRefused, match="their own roles"):
        roles.end(session, person.grants[0], by=f"person:{person.id}", at=AT)


def test_somebody_who_has_left_gets_no_role(session: Session, world: World) -> None:
    person = fresh(session, world, "worker_care_1")
    person.active = False
    with pytest.raises(roles.RoleRefused, match="not active"):
        roles.grant(session, person, Role.AUDITOR, by="test", at=AT)


def test_confirming_several_grants_what_fits_and_names_what_does_not(session: Session, world: World) -> None:
    fits = suggest(session, fresh(session, world, "worker_care_1"), Role.AUDITOR)
    clashes = suggest(session, fresh(session, world, "administrator"), Role.AUDITOR)
    refused = roles.confirm(session, [fits, clashes], by="test", at=AT)
    assert len(refused) == 1
    assert refused[0].startswith("Administrator, Auditor:")
    assert fits.granted_by == "test"
    assert clashes.granted_at is None


def test_a_suggestion_decided_twice_is_left_alone(session: Session, world: World) -> None:
    one = suggest(session, fresh(session, world, "worker_care_1"), Role.AUDITOR)
    roles.turn_down(session, one, by="test", at=AT)
    with pytest.raises(roles.RoleRefused, match="decided already"):
        roles.turn_down(session, one, by="test", at=AT)
    assert roles.confirm(session, [one], by="test", at=AT) == ()
    assert one.granted_at is None


def test_every_change_of_roles_is_an_event(session: Session, world: World) -> None:
    person = fresh(session, world, "worker_care_1")
    roles.end(session, roles.grant(session, person, Role.AUDITOR, by="test", at=AT), by="test", at=AT)
    session.flush()
    found = session.scalars(select(Event.action).where(Event.object_id == str(person.id)))
    assert sorted(found) == ["role.ended", "role.granted"]


def test_an_administrator_confirms_the_ticked_suggestions(world: World, sign_in: SignIn, database: Database) -> None:
    with database.writing() as session, session.begin():
        wanted = suggest(session, fresh(session, world, "worker_care_1"), Role.AUDITOR)
        left = suggest(session, fresh(session, world, "worker_care_2"), Role.AUDITOR)
        head = suggest(session, fresh(session, world, "worker_care_2"), Role.HEAD_OF_SERVICE)
        ids = [str(one.id) for one in (wanted, head)]
        wanted_id, left_id, head_id = wanted.id, left.id, head.id
    client = sign_in(world.people["administrator"])
    assert "3 to decide" in client.page("/").text
    assert "Worker Care 1" in client.page("/people/suggested-roles").text
    client.send("/people/suggested-roles", {"grant": ids})
    with database.reading() as session:
        assert roles.is_held(session.get_one(RoleGrant, wanted_id))
        assert roles.is_suggested(session.get_one(RoleGrant, left_id))
        assert roles.is_suggested(session.get_one(RoleGrant, head_id)), "a Head of Service needs a service first"
    assert "1 role is granted" in client.page("/people/suggested-roles").text
    assert "Tick the roles" in client.send("/people/suggested-roles", {}, 400).get_data(as_text=True)


def test_one_suggestion_is_confirmed_or_turned_down_on_the_person(
    world: World, sign_in: SignIn, database: Database
) -> None:
    with database.writing() as session, session.begin():
        yes = suggest(session, fresh(session, world, "worker_care_2"), Role.AUDITOR)
        no = suggest(session, fresh(session, world, "worker_care_2"), Role.MODERATOR)
        head = suggest(session, fresh(session, world, "worker_care_2"), Role.HEAD_OF_SERVICE)
        person_id, yes_id, no_id, head_id = yes.person_id, yes.id, no.id, head.id
    client = sign_in(world.people["administrator"])
    client.send(f"/people/roles/{yes_id}/confirm")
    client.send(f"/people/roles/{no_id}/turn-down")
    page = client.page(f"/people/{person_id}")
    assert "Moderator is not suggested for Worker Care 2 any more." in page.text
    assert "the service" in client.send(f"/people/roles/{head_id}/confirm", {}, 400).get_data(as_text=True)
    client.send(f"/people/roles/{no_id}/turn-down", {}, 409)
    with database.reading() as session:
        assert roles.held_roles(session.get_one(Person, person_id)) == {Role.AUDITOR}


def test_a_head_of_service_is_asked_for_the_service(world: World, sign_in: SignIn, database: Database) -> None:
    client = sign_in(world.people["administrator"])
    path = f"/people/{world.people['worker_care_2'].id}/roles"
    page = client.send(path, {"role": "head_of_service", "service": ""}, 400).get_data(as_text=True)
    assert "Choose the service this Head of Service answers for" in page
    client.send(path, {"role": "head_of_service", "service": str(world.services["South"].id)})
    client.send(path, {"role": "head_of_service", "service": "whole"}, 409)
    client.send(path, {"role": "emperor", "service": ""}, 400)
    client.send(path, {}, 400)
    with database.reading() as session:
        assert [one.service_id for one in fresh(session, world, "worker_care_2").grants] == [world.services["South"].id]


def test_a_role_ends_on_the_persons_page(world: World, sign_in: SignIn, database: Database) -> None:
    client = sign_in(world.people["administrator"])
    with database.reading() as session:
        held = fresh(session, world, "manager_care").grants[0].id
        own = fresh(session, world, "administrator").grants[0].id
    client.send(f"/people/roles/{held}/end")
    client.send(f"/people/roles/{held}/end", {}, 409)
    assert "their own roles" in client.send(f"/people/roles/{own}/end", {}, 409).get_data(as_text=True)
    assert "holds no role" in client.page(f"/people/{world.people['manager_care'].id}").text


def test_a_temporary_password_is_shown_once_and_must_be_changed(world: World, sign_in: SignIn, app: Flask) -> None:
    client = sign_in(world.people["administrator"])
    person = world.people["manager_care"]
    answer = client.send(f"/people/{person.id}/sign-in", {}, 200)
    found = re.search(r"[a-z0-9]{5}(-[a-z0-9]{5}){3}", answer.get_data(as_text=True))
    assert found
    assert answer.headers["Cache-Control"] == "no-store"
    assert found.group() not in client.page(f"/people/{person.id}").text
    theirs = app.test_client()
    assert isinstance(theirs, PageClient)
    theirs.page("/sign-in")
    theirs.send("/sign-in", {"email": person.email, "password": found.group()})
    assert "for your first sign-in only" in theirs.page("/account/password").text


def test_a_sign_in_switched_off_ends_the_session_at_once(world: World, sign_in: SignIn) -> None:
    person = world.people["manager_care"]
    theirs, client = sign_in(person), sign_in(world.people["administrator"])
    path = f"/people/{person.id}/sign-in/switch-off"
    assert "Are you sure?" in client.page(path).text
    client.send(path)
    assert theirs.get("/").location == "/sign-in"
    client.send(path, {}, 409)
    assert "Switched off" in client.page(f"/people/{person.id}").text


def test_nobody_looks_after_their_own_sign_in(world: World, sign_in: SignIn) -> None:
    own = world.people["administrator"]
    client = sign_in(own)
    client.send(f"/people/{own.id}/sign-in", {}, 409)
    client.send(f"/people/{own.id}/sign-in/switch-off", {}, 409)
    assert "This is you" in client.page(f"/people/{own.id}").text


def test_somebody_without_an_address_cannot_be_given_a_sign_in(session: Session, world: World) -> None:
    person = fresh(session, world, "worker_care_1")
    person.email = None
    with pytest.raises(accounts.SignInRefused, match="no email address"):
        accounts.give_sign_in(session, person, by="test", at=AT)


def test_changing_the_password_ends_every_other_session_and_keeps_this_one(
    world: World, sign_in: SignIn, database: Database
) -> None:
    person = world.people["qa_lead"]
    with database.writing() as session, session.begin():
        accounts.give_sign_in(session, fresh(session, world, "qa_lead"), by="test", at=AT, password=WORD)
    here, elsewhere = sign_in(person), sign_in(person)
    here.send("/account/password", {"old": WORD, "new": "otter violin granite"})
    assert here.page("/").heading == "Your work"
    assert elsewhere.get("/").location == "/sign-in"
