"""`qa run-due`: each mail is sent once, what fails is tried again later, and nothing is lost on the way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import logs
from qa_app.commands.run_due import Run
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.mail_keys import MailKeys
from qa_app.mail_settings import MailSettings
from qa_app.models import Account, DueJob, Event, Mail, MailChoice, Message, OnceKey, Person
from qa_app.reports import messages
from qa_app.reports.messages import Sentence
from qa_app.services import due, link_mail, outbox, sending
from tests.conftest import SteppingClock
from tests.post import NOTIFY_KEY, NOTIFY_TEMPLATE, MailServer, NotifyStandIn, free_port, text_of
from tests.world import World

SITE = "https://qa.testshire.example"
CANARY = "kestrel-7319"


@dataclass
class Office:
    """A council with a mail server and a GOV.UK Notify at hand."""

    database: Database
    world: World
    clock: SteppingClock
    server: MailServer
    stand_in: NotifyStandIn
    smtp: Settings
    notify: Settings

    def run(self, settings: Settings | None = None) -> Run:
        made = Run(self.database, settings or self.smtp)
        made.everything()
        return made

    def tell(self, *keys: str, urgent: bool = False, reference: str = "QA-1") -> None:
        with self.database.writing() as session, session.begin():
            people = [self.world.people[key].id for key in keys]
            outbox.tell(session, people, "test.news", at=self.clock(), urgent=urgent, reference=reference)

    def link(self, keys: MailKeys) -> None:
        with self.database.writing() as session, session.begin():
            to = self.world.people["worker_care_2"].id
            link_mail.queue(session, to, "test.link", keys=keys, at=self.clock(), token=CANARY, reference="QA-1")

    def mails(self) -> list[Mail]:
        with self.database.reading() as session:
            return list(session.scalars(select(Mail).order_by(Mail.queued_at, Mail.kind)))

    @property
    def mail(self) -> Mail:
        (one,) = self.mails()
        return one


@pytest.fixture
def office(
    database: Database, world: World, clock: SteppingClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    more = {"test.news": Sentence("News of {reference}.", "/news"),
            "test.link": Sentence("A page about {reference}.", "/link/{token}")}  # fmt: skip
    monkeypatch.setattr(messages, "SENTENCES", {**messages.SENTENCES, **more})
    logs.configure()  # to where this test listens
    server, stand_in = MailServer().start(), NotifyStandIn().start()
    smtp = MailSettings(
        by="smtp", public_url=SITE, sender="audit@testshire.example", host="127.0.0.1", port=server.port,
        security="none", timeout=5,
    )  # fmt: skip
    notify = MailSettings(
        by="notify", public_url=SITE, notify_key=NOTIFY_KEY, notify_template=NOTIFY_TEMPLATE, notify_url=stand_in.url,
        timeout=5,
    )  # fmt: skip
    yield Office(database, world, clock, server, stand_in, replace(settings, mail=smtp), replace(settings, mail=notify))
    server.stop()
    stand_in.stop()


def test_a_digest_goes_once_a_day_and_holds_what_was_told(office: Office) -> None:
    office.tell("manager_care")
    assert office.run().did["sent"] == 1
    ((to, message),) = office.server.taken
    mail = office.mail
    assert to == "manager_care@test.example"
    assert message["Subject"] == "Beyond Auditing: your reminders"
    assert message["From"] == '"Beyond Auditing, Testshire" <audit@testshire.example>'
    assert (message["Message-ID"], message["Auto-Submitted"]) == (
        f"<{mail.id}@testshire.example>",
        "auto-generated",
    )
    assert f"News of QA-1.\n{SITE}/news\n" in text_of(message)
    assert f"{SITE}/account/reminders" in text_of(message)
    office.tell("manager_care", reference="QA-2")
    office.clock.move(hours=2)
    assert office.run().summary() == "Nothing was due."
    office.clock.move(days=1)
    assert office.run().did["sent"] == 1
    assert "QA-2" in text_of(office.server.taken[1][1])
    assert "QA-1" not in text_of(office.server.taken[1][1])
    assert [one.state for one in office.mails()] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=UTC), 0),  # too early
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 0),  # a Sunday
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), 0),  # Christmas Day, a Friday
        (datetime(2026, 12, 4, 12, 0, tzinfo=UTC), 1),
        (datetime(2026, 12, 8, 12, 0, tzinfo=UTC), 0),  # what is so old is not news any more
    ],
)
def test_digests_go_on_working_days_from_seven_in_london(office: Office, at: datetime, sent: int) -> None:
    with office.database.writing() as session, session.begin():
        outbox.tell(
            session,
            [office.world.people["board"].id],
            "test.news",
            at=datetime(2026, 11, 22, tzinfo=UTC),
            reference="x",
        )
    office.clock.at = at
    assert office.run().did["sent"] == sent


def test_whoever_wants_no_digest_gets_none_and_still_what_is_urgent(office: Office) -> None:
    person = office.world.people["head_south"]
    with office.database.writing() as session, session.begin():
        session.add(MailChoice(person_id=person.id, digest="none", changed_at=office.clock()))
    office.tell("head_south")
    assert office.run().did["sent"] == 0
    office.tell("head_south", urgent=True, reference="QA-9")
    assert office.run().did["sent"] == 1
    ((_, message),) = office.server.taken
    assert message["Subject"] == "Beyond Auditing: please look at this now"
    assert "QA-9" in text_of(message)


def test_what_is_urgent_goes_at_any_hour_and_once(office: Office) -> None:
    office.clock.at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    with office.database.writing() as session, session.begin():
        for reference in ("QA-1", "QA-2"):
            outbox.tell(
                session,
                [office.world.people["head_south"].id],
                "test.news",
                at=office.clock(),
                urgent=True,
                reference=reference,
            )
    assert office.run().did["sent"] == 1
    assert office.run().did["sent"] == 0
    text = text_of(office.server.taken[0][1])
    assert "QA-1" in text
    assert "QA-2" in text


def test_nobody_for_whom_nothing_waits_gets_mail(office: Office) -> None:
    assert office.run().summary() == "Nothing was due."
    assert office.mails() == []


def test_the_link_of_a_mail_is_gone_from_the_outbox_once_it_is_sent(office: Office) -> None:
    office.link(MailKeys(office.smtp.secret_key))
    office.run()
    assert f"{SITE}/link/{CANARY}" in text_of(office.server.taken[0][1])
    assert (office.mail.state, office.mail.sealed) == ("sent", "")


def test_a_link_whose_key_has_changed_is_given_up_and_gone(office: Office) -> None:
    office.link(MailKeys("x" * 40))
    assert office.run().faults
    assert (office.mail.state, office.mail.sealed, office.server.taken) == ("given_up", "", [])


@pytest.mark.parametrize("lack", ["inactive", "no address", "switched off"])
def test_nobody_who_left_is_sent_mail(office: Office, lack: str) -> None:
    with office.database.writing() as session, session.begin():
        person = session.get_one(Person, office.world.people["head_south"].id)
        person.active = lack != "inactive"
        person.email = None if lack == "no address" else person.email
        if lack == "switched off":
            session.execute(
                update(Account)
                .where(Account.person_id == person.id)
                .values(disabled_at=office.clock(), disabled_by="x")
            )
    office.tell("head_south")
    office.tell("head_south", urgent=True)
    assert len(office.run().faults) == 1
    assert (office.mail.kind, office.mail.state, office.server.taken) == ("urgent", "given_up", [])


def test_a_refused_address_is_given_up_at_once_and_the_others_get_theirs(office: Office) -> None:
    office.server.answers["head_south@test.example"] = f"550 5.1.1 <head_south@test.example> {CANARY} unknown"
    office.tell("head_south", "manager_care", "head_north", urgent=True)
    done = office.run()
    assert done.did["sent"] == 2
    (refused,) = (one for one in office.mails() if one.state != "sent")
    assert (refused.state, refused.attempts) == ("given_up", 1)
    assert refused.fault == "The mail server refused the person's email address (550 5.1.1)."
    assert [line for line in done.faults if str(refused.id) in line]
    with office.database.reading() as session:
        assert session.scalars(select(Event.object_id).where(Event.action == "mail.given_up")).all() == [
            str(refused.id)
        ]


def test_what_fails_for_now_is_tried_again_later_each_time_and_given_up_in_the_end(office: Office) -> None:
    office.server.answers["head_south@test.example"] = "451 4.7.1 try later"
    office.tell("head_south", urgent=True)
    waits = []
    for attempt in range(1, len(sending.WAITS) + 1):
        office.run()
        one = office.mail
        assert (one.state, one.attempts) == ("failed", attempt)
        waits.append(int((one.next_try_at - office.clock()).total_seconds()) // 60)
        office.clock.at = one.next_try_at - timedelta(seconds=1)
        assert office.run().did["failed"] == 0
        office.clock.at = one.next_try_at
    assert waits == sorted(set(waits))
    office.run()
    assert office.mail.state == "given_up"
    office.clock.move(days=2)
    assert office.run().summary() == "Nothing was due."


def test_a_server_that_is_down_keeps_every_mail_and_costs_none_a_try(office: Office) -> None:
    office.tell("head_south", "manager_care", urgent=True)
    down = replace(office.smtp, mail=replace(office.smtp.mail, port=free_port()))
    done = office.run(down)
    assert done.faults == ["send: The mail server cannot be reached."]
    assert [(one.state, one.attempts) for one in office.mails()] == [("queued", 0)] * 2
    assert office.run().did["sent"] == 0  # it rests for a minute
    with office.database.reading() as session:
        job = session.get_one(DueJob, due.SEND)
        assert (job.faults, job.fault) == (1, "The mail server cannot be reached.")
    office.clock.move(minutes=1)
    assert office.run().did["sent"] == 2
    with office.database.reading() as session:
        assert session.get_one(DueJob, due.SEND).fault == ""


def test_a_connection_that_breaks_before_the_mail_is_kept_sends_it_later(office: Office) -> None:
    office.server.drops_before = 1
    office.tell("head_south", "manager_care", urgent=True)
    done = office.run().did
    assert (done["failed"], done["sent"]) == (1, 1)
    office.clock.move(minutes=1)
    assert office.run().did["sent"] == 1
    assert len(set(office.server.ids)) == len(office.server.ids) == 2


def test_a_mail_nobody_knows_the_fate_of_comes_twice_at_most_under_one_id(office: Office) -> None:
    office.server.drops_after = 9
    office.tell("head_south", urgent=True)
    for _ in range(5):
        office.run()
        office.clock.move(hours=1)
    assert len(office.server.ids) == 2
    assert len(set(office.server.ids)) == 1
    assert office.mail.state == "given_up"
    assert "may have arrived" in office.mail.fault


def test_a_server_that_is_too_slow_is_left(office: Office) -> None:
    office.server.slow = 3
    office.tell("head_south", urgent=True)
    done = office.run(replace(office.smtp, mail=replace(office.smtp.mail, timeout=1)))
    assert done.faults == ["send: The mail server closed the connection before it took the mail."]
    assert (office.mail.state, office.mail.attempts, office.server.taken) == ("queued", 0, [])


def test_a_server_that_ends_every_connection_still_gets_all(office: Office) -> None:
    office.server.one_a_connection = True
    office.tell("head_south", "manager_care", "head_north", urgent=True)
    assert office.run().did["sent"] == 3


def test_a_mail_whose_run_died_is_taken_up_after_a_time(office: Office) -> None:
    office.tell("head_south", urgent=True)
    office.run(replace(office.smtp, mail=replace(office.smtp.mail, port=free_port())))
    office.clock.move(minutes=2)
    with office.database.writing() as session, session.begin():
        died = sending.take(session, at=office.clock())
    assert died is not None
    office.clock.move(minutes=14)
    assert office.run().did["sent"] == 0
    office.clock.move(minutes=2)
    assert office.run().did["sent"] == 1
    with office.database.writing() as session, session.begin():  # and the dead one, should it wake, changes nothing
        sending.failed(session, died, fault="late", at=office.clock())
    assert (office.mail.state, office.mail.unsure) == ("sent", 1)


def test_a_digest_that_could_not_go_gives_its_news_to_the_next_day(office: Office) -> None:
    office.server.data_answer = "452 4.3.1 full"
    office.tell("head_south")
    office.run()
    office.clock.move(days=1)
    office.server.data_answer = "250 OK"
    office.run()
    assert [one.state for one in office.mails()] == ["given_up", "sent"]
    assert "QA-1" in text_of(office.server.taken[0][1])


def test_a_message_without_words_keeps_no_other_from_being_told(office: Office) -> None:
    with office.database.writing() as session, session.begin():
        outbox.tell(session, [office.world.people["board"].id], "test.unknown", at=office.clock(), urgent=True)
        outbox.tell(
            session, [office.world.people["board"].id], "test.news", at=office.clock(), urgent=True
        )  # its detail is missing
    office.tell("board", urgent=True)
    assert office.run().did["sent"] == 1
    assert "QA-1" in text_of(office.server.taken[0][1])


def test_notify_is_sent_the_words_and_the_mails_id(office: Office) -> None:
    office.tell("head_south", urgent=True)
    assert office.run(office.notify).did["sent"] == 1
    (asked,) = office.stand_in.taken
    assert asked["email_address"] == "head_south@test.example"
    assert asked["template_id"] == NOTIFY_TEMPLATE
    assert asked["reference"] == str(office.mail.id)
    assert asked["personalisation"]["subject"] == "Beyond Auditing: please look at this now"
    assert "QA-1" in asked["personalisation"]["body"]


def test_a_mail_notify_took_without_saying_so_is_not_sent_again(office: Office) -> None:
    office.stand_in.fails_after = 1
    office.tell("head_south", urgent=True)
    assert office.run(office.notify).did["failed"] == 1
    office.clock.move(minutes=1)
    assert office.run(office.notify).did["sent"] == 1
    assert len(office.stand_in.taken) == 1
    assert office.stand_in.asked_about == [str(office.mail.id)]


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [
        ((400, "ValidationError", f"email_address Not a valid email address {CANARY}"), "given_up", 1),
        ((400, "BadRequestError", "Can’t send to this recipient using a team-only API key"), "given_up", 1),
        ((400, "BadRequestError", "Template not found"), "queued", 0),
        ((403, "AuthError", "Invalid token: API key not found"), "queued", 0),
        ((429, "RateLimitError", "Exceeded rate limit for key type LIVE"), "queued", 0),
        ((500, "Exception", "Internal server error"), "failed", 1),
    ],
)
def test_notifys_refusals_are_told_apart(
    office: Office, answer: tuple[int, str, str], state: str, attempts: int
) -> None:
    office.stand_in.refuses = lambda _asked: answer
    office.tell("head_south", urgent=True)
    office.run(office.notify)
    one = office.mail
    assert (one.state, one.attempts) == (state, attempts)
    assert CANARY not in one.fault
    assert one.fault


def test_a_notify_that_is_down_costs_no_mail_a_try(office: Office) -> None:
    office.tell("head_south", urgent=True)
    down = replace(office.notify, mail=replace(office.notify.mail, notify_url=f"http://127.0.0.1:{free_port()}"))
    assert office.run(down).faults == ["send: GOV.UK Notify cannot be reached."]
    assert (office.mail.state, office.mail.attempts) == ("queued", 0)


def test_logs_and_faults_name_ids_alone(
    office: Office, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure()
    office.server.answers["head_south@test.example"] = f"550 {CANARY} head_south@test.example"
    office.server.answers["head_north@test.example"] = f"451 {CANARY} head_north@test.example"
    office.stand_in.refuses = lambda asked: (400, "ValidationError", f"email_address {asked['email_address']} {CANARY}")
    office.tell("head_south", "head_north", "manager_care", urgent=True, reference=CANARY)
    told = office.run().summary()
    office.clock.move(minutes=5)
    told += office.run(office.notify).summary()
    found = capfd.readouterr()
    said = found.out + found.err + caplog.text + told + "".join(one.fault for one in office.mails())
    lines = [json.loads(line) for line in found.err.splitlines()]
    assert len([line for line in lines if line["event"] == "mail"]) == 4
    assert CANARY not in said
    assert "@" not in said
    assert "Head" not in said


def test_no_address_or_name_can_put_a_header_into_a_mail(office: Office, session: Session) -> None:
    with office.database.writing() as writing, writing.begin():
        person = writing.get_one(Person, office.world.people["head_south"].id)
        person.email = "a@test.example\r\nBcc: thief@test.example"
    office.tell("head_south", "manager_care", urgent=True)
    office.run(replace(office.smtp, council="Test\r\nBcc: thief@test.example"))
    assert [to for to, _ in office.server.taken] == ["manager_care@test.example"]
    assert office.server.taken[0][1]["Bcc"] is None
    assert sorted(one.state for one in office.mails()) == ["given_up", "sent"]
    assert len(office.server.taken[0][1].get_all("From")) == 1


def test_a_job_that_breaks_is_noted_and_stops_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken(session: Session, *, at: datetime) -> int:
        outbox.tell(session, [office.world.people["board"].id], "test.news", at=at, reference="undone")
        raise RuntimeError(CANARY)

    def fine(session: Session, *, at: datetime) -> int:
        calls.append(at)
        return outbox.tell(
            session, [office.world.people["board"].id], "test.news", at=at, urgent=True, reference="done"
        )

    jobs = (due.Job("broken", "broken", broken), due.Job("fine", "told", fine))
    monkeypatch.setattr(due, "JOBS", jobs)
    monkeypatch.setattr(due, "NAMES", ("broken", "fine", due.DIGESTS, due.SEND))
    done = office.run()
    assert done.faults == ["broken: It ended with RuntimeError. The log says where."]
    assert (done.did["told"], done.did["sent"]) == (1, 1)
    office.run()
    with office.database.reading() as session:
        job = session.get_one(DueJob, "broken")
        assert (job.faults, job.next_try_at) == (1, office.clock() + timedelta(minutes=1))  # it rests
        assert session.scalars(select(Message).where(Message.urgent.is_(False))).all() == []
    assert len(calls) == 2


def test_mail_that_is_off_leaves_everything_waiting(office: Office) -> None:
    office.tell("head_south", urgent=True)
    assert (
        office.run(replace(office.smtp, mail=MailSettings())).summary()
        == "Nothing was due. Mail is not set up (QA_MAIL)."
    )
    assert office.mails() == []


def test_links_nobody_could_be_sent_in_time_are_gone(office: Office) -> None:
    office.link(MailKeys(office.smtp.secret_key))
    office.clock.move(days=15)
    office.run()
    assert (office.mail.state, office.mail.sealed) == ("given_up", "")


def test_the_keys_of_forms_sent_more_than_a_week_ago_are_forgotten(office: Office) -> None:
    with office.database.writing() as session, session.begin():
        session.add_all(
            OnceKey(
                key=uuid4(), person_id=office.world.people["board"].id, endpoint=f"{days} days ago", body_sha256="",
                done_at=office.clock() - timedelta(days=days),
            )
            for days in (6, 8)
        )  # fmt: skip
    assert office.run().did["keys of old forms forgotten"] == 1
    with office.database.reading() as session:
        assert session.scalars(select(OnceKey.endpoint)).all() == ["6 days ago"]
