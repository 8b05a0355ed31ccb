"""Councils that tests begin with: each is made once by the product's own services, kept, and put back as it was.

What is put back is the same council to the byte, ids and all, so what one kept council holds of another still fits.
"""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Base

Answer = TypeVar("Answer")


class _Made(NamedTuple):
    """A council's rows, as the file itself or as what PostgreSQL copies out, and what its maker answered."""

    rows: dict[str, bytes] | Path
    answer: bytes


class Kept:
    """The councils kept so far, by the kind of database and by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], _Made] = {}

    def __call__(self, database: Database, name: str, make: Callable[[Session], Answer]) -> Answer:
        """Have the council of this name in the database, with what its maker answered.

        It takes the place of all that the database holds, which must be nothing or what the council was made upon.
        """
        kind = database.engine.dialect.name
        made = self._made.get((kind, name))
        if made is None:
            with database.writing() as session, session.begin():
                answer = make(session)
            rows = _copied_out(database) if kind == "postgresql" else self._file(database, name)
            self._made[kind, name] = _Made(rows, pickle.dumps(answer))
            return answer
        if isinstance(made.rows, Path):
            database.dispose()
            renew(database, made.rows)
        else:
            _copy_in(database, made.rows)
        return cast("Answer", pickle.loads(made.answer))  # noqa: S301 - its own words, of this process

    def _file(self, database: Database, name: str) -> Path:
        database.dispose()  # closing the last connection puts everything into the one file
        kept = self._folder / f"{name}.sqlite3"
        shutil.copy(Path(str(database.url.database)), kept)
        return kept


def renew(database: Database, kept: Path) -> None:
    """Put a copy of a kept file in the place of what a test left; a connection left open keeps the old file."""
    place = Path(str(database.url.database))
    for left in place.parent.glob(f"{place.name}*"):
        left.unlink()
    shutil.copy(kept, place)


def empty(database: Database, begun_with: dict[str, list[dict[str, Any]]]) -> None:
    """Take out all rows of PostgreSQL, and put back those of the migrations."""
    with database.engine.begin() as connection:
        _clear(connection)
        for name, rows in begun_with.items():
            connection.execute(insert(Base.metadata.tables[name]), rows)


def _clear(connection: Connection) -> None:
    # The triggers that keep rows would refuse this; a test's end is the one place they stand aside.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    names = [table.name for table in Base.metadata.sorted_tables]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)  # noqa: S608
    for name in connection.scalars(text(asked)).all():
        connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608


def _copied_out(database: Database) -> dict[str, bytes]:
    found = {}
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for table in Base.metadata.sorted_tables:
            with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" TO STDOUT (FORMAT BINARY)') as copy:
                found[table.name] = b"".join(copy)
    shortest = min(map(len, found.values()))  # what says of a table that it is empty
    return {name: rows for name, rows in found.items() if len(rows) > shortest}


def _copy_in(database: Database, rows: dict[str, bytes]) -> None:
    with database.engine.begin() as connection:
        _clear(connection)
        driver: Any = connection.connection.driver_connection
        for name, said in rows.items():
            with driver.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(said)
