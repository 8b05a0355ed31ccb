"""The shipped tools, and what is said of a definition that cannot be used."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

from audit_forms.answers import in_words, read, values
from audit_forms.catalogue import BadTool, latest, load, published, tool, tools
from audit_forms.completeness import blanks
from audit_forms.definition import About, Cases, Tool
from audit_forms.definition_file import RESERVED
from audit_forms.following import is_asked
from audit_forms.forms import form_class
from audit_forms.grades import Grade, NotGraded
from audit_forms.questions import KINDS, kind_of
from tests.audit_forms.filled import posted

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


def test_the_six_tools_are_there() -> None:
    assert [(each.key, each.version) for each in tools()] == [
        ("case_file", 0), ("case_file", 1), ("case_file", 2), ("chair_check", 1), ("feedback_carer", 1),
        ("feedback_older", 1), ("feedback_young", 1), ("observation", 1), ("plan", 1), ("supervision", 1),
    ]  # fmt: skip


def test_the_versions_of_the_case_file_audit_grade_the_same_elements() -> None:
    assert latest("case_file") is tool("case_file", 2)
    for each in (tool("case_file", version) for version in (0, 1, 2)):
        assert each.cases is Cases.DRAWN
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


@pytest.mark.parametrize("key", sorted({each.key for each in tools()}))
def test_what_must_be_answered_says_so_in_words_of_its_own(key: str) -> None:
    needed = [each for each in latest(key).questions if each.required or each.required_if]
    assert needed
    assert all(each.missing for each in needed)
    assert len({each.missing for each in needed}) == len(needed)


def test_demographic_questions_are_marked_and_none_is_required() -> None:
    marked = [each for each in latest("case_file").questions if each.demographic]
    assert [each.key for each in marked] == ["sex", "ethnicity_group", "disability", "other_language"]
    assert not any(each.required for each in marked)


@pytest.mark.parametrize("key", sorted({each.key for each in tools()} - {"case_file"}))
def test_a_tool_that_is_started_says_what_it_is_for_and_asks_whether_the_child_is_safe(key: str) -> None:
    made = latest(key)
    assert made.cases is Cases.STARTED
    assert made.purpose
    assert made.intro
    assert 5 <= made.minutes <= 60
    assert {"safe_now", "safe_told", "safe_told_on", "safe_agreed"} <= {each.key for each in made.questions}
    assert not any(each.measure for each in made.questions), "figures count case file audits alone"
    assert made.asks("themes_concerns")


def test_only_the_person_s_own_supervision_is_restricted() -> None:
    restricted = {each.key: [one.key for one in each.sections if one.restricted] for each in tools()}
    assert {key: found for key, found in restricted.items() if found} == {"supervision": ["relationship"]}
    assert latest("supervision").restricted == {
        one.key for one in latest("supervision").section("relationship").questions
    }
    assert [each.key for each in tools() if each.about is About.STAFF] == ["observation", "supervision"]


@pytest.mark.parametrize("each", tools(), ids=lambda each: f"{each.key}-{each.version}")
def test_a_tool_answered_in_full_comes_back_as_it_was(each: Tool) -> None:
    form = form_class(each)(posted(each))
    assert form.validate(), form.errors
    said = read(each, form)
    assert set(said.answers) == {one.key for one in each.questions if not one.demographic}
    again = form_class(each)(data=values(each, json.loads(json.dumps(said.answers))))
    assert read(each, again).answers == said.answers
    assert all(one.words for one in in_words(each, said.answers))
    assert {one.element for one in said.judgements} == {one.key for one in each.elements}


@pytest.mark.parametrize("each", tools(), ids=lambda each: f"{each.key}-{each.version}")
def test_what_a_tool_needs_is_asked_for_one_at_a_time(each: Tool) -> None:
    whole = values(each, read(each, form_class(each)(posted(each))).answers)
    for question in each.questions:
        if question.required and is_asked(each, question, whole) and question.kind != "grade":
            left = {key: value for key, value in whole.items() if key != question.key}
            assert question.missing in [one.sentence for one in blanks(each, left)], question.key


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
        ("version = 1", 'version = 1\nabout = "dogs"', "‘about’ is one of ‘child’, ‘staff’"),
        ("version = 1", 'version = 1\nabout = "staff"', "members of staff are not"),
        ("version = 1", 'version = 1\nindependence = "not_supervisor"', "independence of an audit about a child"),
        ("version = 1", "version = 1\nminutes = 9999", "minutes are from 0"),
        ("version = 1", "version = 1\nchildren = 2", "about that child alone"),
        ('key = "one"', 'key = "one"\nrestricted = true', "only an audit about a member of staff"),
        ('label = "Why?"', 'label = "Why?", required = "yes"', "‘required’ is true or false"),
        ('label = "Why?"', 'label = "Why?", words = "many"', "‘words’ is a whole number"),
        ('kind = "text"', 'kind = "line", words = 5', "only a text has a length"),
        ('kind = "text"', 'kind = "text", words = 5, characters = 9', "in words or in characters, not in both"),
        ('kind = "text"', 'kind = "scale", most = 99', "at most 10 steps"),
        ('kind = "text"', 'kind = "text", ends = ["a", "b"]', "belong to a scale"),
        ('"Planned"]', '"Planned", "", "wink"]', "there is no face ‘wink’"),
        ('is = ["not_planned"]', "is = []", "lists no answer"),
        ('required_if = { key = "how"', 'required_if = { key = "why"', "names the question itself"),
        ('required_if = { key = "how", is =', 'asked_if = { key = "how", is_not =', "with ‘is’"),
    ],
)
def test_a_fault_in_a_definition_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in SOUND
    with pytest.raises(BadTool, match=fault) as refused:
        load(written(tmp_path, SOUND.replace(before, after, 1)))
    assert refused.value.faults


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ('{ key = "a", kind = "yes_no", label = "A?", measure = "cases" }', "‘a’ cannot stand here"),
        (
            '{ key = "a", kind = "line", label = "A?" }, { key = "safe_now", kind = "yes_no", label = "B?" }',
            "‘safe_now’",
        ),
        ('{ key = "a", kind = "grade", label = "A?" }', "nothing in it is graded"),
        ('{ key = "sick", kind = "yes_no", label = "A?" }', "who is asked would tell what was answered"),
    ],
)
def test_what_is_for_the_line_alone_cannot_reach_others(tmp_path: Path, question: str, fault: str) -> None:
    element = '\nelement = "a"' if '"grade"' in question else ""
    definition = f"""
key = "talk"
version = 1
title = "Talk"
about = "staff"
cases = "started"
independence = "not_subject"
[[section]]
key = "own"
title = "Own"
restricted = true{element}
questions = [{question}]
[[section]]
key = "rest"
title = "Rest"
questions = [{{ key = "why", kind = "line", label = "Why?"
    , required_if = {{ key = "{question.split('"')[1]}", is = ["yes"] }} }}]
""".replace("\n    , required_if", ", required_if")
    with pytest.raises(BadTool, match=fault):
        load(written(tmp_path, definition))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    wrong = SOUND.replace('key = "how"', 'key = "data"').replace('kind = "text"', 'kind = "essay"')
    with pytest.raises(BadTool) as refused:
        load(written(tmp_path, wrong))
    assert len(refused.value.faults) >= 2


def test_a_form_keeps_its_own_names_for_itself() -> None:
    assert {"data", "errors", "validate", "process", "populate_obj", "meta", "csrf_token", "hidden_tag"} <= RESERVED
    assert set(KINDS).isdisjoint({"", "none"})
