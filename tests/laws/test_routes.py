"""Every route and method, as every role and as a stranger: who gets in is what the table says, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from qa_app.access import guard
from qa_app.access.current import session as request_session
from qa_app.access.permissions import ANYONE, APART, BY_TOKEN, READS, WHO, Can, Role, may
from qa_app.application import HEADERS
from qa_app.db import Database
from qa_app.models import Person, Service
from tests.page import PageClient
from tests.programs import Program, token_for
from tests.world import World

NOBODY = "00000000-0000-4000-8000-000000000000"
SAMPLES = {
    "UUIDConverter": UUID(NOBODY), "UnicodeConverter": "nothing", "IntegerConverter": 1, "MonthConverter": "2026-10",
}  # fmt: skip

# Answers to programs hang on their token and on what they take, not on a cookie.
TOLD_APART = {"Vary": "Accept, Authorization"}

# Who should be able to do what, said a second time and by another hand than the table under test.
EXPECTED = {
    Role.ADMINISTRATOR: (
        "account.manage account.own api.describe api.manage feed health outbox.read outbox.run person.import "
        "person.read reflection.link role.grant sign_in summary.read"
    ),
    Role.ANALYST: (
        "account.own api.describe board.read extract.read feed health plan.read plan.record "
        "reflection.link sign_in summary.read"
    ),
    Role.AUDITOR: (
        "account.own action.close action.give action.own alert.acknowledge api.describe audit.hand_back audit.read "
        "audit.record audit.start calibration.take case.reveal challenge.raise development.own evidence.read "
        "evidence.write feed figures.own figures.team guidance.read health letter.read practice_alert.answer "
        "practice_alert.raise quotation.decide reflection.give reflection.link sign_in summary.read"
    ),
    Role.BOARD: (
        "account.own api.describe board.read evidence.read feed health plan.read reflection.link sign_in summary.read"
    ),
    Role.HEAD_OF_SERVICE: (
        "account.own action.close action.give action.own alert.acknowledge api.describe audit.read board.read "
        "calibration.take development.own development.read evidence.read evidence.write feed figures.read "
        "guidance.read health letter.read moderation.override plan.read plan.record practice_alert.answer "
        "quota.read reflection.link sign_in source.read summary.read"
    ),
    Role.INFORMATION_GOVERNANCE: ("account.own api.describe feed health reflection.link sign_in summary.read"),
    Role.MODERATOR: (
        "account.own action.own api.describe audit.hand_back audit.read audit.record audit.start calibration.take "
        "case.reveal challenge.decide challenge.raise development.own evidence.read feed figures.own "
        "guidance.read health moderation.grade practice_alert.answer practice_alert.raise "
        "reflection.give reflection.link sign_in summary.read"
    ),
    Role.PRACTITIONER: (
        "account.own action.own api.describe feed health letter.read reflection.give reflection.link sign_in "
        "summary.read"
    ),
    Role.QA_LEAD: (
        "account.own action.close action.give action.own alert.acknowledge api.describe audit.read audit.withdraw "
        "board.read calibration.run calibration.take case.import case.read case.reveal cpd.run cycle.read "
        "cycle.run development.own development.read development.run evidence.read evidence.write extract.read "
        "feed figures.read guidance.read health letter.read moderation.override moderation.run outbox.read "
        "person.read plan.edit plan.read plan.record practice_alert.answer practice_alert.raise quota.read "
        "quotation.decide reflection.decide reflection.link register.import settings.change sign_in source.read "
        "source.record summary.read summary.write theme.manage tool.make"
    ),
}
HOLDERS = {
    Role.ADMINISTRATOR: "administrator", Role.ANALYST: "analyst", Role.AUDITOR: "manager_care", Role.BOARD: "board",
    Role.HEAD_OF_SERVICE: "head_north", Role.INFORMATION_GOVERNANCE: "governance", Role.MODERATOR: "moderator_1",
    Role.PRACTITIONER: "worker_care_1", Role.QA_LEAD: "qa_lead",
}  # fmt: skip


def sample(made: BaseConverter) -> object:
    """A value for one part of an address."""
    return sorted(made.items)[0] if isinstance(made, AnyConverter) else SAMPLES[type(made).__name__]


def calls(app: Flask) -> list[tuple[Rule, str, str]]:
    """Every route with each of its methods, and an address for it."""
    return list(_calls(app))


def _calls(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            # The parts an address is made of are known only by their converters.
            values = {name: sample(made) for name, made in rule._converters.items()}
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, adapter.build(rule.endpoint, values, method=method)


def test_the_table_covers_every_permission_and_gives_what_was_meant() -> None:
    assert set(WHO) == set(Can)
    for role in Role:
        given = {can.value for can in Can if role in WHO[can]}
        assert given == set(EXPECTED[role].split()), role


def test_what_the_table_does_not_say_is_refused() -> None:
    assert not may(frozenset(), Can.AUDIT_READ)
    assert may(frozenset(), Can.SIGN_IN)
    assert all(not may(frozenset(), can) for can in Can if can not in ANYONE)


def test_rights_over_people_are_kept_apart_from_audits() -> None:
    content = {Role.AUDITOR, Role.MODERATOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD}
    assert all(frozenset((Role.ADMINISTRATOR, role)) in APART for role in content)


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_every_route_lets_in_exactly_whom_the_table_names(
    app: Flask, world: World, sign_in: Callable[[Person], PageClient], role: Role | None
) -> None:
    wrong = []
    asked = 0
    for rule, method, address in calls(app):
        can = guard.permission_of(app, rule.endpoint)
        assert can is not None
        if rule.endpoint == "sign_in.leave" and role is not None:
            continue  # it would sign this browser out; test_sign_in has it
        client = sign_in(world.people[HOLDERS[role]]) if role else app.test_client()
        assert isinstance(client, PageClient)
        data = {"csrf_token": client.token()} if method != "GET" else None
        answer = client.open(address, method=method, data=data)
        asked += 1
        allowed = can in ANYONE or (role is not None and can.value in EXPECTED[role].split())
        if can in BY_TOKEN:
            fine = answer.status_code == 401  # no session opens it, whoever's it is
        elif role is None and not allowed:
            fine = answer.status_code == 401 or "/sign-in" in (answer.location or "")
        elif allowed:
            fine = answer.status_code < 500 and answer.status_code != 403
        else:
            fine = answer.status_code == 403
        if not fine:
            wrong.append((method, address, answer.status_code))
        for name, value in {**HEADERS, **(TOLD_APART if can in BY_TOKEN else {})}.items():
            assert answer.headers[name] == value, (address, name)
        assert answer.headers["Cache-Control"] == "no-store"
    assert wrong == []
    assert asked > 20


def test_a_token_opens_what_it_covers_and_no_other_route(app: Flask, database: Database, world: World) -> None:
    wrong = []
    for covered in sorted(BY_TOKEN):
        program = Program(app, token_for(database, covered))
        for rule, method, address in calls(app):
            can = guard.permission_of(app, rule.endpoint)
            if can in ANYONE or method != "GET":
                continue
            answer = program.client.get(address, headers={"Authorization": f"Bearer {program.token}"})
            if can is covered:
                fine = answer.status_code in (200, 404)
            else:
                fine = answer.status_code == 403 if can in BY_TOKEN else "/sign-in" in (answer.location or "")
            if not fine:
                wrong.append((covered, address, answer.status_code))
    assert wrong == []


def test_what_tokens_open_no_role_opens_and_all_of_it_only_reads() -> None:
    assert BY_TOKEN <= READS
    assert all(not WHO[can] for can in BY_TOKEN)
    assert BY_TOKEN.isdisjoint(ANYONE)


def test_a_post_without_its_token_is_refused_everywhere(
    app: Flask, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    client = sign_in(world.people["qa_lead"])
    wrong = []
    for rule, method, address in calls(app):
        can = guard.permission_of(app, rule.endpoint)
        allowed = can in ANYONE or (can is not None and can.value in EXPECTED[Role.QA_LEAD].split())
        if method != "GET" and client.post(address, data={}).status_code != (400 if allowed else 403):
            wrong.append(address)
    assert wrong == []


def test_the_application_does_not_start_with_a_route_that_names_no_permission(own_app: Flask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(guard.UnguardedRouteError, match="forgotten"):
        guard.check_routes(own_app)


def test_the_application_does_not_start_when_a_reading_right_guards_a_change(own_app: Flask) -> None:
    assert READS
    own_app.add_url_rule("/wrong", "wrong", guard.needs(Can.AUDIT_READ)(lambda: "changed"), methods=["POST"])
    with pytest.raises(guard.UnguardedRouteError, match="reading right"):
        guard.check_routes(own_app)


def test_parts_of_addresses_are_typed_and_paths_are_kebab_case(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert rules
    for rule in rules:
        assert "<" not in rule.rule or all(":" in part for part in rule.rule.split("<")[1:]), rule.rule
        fixed = "".join(part.split(">")[-1] for part in rule.rule.split("<"))
        assert fixed == fixed.lower()
        assert "_" not in fixed


def test_no_address_disappears_unnoticed(app: Flask) -> None:
    known = (Path(__file__).parent / "routes.txt").read_text().split("\n")[:-1]
    assert known == sorted({rule.rule for rule in app.url_map.iter_rules()})


def test_a_get_cannot_write(app: Flask, engine_kind: str) -> None:
    with app.test_request_context("/", method="GET"):
        writing = insert(Service).values(id=UUID(NOBODY), name="written by a GET")
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            request_session().execute(writing)
        request_session().rollback()


def test_a_foreign_host_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400
