"""What is logged and kept of what people do: every opening, allowed and refused, and never what they typed."""

import json
import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask, g
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app import logs
from qa_app.access.current import database as site_database
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, Cycle, Event, Moderation, Person
from qa_app.queries import cycles
from qa_app.services import moderators, sampling
from qa_app.services import settings as rules
from tests.busy import Busy, busy_council
from tests.conftest import AT
from tests.months import submitted_audit, submitted_month
from tests.page import PageClient
from tests.regrading import audit_to_moderate
from tests.world import World, actor_for

CANARY = "kestrel 7319"
CODE = re.compile(r"[\w:.+\-]*")
SignIn = Callable[[Person], PageClient]


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of these tests' own: they put a route on it."""
    return own_app


@pytest.mark.parametrize("when", ["in the view", "at the commit", "no database"])
def test_a_fault_is_logged_by_its_kind_and_place_alone(
    capsys: pytest.CaptureFixture[str], app: Flask, world: World, when: str
) -> None:
    def broken() -> str:
        if when == "in the view":
            raise RuntimeError(CANARY)
        writing = site_database().writing()
        g.db_session = writing
        if when == "at the commit":
            writing.add(Person(id=world.people["board"].id, name=CANARY, job_title=CANARY))
        else:
            writing.execute(text("SELECT * FROM nothing WHERE name = :name"), {"name": CANARY})
        return "done"

    logs.configure()  # to where this test listens
    app.add_url_rule("/broken", "broken", needs(Can.SIGN_IN)(broken), methods=["POST"])
    client = app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/broken", data={"csrf_token": client.token(), "said": CANARY})
    assert answer.status_code in (500, 503)
    assert CANARY not in answer.get_data(as_text=True)
    told = capsys.readouterr()
    lines = [json.loads(line) for line in told.err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("fault", "error")]
    assert CANARY not in told.err + told.out
    assert lines[0]["request_id"][:12] in answer.get_data(as_text=True)


def test_a_fault_of_the_database_names_no_parameter(session: Session) -> None:
    with pytest.raises(DBAPIError) as told:
        session.execute(text("SELECT * FROM nothing WHERE name = :name"), {"name": CANARY})
    assert CANARY not in str(told.value)


def test_no_event_holds_what_somebody_typed(session: Session, world: World) -> None:
    busy = busy_council(session, world)
    rules.change(session, "due_working_day", "20", reason=CANARY, by="test", at=AT)
    chosen = session.scalars(select(Audit).where(Audit.state == "submitted", Audit.cycle_id == busy.open.id)).first()
    assert chosen is not None
    moderation = sampling.choose(session, chosen, reason=CANARY, seed="s", by="test", at=AT)
    other = next(one for one in moderators.offers(session, chosen) if not one.conflicts)
    moderators.give(session, moderation, other.moderator, reason=CANARY, by="test", at=AT)
    session.flush()
    events = session.scalars(select(Event)).all()
    assert sum(one.reason == CANARY for one in events) == 3
    assert [one.action for one in events if not all(map(is_code, leaves(one.detail)))] == []
    assert not Event.__table__.c.detail.info["personal"]
    assert Event.__table__.c.reason.info["personal"]


def leaves(detail: object) -> list[object]:
    """Every value in a detail, however deep."""
    if isinstance(detail, dict):
        return [leaf for value in detail.values() for leaf in leaves(value)]
    return [leaf for value in detail for leaf in leaves(value)] if isinstance(detail, list) else [detail]


def is_code(value: object) -> bool:
    """A number, a date, an id or a code: no words."""
    return not isinstance(value, str) or bool(CODE.fullmatch(value))


def entries(database: Database, person: Person) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        found = session.execute(
            select(AccessEntry.action, AccessEntry.object_id, AccessEntry.outcome).where(
                AccessEntry.person_id == person.id
            )
        )
        return sorted(map(tuple, found))


def test_every_opening_leaves_one_entry_and_so_does_every_refused_one(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        _, made = submitted_month(session, world, [Grade.GOOD], at=AT, month=date(2026, 10, 1))
        audit, service = made[0].id, made[0].service_id
        task = audit_to_moderate(session, world, at=AT, number=1).id
    heads = {world.services["North"].id: "head_north", world.services["South"].id: "head_south"}
    inside = world.people[heads.pop(service)]
    (outside,) = (world.people[key] for key in heads.values())
    sign_in(inside).page(f"/audits/{audit}")
    assert entries(database, inside) == [("audit.open", str(audit), "allowed")]
    sign_in(outside).page(f"/audits/{audit}", 404)
    assert entries(database, outside) == [("refused", str(audit), "denied")]
    moderator = world.people["moderator_1"]
    client = sign_in(moderator)
    client.page(f"/moderations/{task}")
    client.send(f"/moderations/{task}/reference", status=200)
    client.page("/cycles", 403)
    case = case_of(database, task)
    assert entries(database, moderator) == [
        ("case.reveal", str(case), "allowed"), ("moderation.open", str(task), "allowed"),
        ("refused", "cycle.read", "denied"),
    ]  # fmt: skip
    sign_in(world.people["moderator_2"]).send(f"/moderations/{task}/reference", status=404)
    assert entries(database, world.people["moderator_2"]) == [("refused", str(task), "denied")]
    lead = sign_in(world.people["qa_lead"])
    lead.page("/dashboard/audits?measure=cases&month=2026-10")
    assert lead.get("/dashboard/scorecard/2026-10").status_code == 200
    kept = entries(database, world.people["qa_lead"])
    assert kept == [("figures.audits", "2026-10/2026-10", "allowed"), ("scorecard.open", "2026-10", "allowed")]


def case_of(database: Database, task: UUID) -> UUID:
    with database.reading() as session:
        return session.get_one(Moderation, task).audit.case_id


KEPT = {
    "judgement": "grade = 'good'", "answers": "tool_version = 9", "event": "action = 'x'", "draw": "seed = 'x'",
    "frame_member": "stratum = 'x'", "access_entry": "outcome = 'allowed'", "counted_answer": "value = 'yes'",
    "snapshot": "rules_version = 'x'", "difference": "note = 'x'",
}  # fmt: skip


@pytest.mark.parametrize("table", sorted(KEPT))
def test_what_was_recorded_cannot_be_changed_or_removed_past_the_code(
    database: Database, busy: Busy, engine_kind: str, table: str
) -> None:
    with database.writing() as session, session.begin():
        audit = session.scalars(select(Audit).where(Audit.cycle_id == busy.open.id, Audit.state == "submitted")).first()
        assert audit is not None
        session.execute(
            text(
                "INSERT INTO counted_answer (audit_id, question, value, month, service_id, team_id, tool_key)"
                " SELECT id, 'voice', 'no', month, service_id, team_id, tool_key FROM audit LIMIT 1"
            )
        )
        session.add(AccessEntry(at=AT, action="x", object_kind="x", object_id="x", outcome="denied", request_id="x"))
    attacks = [f"UPDATE {table} SET {KEPT[table]}", f"DELETE FROM {table}"]  # noqa: S608
    replacing, emptying = f"REPLACE INTO {table} SELECT * FROM {table}", f"TRUNCATE {table} CASCADE"  # noqa: S608
    attacks.append(replacing if engine_kind == "sqlite" else emptying)
    for attack in attacks:
        with database.writing() as session:
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0  # noqa: S608
            with pytest.raises(DBAPIError, match=r"are kept as they were recorded|grades an audit once"):
                session.execute(text(attack))


def test_a_submitted_audit_cannot_change_past_the_code(database: Database, world: World, engine_kind: str) -> None:
    with database.writing() as session, session.begin():
        submitted_month(session, world, [Grade.GOOD], at=AT)
    attacks = ["UPDATE audit SET submitted_at = NULL", "UPDATE audit SET number = 99", "DELETE FROM audit"]
    attacks += ["REPLACE INTO audit SELECT * FROM audit"] if engine_kind == "sqlite" else []
    for attack in attacks:
        with database.writing() as session, pytest.raises(DBAPIError, match="can no longer change"):
            session.execute(text(attack))


def test_a_lead_who_moderates_learns_neither_the_auditor_nor_an_open_month(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        both = world.person(session, "both", "Practice", (Role.QA_LEAD, Role.MODERATOR), AT)
        task = audit_to_moderate(session, world, at=AT, moderator="both")
        cycle, waiting = task.audit.cycle_id, task.audit.reference
        name, audit = task.audit.auditor.name, task.audit_id
    client, plain = sign_in(both), sign_in(world.people["qa_lead"])
    for page in (f"/cycles/{cycle}", f"/cycles/{cycle}/sample", f"/cycles/{cycle}/close"):
        assert waiting in plain.page(f"/cycles/{cycle}").text
        assert name not in client.page(page).text
    assert name in plain.page(f"/cycles/{cycle}").text
    with database.reading() as session:
        (row,) = cycles.allotted(session, actor_for(session.get_one(Person, both.id)), cycle)
        assert (row.auditor, row.auditor_team, row.submitted_on, row.blind) == ("", "", None, True)
    for page in ("swap", "replace"):
        client.page(f"/cycles/{cycle}/audits/{audit}/{page}", 404)
    client.page(f"/audits/{audit}", 404)
    plain.page(f"/audits/{audit}")
    with database.writing() as session, session.begin():
        session.get_one(Moderation, task.id).moderator_id = world.people["moderator_1"].id
        waits = submitted_audit(session, world, session.get_one(Cycle, cycle), 2, at=AT).id
    client.page(f"/audits/{waits}", 404)
    plain.page(f"/audits/{waits}")
    assert f"{waits}" not in client.get("/dashboard/audits?measure=cases&month=2026-11").get_data(as_text=True)
    assert f"{waits}" in plain.get("/dashboard/audits?measure=cases&month=2026-11").get_data(as_text=True)
    assert name not in client.page(f"/cycles/{cycle}/sample/choose").text
