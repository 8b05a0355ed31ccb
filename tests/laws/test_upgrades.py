"""A database of the version before, with rows in its tables, goes up: nothing is lost and all is still guarded."""

from typing import Any

from sqlalchemy import MetaData, Table, inspect, select, text, update

from qa_app import create_app, migrate
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Audit, Draft, Expectation
from tests.busy import busy_council
from tests.conftest import AT, SECRETS
from tests.laws.test_migrations import bare
from tests.page import PageClient
from tests.world import World

__all__ = ["bare"]  # the fixture: a database of its own without tables

BEFORE = "0002"
# Tables that hold rows before the upgrade: all that the older version has but for uploads, sign-ins and imports.
HELD = (
    "account", "answers", "audit", "case_file", "cycle", "difference", "draft", "draw", "event", "expectation",
    "frame_member", "judgement", "moderation", "person", "role_grant", "service", "setting", "snapshot", "team",
)  # fmt: skip
TRIGGERS = {
    True: "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    False: "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) || pg_get_functiondef(tgfoid)"
    " FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname, 2",
}


def triggers(database: Database) -> list[tuple[str, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(TRIGGERS[database.sqlite]))]


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]  # noqa: S608
            for name in names
            if name != "alembic_version"
        }


def older(database: Database, settings: Settings) -> World:
    """A council at work in the tables of the older version, with fears that were a date on their audit."""
    with database.writing() as session, session.begin():
        world = World.build(session, settings, at=AT)
        busy = busy_council(session, world)
        auditor = world.people["manager_care"]
        begun = session.scalars(
            select(Audit).where(Audit.auditor_id == auditor.id, Audit.state == "allocated").limit(1)
        ).one()
        begun.state, begun.tool_version = "draft", 1
        kept = {"story_now": "Living at home."}
        session.add(Draft(audit_id=begun.id, stage="auditor", person_id=auditor.id, answers=kept, saved_at=AT))
        excused = session.scalars(select(Expectation).where(Expectation.cycle_id == busy.open.id).limit(1)).one()
        excused.excused_at, excused.excused_by, excused.excused_reason = AT, "test", "On leave"
    migrate.downgrade(database, BEFORE)
    with database.engine.begin() as connection:
        audit = Table("audit", MetaData(), autoload_with=connection)
        connection.execute(update(audit).where(audit.c.state.in_(("draft", "submitted"))).values(concern_at=AT))
        setting = Table("setting", MetaData(), autoload_with=connection)
        for key, value in (("due_day", 15), ("expected_audits", 2)):
            connection.execute(setting.insert().values(key=key, value=value, changed_at=AT, changed_by="test"))
    return world


def test_nothing_is_lost_all_is_guarded_and_everybody_works_on(bare: Database) -> None:
    url = bare.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, council="Testshire", https=False, clock=lambda: AT, **SECRETS)
    migrate.upgrade(bare)
    guarded = triggers(bare)
    assert len(guarded) > 10
    world = older(bare, settings)
    before = rows(bare)
    assert "alert" not in before
    assert [table for table in HELD if not before[table]] == []
    fears = {row["id"] for row in before["audit"] if row["concern_at"] is not None}
    assert len(fears) > 1
    migrate.upgrade(bare)
    after = rows(bare)
    assert triggers(bare) == guarded
    for table in before.keys() - {"setting"}:
        columns = {name for row in before[table] for name in row} - {"concern_at"}
        was, now = (
            sorted(str([(name, row[name]) for name in sorted(columns)]) for row in held[table])
            for held in (before, after)
        )
        assert now == was, table
    assert {row["key"] for row in after["setting"]} >= {"due_working_day", "expected_audits", "expected_iro"}
    assert {row["audit_id"] for row in after["alert"]} == fears
    everybody_works_on(bare, settings, world)


def everybody_works_on(database: Database, settings: Settings, world: World) -> None:
    """The pages of an auditor with a draft, a Head of Service and the QA lead open, and hold what was kept."""
    app = create_app(settings, database)
    app.test_client_class = PageClient
    with database.reading() as session:
        begun = session.scalars(select(Draft.audit_id).where(Draft.stage == "auditor")).one()
    seen = {
        "manager_care": ("/", "/audits", f"/audits/{begun}/check", f"/audits/{begun}/sections/visits"),
        "head_north": ("/audits", "/alerts", "/actions", "/quota", "/letters", "/dashboard"),
        "qa_lead": ("/", "/alerts", "/cycles", "/quota", "/re-audits", "/settings", "/dashboard", "/letters"),
        "moderator_1": ("/moderations",),
    }
    for key, addresses in seen.items():
        client = app.test_client()
        assert isinstance(client, PageClient)
        client.enter_as(database, world.people[key].id, at=AT)
        for address in addresses:
            client.page(address)
