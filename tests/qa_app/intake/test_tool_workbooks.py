"""Tools in workbooks: written and read back the same, and every mistake named with its sheet, row and column."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from audit_forms.catalogue import latest, tools
from audit_forms.definition import Question, Section, Tool
from audit_forms.definition_file import read_definition
from audit_forms.questions import KINDS
from qa_app.intake.limits import UnreadableFile
from qa_app.intake.tools.check import check
from qa_app.intake.tools.layout import TYPES, type_of_kind
from qa_app.intake.tools.template import example, template
from qa_app.intake.tools.writing import workbook_of
from tests.qa_app.intake.tool_sheets import Sheets, example_sheets
from tests.qa_app.intake.workbooks import made_of, workbook


def same(one: Tool, other: Tool) -> bool:
    """Whether two tools ask the same, whatever their definitions were written in."""
    kept = [name for name in one.__dataclass_fields__ if name not in ("sha256", "sections")]
    return _asked(one) == _asked(other) and all(getattr(one, name) == getattr(other, name) for name in kept)


def _asked(tool: Tool) -> list[Section]:
    """The sections. To be asked only after an answer and required then can be said in two ways: here it is one."""
    return [replace(each, questions=tuple(map(_one_way, each.questions))) for each in tool.sections]


def _one_way(question: Question) -> Question:
    if question.asked_if is None or not question.required:
        return question
    return replace(question, required=False, asked_if=None, required_if=question.asked_if)


def test_a_question_may_be_shown_by_an_answer_and_left_blank() -> None:
    sheets = example_sheets()
    del sheets.row("lives_other")["required"]
    checked = check(sheets.written())
    assert checked.faults == ()
    asked = checked.tool.question("lives_other")
    assert asked.follows is not None
    assert not asked.is_needed({"lives": "other"})


def test_the_template_passes_the_check_it_is_uploaded_to() -> None:
    checked = check(template())
    assert checked.faults == ()
    assert checked.notes == ()
    assert same(read_definition("the template", checked.definition), read_definition("the example", example()))


def test_the_template_holds_text_alone_and_offers_what_can_be_chosen() -> None:
    with zipfile.ZipFile(io.BytesIO(template())) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")}
    sheets = [part for name, part in parts.items() if name.endswith(".xml")]
    assert len(sheets) == 4
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    assert sum(sheet.count("<dataValidation ") for sheet in sheets) >= 10


@pytest.mark.parametrize(
    "shipped", [tool for tool in tools() if tool.version > 0], ids=lambda tool: f"{tool.key}-{tool.version}"
)
def test_a_shipped_tool_written_to_a_workbook_and_read_back_is_the_same_tool(shipped: Tool) -> None:
    checked = check(workbook_of(shipped))
    assert [fault.sentence for fault in checked.faults] == []
    assert same(read_definition("read back", checked.definition), shipped)


def test_a_workbook_says_nothing_of_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_of(latest("plan")))) as parts:
        assert b"2026-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_the_layout_has_a_type_for_every_kind_of_question() -> None:
    assert {each.kind for each in TYPES} | {"month"} == set(KINDS)
    for each in TYPES:
        assert type_of_kind(each.kind) is each
        assert each.takes_list == KINDS[each.kind].takes_choices


Plant = Callable[[Sheets], tuple[str, int | None, str]]


@dataclass
class Plants:
    """Mistakes to plant, each with the words the check must find for it."""

    found: dict[str, tuple[Plant, str]] = field(default_factory=dict)

    def mistake(self, words: str) -> Callable[[Plant], Plant]:
        def keep(plant: Plant) -> Plant:
            self.found[plant.__name__] = (plant, words)
            return plant

        return keep


PLANTS = Plants()
mistake = PLANTS.mistake


@mistake("The type ‘tekst’ is not understood. Did you mean text?")
def unknown_type(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_evidence")["type"] = "tekst"
    return "survey", sheets.number("interview_evidence"), "type"


@mistake("an audit holds no pictures")
def type_of_xlsform_that_is_none_here(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "image", "name": "photo", "label": "Photo"}), "type"


@mistake("no list called ‘reason’. Did you mean reasons?")
def list_that_is_not_there(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_reasons")["type"] = "select_multiple reason"
    return "survey", sheets.number("interview_reasons"), "type"


@mistake("Name a list of the sheet choices")
def select_without_a_list(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_reasons")["type"] = "select_multiple"
    return "survey", sheets.number("interview_reasons"), "type"


@mistake("‘or_other’ is not understood after the list")
def words_after_the_list(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_reasons")["type"] = "select_multiple reasons or_other"
    return "survey", sheets.number("interview_reasons"), "type"


@mistake("Say what this row is")
def no_type(sheets: Sheets) -> tuple[str, int | None, str]:
    del sheets.row("episodes")["type"]
    return "survey", sheets.number("episodes"), "type"


@mistake("Give this row a name")
def no_name(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "text", "label": "What happened?"}), "name"


@mistake("‘How many’ is not a name")
def name_with_capitals_and_spaces(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "text", "name": "How many", "label": "How many?"}), "name"


@mistake("is called ‘episodes’ too")
def name_that_stands_twice(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "text", "name": "episodes", "label": "Again?"}), "name"


@mistake("‘class’ is a word that forms use themselves")
def name_that_is_a_word_of_the_language(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "text", "name": "class", "label": "Class?"}), "name"


@mistake("forms use this name themselves")
def name_that_forms_use(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("episodes", {"type": "text", "name": "validate", "label": "Valid?"}), ""


@mistake("Write the words under label")
def no_label(sheets: Sheets) -> tuple[str, int | None, str]:
    del sheets.row("episodes")["label"]
    return "survey", sheets.number("episodes"), "label"


@mistake("A label cannot show another answer")
def label_that_shows_an_answer(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["label"] = "Why ${lives}?"
    return "survey", sheets.number("episodes"), "label"


@mistake("Shorten this to 300 characters or fewer. It has 301.")
def label_that_is_too_long(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["label"] = "x" * 301
    return "survey", sheets.number("episodes"), "label"


@mistake("Did you mean hint?")
def heading_that_is_misspelt(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.headings["survey"].append("hnt")
    return "survey", 1, ""


@mistake("The column calculation is not understood here")
def column_of_xlsform_that_is_none_here(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.headings["survey"].append("calculation")
    sheets.row("episodes")["calculation"] = "1 + 1"
    return "survey", sheets.number("episodes"), "calculation"


@mistake("There are two columns called hint")
def heading_that_stands_twice(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.headings["survey"].append("hint")
    return "survey", 1, "hint"


@mistake("The column label is missing")
def column_that_is_missing(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.headings["choices"].remove("label")
    return "choices", 1, ""


@mistake("There is no heading above this cell")
def cell_without_a_heading(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.headings["survey"].append("")
    sheets.row("episodes")[""] = "a stray note"
    return "survey", sheets.number("episodes"), ""


@mistake("This question is in no section")
def question_before_the_first_section(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["survey"].insert(0, {"type": "text", "name": "early", "label": "Early?"})
    return "survey", 2, "type"


@mistake("A section cannot stand inside another")
def section_inside_another(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("lives", {"type": "begin_group", "name": "inner", "label": "Inner"}), "type"


@mistake("This section is not closed")
def section_that_is_not_closed(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["survey"].pop()
    return "survey", sheets.number("learning"), "type"


@mistake("No section is open here")
def section_that_is_closed_twice(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["survey"].append({"type": "end_group"})
    return "survey", len(sheets.rows["survey"]) + 1, "type"


@mistake("A section has no relevant")
def section_with_a_condition(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("learning")["relevant"] = "${lives} = 'other'"
    return "survey", sheets.number("learning"), "relevant"


@mistake("A section has one grade")
def two_grades_in_a_section(sheets: Sheets) -> tuple[str, int | None, str]:
    return "survey", sheets.after("return_interview", {"type": "grade", "name": "more", "label": "More?"}), "type"


@mistake("‘lives’ has no answer ‘moon’. It has: family, foster_care")
def condition_on_an_answer_that_is_not_offered(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "${lives} = 'moon'"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("The question ‘nobody’ is not there")
def condition_on_a_question_that_is_not_there(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "${nobody} = 'yes'"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("The question ‘safe_now’ has to stand before this one")
def condition_on_a_later_question(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "${safe_now} = 'no'"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("has no answers to choose from")
def condition_on_a_text(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("safe_told")["relevant"] = "${lives_other} = 'moon'"
    return "survey", sheets.number("safe_told"), "relevant"


@mistake("is not understood here. Write ${name} = 'answer'")
def condition_that_counts(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "count-selected(${lives}) > 1"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("It asks about more than one question")
def condition_on_two_questions(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_why_not")["relevant"] = "${interview_offered} = 'no' or ${lives} = 'other'"
    return "survey", sheets.number("interview_why_not"), "relevant"


@mistake("It mixes what is and what is not")
def condition_that_mixes(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "${lives} = 'other' or ${lives} != 'family'"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("Say for which answers it is shown, not for which it is not")
def condition_of_what_is_not(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["relevant"] = "${lives} != 'family'"
    return "survey", sheets.number("lives_other"), "relevant"


@mistake("write selected(${interview_reasons}, 'exploitation')")
def condition_that_takes_several_answers_for_one(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_fear")["relevant"] = "${interview_reasons} = 'exploitation'"
    return "survey", sheets.number("interview_fear"), "relevant"


@mistake("Where relevant says when it is shown, write yes or no here")
def shown_by_one_answer_and_required_by_another(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("lives_other")["required"] = "${lives} != 'family'"
    return "survey", sheets.number("lives_other"), "required"


@mistake("Write this condition under relevant")
def required_when_it_should_be_relevant(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("listened")["required"] = "${lives} = 'other'"
    return "survey", sheets.number("listened"), "required"


@mistake("Write the bounds of a whole number so")
def bounds_that_are_none(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["constraint"] = "regex(., '[0-9]+')"
    return "survey", sheets.number("episodes"), "constraint"


@mistake("its least and most are in order")
def bounds_the_wrong_way_round(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["constraint"] = ". >= 9 and . <= 3"
    return "survey", sheets.number("episodes"), ""


@mistake("a scale has at most 10 steps")
def scale_that_is_too_long(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("listened")["constraint"] = ". >= 0 and . <= 100"
    return "survey", sheets.number("listened"), ""


@mistake("Only text has words")
def words_of_a_date(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("returned_on")["words"] = "10"
    return "survey", sheets.number("returned_on"), "words"


@mistake("words is a whole number from 1")
def words_that_are_no_number(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_why_not")["words"] = "many"
    return "survey", sheets.number("interview_why_not"), "words"


@mistake("Only grade has outstanding")
def descriptor_of_what_is_no_grade(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["outstanding"] = "Very few"
    return "survey", sheets.number("episodes"), "outstanding"


@mistake("‘maybe’ is no way of not grading")
def unknown_way_of_not_grading(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("return_interview")["allow"] = "maybe"
    return "survey", sheets.number("return_interview"), "allow"


@mistake("Write yes or no under limiting")
def limiting_that_is_neither(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("return_interview")["limiting"] = "perhaps"
    return "survey", sheets.number("return_interview"), "limiting"


@mistake("The appearance ‘signature’ is not understood")
def unknown_appearance(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("interview_evidence")["appearance"] = "signature"
    return "survey", sheets.number("interview_evidence"), "appearance"


@mistake("Say what both ends of the scale mean")
def one_end_of_a_scale(sheets: Sheets) -> tuple[str, int | None, str]:
    del sheets.row("listened")["high_end"]
    return "survey", sheets.number("listened"), "high_end"


@mistake("there is no measure ‘quality’")
def unknown_measure(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("episodes")["measure"] = "quality"
    return "survey", sheets.number("episodes"), ""


@mistake("counts the grade of ‘plan’, not this grade")
def measure_that_another_grade_feeds(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("return_interview")["measure"] = "plans"
    return "survey", sheets.number("return_interview"), ""


@mistake("the moderators’ form uses this name itself")
def name_of_the_moderators_form(sheets: Sheets) -> tuple[str, int | None, str]:
    grade = {"type": "grade", "name": "told", "label": "Grade for what was told"}
    return "survey", sheets.after("safe_agreed", grade), ""


@mistake("only an audit about a member of staff has a restricted section")
def restricted_section_of_a_child(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("learning")["restricted"] = "yes"
    return "survey", sheets.number("learning"), ""


@mistake("The list reasons has an answer ‘conflict’ already")
def answer_that_stands_twice(sheets: Sheets) -> tuple[str, int | None, str]:
    again = {"list_name": "reasons", "name": "conflict", "label": "Conflict again"}
    sheets.rows["choices"].append(again)
    return "choices", len(sheets.rows["choices"]) + 1, "name"


@mistake("‘In care’ is not the name of an answer")
def answer_with_spaces(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["choices"].append({"list_name": "reasons", "name": "In care", "label": "In care"})
    return "choices", len(sheets.rows["choices"]) + 1, "name"


@mistake("Fill in list_name")
def answer_of_no_list(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["choices"].append({"name": "stray", "label": "Stray"})
    return "choices", len(sheets.rows["choices"]) + 1, "list_name"


@mistake("The faces are smile, straight, frown")
def unknown_face(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.row("conflict", "choices")["face"] = "wink"
    return "choices", sheets.number("conflict", "choices"), "face"


@mistake("Fill in form_title")
def no_title(sheets: Sheets) -> tuple[str, int | None, str]:
    del sheets.settings["form_title"]
    return "settings", 2, "form_title"


@mistake("version is a whole number")
def version_that_is_no_number(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.settings["version"] = "v1"
    return "settings", 2, "version"


@mistake("a key is small letters, digits and underscores")
def key_with_capitals(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.settings["form_id"] = "Missing Children"
    return "settings", 2, ""


@mistake("Write one of these under about: child, staff")
def about_nobody(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.settings["about"] = "family"
    return "settings", 2, "about"


@mistake("The settings are one row below the headings")
def two_rows_of_settings(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.rows["settings"].append({"form_title": "Another"})
    return "settings", 3, ""


@mistake("The sheet ‘choises’ is not read. The sheets are survey, choices and settings. Did you mean choices?")
def sheet_that_is_misspelt(sheets: Sheets) -> tuple[str, int | None, str]:
    sheets.more["choises"] = [["list_name", "name", "label"]]
    return "choises", None, ""


@pytest.mark.parametrize("name", PLANTS.found)
def test_a_planted_mistake_is_named_with_its_sheet_row_and_column(name: str) -> None:
    plant, words = PLANTS.found[name]
    sheets = example_sheets()
    where = plant(sheets)
    found = {
        (fault.place.sheet, fault.place.row, fault.place.column, fault.sentence)
        for fault in check(sheets.written()).faults
    }
    assert [each for each in found if each[:3] == where and words in each[3]], found


def test_every_mistake_is_listed_at_once() -> None:
    """Mistakes that do not stand in each other's way, planted together: each is named in the one check."""
    apart = [
        unknown_type, type_of_xlsform_that_is_none_here, name_with_capitals_and_spaces, label_that_is_too_long,
        condition_on_an_answer_that_is_not_offered, words_that_are_no_number, bounds_that_are_none,
        one_end_of_a_scale, answer_that_stands_twice, unknown_face, about_nobody, version_that_is_no_number,
        unknown_measure, section_that_is_closed_twice,
    ]  # fmt: skip
    sheets = example_sheets()
    for plant in apart:
        plant(sheets)
    said = [fault.sentence for fault in check(sheets.written()).faults]
    for plant in apart:
        words = PLANTS.found[plant.__name__][1]
        assert [sentence for sentence in said if words in sentence], words
    assert len(said) == len(apart)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (date(2026, 1, 2), "Excel has turned this into a date"),
        ("#N/A", "an error of Excel’s"),
        ("a\x07bell", "hidden characters"),
    ],
)
def test_a_cell_that_holds_no_text_is_named(cell: object, words: str) -> None:
    sheets = example_sheets()
    row = sheets.number("episodes")
    sheets.row("episodes")["hint"] = cell  # type: ignore[assignment]
    faults = check(sheets.written()).faults
    assert [(fault.place.row, fault.place.column) for fault in faults if words in fault.sentence] == [(row, "hint")]


def test_a_formula_is_named_with_its_cell() -> None:
    out = io.BytesIO()
    import xlsxwriter

    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["type", "name", "label"])
        sheet.write_row(1, 0, ["text", "one"])
        sheet.write_formula(1, 2, '=HYPERLINK("http://evil.example", "Why?")', None, "Why?")
    faults = check(out.getvalue()).faults
    said = [(fault.place, fault.sentence) for fault in faults if "formula" in fault.sentence]
    assert [(place.sheet, place.row, place.column) for place, _ in said] == [("survey", 2, "label")]
    assert "C2 holds a formula" in said[0][1]


def test_lists_that_nothing_uses_and_what_a_tool_does_not_ask_are_told_and_no_faults() -> None:
    sheets = example_sheets()
    sheets.rows["choices"].append({"list_name": "spare", "name": "one", "label": "One"})
    sheets.rows["survey"] = [row for row in sheets.rows["survey"] if not row.get("name", "").startswith("safe")]
    # The section ‘safe’ had an end of its own.
    ends = [place for place, row in enumerate(sheets.rows["survey"]) if row["type"] == "end_group"]
    del sheets.rows["survey"][ends[1]]
    checked = check(sheets.written())
    assert checked.faults == ()
    assert any("‘spare’ is used by no question" in note for note in checked.notes)
    assert any("does not ask whether the child is safe now" in note for note in checked.notes)


HOSTILE = {
    "nothing": (b"", "The file is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither a workbook"),
    "a letter": (b"Dear all,\nplease find attached", "neither a workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
    "half a workbook": (b"PK\x03\x04" + b"\0" * 500, "damaged"),
    "too large": (b"x" * 2_000_001, "larger than 2 MB"),
    "too many cells": (made_of("".join(f'<row r="{n}">{"<c/>" * 60}</row>' for n in range(1, 2000))), "cells"),
    "a cell far away": (made_of('<row r="1"><c r="XFD1048576"/></row>'), "far outside"),
    "a nest": (b"a = " + b"[" * 5000, "nests too deeply"),
    "a nest in JSON": (b'{"a":' + b"[" * 100_000, "nests too deeply"),
    "a list in JSON": (b"[1, 2]", "neither a workbook"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_tool_is_refused_with_a_sentence(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(UnreadableFile, match=words):
        check(data)


def test_a_workbook_of_other_things_is_told_which_sheets_it_lacks() -> None:
    said = [fault.sentence for fault in check(workbook({"Staff": [["Name"], ["Somebody"]]})).faults]
    assert any("‘Staff’ is not read" in sentence for sentence in said)
    assert any("no sheet called survey" in sentence for sentence in said)
    assert any("no sheet called settings" in sentence for sentence in said)
