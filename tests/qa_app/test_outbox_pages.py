"""The outbox on screen: what is shown to whom, never what a mail says, and what an administrator can do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.access.permissions import Role
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.mail_settings import MailSettings
from qa_app.models import DueJob, Event, Mail, Message, Person
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
CANARY = "kestrel-7319"
FAULT = "The mail server refused the person's email address (550 5.1.1)."


@pytest.fixture
def mails(database: Database, world: World) -> dict[str, Mail]:
    """A mail in each state, and one of each kind."""
    made = {}
    with database.writing() as session, session.begin():
        for n, (key, kind) in enumerate(
            {
                "queued": "digest", "sending": "digest", "sent": "digest", "failed": "urgent", "given_up": "urgent",
                "dropped": "link",
            }.items()
        ):  # fmt: skip
            person = list(world.people.values())[n]
            made[key] = Mail(
                person_id=person.id, kind=kind, day=AT.date(), state=key, queued_at=AT,
                next_try_at=AT + timedelta(hours=1), attempts=n, fault=FAULT if key in ("failed", "given_up") else "",
                sealed=CANARY if key == "failed" else "",
            )  # fmt: skip
            session.add(made[key])
            session.flush()
            session.add(
                Message(
                    person_id=person.id, kind="waiting.grade", detail={"moderations": CANARY}, urgent=kind == "urgent",
                    not_before=AT.date(), queued_at=AT, mail_id=made[key].id,
                )
            )  # fmt: skip
    return made


def test_the_mails_are_listed_without_their_words(mails: dict[str, Mail], world: World, sign_in: SignIn) -> None:
    for key in ("administrator", "qa_lead"):
        page = sign_in(world.people[key]).page("/outbox")
        for words in ("Waiting", "On its way", "Sent", "To be tried again", "Given up", "Set aside", FAULT):
            assert words in page.text
        assert "23 November 2026 at 11:00" in page.text  # the next try
        assert CANARY not in page.text
        assert "QA_MAIL" in page.text  # mail is off here, and the page says what to do


def test_one_state_can_be_shown(mails: dict[str, Mail], world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["qa_lead"])
    assert client.page("/outbox?state=given_up").text.count(FAULT) == 1
    assert FAULT not in client.page("/outbox?state=sent").text
    assert FAULT in client.page("/outbox?state=anything&page=900").text


def test_whoever_moderates_learns_of_digests_alone(
    mails: dict[str, Mail], database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        both = world.person(session, "both", "Practice", (Role.QA_LEAD, Role.MODERATOR), AT)
    client = sign_in(both)
    page = client.page("/outbox")
    assert "Waiting" in page.text
    assert "Urgent" not in page.text
    assert FAULT not in page.text
    assert "did not arrive" not in client.page("/").text
    assert "1 email did not arrive" in sign_in(world.people["qa_lead"]).page("/").text


def state_of(database: Database, mail: Mail) -> tuple[str, int, str]:
    with database.reading() as session:
        kept = session.get_one(Mail, mail.id)
        return kept.state, kept.attempts, kept.sealed


def test_an_administrator_tries_again_and_sets_aside(
    mails: dict[str, Mail], database: Database, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.people["administrator"])
    client.send(f"/outbox/{mails['given_up'].id}/retry")
    assert state_of(database, mails["given_up"]) == ("queued", 0, "")
    client.send(f"/outbox/{mails['failed'].id}/give-up")
    assert state_of(database, mails["failed"]) == ("dropped", 3, "")
    with database.reading() as session:
        done = session.scalars(select(Event.action).where(Event.object_kind == "mail").order_by(Event.at)).all()
    assert sorted(done) == ["mail.retried", "mail.set_aside"]


@pytest.mark.parametrize(
    ("state", "verb"), [("sent", "retry"), ("sending", "retry"), ("sent", "give-up"), ("dropped", "retry")]
)
def test_a_mail_that_is_gone_is_left_alone(
    mails: dict[str, Mail], database: Database, world: World, sign_in: SignIn, *, state: str, verb: str
) -> None:
    client = sign_in(world.people["administrator"])
    before = state_of(database, mails[state])
    client.send(f"/outbox/{mails[state].id}/{verb}")
    assert state_of(database, mails[state]) == before
    assert "Important" in client.page("/outbox").text


def test_a_digest_that_is_set_aside_gives_its_news_to_the_next(
    mails: dict[str, Mail], database: Database, world: World, sign_in: SignIn
) -> None:
    sign_in(world.people["administrator"]).send(f"/outbox/{mails['queued'].id}/give-up")
    with database.reading() as session:
        waiting = session.scalars(select(Message.person_id).where(Message.mail_id.is_(None))).all()
    assert waiting == [mails["queued"].person_id]


@pytest.mark.parametrize(
    ("ago", "warned"), [(None, True), (timedelta(days=1, minutes=1), True), (timedelta(hours=23), False)]
)
def test_a_run_that_is_not_called_any_more_is_told_where_mail_is_set_up(
    app: Flask, database: Database, settings: Settings, world: World, sign_in: SignIn, *, ago: timedelta | None,
    warned: bool,
) -> None:  # fmt: skip
    app.extensions["qa_settings"] = replace(settings, mail=MailSettings(by="smtp", public_url="https://qa.example"))
    if ago is not None:
        with database.writing() as session, session.begin():
            session.add(DueJob(name="send", tried_at=AT - ago, done_at=AT - ago))
    client = sign_in(world.people["administrator"])
    assert ("Email is not being sent" in client.page("/").text) == warned
    assert ("run-due" in client.page("/outbox").text) == warned
    assert "Email is not being sent" not in sign_in(world.people["head_north"]).page("/").text
    app.extensions["qa_settings"] = settings
    assert "Email is not being sent" not in client.page("/").text
