"""Many rows into one table the quickest way its database has: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Dialect, Table
from sqlalchemy.orm import Session

from qa_app.models import Base


class _Converted(dict[Any, Any]):
    """What each value of a column is in the database; the same month or team is worked out once, not for every row."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: Any) -> Any:
        self[value] = self._convert(value)
        return self[value]


def insert_rows(session: Session, model: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows given as tuples in the order of `columns`; every column the table cannot do without is among them."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    table = cast("Table", model.__table__)
    converted = _as_stored(table, columns, rows, connection.dialect)
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver = cast("Any", connection.connection.dbapi_connection)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in converted:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(columns))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) VALUES ({places})",  # noqa: S608 (names of our own tables and columns)
        list(converted),
    )


def _as_stored(
    table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], dialect: Dialect
) -> Iterable[tuple[Any, ...]]:
    by_column = zip(*rows, strict=True)
    stored = [_column(table, name, values, dialect) for name, values in zip(columns, by_column, strict=True)]
    return zip(*stored, strict=True)


def _column(table: Table, name: str, values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    """One column's values as the database keeps them."""
    convert = table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    if isinstance(next((value for value in values if value is not None), None), dict):
        return map(convert, values)  # JSON: dicts cannot be keys, and no two are the same
    kept = _Converted(convert)
    return [kept[value] for value in values]
