"""The database: one engine for SQLite or PostgreSQL, read-only and writing sessions, and how a transaction begins."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 5_000


class Database:
    """An engine and the two kinds of session made from it.

    `reading()` sessions cannot write, on either database; `writing()` sessions take SQLite's write lock when they
    begin, so that a transaction never fails half way because another one wrote first.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database and self.url.database != ":memory:":
            _make_private(Path(self.url.database))
        self.engine = _engine(self.url.render_as_string(hide_password=False), sqlite=self.sqlite)
        self._reader = self.engine.execution_options(qa_reads_only=True)

    def reading(self) -> Session:
        """A session that only reads."""
        return Session(self._reader, autoflush=False)

    def writing(self) -> Session:
        """A session that may write; nothing is kept until the caller commits."""
        return Session(self.engine, expire_on_commit=False)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _make_private(file: Path) -> None:
    """A new SQLite file is for its owner alone; SQLite gives the files beside it the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)


def _engine(url: str, *, sqlite: bool) -> Engine:
    # Parameters are people's words and names: no message of a fault may carry them into a log.
    if not sqlite:
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    waiting = {"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=waiting, hide_parameters=True)
    event.listen(engine, "connect", _connect_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_sqlite(dbapi: Any, _record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN would come too late for IMMEDIATE and breaks SAVEPOINT: we emit BEGIN ourselves.
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
        # Without this REPLACE INTO would slip past the triggers that keep rows insert-only.
        "recursive_triggers = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = bool(connection.get_execution_options().get("qa_reads_only"))
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("qa_reads_only"):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
