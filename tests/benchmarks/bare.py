"""The floor under a submission: a bare WSGI handler that does the same writes in the same database, no more."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from sqlalchemy import event

from qa_app.db import Database

WRITES = ("INSERT", "UPDATE", "DELETE")


class Statement(NamedTuple):
    """One statement as the driver was given it; several rows where `many`."""

    sql: str
    parameters: Any
    many: bool

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return self.sql.lstrip().startswith(WRITES)


@contextmanager
def listening(database: Database) -> Iterator[list[Statement]]:
    """Every statement sent to the database meanwhile."""
    heard: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        heard.append(Statement(sql, parameters, many))

    event.listen(database.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(database.engine, "before_cursor_execute", hear)


def handler(database: Database, statements: Iterable[Statement], was: UUID) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that reads the form and repeats these statements for the audit the form names."""
    writes = [one for one in statements if one.writes]
    held = database.engine.raw_connection()  # kept by the handler as long as it lives
    driver: Any = held.driver_connection
    begin = "BEGIN IMMEDIATE" if database.sqlite else "BEGIN"
    if database.sqlite:
        driver.execute("PRAGMA query_only = OFF")
    else:
        driver.autocommit = True  # so that BEGIN and COMMIT are ours

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        form = parse_qs(environ["wsgi.input"].read().decode())
        audit = UUID(form["audit"][0])
        cursor = held.cursor()
        cursor.execute(begin)
        for sql, parameters, many in writes:
            if many:
                cursor.executemany(sql, [_for(audit, was, row, sql) for row in parameters])
            else:
                cursor.execute(sql, _for(audit, was, parameters, sql))
        cursor.execute("COMMIT")
        cursor.close()
        start_response("302 FOUND", [("Location", "/")])
        return [b""]

    return answer


def _for(audit: UUID, was: UUID, row: Any, sql: str) -> Any:
    """The parameters for another audit, with a new identity where a row is inserted under one."""
    if isinstance(row, dict):
        changed = {name: _same_for(audit, was, value) for name, value in row.items()}
        if sql.startswith("INSERT") and "id" in changed:
            changed["id"] = uuid4()
        return changed
    values = [_same_for(audit, was, value) for value in row]
    columns = sql[sql.find("(") + 1 : sql.find(")")].split(", ")
    if sql.startswith("INSERT") and "id" in columns:
        values[columns.index("id")] = uuid4().hex
    return tuple(values)


def _same_for(audit: UUID, was: UUID, value: Any) -> Any:
    return {was: audit, was.hex: audit.hex, str(was): str(audit)}.get(value, value) if _is_name(value) else value


def _is_name(value: Any) -> bool:
    return isinstance(value, UUID | str)
