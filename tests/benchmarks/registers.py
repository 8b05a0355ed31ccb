"""Bringing in a register of past audits: rows a second, beside reading the file and inserting the same rows alone."""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

import qa_app.demo
from qa_app.case_keys import CaseKeys
from qa_app.db import Database
from qa_app.intake.limits import Limits
from qa_app.models import Base
from qa_app.services import people
from qa_app.services.imports.register import import_register
from tests.benchmarks.browser import CASE_KEY
from tests.benchmarks.council import AT
from tests.benchmarks.databases import SQLITE, Place
from tests.benchmarks.tables import Line, Table, at_most_times

DEMO = Path(qa_app.demo.__file__).parent


def table() -> Table:
    """The table these lines go into."""
    return Table(
        "Bringing in a register",
        "The demo council's register of two years (552 rows, spelt as councils spell), and the same rows again and "
        "again under new audit ids. Read, checked, planned and saved as a batch with its snapshots, as `qa import "
        "register` does it. Each file is brought in once, so these times swing more than the others. The floor reads "
        "the same file with Python's csv module or python-calamine and inserts the "
        "same rows, no more, through the driver into an empty database with the same tables, indexes and triggers.",
    )


def register(place: Place, kind: str, *, rows: int, workbook: bool) -> Line:
    """The line of one file of so many rows; the floor is taken where the database is SQLite."""
    data = _file(rows, workbook=workbook)
    with place.database(kind) as database:
        began = time.perf_counter()
        with database.writing() as session, session.begin():
            read = people.read_file(session, (DEMO / "staff.csv").read_bytes(), limits=Limits.command_line())
            people.apply_staff(session, read, by="bench", at=AT)
            began = time.perf_counter()
            outcome = import_register(session, data, keys=CaseKeys(CASE_KEY), by="bench", at=AT)
        took = (time.perf_counter() - began) * 1000
        floor = _floor(place, database, data, workbook=workbook) if kind == SQLITE else None
    speed = f"{outcome.added / took * 1000:,.0f} rows a second"
    ending = "XLSX" if workbook else "CSV"
    goal = at_most_times(2) if floor else None
    return Line(f"{ending}, {rows:,} rows: {speed}", kind, took, "reading and inserting" if floor else "", floor, goal)


def _file(rows: int, *, workbook: bool) -> bytes:
    """The demo's register, or its rows again and again until there are so many."""
    with (DEMO / "audit_register.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, *found = csv.reader(file)
    if rows <= len(found):
        return (DEMO / f"audit_register.{'xlsx' if workbook else 'csv'}").read_bytes()
    many = [[f"B{n:06d}", *found[n % len(found)][1:]] for n in range(rows)]
    return _as_workbook(headings, many) if workbook else _as_csv(headings, many)


def _as_csv(headings: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(headings: list[str], rows: list[list[str]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "in_memory": True}) as book:
        sheet = book.add_worksheet("Audits")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def _floor(place: Place, filled: Database, data: bytes, *, workbook: bool) -> float:
    """Milliseconds to read the file and to insert the rows that the import made."""
    copied = list(_contents(filled))
    with place.database(SQLITE) as empty:
        held = empty.engine.raw_connection()
        cursor = held.cursor()
        began = time.perf_counter()
        read = _read_workbook if workbook else _read_csv
        read(data)
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("PRAGMA defer_foreign_keys = ON")  # a person's manager may come after them
        for order, rows in copied:
            cursor.executemany(order, rows)
        cursor.execute("COMMIT")
        took = (time.perf_counter() - began) * 1000
        held.close()
    return took


def _contents(database: Database) -> Iterator[tuple[str, Sequence[Any]]]:
    held = database.engine.raw_connection()
    cursor = held.cursor()
    for made in Base.metadata.sorted_tables:
        order = "ORDER BY id" if made.name == "judgement" else ""
        cursor.execute(f"SELECT * FROM {made.name} {order}")  # noqa: S608 (names of our own tables)
        rows = cursor.fetchall()
        if rows:
            yield f"INSERT INTO {made.name} VALUES ({', '.join('?' * len(rows[0]))})", rows  # noqa: S608
    held.close()


_Read = Callable[[bytes], object]


def _read_csv(data: bytes) -> object:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _read_workbook(data: bytes) -> object:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
