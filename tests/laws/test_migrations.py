"""Migrations are numbered, lead to the models, and go up and down on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import CHAR, MetaData, String, inspect, select

from moderation.plans import from_plain, plan_sha256
from qa_app import migrate
from qa_app.db import Database
from qa_app.models import Alert, SamplingPlan, Setting
from qa_app.services import sampling_plans

SINCE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
VERSIONS = sorted((migrate.SCRIPTS / "versions").glob("*.py"))


@pytest.fixture
def bare(engine_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of its own without tables."""
    if engine_kind == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
        yield made
        made.dispose()
        return
    yield from _bare_postgresql(request.getfixturevalue("postgresql_url"))


def _bare_postgresql(url: str) -> Iterator[Database]:
    import psycopg
    from sqlalchemy import make_url

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS qa_bare")
        connection.execute("CREATE DATABASE qa_bare")
    made = Database(make_url(url).set(database="qa_bare").render_as_string(hide_password=False))
    yield made
    made.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE qa_bare")


def test_migrations_are_numbered_and_the_head_file_names_the_last() -> None:
    numbers = [path.name[:4] for path in VERSIONS]
    assert numbers == [f"{n:04d}" for n in range(1, len(VERSIONS) + 1)]
    assert (migrate.SCRIPTS / "head").read_text().strip() == numbers[-1] == migrate.head()


def test_the_head_is_what_the_models_say(bare: Database) -> None:
    migrate.upgrade(bare)
    command.check(migrate.script_config(bare))
    assert migrate.current(bare) == migrate.head()


def test_every_migration_goes_up_and_down_again(bare: Database) -> None:
    seen = []
    for path in VERSIONS:
        migrate.upgrade(bare, path.name[:4])
        seen.append(_schema(bare))
    for path, before in reversed(list(zip(VERSIONS[1:], seen, strict=False))):
        migrate.downgrade(bare, f"{int(path.name[:4]) - 1:04d}")
        assert _schema(bare) == before
    migrate.downgrade(bare, "base")
    assert _schema(bare) == {"alembic_version": ["version_num"]}


def test_a_fear_from_before_there_were_alerts_becomes_one_that_waits_and_back(bare: Database) -> None:
    migrate.upgrade(bare, "0003")
    tables = MetaData()
    with bare.engine.begin() as connection:
        tables.reflect(connection)

        def add(table: str, **values: object) -> UUID:
            made = uuid4()
            columns = tables.tables[table].columns
            for name in values.keys() | {"id"}:
                if isinstance(columns[name].type, String | CHAR) and isinstance(values.get(name), UUID):
                    values[name] = values[name].hex  # type: ignore[attr-defined]
            identity = made.hex if isinstance(columns["id"].type, String | CHAR) else made
            connection.execute(tables.tables[table].insert().values(id=identity, **values))
            return made

        service = add("service", name="North")
        team = add("team", name="Care", service_id=service)
        person = add("person", name="A", job_title="", active=True)
        cycle = add("cycle", month=date(2026, 11, 1), tool_key="case_file", tool_version=1, state="released",
                    due_on=date(2026, 11, 15), opened_at=SINCE, opened_by="test")  # fmt: skip
        case = add("case_file", reference_key="k" * 64, reference_sealed=b"x", team_id=team, plan_type="", age_band="",
                   changed_at=SINCE, open=True, key_version=1, listed=True, legal_status="")  # fmt: skip
        add("audit", number=1, cycle_id=cycle, month=date(2026, 11, 1), case_id=case, auditor_id=person,
            auditor_role="", tool_key="case_file", tool_version=1, service_id=service, team_id=team, plan_type="",
            state="draft", stream="random", allocated_at=SINCE, exit_reason="", late_reason="",
            concern_at=SINCE)  # fmt: skip
    migrate.upgrade(bare)
    with bare.reading() as session:
        alert = session.scalars(select(Alert)).one()
        assert (alert.stage, alert.acknowledged_at, alert.raised_at) == ("auditor", None, SINCE)
        assert alert.raised_by == f"person:{person}"
    migrate.downgrade(bare, "0003")
    with bare.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit WHERE concern_at IS NOT NULL").scalar() == 1


def _schema(database: Database) -> dict[str, list[str]]:
    found = inspect(database.engine)
    return {
        table: sorted(str(c["name"]) for c in found.get_columns(table)) for table in sorted(found.get_table_names())
    }


def test_the_share_and_the_least_number_that_were_settings_become_a_plan_and_back(bare: Database) -> None:
    migrate.upgrade(bare, "0006")
    tables = MetaData()
    with bare.engine.begin() as connection:
        tables.reflect(connection)
        kept = {"value": 20, "changed_at": SINCE, "changed_by": "person:1"}
        connection.execute(tables.tables["setting"].insert().values(key="moderated_percent", **kept))
    migrate.upgrade(bare)
    with bare.reading() as session:
        plan = session.scalars(select(SamplingPlan)).one()
        assert sampling_plans.in_force(session, None).sha256 == plan.sha256 == plan_sha256(from_plain(plan.strata))
        assert [rule.text for rule in from_plain(plan.strata)] == [
            "inadequate: all",
            "everything else: 20%, at least 4",
        ]
        assert (plan.made_at, plan.made_by) == (SINCE, "person:1")
        assert session.scalars(select(Setting)).all() == []
    migrate.downgrade(bare, "0006")
    with bare.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT key, value FROM setting ORDER BY key").all()
    assert {key: int(value) for key, value in rows} == {"moderated_percent": 20, "moderated_at_least": 4}


def test_a_council_that_changed_neither_setting_has_no_plan_of_its_own_after_the_upgrade(bare: Database) -> None:
    migrate.upgrade(bare, "0006")
    migrate.upgrade(bare)
    with bare.reading() as session:
        assert session.scalars(select(SamplingPlan)).all() == []
        assert sampling_plans.in_force(session, None).source == "default"
