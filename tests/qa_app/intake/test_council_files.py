"""The demo council's own files read as they really look, and every countable figure comes out as it was computed."""

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit_forms.grades import BEST_FIRST, Grade
from qa_app.demo import demo_file
from qa_app.intake.cases import CaseRow, read_cases
from qa_app.intake.columns import check, guess
from qa_app.intake.findings import Read
from qa_app.intake.headings import Kind
from qa_app.intake.reference import KnownPerson, Reference
from qa_app.intake.register import Judgements, RegisterRow, Selection, read_register
from qa_app.intake.staff import StaffRow, read_staff
from qa_app.intake.table import Limits, read_table

TRUTH: dict[str, Any] = json.loads(Path(__file__).parents[2].joinpath("data/truth.json").read_text())
REGISTERS = ("audit_register.csv", "audit_register.xlsx")
CASE_LISTS = ("case_list.csv", "case_list.xlsx")


@cache
def staff() -> Read[StaffRow]:
    table = read_table(demo_file("staff.csv"), limits=Limits(), kind=Kind.STAFF)
    return read_staff(table, guess(Kind.STAFF, table.headings))


@cache
def reference() -> Reference:
    people = staff().good
    return Reference((row.team for row in people), (KnownPerson(row.employee_id, row.name) for row in people))


@cache
def cases(name: str) -> Read[CaseRow]:
    table = read_table(demo_file(name), limits=Limits(), kind=Kind.CASES)
    return read_cases(table, guess(Kind.CASES, table.headings), reference=reference())


@cache
def register(name: str) -> Read[RegisterRow]:
    table = read_table(demo_file(name), limits=Limits(), kind=Kind.REGISTER)
    return read_register(table, guess(Kind.REGISTER, table.headings), reference=reference())


def test_every_heading_of_every_file_is_recognised() -> None:
    names = (
        ("staff.csv", Kind.STAFF),
        *((n, Kind.CASES) for n in CASE_LISTS),
        *((n, Kind.REGISTER) for n in REGISTERS),
    )
    for name, kind in names:
        table = read_table(demo_file(name), limits=Limits())
        mapping = guess(kind, table.headings)
        assert check(mapping) is None
        assert {column.position for column in mapping.columns} == set(range(len(table.headings))), name


def test_all_staff_come_in_with_their_managers_and_what_their_job_titles_suggest() -> None:
    read = staff()
    assert read.counts.good == TRUTH["staff"]
    assert read.problems == ()
    suggested = {row.job_title: row.suggested_roles for row in read.good if row.active}
    assert suggested == {
        "Director of Children's Services": ("head_of_service",),
        "Head of Service": ("head_of_service",),
        "Service Manager": ("auditor", "moderator"),
        "Team Manager": ("auditor",),
        "Deputy Team Manager": ("auditor",),
        "Social Worker": ("practitioner",),
        "Independent Reviewing Officer": ("auditor",),
        "QA Lead": ("qa_lead", "moderator"),
    }
    assert [row.suggested_roles for row in read.good if not row.active] == [()]
    assert sum(row.line_manager is None for row in read.good) == 1


def test_everyone_who_moderates_in_the_register_is_suggested_as_moderator_while_employed() -> None:
    active = {row.employee_id: row for row in staff().good if row.active}
    for row in register(REGISTERS[0]).good:
        if row.moderated and row.moderated.moderator.employee_id in active:
            assert "moderator" in active[row.moderated.moderator.employee_id].suggested_roles


@pytest.mark.parametrize("name", CASE_LISTS)
def test_the_faults_of_the_case_list_are_found_and_nothing_else_is(name: str) -> None:
    read = cases(name)
    faults = TRUTH["case_row_faults"]
    assert read.counts.rows == TRUTH["case_rows"]
    assert read.counts.left_out == faults["closed"]
    assert read.counts.repeated == faults["dup"]
    assert read.counts.refused == len(read.refused) == faults["badteam"] + faults["nodate"] + faults["noteam"]
    assert read.counts.good == len(read.good) == TRUTH["cases"] - faults["closed"] - read.counts.refused
    reasons = Counter((problem.column, problem.reason.split(".")[0]) for problem in read.refused)
    assert reasons == {
        ("Team", "There is no team called ‘Assesment A’"): faults["badteam"],
        ("Date Opened", "There is no such day in the calendar"): faults["nodate"],
        ("Team", "There is no team"): faults["noteam"],
    }
    assert all(row.reference == row.reference.strip() and row.reference.isdecimal() for row in read.good)
    assert all(row.worker and row.worker.employee_id for row in read.good)
    assert [problem.row_number for problem in read.refused] == sorted(problem.row_number for problem in read.refused)


def test_both_forms_of_the_case_list_hold_the_same_cases() -> None:
    first, second = (cases(name) for name in CASE_LISTS)
    assert first.good == second.good
    assert first.problems == second.problems


def test_no_problem_of_a_case_list_shows_a_case_reference() -> None:
    read = cases("case_list.csv")
    known = {row.reference for row in read.good}
    shown = " ".join(f"{problem.value} {problem.reason}" for problem in read.problems)
    assert not known & set(shown.replace(".", " ").split())


@pytest.mark.parametrize("name", REGISTERS)
def test_every_row_of_the_register_reads(name: str) -> None:
    read = register(name)
    assert read.problems == ()
    assert read.counts.good == read.counts.rows == TRUTH["audits"]
    assert sum(row.moderated is not None for row in read.good) == TRUTH["moderated"]
    assert all(row.auditor.employee_id for row in read.good)
    assert {row.strengths for row in read.good} >= {"=SUM(1,2) typed by mistake", "<b>Chronology</b> stops in March"}


def test_both_forms_of_the_register_hold_the_same_audits() -> None:
    assert register(REGISTERS[0]).good == register(REGISTERS[1]).good


def good(judgements: list[Any]) -> list[int]:
    graded = [one for one in judgements if isinstance(one, Grade)]
    return [sum(one.is_good_or_better for one in graded), len(graded)]


def final(row: RegisterRow, element: str) -> Any:
    return getattr(row.finals, element) or getattr(row.judgements, element)


def agreeing(rows: list[RegisterRow], selection: Selection) -> list[int]:
    pairs = [
        (row.judgements.overall, row.moderated.judgements.overall)
        for row in rows
        if row.moderated and row.moderated.mode == "blind" and row.selection is selection
    ]
    return [sum(auditor == moderator for auditor, moderator in pairs), len(pairs)]


def figures(rows: list[RegisterRow]) -> dict[str, Any]:
    """One month's figures, counted from the rows alone."""
    counted: dict[str, Any] = {}
    for element in ("overall", "supervision", "plan"):
        counted[f"{element}_final"] = good([final(row, element) for row in rows])
        counted[f"{element}_auditor"] = good([getattr(row.judgements, element) for row in rows])
    inadequate = sum(row.judgements.overall is Grade.INADEQUATE for row in rows)
    return counted | {
        "agree_random_blind": agreeing(rows, Selection.RANDOM),
        "agree_always_blind": agreeing(rows, Selection.ALWAYS),
        "frame_rest": len(rows) - inadequate,
        "always": inadequate,
        "chronology_all_four": [sum(row.chronology == ("yes",) * 4 for row in rows), len(rows)],
    }


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize("month", TRUTH["months"])
def test_a_months_figures_come_out_exactly(name: str, month: str) -> None:
    rows = [row for row in register(name).good if row.month == date.fromisoformat(month)]
    assert figures(rows) == TRUTH["months"][month]


def test_the_blind_random_pairs_fill_the_table_exactly() -> None:
    pairs = Counter(
        (row.judgements.overall, row.moderated.judgements.overall)
        for row in register(REGISTERS[0]).good
        if row.moderated and row.moderated.mode == "blind" and row.selection is Selection.RANDOM
    )
    table = [[pairs[auditor, moderator] for moderator in BEST_FIRST] for auditor in BEST_FIRST]
    assert table == TRUTH["table_random_blind_rows_auditor_best_to_worst"]


def test_a_blank_permanence_is_no_judgement_and_na_is_one() -> None:
    read = register(REGISTERS[0]).good
    assert {row.judgements.permanence for row in read} >= {None, "not_applicable", Grade.GOOD}
    assert Judgements()._fields[-1] == "overall"
