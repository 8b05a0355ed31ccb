"""What programs and workbooks are given: closed months alone, the numbers of the page, and nobody's name."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.access.audience import PUBLIC
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, Case, Cycle, Person, Service, Snapshot
from qa_app.queries.reach import TOOL
from qa_app.reports.audit_rows import ELEMENTS, OTHER, SEVERAL
from qa_app.reports.safe_cells import OPENINGS
from qa_app.services import closing, published
from qa_app.services.extract import Named, _together
from tests.busy import Busy
from tests.conftest import AT
from tests.months import submitted_month
from tests.outlets import sheet
from tests.page import PageClient
from tests.programs import Program, token_for
from tests.world import World

SignIn = Callable[[Person], PageClient]
TRUTH: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("data/truth.json").read_text())
LISTS = ("/measures", "/months", "/themes", "/figures", "/agreement", "/tables", "/plan", "/rows")
CANARY = "kestrel-7319"
NOBODY = UUID(int=0)


@pytest.fixture
def program(app: Flask, database: Database, world: World, busy: Busy) -> Program:
    """A program with every scope, reading a council with October closed and November open."""
    return Program(app, token_for(database))


@pytest.fixture
def register(app: Flask, database: Database, world: World, registered_beside: None) -> Program:
    """The same of the register of a whole council, two years of it."""
    return Program(app, token_for(database))


def test_nothing_of_an_open_month_can_be_read(program: Program) -> None:
    states = {one["month"]: one for one in program.all("/months")}
    assert states["2026-11"] == {
        "month": "2026-11", "state": "open", "reported_on": None, "rules_version": None, "imported": None
    }  # fmt: skip
    assert states["2026-10"]["state"] == "closed"
    for path in ("/figures", "/agreement", "/rows"):
        answer = program.ask(path, month="2026-11")
        assert answer.status_code == 404
        assert "This month is not closed" in answer.get_json()["detail"]
        assert {one["month"] for one in program.all(path)} == {"2026-10"}
    for path in LISTS:
        if path not in ("/months", "/plan"):  # which name it as open, and as a month something is due in
            assert "2026-11" not in program.ask(path).get_data(as_text=True).replace("2026-11-24", "")


def test_a_snapshot_of_a_month_that_is_not_closed_is_no_report(program: Program, database: Database) -> None:
    with database.writing() as session, session.begin():
        kept = session.scalars(select(Snapshot)).one()
        november = session.scalars(select(Cycle).where(Cycle.month == date(2026, 11, 1), Cycle.tool_key == TOOL)).one()
        copied = {one.key: getattr(kept, one.key) for one in Snapshot.__table__.columns if one.key != "id"}
        session.add(Snapshot(**copied | {"cycle_id": november.id, "month": november.month}))
    states = {one["month"]: one["state"] for one in program.all("/months")}
    assert states == {"2026-10": "closed", "2026-11": "open"}
    assert {one["month"] for one in program.all("/figures")} == {"2026-10"}


def test_before_any_month_is_closed_every_list_is_there_and_holds_no_figure(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    program = Program(app, token_for(database))
    for path in ("/months", "/figures", "/agreement", "/tables", "/rows"):
        assert program.page(path)["items"] == []
    assert len(program.all("/measures")) > 4
    assert len(program.all("/plan")) > 10
    assert "No month is closed yet" in sign_in(world.people["analyst"]).page("/workbooks/extract").text


def test_no_name_reference_or_word_is_in_any_answer_or_workbook(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        for person in session.scalars(select(Person)):
            person.name = f"Peregrine {CANARY} {person.employee_id}"
        cycle, audits = submitted_month(session, world, [Grade.GOOD] * 8, at=AT, month=date(2026, 10, 1))
        for one in audits:
            one.auditor_role = one.exit_reason = CANARY
        closing.close(session, cycle, by="test", at=AT)
        ids = {str(one) for one in (*session.scalars(select(Audit.id)), *session.scalars(select(Case.id)))}
        references = {one.reference for one in audits}
    program = Program(app, token_for(database))
    said = [program.ask(path, format=form).get_data(as_text=True) for path in LISTS for form in ("json", "csv")]
    analyst, lead = sign_in(world.people["analyst"]), sign_in(world.people["qa_lead"])
    for client, address in (
        (analyst, "/workbooks/rows"), (analyst, "/workbooks/published"), (lead, "/workbooks/figures?until=2026-10"),
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert re.fullmatch(r'attachment; filename="[a-z]+-2026-10\.xlsx"', answer.headers["Content-Disposition"])
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        said.append(repr([book.get_sheet_by_name(name).to_python() for name in book.sheet_names]))
    whole = " ".join(said)
    assert "requires_improvement" in whole
    for secret in (CANARY, "Peregrine", *ids, *references, "Visited every two weeks", "9000"):
        assert secret not in whole, secret


def test_rows_are_those_the_figures_count_and_the_workbooks(register: Program, world: World, sign_in: SignIn) -> None:
    rows = register.all("/rows", limit=170)
    assert len(rows) == TRUTH["audits"]
    assert len({one["row_id"] for one in rows}) == len(rows)
    for measure, element in (("cases", "overall"), ("plans", "plan")):
        for figure in register.all("/figures", window="month", basis="final", measure=measure):
            grades = [one[f"{element}_final"] for one in rows if one["month"] == figure["month"]]
            counted = [grade for grade in grades if grade in {each.value for each in Grade}]
            assert len(counted) == figure["n"]
            assert sum(grade in ("outstanding", "good") for grade in counted) == figure["k"]
    assert sum(one["overall_moderator"] is not None for one in rows) == TRUTH["moderated"]
    book = sign_in(world.people["analyst"]).get("/workbooks/rows").data
    kept = sheet(book, "Audits")
    said = Counter(
        tuple("" if one[key] is None else str(one[key]) for key in one if key not in ("row_id", "month"))
        for one in rows
    )
    assert said == Counter(tuple(_plain(one[key]) for key in one if key not in ("row_id", "month")) for one in kept)
    assert not {one["row_id"] for one in kept} & {one["row_id"] for one in rows}
    told = {row["Column"]: row for row in sheet(book, "Data dictionary")}
    assert set(told) == set(rows[0])
    assert all(row["What it means"] and row["Where it comes from"] for row in told.values())


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def test_rows_put_small_services_and_rare_plans_together(register: Program) -> None:
    for month in ("2026-10", "2025-03"):
        rows = register.all("/rows", month=month)
        for column in ("service", "plan_type"):
            counted = Counter(one[column] for one in rows)
            assert all(n >= 6 for name, n in counted.items() if name != OTHER), counted
        assert set(rows[0]) >= {f"{key}_final" for key in ELEMENTS}
        assert not {"team", "case", "auditor", "worker", "reference"} & set(rows[0])


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 20), min_size=1))
def test_no_service_of_few_audits_stands_alone(counted: dict[str, int]) -> None:
    called = _together(counted, 6)
    groups: dict[str, list[str]] = {}
    for name, called_so in called.items():
        groups.setdefault(called_so, []).append(name)
    joined = groups.pop(SEVERAL, [])
    assert all(counted[names[0]] >= 6 and len(names) == 1 for names in groups.values())
    if joined and groups:
        assert len(joined) > 1
        assert sum(counted[name] for name in joined) >= 6
    assert bool(joined) == any(n < 6 for n in counted.values())


def test_pages_of_rows_are_one_extract_and_the_next_extract_has_other_names(register: Program) -> None:
    first, second = register.all("/rows", limit=1000), register.all("/rows", limit=97)
    assert len(second) == len(first)
    assert not {one["row_id"] for one in first} & {one["row_id"] for one in second}
    ordered = [(one["month"], one["row_id"]) for one in second]
    assert ordered == sorted(ordered)
    with_secret = Named("secret", "nonce").row(NOBODY)
    assert with_secret not in {Named("other", "nonce").row(NOBODY), Named("secret", "other").row(NOBODY)}


def test_a_cursor_that_was_changed_or_belongs_elsewhere_is_refused(register: Program) -> None:
    page = register.page("/figures", limit=10)
    cursor = page["next"]
    for path, words in (
        ("/figures", {"cursor": cursor[:-1] + ("A" if cursor[-1] != "A" else "B")}),
        ("/figures", {"cursor": "x"}),
        ("/figures", {"cursor": cursor, "measure": "cases"}),
        ("/rows", {"cursor": cursor}),
    ):
        answer = register.ask(path, **words)
        assert answer.status_code == 404
        assert "cursor" in answer.get_json()["detail"]


def test_a_parameter_that_makes_no_sense_is_named(program: Program) -> None:
    for path, name, value in (
        ("/figures", "mesure", "cases"), ("/figures", "measure", "nothing"), ("/figures", "month", "2026-13"),
        ("/rows", "limit", "0"), ("/rows", "limit", "1001"), ("/tables", "period", "2026"), ("/plan", "format", "xml"),
    ):  # fmt: skip
        answer = program.ask(path, **{name: value})
        assert answer.status_code == 422, (path, name)
        assert answer.content_type == "application/problem+json"
        assert list(answer.get_json()["errors"]) == [name]


def test_what_is_not_there_is_said_as_a_problem_and_pages_keep_their_own_errors(program: Program) -> None:
    for path, status in (("/nothing", 404), ("/figures/1", 404)):
        answer = program.ask(path)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    posted = program.client.post("/api/v1/figures", headers={"Authorization": f"Bearer {program.token}"})
    assert posted.status_code in (400, 405)
    assert posted.content_type == "application/problem+json"
    assert program.client.get("/nothing").content_type.startswith("text/html")


def test_an_unchanged_list_is_not_sent_again_and_rows_are_nobodys_to_keep(program: Program) -> None:
    answer = program.ask("/figures")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Last-Modified"] == "Tue, 24 Nov 2026 09:00:00 GMT" or answer.last_modified == AT
    again = program.ask("/figures", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    rows = program.ask("/rows")
    assert "ETag" not in rows.headers
    assert rows.headers["Cache-Control"] == "no-store"


def test_csv_is_the_same_and_nothing_in_it_is_a_formula(
    register: Program, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        for place, one in enumerate(session.scalars(select(Service))):
            one.name = f"{OPENINGS[place % 4]}1+1 {place}"
    rows = list(csv.DictReader(io.StringIO(register.ask("/rows", limit=1000, format="csv").get_data(as_text=True))))
    assert len(rows) == TRUTH["audits"]
    assert any(one["service"].startswith("'=1+1") for one in rows)
    assert not [one for row in rows for one in row.values() if one.startswith(OPENINGS)]
    by_header = register.ask("/rows", limit=100, headers={"Accept": "text/csv"})
    assert by_header.content_type == "text/csv; charset=utf-8"
    following = re.search(r"<([^>]+)>", by_header.headers["Link"])
    assert following
    assert "cursor=" in following[1]
    book = sign_in(world.people["analyst"]).get("/workbooks/rows").data
    assert any(one["service"].startswith("=1+1") for one in sheet(book, "Audits"))
    with ZipFile(io.BytesIO(book)) as files:
        assert all(b"<f>" not in files.read(name) for name in files.namelist())


def test_tables_hide_for_programs_what_is_hidden_for_everybody(register: Program, database: Database) -> None:
    found = register.all("/tables")
    with database.reading() as session:
        period = published.periods(session)[0]
        seen = published.breakdown_for(session, PUBLIC, period)
    rows = {(table.measure.key, row.name): row for table in seen.tables for row in table.rows}
    assert {one["shown"] for one in found} >= {"hidden", "yes"} or {one["shown"] for one in found} >= {"withheld"}
    for one in found:
        if one["shown"] == "yes":
            share = rows[one["measure"], one["place"]].share
            assert share is not None
            assert (one["k"], one["n"]) == (share.k, share.n)
            assert not 1 <= one["n"] <= 5
        else:
            assert one["k"] is one["estimate"] is one["low"] is one["met"] is one["certainty"] is None
    for level in ("service", "team"):
        assert {one["level"] for one in register.all("/tables", level=level)} <= {level}
    assert register.ask("/tables", period="2020-04-to-2020-06").status_code == 404


def test_the_plan_stands_for_programs_as_it_was_published(register: Program, world: World, sign_in: SignIn) -> None:
    found = {one["measure"]: one for one in register.all("/plan")}
    assert found["cases"]["until"] == "2026-10"
    page = sign_in(world.people["board"]).page("/plan").text
    for one in found.values():
        assert one["title"] in page
    for key in ("cases", "plans"):
        if key in found:
            assert found[key]["figure"] in page


def test_a_reading_of_rows_in_the_browser_is_on_the_access_log(
    register: Program, database: Database, world: World, sign_in: SignIn
) -> None:
    sign_in(world.people["analyst"]).get("/workbooks/rows")
    with database.reading() as session:
        entry = session.scalars(select(AccessEntry).where(AccessEntry.action == "extract.rows")).one()
    assert entry.person_id == world.people["analyst"].id
