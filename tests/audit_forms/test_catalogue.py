"""The shipped tools, and what is said of a definition that cannot be used."""

import hashlib
from importlib.resources import files
from pathlib import Path

import pytest

from audit_forms.catalogue import BadTool, latest, load, published, tool, tools
from audit_forms.definition_file import RESERVED
from audit_forms.grades import Grade, NotGraded
from audit_forms.questions import KINDS, kind_of

ELEMENTS = [
    "voice", "chronology", "assessment", "plan", "visits", "partnership", "review", "permanence", "supervision",
    "recording", "impact", "overall",
]  # fmt: skip
CHRONOLOGY = ["chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used"]
SHIPPED = files("audit_forms.tools")
SOUND = """
key = "visit"
version = 1
title = "Visit"
[choices]
kinds = [["planned", "Planned"], ["not_planned", "Not planned"]]
[[section]]
key = "one"
title = "One"
element = "care"
questions = [
  { key = "how", kind = "choice", label = "How?", choices = "kinds" },
  { key = "why", kind = "text", label = "Why?", required_if = { key = "how", is = ["not_planned"] } },
  { key = "care", kind = "grade", label = "Care", allow = ["not_applicable"] },
]
[section.grades]
good = "As we hope"
"""


def written(folder: Path, definition: str) -> Path:
    path = folder / "visit_1.toml"
    path.write_text(definition, "utf-8")
    return path


def test_a_published_definition_never_changes() -> None:
    shipped = {item.name for item in SHIPPED.iterdir() if item.name.endswith(".toml")} - {"PUBLISHED.toml"}
    assert shipped == set(published())
    for name, recorded in published().items():
        assert hashlib.sha256(SHIPPED.joinpath(name).read_bytes()).hexdigest() == recorded, name


def test_the_case_file_audit_is_there_in_both_versions_with_the_same_elements() -> None:
    assert [(each.key, each.version) for each in tools()] == [("case_file", 0), ("case_file", 1)]
    assert latest("case_file") is tool("case_file", 1)
    for each in tools():
        assert [element.key for element in each.elements] == ELEMENTS
        assert all(each.question(key).measure == "chronology" for key in CHRONOLOGY)
        assert [element.key for element in each.elements if element.limiting] == ["assessment"]


def test_a_tool_that_is_not_there_is_not_found() -> None:
    with pytest.raises(KeyError, match="no version 9"):
        tool("case_file", 9)
    with pytest.raises(KeyError, match="no tool"):
        latest("nothing")
    with pytest.raises(KeyError):
        latest("case_file").element("story_now")


def test_every_graded_domain_asks_for_grade_evidence_strengths_betterment_and_actions() -> None:
    audit = latest("case_file")
    for element in audit.elements[:-1]:
        section = audit.section_of(element.key)
        keys = [question.key for question in section.questions]
        extras = [f"{element.key}_{part}" for part in ("evidence", "strengths", "better", "actions")]
        assert keys[-5:] == [element.key, *extras]
        grade, evidence = audit.question(element.key), audit.question(f"{element.key}_evidence")
        assert grade.required
        assert NotGraded.NOT_ENOUGH_EVIDENCE in grade.allow
        assert evidence.is_needed({element.key: Grade.GOOD})
        assert evidence.is_needed({element.key: NotGraded.NOT_ENOUGH_EVIDENCE})
        assert len({option.hint for option in kind_of(grade).options()} - {""}) == len(kind_of(grade).options())


def test_the_overall_grade_is_a_plain_four_point_grade() -> None:
    assert [option.code for option in kind_of(latest("case_file").question("overall")).options()] == list(Grade)


def test_nothing_of_the_imported_register_is_required() -> None:
    assert not [each.key for each in tool("case_file", 0).questions if each.required or each.required_if]
    assert {"strengths", "areas_for_improvement"} <= {each.key for each in tool("case_file", 0).questions}


def test_what_must_be_answered_says_so_in_words_of_its_own() -> None:
    needed = [each for each in latest("case_file").questions if each.required or each.required_if]
    assert all(each.missing for each in needed)
    assert len({each.missing for each in needed}) == len(needed)


def test_demographic_questions_are_marked_and_none_is_required() -> None:
    marked = [each for each in latest("case_file").questions if each.demographic]
    assert [each.key for each in marked] == ["sex", "ethnicity_group", "disability", "other_language"]
    assert not any(each.required for each in marked)


def test_a_sound_definition_loads(tmp_path: Path) -> None:
    visit = load(written(tmp_path, SOUND))
    assert (visit.key, visit.version, visit.title) == ("visit", 1, "Visit")
    assert visit.element("care").title == "One"
    assert visit.section_of("why") is visit.section("one")
    assert dict(visit.question("care").descriptors) == {Grade.GOOD: "As we hope"}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('key = "how"', 'key = "data"', "forms use this name themselves"),
        ('key = "how", kind', 'key = "validate_x", kind', "forms use this name themselves"),
        ('key = "why"', 'key = "Why not"', "small letters, digits and underscores"),
        ('key = "why"', 'key = "class"', "small letters"),
        ('key = "why"', 'key = "how"', "‘how’ is there more than once"),
        ('kind = "text"', 'kind = "essay"', "there is no kind ‘essay’"),
        (', choices = "kinds"', "", "give it choices"),
        (', choices = "kinds"', ', choices = "sorts"', "no list of choices called ‘sorts’"),
        ('kind = "text"', 'kind = "text", allow = ["not_applicable"]', "only a grade can allow"),
        (', choices = "kinds"', ', choices = ["a"]', "a code, a label"),
        ('kind = "text"', 'kind = "text", choices = "kinds"', "take the choices away"),
        ('is = ["not_planned"]', 'is = ["never"]', "offers no answer ‘never’"),
        ('required_if = { key = "how"', 'required_if = { key = "when"', "which the tool does not ask"),
        ('is = ["not_planned"]', 'maybe = ["not_planned"]', "‘is’ or ‘is_not’"),
        ('element = "care"', 'element = "love"', "its element is ‘love’"),
        ('element = "care"', "", "its element is none"),
        ('allow = ["not_applicable"]', 'allow = ["perhaps"]', "no way of not grading called ‘perhaps’"),
        ('label = "How?"', 'label = "How?", colour = "red"', "nobody knows what ‘colour’ means"),
        ('label = "How?", ', "", "needs ‘label’"),
        ('good = "As', 'splendid = "As', "no grade ‘splendid’"),
        ("version = 1", 'version = "one"', "whole number"),
        ('["not_planned", "Not', '["planned", "Not', "choice ‘planned’ is there more than once"),
        ('kind = "text"', 'kind = "number", least = 5, most = 2', "in order"),
        ('title = "Visit"', "title = ", "It is not TOML"),
    ],
)
def test_a_fault_in_a_definition_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in SOUND
    with pytest.raises(BadTool, match=fault) as refused:
        load(written(tmp_path, SOUND.replace(before, after, 1)))
    assert refused.value.faults


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    wrong = SOUND.replace('key = "how"', 'key = "data"').replace('kind = "text"', 'kind = "essay"')
    with pytest.raises(BadTool) as refused:
        load(written(tmp_path, wrong))
    assert len(refused.value.faults) >= 2


def test_a_form_keeps_its_own_names_for_itself() -> None:
    assert {"data", "errors", "validate", "process", "populate_obj", "meta", "csrf_token", "hidden_tag"} <= RESERVED
    assert set(KINDS).isdisjoint({"", "none"})
