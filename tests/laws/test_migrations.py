"""Migrations are numbered, lead to the models, and go up and down on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from qa_app import migrate
from qa_app.db import Database

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


def _schema(database: Database) -> dict[str, list[str]]:
    found = inspect(database.engine)
    return {table: [str(c["name"]) for c in found.get_columns(table)] for table in sorted(found.get_table_names())}
