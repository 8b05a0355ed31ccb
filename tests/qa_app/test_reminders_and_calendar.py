"""One's own reminders and calendar: the choice, the secret address, and what the file holds."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from qa_app import logs
from qa_app.access.sessions import sha256_of
from qa_app.db import Database
from qa_app.models import AccessEntry, Account, Action, Audit, CalendarFeed, Cycle, Event, MailChoice, Person
from qa_app.queries import due_dates
from tests.conftest import AT
from tests.months import released_month, submitted_audit
from tests.page import PageClient
from tests.regrading import audit_to_moderate
from tests.world import World

SignIn = Callable[[Person], PageClient]


def feed_of(client: PageClient) -> str:
    """Make a calendar address; the answer is its path."""
    page = client.send("/account/calendar", status=200).get_data(as_text=True)
    return page.split('value="http://localhost')[1].split('"')[0]


def events(client: PageClient, path: str) -> dict[str, tuple[date, str, int]]:
    """What the calendar holds: words -> day, status and number of alarms."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.data)
    assert found.errors == []
    return {
        str(one["SUMMARY"]): (one.decoded("DTSTART"), str(one["STATUS"]), len(one.walk("VALARM")))
        for one in found.walk("VEVENT")
    }


def test_a_person_says_no_to_the_daily_mail_and_yes_again(database: Database, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["manager_care"])
    assert "One email on working days" in client.page("/account/reminders").text
    for choice in ("none", "none", "daily"):
        client.send("/account/reminders", {"digest": choice})
        with database.reading() as session:
            assert session.scalars(select(MailChoice.digest)).one() == choice
    with database.reading() as session:
        assert len(session.scalars(select(Event).where(Event.action == "mail.chosen")).all()) == 2
    answer = client.send("/account/reminders", {"digest": "weekly"}, status=400)
    assert (
        "Choose whether you want reminders by email." in answer.get_data(as_text=True) or "Not a valid" in answer.text
    )


def test_the_address_is_shown_once_and_kept_as_a_hash(database: Database, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["manager_care"])
    path = feed_of(client)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 43
    with database.reading() as session:
        assert session.scalars(select(CalendarFeed.token_sha256)).all() == [sha256_of(token)]
    assert token not in client.get("/account/reminders").get_data(as_text=True)


def test_a_replaced_or_switched_off_address_leads_nowhere(app: Flask, world: World, sign_in: SignIn) -> None:
    client, calendar = sign_in(world.people["manager_care"]), app.test_client()
    old = feed_of(client)
    assert calendar.get(old).status_code == 200
    new = feed_of(client)
    assert (calendar.get(old).status_code, calendar.get(new).status_code) == (404, 200)
    client.page("/account/calendar/switch-off")
    client.send("/account/calendar/switch-off")
    assert calendar.get(new).status_code == 404
    assert calendar.get("/calendar/nothing.ics").status_code == 404


@pytest.mark.parametrize("left", ["inactive", "switched off", "no account"])
def test_nobody_who_left_has_a_calendar(
    app: Flask, database: Database, world: World, sign_in: SignIn, *, left: str
) -> None:
    path = feed_of(sign_in(world.people["manager_care"]))
    with database.writing() as session, session.begin():
        person = session.get_one(Person, world.people["manager_care"].id)
        account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
        if left == "inactive":
            person.active = False
        elif left == "switched off":
            account.disabled_at, account.disabled_by = AT, "test"
        else:
            session.delete(account)
    assert app.test_client().get(path).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(AccessEntry.outcome)).all() == ["denied"]


def test_an_auditor_sees_due_audits_with_an_alarm_and_done_ones_crossed_out(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        cycle = released_month(session, world, at=AT)
        submitted_audit(session, world, cycle, 1, at=AT, by="manager_care")
        submitted_audit(session, world, cycle, 2, at=AT, by="manager_care").state = "submitted"
        waits = Audit(
            number=3, cycle_id=cycle.id, month=cycle.month, case_id=world.cases[0].id,
            auditor_id=world.people["manager_care"].id, tool_key="case_file", tool_version=1,
            service_id=world.services["North"].id, team_id=world.teams["Assessment"].id, state="allocated",
            allocated_at=AT,
        )  # fmt: skip
        session.add(waits)
        submitted_audit(session, world, cycle, 4, at=AT, by="manager_leaving")
    path = feed_of(sign_in(world.people["manager_care"]))
    due = date(2026, 11, 15)
    assert events(app.test_client(), path) == {
        "Audit QA-2026-11-001 due": (due, "CANCELLED", 0),
        "Audit QA-2026-11-002 due": (due, "CANCELLED", 0),
        "Audit QA-2026-11-003 due": (due, "CONFIRMED", 1),
    }
    text = app.test_client().get(path).get_data(as_text=True)
    assert f"UID:audit-{waits.id}@" in text
    assert "Assessment" not in text
    with database.reading() as session:
        logged = session.execute(select(AccessEntry.action, AccessEntry.person_id, AccessEntry.object_id)).all()
        feed = session.scalars(select(CalendarFeed)).one()
    assert set(map(tuple, logged)) == {("calendar.open", world.people["manager_care"].id, str(feed.id))}


def test_a_moderator_sees_that_a_moderation_is_due_and_not_which(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        task = audit_to_moderate(session, world, at=AT)
        audit = task.audit
        session.add(
            Action(
                audit_id=audit.id, number=1, service_id=audit.service_id, team_id=audit.team_id, what="x",
                owner_id=world.people["moderator_1"].id, owner_named="x", due_on=date(2026, 11, 30), made_at=AT,
                made_by="test",
            )
        )  # fmt: skip
    path = feed_of(sign_in(world.people["moderator_1"]))
    assert events(app.test_client(), path) == {"Moderation due": (date(2026, 11, 20), "CONFIRMED", 1)}
    text = app.test_client().get(path).get_data(as_text=True)
    assert audit.reference not in text
    assert str(audit.id) not in text


def test_an_owner_sees_their_actions(app: Flask, database: Database, world: World, sign_in: SignIn) -> None:
    owner = world.people["worker_care_1"]
    with database.writing() as session, session.begin():
        audit = submitted_audit(session, world, released_month(session, world, at=AT), 1, at=AT)
        for number, state in ((1, "open"), (2, "done")):
            session.add(
                Action(
                    audit_id=audit.id, number=number, service_id=audit.service_id, team_id=audit.team_id, what="x",
                    owner_id=owner.id, owner_named="x", due_on=date(2026, 11, 30), made_at=AT, made_by="test",
                    state=state, done_at=AT if state == "done" else None, done_by="x" if state == "done" else None,
                )
            )  # fmt: skip
    path = feed_of(sign_in(owner))
    assert events(app.test_client(), path) == {
        "Action 1 of audit QA-2026-11-001 due": (date(2026, 11, 30), "CONFIRMED", 1),
        "Action 2 of audit QA-2026-11-001 due": (date(2026, 11, 30), "CANCELLED", 0),
    }


def test_a_calendar_that_has_the_file_is_told_so_and_old_dates_fall_away(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        cycle = released_month(session, world, at=AT)
        submitted_audit(session, world, cycle, 1, at=AT, by="manager_care")
    path = feed_of(sign_in(world.people["manager_care"]))
    first = app.test_client().get(path)
    again = app.test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with database.writing() as session, session.begin():
        kept = session.scalars(select(Cycle)).one()
        kept.due_on = AT.date() - timedelta(days=due_dates.KEPT_DAYS + 1)
    assert events(app.test_client(), path) == {}


def test_no_token_of_a_calendar_gets_into_a_log(
    app: Flask, world: World, sign_in: SignIn, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = feed_of(sign_in(world.people["manager_care"]))
    logs.configure()

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("x", {}, Exception(path))

    monkeypatch.setattr(due_dates, "_audits", broken)
    assert app.test_client().get(path).status_code == 503
    assert app.test_client().get(path.replace("calendar/", "calendar/x")).status_code == 404
    told = capfd.readouterr()
    assert [json.loads(line)["event"] for line in told.err.splitlines()] == ["fault"]
    assert path.removeprefix("/calendar/")[:20] not in told.out + told.err
