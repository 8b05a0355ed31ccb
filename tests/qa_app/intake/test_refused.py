"""Refused rows come back as they were, with the reason, and nothing in them can run."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qa_app.demo import demo_file
from qa_app.intake.cases import read_cases
from qa_app.intake.columns import guess
from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.intake.reference import Reference
from qa_app.intake.refused import REASON_HEADING, ROW_HEADING, refused_csv, refused_xlsx, safe_text
from qa_app.intake.table import Row, Table, read_table

BAD = Problem(7, "Team", "x", "There is no team called ‘x’.")
FORMULAS = ("=1+1", "+44 20", "-cmd|' /C calc'!A1", "@SUM(A1)", '=HYPERLINK("http://x")', "\tx", "http://x.test")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_like_text_cannot_run_in_either_file(text: str) -> None:
    table = Table("", ("=Heading", "Team"), (Row(7, (text, "x")),))
    head, row = rows_of(refused_csv(table, [BAD]))
    assert head == ["'=Heading", "Team", ROW_HEADING, REASON_HEADING]
    assert row[0] == (text if text.startswith("http") else f"'{text}")
    book = refused_xlsx(table, [BAD])
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[1][0] == text
    assert b"<f>" not in book


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    safe = safe_text(text)
    assert safe.removeprefix("'").lstrip("'") == text.lstrip("'")
    if safe[:1] in tuple("=+-@\t\r\0"):
        float(safe)


def test_negative_numbers_and_dates_stay_what_they_are() -> None:
    table = Table("", ("A", "B", "C", "D"), (Row(7, (-3, "-3.5", date(2026, 2, 1), None)),))
    assert rows_of(refused_csv(table, [BAD]))[1][:4] == ["-3", "-3.5", "01/02/2026", ""]


def test_only_refused_rows_are_written_once_each_with_all_their_reasons() -> None:
    table = Table("", ("A",), (Row(6, ("good",)), Row(7, ("bad",)), Row(9, ("noted",))))
    problems = [BAD, Problem(7, "", None, "Second."), Problem(9, "A", None, "Only reported.", refused=False)]
    assert rows_of(refused_csv(table, problems))[1:] == [["bad", "7", "Team: There is no team called ‘x’. Second."]]


@pytest.mark.parametrize("written", [refused_csv, refused_xlsx])
def test_corrected_refused_rows_can_be_brought_back(written: object) -> None:
    table = read_table(demo_file("case_list.csv"), limits=Limits())
    known = Reference({str(row.cells[7]) for row in table.rows if row.cells[7] and row.cells[7] != "Assesment A"})
    read = read_cases(table, guess(Kind.CASES, table.headings), reference=known)
    back = read_table(written(table, read.problems), limits=Limits())  # type: ignore[operator]
    assert len(back.rows) == read.counts.refused == 8
    again = read_cases(back, guess(Kind.CASES, back.headings), reference=known)
    assert [problem.reason for problem in again.problems] == [problem.reason for problem in read.refused]


def test_a_row_that_could_not_be_stored_comes_back_without_what_was_wrong() -> None:
    table = read_table(b"Person ID,Team\n1,A\0B\n2,=x\n", limits=Limits())
    (unreadable,) = table.unreadable
    assert rows_of(refused_csv(table, [unreadable[1]]))[1][:3] == ["1", "A\ufffdB", "2"]
    assert refused_xlsx(table, [unreadable[1]]).startswith(b"PK")
