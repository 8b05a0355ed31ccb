"""Rows of staff, cases and registers: what comes in, what is only reported, what is refused and why."""

from datetime import date
from typing import Any

import pytest

from audit_forms.grades import Grade, NotGraded
from qa_app.intake.cases import CaseRow, read_cases
from qa_app.intake.columns import guess
from qa_app.intake.findings import Read
from qa_app.intake.headings import Kind
from qa_app.intake.reference import KnownPerson, Reference, Who
from qa_app.intake.register import RegisterRow, Selection, read_register
from qa_app.intake.staff import StaffRow, read_staff, suggest_roles
from qa_app.intake.table import Limits, Row, Table, read_table
from qa_app.intake.values import Bounds

PEOPLE = (KnownPerson("E1", "Ann Lee"), KnownPerson("E2", "Bo Hall"), KnownPerson("E3", "Bo Hall"))
KNOWN = Reference(("Court Team", "Assessment A"), PEOPLE)


def table_of(headings: str, *rows: str) -> Table:
    return read_table("\n".join((headings, *rows)).encode(), limits=Limits())


def staff(*rows: str) -> Read[StaffRow]:
    table = table_of("Employee ID,Name,Email,Job title,Service,Team,Line manager,FTE,Active", *rows)
    return read_staff(table, guess(Kind.STAFF, table.headings), known_ids=("E900",))


def cases(*rows: str, extra: str = "") -> Read[CaseRow]:
    table = table_of(f"Person ID,Age,Status,Team,Worker ID,Date opened,Last supervision{extra}", *rows)
    return read_cases(
        table, guess(Kind.CASES, table.headings), reference=KNOWN, bounds=Bounds(latest=date(2026, 11, 23))
    )


def register(**changed: str) -> Read[RegisterRow]:
    headings = "Audit ID,Cycle,Person ID,Team,Auditor,Overall,Permanence,Selected by,Moderator,Moderation type,"
    headings += "Mod Overall,Final Overall,Chronology present,Date submitted"
    usual = ("A1", "Nov 2024", "400047", "Court Team", "Ann Lee", "Good")
    cells = dict.fromkeys(headings.split(","), "") | dict(zip(headings.split(","), usual, strict=False))
    cells |= {key.replace("_", " "): value for key, value in changed.items()}
    table = Table("", tuple(cells), (Row(2, tuple(cell or None for cell in cells.values())),))
    return read_register(table, guess(Kind.REGISTER, table.headings), reference=KNOWN)


def only(read: Read[Any]) -> tuple[str, str, bool]:
    (problem,) = read.problems
    return problem.column, problem.reason, problem.refused


def test_line_managers_who_are_unknown_or_lead_back_are_reported_and_left_out() -> None:
    read = staff(
        "E1,Ann,,,S,A,E2,,", "E2,Bo,,,S,A,E1,,", "E3,Cy,,,S,A,E3,,", "E4,Di,,,S,A,E1,,", "E5,Ed,,,S,A,E99,,",
        "E6,Flo,,,S,A,e900,,",
    )  # fmt: skip
    assert [row.line_manager for row in read.good] == [None, None, None, "E1", None, "E900"]
    assert [problem.row_number for problem in read.problems] == [2, 3, 4, 6]
    assert not read.refused


def test_staff_rows_that_cannot_come_in_say_why() -> None:
    read = staff(
        ",Ann,,,S,A,,,", "E2,,,,S,A,,,", "E3,Cy,,,,A,,,", "E4,Di,,,S,,,,", "E5,Ed,,,S,A,,lots,", "E6,Flo,,,S,A,,,maybe",
        "E7,Gus,g@x.org,,S,A,,,", "E8,Hal,G@x.org,,S,A,,,", "E9,Ida,,,S,A,,,", "E9,Ina,,,S,A,,,", "E10,Jo,,,S,A,,1,N",
    )  # fmt: skip
    assert [row.employee_id for row in read.good] == ["E10"]
    assert not read.good[0].active
    assert [problem.column for problem in read.refused] == [
        *("Employee ID", "Name", "Service", "Team", "FTE", "Active", "Email", "Email", "Employee ID", "Employee ID")
    ]
    assert read.counts == (11, 1, 10, 0, 0)


def test_an_odd_address_and_a_team_under_two_services_are_reported_only() -> None:
    read = staff("E1,Ann,ann at home,,S,A,,,", "E2,Bo,b@x.org,,Other,a,,,", "E2,Bo,b@x.org,,Other,a,,,")
    assert [(row.email, row.service, row.team) for row in read.good] == [(None, "S", "A"), ("b@x.org", "S", "A")]
    assert not read.refused
    assert read.counts.repeated == 1


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("Deputy Team Manager", ("auditor",)),
        ("IRO", ("auditor",)),
        ("Principal Social Worker", ("moderator",)),
        ("Quality Assurance Manager", ("qa_lead", "moderator")),
        ("Assistant Director", ("head_of_service",)),
        ("Advanced Practitioner", ("practitioner",)),
        ("Newly qualified social worker", ("practitioner",)),
        ("Personal Adviser, Leaving Care", ("practitioner",)),
        ("Practice Manager", ("auditor",)),
        ("Business Support Officer", ()),
    ],
)
def test_roles_are_suggested_from_job_titles(title: str, roles: tuple[str, ...]) -> None:
    assert suggest_roles(title) == roles


def test_identical_cases_are_kept_once_and_differing_ones_are_all_refused() -> None:
    same, other = "1,5,Open,court  team,E1,1/2/2026,", "2,5,Open,Court Team,E1,1/2/2026,"
    read = cases(same, " 1 ,5,Open,Court Team,E1,2026-02-01,", other, other.replace("1/2/2026", "2/2/2026"))
    assert [row.reference for row in read.good] == ["1"]
    assert [problem.row_number for problem in read.refused] == [4, 5]
    assert read.counts == (4, 1, 2, 0, 1)


def test_case_rows_that_cannot_come_in_never_show_the_reference() -> None:
    read = cases("Sam Smith,5,Open,Court Team,E1,1/2/2026,", ",5,Open,Court Team,E1,1/2/2026,")
    assert [(problem.column, problem.value) for problem in read.refused] == [("Person ID", None)] * 2
    assert "Sam" not in str(read.problems)


def test_a_case_opened_tomorrow_or_never_is_refused() -> None:
    read = cases("1,5,Open,Court Team,E1,24/11/2026,", "2,5,Open,Court Team,E1,,")
    assert [problem.reason.split(".")[0] for problem in read.refused] == [
        "The date is after 23 November 2026",
        "There is no date",
    ]


def test_closed_cases_are_left_out_before_anything_else_is_asked_of_them() -> None:
    read = cases("1,5,Closed,No such team,E1,31/02/2026,")
    assert (read.counts.left_out, read.problems) == (1, ())


def test_small_faults_of_a_case_are_reported_and_it_comes_in() -> None:
    read = cases("1,99,Open,Court Team,E77,1/2/2026,31/9/2026")
    (row,) = read.good
    assert (row.age_band, row.worker, row.last_supervision) == ("", Who(None, "E77"), None)
    assert {problem.column for problem in read.problems} == {"Age", "Worker ID", "Last supervision"}
    assert not read.refused


def test_the_optional_chair_is_found_by_name_or_number_and_two_of_a_name_are_refused() -> None:
    read = cases(
        "1,5,Open,Court Team,E1,1/2/2026,,ann lee", "2,5,Open,Court Team,E1,1/2/2026,,E3",
        "3,5,Open,Court Team,E1,1/2/2026,,Bo Hall",
        extra=",IRO",
    )  # fmt: skip
    assert [row.iro and row.iro.employee_id for row in read.good] == ["E1", "E3"]
    assert only(read)[0] == "IRO"


def test_a_register_row_reads_with_blank_judgements_and_no_moderation() -> None:
    (row,) = register(Permanence="n/a", Selected_by="Random").good
    assert row.auditor == Who("E1", "Ann Lee")
    assert (row.judgements.overall, row.judgements.permanence) == (Grade.GOOD, NotGraded.NOT_APPLICABLE)
    assert (row.judgements.plan, row.moderated, row.selection) == (None, None, Selection.RANDOM)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"Overall": "Goodish"}, "Overall"),
        ({"Overall": ""}, "Overall"),
        ({"Overall": "n/a"}, "Overall"),
        ({"Permanence": "77"}, "Permanence"),
        ({"Mod_Overall": "Fine"}, "Mod Overall"),
        ({"Mod_Overall": "Good"}, "Moderator"),
        ({"Mod_Overall": "Good", "Moderator": "E2", "Moderation_type": "Psychic"}, "Moderation type"),
        ({"Final_Overall": "?!"}, "Final Overall"),
        ({"Chronology_present": "perhaps"}, "Chronology present"),
        ({"Cycle": "Smarch 2024"}, "Cycle"),
        ({"Cycle": ""}, "Cycle"),
        ({"Date_submitted": "31/02/2025"}, "Date submitted"),
        ({"Team": "Curt Team"}, "Team"),
        ({"Auditor": ""}, "Auditor"),
        ({"Auditor": "Bo Hall"}, "Auditor"),
        ({"Audit_ID": ""}, "Audit ID"),
        ({"Person_ID": "Sam"}, "Person ID"),
    ],
)
def test_a_register_row_is_refused_with_its_column_and_a_reason(changed: dict[str, str], column: str) -> None:
    read = register(**changed)
    assert not read.good
    assert read.counts == (1, 0, 1, 0, 0)
    found, reason, refused = only(read)
    assert found == column
    assert refused
    assert reason.endswith((".", "?"))


def test_a_moderation_of_unstated_kind_is_sighted_and_one_without_grades_is_not_done() -> None:
    unstated = register(Mod_Overall="Good", Moderator="Ann Lee")
    assert unstated.good[0].moderated is not None
    assert unstated.good[0].moderated.mode == "sighted"
    assert unstated.good[0].selection is Selection.CHOSEN
    undone = register(Moderator="Ann Lee", Selected_by="Inadequate - always")
    assert (undone.good[0].moderated, undone.good[0].selection) == (None, Selection.ALWAYS)
    assert not only(unstated)[2]
    assert not only(undone)[2]
    assert [one.stream for one in Selection] == ["sampled", "sampled", "chosen"]


def test_someone_outside_the_staff_list_comes_in_by_name_and_is_reported_once() -> None:
    read = register(Auditor="Zed Zulu", Moderator="Zed Zulu", Mod_Overall="RI", Moderation_type="blind moderation")
    assert read.good[0].auditor == Who(None, "Zed Zulu")
    assert only(read)[0] == "Auditor"
    assert not read.refused
