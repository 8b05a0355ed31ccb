"""A self-check: drawn by a seed, graded blind to one's own first grades, shown to the auditor and the QA lead alone."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import (
    AccessEntry,
    Action,
    Answers,
    Audit,
    Event,
    Message,
    Person,
    Reading,
    ReadingGrade,
)
from qa_app.queries import self_checks as found
from qa_app.queries.facts import Reach
from qa_app.services import figures, self_checks, settings
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.services.self_checks import SelfCheckRefused
from tests.conftest import AT
from tests.crawl import pages
from tests.months import ELEMENTS, TOOL, submitted_month
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
CANARY = "kestrel-7319"
FIRST = ELEMENTS[0]
SEED = "a seed"


def may_audits(session: Session, world: World, number: int = 8) -> list[Audit]:
    """Audits of May, closed, two for each of the four auditors, with a canary in what they wrote."""
    cycle, audits = submitted_month(session, world, [Grade.GOOD] * number, at=AT, month=date(2026, 5, 1))
    for audit in audits:
        audit.state = "closed"
        session.add(
            Action(
                audit_id=audit.id, number=1, case_id=audit.case_id, service_id=audit.service_id, team_id=audit.team_id,
                element=FIRST, what=f"{CANARY} action", owner_named="Somebody", due_on=date(2026, 6, 1), made_at=AT,
                made_by="test", state="cancelled",
            )
        )  # fmt: skip
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, "test"
    session.flush()
    return audits


def switched_on(session: Session, times: int = 1) -> None:
    settings.change(session, "self_checks_a_year", times, reason="Agreed with the auditors.", by="test", at=AT)


def drawn(session: Session, world: World) -> Reading:
    """The self-check of one auditor."""
    may_audits(session, world)
    switched_on(session)
    made = self_checks.draw(session, seed=SEED, by="test", at=AT)
    return next(one for one in made if one.reader_id == world.people["manager_care"].id)


def give(session: Session, reading: Reading, **changed: Grade) -> None:
    said = {**dict.fromkeys(ELEMENTS, "good"), **{key: grade.value for key, grade in changed.items()}}
    version = self_checks.write(session, reading, said, version_of(self_checks.draft_of(session, reading)), at=AT)
    self_checks.give(session, reading, version, by="test", at=AT)


def test_nobody_is_asked_while_they_are_switched_off(session: Session, world: World) -> None:
    may_audits(session, world)
    with pytest.raises(SelfCheckRefused, match="switched off"):
        self_checks.draw(session, seed=SEED, by="test", at=AT)
    assert self_checks.candidates(session, at=AT) == {}


def test_each_auditor_is_asked_about_one_audit_and_the_draw_can_be_made_again(session: Session, world: World) -> None:
    may_audits(session, world)
    switched_on(session)
    made = self_checks.draw(session, seed=SEED, by="test", at=AT)
    assert len({one.reader_id for one in made}) == len(made) == 4
    assert all(one.audit.auditor_id == one.reader_id for one in made)
    for event in session.scalars(select(Event).where(Event.action == "self_check.asked")):
        reading = session.get_one(Reading, UUID(event.object_id))
        assert reading.reader_id is not None
        frame = [UUID(one) for one in event.detail["audits"]]
        assert len(frame) == 2
        assert self_checks.frame_sha256(frame) == event.detail["frame_sha256"]
        assert self_checks.chosen(event.detail["seed"], reading.reader_id, frame) == reading.audit_id
    told = session.scalars(select(Message.person_id).where(Message.kind == "self_check.asked")).all()
    assert sorted(map(str, told)) == sorted(str(one.reader_id) for one in made)
    with pytest.raises(SelfCheckRefused, match="Nobody has an audit"):
        self_checks.draw(session, seed="again", by="test", at=AT)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"month": date(2026, 3, 1)}, {"month": date(2026, 8, 1)}, {"state": "submitted"}, {"state": "withdrawn"},
        {"action": "open"}, {"action": "done"},
    ],
    ids=lambda spoilt: "-".join(str(one) for pair in spoilt.items() for one in pair),
)  # fmt: skip
def test_only_settled_audits_of_that_age_without_open_actions_are_drawn(
    session: Session, world: World, spoilt: dict[str, Any]
) -> None:
    month = spoilt.get("month", date(2026, 5, 1))
    _, (audit,) = submitted_month(session, world, [Grade.GOOD], at=AT, month=month)
    audit.state = "closed"
    switched_on(session)
    session.flush()
    assert len(self_checks.candidates(session, at=AT)) == ("month" not in spoilt)
    audit.state = spoilt.get("state", "closed")
    if "action" in spoilt:
        session.add(
            Action(
                audit_id=audit.id, number=1, case_id=audit.case_id, service_id=audit.service_id, team_id=audit.team_id,
                element=FIRST, what="Do", owner_named="Somebody", due_on=date(2026, 6, 1), made_at=AT, made_by="test",
                state=spoilt["action"], done_at=AT if spoilt["action"] == "done" else None,
                done_by="test" if spoilt["action"] == "done" else None,
            )
        )  # fmt: skip
    session.flush()
    assert self_checks.candidates(session, at=AT) == {}


def test_it_is_given_once_whole_and_for_ever(session: Session, world: World) -> None:
    reading = drawn(session, world)
    with pytest.raises(found.NotGiven):
        found.outcome(session, reading)
    version = self_checks.write(session, reading, {FIRST: "good"}, version_of({}), at=AT)
    with pytest.raises(NewerDraft):
        self_checks.write(session, reading, {FIRST: "inadequate"}, version_of({}), at=AT)
    with pytest.raises(self_checks.Unanswered):
        self_checks.give(session, reading, version, by="test", at=AT)
    give(session, reading, **{ELEMENTS[0]: Grade.OUTSTANDING, ELEMENTS[1]: Grade.INADEQUATE})
    assert not self_checks.give(session, reading, "", by="test", at=AT)
    with pytest.raises(SelfCheckRefused, match="given"):
        self_checks.write(session, reading, {}, version_of({}), at=AT)
    with pytest.raises(SelfCheckRefused, match="given"):
        self_checks.call_off(session, reading, "No.", by="test", at=AT)
    assert self_checks.draft_of(session, reading) == {}
    outcome = found.outcome(session, reading)
    assert (outcome.n, outcome.same, outcome.one_off, outcome.crossed) == (len(ELEMENTS), len(ELEMENTS) - 2, 1, 1)
    for statement in (update(ReadingGrade).values(grade="good"), delete(ReadingGrade)):
        with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
            session.execute(statement)


def test_somebody_let_off_is_asked_no_more_often_than_the_setting_says(session: Session, world: World) -> None:
    reading = drawn(session, world)
    self_checks.write(session, reading, {FIRST: "good"}, version_of({}), at=AT)
    with pytest.raises(SelfCheckRefused, match="why"):
        self_checks.call_off(session, reading, " ", by="test", at=AT)
    self_checks.call_off(session, reading, "Long leave.", by="test", at=AT)
    assert self_checks.draft_of(session, reading) == {}
    assert set(self_checks.candidates(session, at=AT)) == {reading.reader_id}  # the others are being asked
    (again,) = self_checks.draw(session, seed="again", by="test", at=AT)
    assert again.audit_id != reading.audit_id
    give(session, again)
    assert self_checks.candidates(session, at=AT) == {}


@pytest.mark.usefixtures("busy")
def test_the_figures_are_the_same_with_and_without_self_checks(session: Session, world: World) -> None:
    months = (date(2026, 10, 1), date(2026, 11, 1))
    reading = drawn(session, world)
    before = [figures.figures(session, reach=Reach(), until=month) for month in months]
    give(session, reading, **{ELEMENTS[0]: Grade.INADEQUATE})
    assert [figures.figures(session, reach=Reach(), until=month) for month in months] == before


@pytest.fixture
def asked(database: Database, world: World) -> tuple[UUID, UUID]:
    """One auditor asked: the ids of the self-check and of its audit, in which they wrote a canary everywhere."""
    with database.writing() as session, session.begin():
        reading = drawn(session, world)
        texts = {one.key: f"{CANARY} {one.key}" for one in TOOL.questions if one.kind in {"text", "line"}}
        audit = reading.audit
        other = {"tool_key": TOOL.key, "tool_version": TOOL.version, "given_at": AT}
        session.add(Answers(audit_id=audit.id, stage="moderator", person_id=audit.auditor_id, answers=texts, **other))
        return reading.id, audit.id


def reached(client: PageClient) -> str:
    """All that somebody's pages say, by links to the last."""
    found_pages = [path for path, _ in pages(client)]
    assert "/self-checks" in found_pages
    return "".join(client.get(path).get_data(as_text=True) for path in found_pages)


def test_the_auditor_sees_nothing_of_their_first_grades_before_the_second_are_given(
    database: Database, world: World, sign_in: SignIn, asked: tuple[UUID, UUID]
) -> None:
    reading_id, audit_id = asked
    client = sign_in(world.people["manager_care"])
    assert "Self-check of your audit of May 2026" in client.page("/").text
    with database.reading() as session:
        hidden = session.get_one(Audit, audit_id).reference
        led = session.scalars(select(Action.id).where(Action.audit_id == audit_id)).one()
    said = reached(client)
    assert f"/audits/{audit_id}" not in said
    assert f"/actions/{led}" not in said
    for address in (f"/audits/{audit_id}", f"/audits/{audit_id}/letter", f"/actions/{led}"):
        assert client.get(address).status_code in {403, 404}
    address = f"/self-checks/{reading_id}"
    page = client.page(address)
    assert hidden in page.text
    assert " checked" not in client.get(address).get_data(as_text=True)
    revealed = client.send(f"{address}/reference", {}, 200)
    assert b"Case reference" in revealed.data
    version = version_of({})
    saved = client.send(f"{address}/autosave", {"version": version, FIRST: "inadequate"}, 200)
    assert saved.json is not None
    clash = client.send(address, {"version": version, FIRST: "good", f"{FIRST}_words": "Other tab."}, 409)
    assert b"Other tab." in clash.data
    client.send(f"{address}/give", {"version": saved.json["version"]}, 400)
    whole = {"version": saved.json["version"], **dict.fromkeys(ELEMENTS, "good"), FIRST: "requires_improvement"}
    assert client.send(address, whole).location == f"{address}/check"
    checked = client.get(f"{address}/check").get_data(as_text=True)
    client.send(f"{address}/give", {"version": checked.split('name="version" value="')[1].split('"')[0]})
    outcome = client.page(address).text
    assert f"{len(ELEMENTS) - 1} of {len(ELEMENTS)} parts were graded the same" in outcome
    assert "1 are one grade apart, and 1 crossed the line" in outcome
    assert "%" not in outcome
    client.page(f"/audits/{audit_id}")
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(AccessEntry.action == "case.reveal"))


def test_nobody_but_the_auditor_and_the_qa_lead_opens_it_and_the_lead_sees_nothing_before(
    database: Database, world: World, sign_in: SignIn, asked: tuple[UUID, UUID]
) -> None:
    reading_id, _ = asked
    address = f"/self-checks/{reading_id}"
    for who in ("manager_planning", "moderator_1", "head_south", "director"):
        client = sign_in(world.people[who])
        client.page(address, 404)
        for act in ("", "/autosave", "/give", "/reference"):
            client.send(address + act, {"version": version_of({})}, 404)
        client.send(f"{address}/call-off", {"reason": "No."}, 403)
        client.send("/self-checks/draw", {}, 403)
    sign_in(world.people["worker_care_1"]).page("/self-checks", 403)
    lead = sign_in(world.people["qa_lead"])
    assert "has not given their grades yet" in lead.page(address).text
    lead.send(address, {"version": version_of({}), FIRST: "good"}, 404)
    lead.page(f"{address}/check", 404)
    with database.writing() as session, session.begin():
        give(session, session.get_one(Reading, reading_id))
        told = session.scalars(select(Message.person_id).where(Message.kind == "self_check.given")).all()
        assert told == [world.people["qa_lead"].id]
    assert "were graded the same both times" in lead.page(address).text
    sign_in(world.people["head_south"]).page(address, 404)


def test_the_lead_draws_on_the_page_and_lets_somebody_off(database: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "switched off" in lead.page("/self-checks").text
    lead.send("/self-checks/draw", {}, 409)
    with database.writing() as session, session.begin():
        may_audits(session, world)
        switched_on(session)
    assert "4 auditors can be asked now" in lead.page("/self-checks").text
    lead.send("/self-checks/draw")
    assert "Nobody can be asked now" in lead.page("/self-checks").text
    with database.reading() as session:
        one = session.scalars(select(Reading).where(Reading.kind == "self").limit(1)).one()
        reading_id, auditor = one.id, session.get_one(Person, one.reader_id)
        audit_id = one.audit_id
    sign_in(auditor).page(f"/audits/{audit_id}", 404)
    lead.send(f"/self-checks/{reading_id}/call-off", {"reason": ""}, 400)
    lead.send(f"/self-checks/{reading_id}/call-off", {"reason": "Long leave."})
    assert "Long leave." in lead.page(f"/self-checks/{reading_id}").text
    sign_in(auditor).page(f"/audits/{audit_id}")
    sign_in(auditor).send(f"/self-checks/{reading_id}", {"version": version_of({}), FIRST: "good"}, 409)
