"""What goes on around an audit tells its moderator nothing before they have graded, whatever else they are.

Every address there is, with every id there is, is asked for by moderators who hold other roles and stand in the line of
those the audit is about; then their mails and their calendar are read.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.plans import DEFAULT_RULES, StratumRule, plain
from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import (
    Action,
    ActionStep,
    Alert,
    AlertRecipient,
    Audit,
    Base,
    Case,
    Draw,
    FrameMember,
    LeftOut,
    Mail,
    Person,
    Reaudit,
    Reflection,
    RoleGrant,
    Supplement,
)
from qa_app.services import mail_choices, making, outbox, sending
from qa_app.services.writing import written
from tests.conftest import AT
from tests.feedback import KEYS
from tests.graded_again import say_of
from tests.laws.test_blindness import CANARY, answers, audits_to_grade, readable
from tests.page import PageClient
from tests.regrading import fill, give
from tests.seconds import moderation_of
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
TODAY = london_day(AT)
OTHER_ROLES = {
    "moderator": (),
    "worker": (Role.PRACTITIONER,),
    "reviewing officer or manager": (Role.AUDITOR, Role.PRACTITIONER),
    "head": (Role.HEAD_OF_SERVICE,),
    "lead": (Role.QA_LEAD,),
    "all of them": (Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.PRACTITIONER, Role.QA_LEAD),
}


def around(session: Session, world: World, audit: Audit) -> None:
    """All that may go on around an audit, each with the canary wherever words are kept."""
    moderator, head = world.people["moderator_1"], world.people["director"]
    by = f"person:{audit.auditor_id}"
    case = session.get_one(Case, audit.case_id)
    for place, (owner, state) in enumerate(
        {world.people["worker_care_1"].id: "open", world.people["manager_leaving"].id: "done", None: "closed"}.items(),
        2,
    ):
        action = Action(
            audit_id=audit.id, number=place, case_id=audit.case_id, service_id=audit.service_id, team_id=audit.team_id,
            element="voice", what=f"{CANARY} action", owner_id=owner, owner_named=CANARY, due_on=date(2026, 11, 2),
            evidence_wanted=CANARY, evidence=CANARY, made_at=AT, made_by=by, state=state,
            done_at=None if state == "open" else AT, done_by=None if state == "open" else "test",
            closed_at=AT if state == "closed" else None, closed_by="another" if state == "closed" else None,
            closed_note=CANARY,
        )  # fmt: skip
        session.add(action)
        session.flush()
        session.add(ActionStep(action_id=action.id, what="done", said=CANARY, taken_at=AT, taken_by=by))
        told = [moderator.id, world.people["qa_lead"].id]
        for kind in ("action.flagged", "action.to_check", "action.given"):
            outbox.tell(session, told, kind, at=AT, about=("action", action.id), action=str(action.id), due=CANARY)
    for acknowledged in (True, False):
        alert = Alert(
            audit_id=audit.id, stage="auditor", answer="no", raised_at=AT, raised_by=by,
            acknowledged_at=AT if acknowledged else None, acknowledged_by=f"person:{head.id}" if acknowledged else None,
            acknowledged_note=CANARY,
        )  # fmt: skip
        session.add(alert)
        session.flush()
        session.add(AlertRecipient(alert_id=alert.id, person_id=head.id, because="head_of_service", told_at=AT))
        outbox.tell(
            session, [head.id], "alert.raised", at=AT, about=("alert", alert.id), urgent=True,
            reference=CANARY, alert=str(alert.id),
        )  # fmt: skip
    asked = Reflection(
        audit_id=audit.id, person_id=case.worker_id, invited_at=AT, invited_by=by, proud=CANARY, needs=CANARY,
        in_the_way=CANARY, position="disputes", dispute=CANARY, asks_moderation=True, given_at=AT,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    told = [moderator.id, world.people["qa_lead"].id]
    for kind in ("reflection.disputed", "reflection.given", "reflection.decided"):
        outbox.tell(
            session, told, kind, at=AT, about=("reflection", asked.id), reference=CANARY, by=CANARY,
            reflection=str(asked.id), audit=str(audit.id),
        )  # fmt: skip
    outbox.tell(
        session, told, "letter.ready", at=AT, about=("audit", audit.id), reference=CANARY,
        path=f"/audits/{audit.id}/letter",
    )  # fmt: skip
    for n, (kind, state) in enumerate((("urgent", "failed"), ("link", "given_up"), ("digest", "queued"))):
        session.add(
            Mail(
                person_id=head.id, kind=kind, day=TODAY - timedelta(days=10 * audit.number + n), state=state,
                queued_at=AT, next_try_at=AT + timedelta(days=1), fault=CANARY if kind != "digest" else "",
                sealed=CANARY,
            )
        )  # fmt: skip
    draw = Draw(
        id=uuid4(), cycle_id=audit.cycle_id, kind="cases", seed="1", rule={}, frame={CANARY: [CANARY]},
        frame_sha256="0" * 64,        excluded={"audited": 1}, drawn_at=AT, drawn_by=by,
    )  # fmt: skip
    session.add(draw)
    session.flush()
    session.add(LeftOut(draw_id=draw.id, case_id=case.id, reason="audited lately"))


def drawn(session: Session, audit: Audit) -> None:
    """The draw that chose an audit and a further one, whose stratum and reason would tell of the auditor's grade."""
    strata = (StratumRule(CANARY, Fraction(1), grades=frozenset({"inadequate"})), DEFAULT_RULES[-1])
    draw = Draw(
        id=uuid4(), cycle_id=audit.cycle_id, kind="moderation", seed="1", frame_sha256="0" * 64, excluded={},
        rule={"strata": [one.text for one in strata], "rules": plain(strata), "plan_sha256": "", "plan_from": "own"},
        frame={"audits": []}, drawn_at=AT, drawn_by="test",
    )  # fmt: skip
    session.add(draw)
    session.flush()
    session.add(
        FrameMember(
            draw_id=draw.id, audit_id=audit.id, month=audit.month, stratum=CANARY, certainty=False, selected=True,
            chance_numerator=1, chance_denominator=1,
        )
    )  # fmt: skip
    session.add(
        Supplement(
            draw_id=draw.id, number=1, stratum=CANARY, seed="2", extra=1, reason=f"{CANARY} more", chance_numerator=1,
            chance_denominator=1, frame_sha256="0" * 64, frame=[str(audit.id)], drawn_at=AT, drawn_by="test",
        )
    )  # fmt: skip
    session.flush()


@pytest.fixture
def tasks(database: Database, world: World) -> list[UUID]:
    """A good and an inadequate audit to grade blind by somebody above the worker and the auditor of both."""
    given = audits_to_grade(database, world, (Grade.GOOD, Grade.INADEQUATE))
    with database.writing() as session, session.begin():
        for audit in session.scalars(select(Audit)):
            around(session, world, audit)
            drawn(session, audit)
            say_of(session, world, moderation_of(session, audit), CANARY)
        for key in ("worker_care_1", "manager_leaving", "manager_care", "manager_assessment", "manager_planning"):
            session.get_one(Person, world.people[key].id).line_manager_id = world.people["moderator_1"].id
        one = session.scalars(select(Reaudit)).one()
        outbox.tell(
            session, [world.people["moderator_1"].id], "action.given", at=AT, about=("reaudit", one.id),
            action=str(one.id), due=CANARY,
        )  # fmt: skip
    return given


def every_address(app: Flask, database: Database) -> Iterator[str]:
    """Every page there is, with every id of each kind it names."""
    with database.reading() as session:
        ids = {
            f"{kind}_id": [str(one) for one in session.scalars(select(table.c.id).limit(30))]
            for kind, table in {name: Base.metadata.tables[name] for name in (
                "action", "alert", "audit", "batch", "cycle", "draw", "mail", "moderation", "person", "reaudit",
                "reflection", "upload", "absence", "expectation", "case_file", "reading", "challenge", "override",
                "calibration",
            )}.items()
        }  # fmt: skip
    words = {
        "section_key": ["voice", "safe", "overall"], "tool_key": ["plan"], "month": ["2026-11", "2026-10"],
        "step": ["due"], "token": ["x"], "ending": ["csv"], "key": ["plan"], "version": ["1"],
    }  # fmt: skip
    values = {**ids, **words, "case_id": ids["case_file_id"][:2], "person_id": ids["person_id"]}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        found = [rule.rule]
        for name in re.findall(r"<[^>]*?:?(\w+)>", rule.rule):
            found = [re.sub(rf"<[^>]*{name}>", one, path, count=1) for path in found for one in values.get(name, [])]
        yield from found


@pytest.mark.parametrize("other", OTHER_ROLES)
def test_nothing_around_an_audit_reaches_its_moderator_before_they_have_graded(  # noqa: PLR0917
    app: Flask, database: Database, world: World, sign_in: SignIn, tasks: list[UUID], other: str
) -> None:
    me = world.people["moderator_1"]
    with database.writing() as session, session.begin():
        for role in OTHER_ROLES[other]:
            session.add(RoleGrant(person_id=me.id, role=role, granted_at=AT, granted_by="test"))
    client = sign_in(me)
    asked, told = 0, []
    for address, answer in answers(client, tasks, *every_address(app, database)):
        asked += 1
        assert answer.status_code < 500, address
        if CANARY in readable(answer):
            told.append(address)
    assert told == []
    assert asked > 150


@pytest.mark.parametrize("other", OTHER_ROLES)
def test_neither_the_days_mail_nor_the_calendar_tells_of_it(
    app: Flask, database: Database, world: World, tasks: list[UUID], other: str
) -> None:
    me = world.people["moderator_1"]
    with database.writing() as session, session.begin():
        for role in OTHER_ROLES[other]:
            session.add(RoleGrant(person_id=me.id, role=role, granted_at=AT, granted_by="test"))
        token = mail_choices.make_feed(session, me.id, by="test", at=AT)
    with database.writing() as session:
        session.add(
            Mail(id=(mail_id := uuid4()), person_id=me.id, kind="digest", day=TODAY, queued_at=AT, next_try_at=AT)
        )
        session.flush()
        for other_mail in session.scalars(select(Mail).where(Mail.id != mail_id)):
            other_mail.state = "dropped"
        making.make_urgent(session, at=AT)
        session.flush()
        taken = []
        while (one := sending.take(session, at=AT)) is not None:
            taken.append(one)
        reader = actor_for(session.get_one(Person, me.id))
        mine = [one for one in taken if session.get_one(Mail, one.mail_id).person_id == me.id]
        assert mine
        for one in mine:
            words = written(session, one, reader, keys=KEYS, site="https://qa.example", council="T", today=TODAY)
            assert words is None or not leaking(words.body, tasks)
        actions = [one.hex for one in session.scalars(select(Action.id))]
    feed = app.test_client().get(f"/calendar/{token}.ics")
    assert feed.status_code == 200
    calendar = feed.get_data(as_text=True).replace("\r\n ", "")
    assert CANARY not in calendar
    assert not [one for one in actions if one in calendar.replace("-", "")]


def leaking(body: str, tasks: list[UUID]) -> bool:
    """Whether a mail tells of anything but what waits to be graded."""
    return CANARY in body or bool(
        re.search(r"/(actions|alerts|reflections|disputes|re-audits|audits)/[0-9a-f]{8}", body)
    )


def test_what_is_planted_shows_once_the_moderator_has_graded(
    database: Database, world: World, sign_in: SignIn, tasks: list[UUID]
) -> None:
    me = world.people["moderator_1"]
    with database.writing() as session, session.begin():
        session.add(RoleGrant(person_id=me.id, role=Role.QA_LEAD, granted_at=AT, granted_by="test"))
        for key in ("worker_care_1", "manager_leaving", "manager_care", "manager_assessment", "manager_planning"):
            session.get_one(Person, world.people[key].id).line_manager_id = None
    client = sign_in(me)
    for task in tasks:
        fill(client, task, Grade.REQUIRES_IMPROVEMENT)
        give(client, task)
    with database.reading() as session:
        shown = {"actions": Action, "alerts": Alert, "disputes": Reflection, "audits": Audit}
        rows = [(f"/{place}/", session.scalars(select(kind.id)).all()) for place, kind in shown.items()]
    for base, ids in rows:
        for one in ids:
            assert CANARY in readable(client.get(f"{base}{one}")), base
    with database.reading() as session:
        draws = session.scalars(select(Draw).where(Draw.kind == "moderation")).all()
    for draw in draws:
        shown = readable(client.get(f"/cycles/{draw.cycle_id}/sample/draws/{draw.id}"))
        assert shown.count(CANARY) > 1, "stratum and reason show to whoever has nothing left to grade"
