"""A tool as a form: drafts, complete forms, and what a moderator is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from audit_forms.catalogue import tools
from audit_forms.completeness import blanks, questions_asked
from audit_forms.definition import Condition, Question, Section, Tool
from audit_forms.forms import form_class, moderator_sections, moderator_tool, problems
from tests.audit_forms.filled import AUDIT, posted

EVERY_TOOL = [*tools(), *(moderator_tool(each) for each in tools())]
ANSWERS = posted(AUDIT)


def named(tool: Tool) -> str:
    return f"{tool.title} {tool.version}"


@pytest.mark.parametrize("tool", EVERY_TOOL, ids=named)
def test_every_field_of_every_tool_renders_and_knows_its_question(tool: Tool) -> None:
    for section in tool.sections:
        form: Any = form_class(tool, section=section.key, demographics=True)()
        assert [field.question for field in form] == list(section.questions)
        for field in form:
            assert field.name in str(field())


@pytest.mark.parametrize("tool", EVERY_TOOL, ids=named)
def test_every_tool_can_be_completed(tool: Tool) -> None:
    form = form_class(tool, complete=True, demographics=True)(posted(tool))
    assert form.validate(), problems(form)


@given(st.sets(st.sampled_from(sorted(ANSWERS))))
def test_a_draft_takes_any_subset_of_sound_answers_but_half_a_date(keys: set[str]) -> None:
    whole = {key for key in keys if not key.endswith(("-day", "-month", "-year"))}
    form = form_class(AUDIT)(MultiDict({key: ANSWERS[key] for key in whole}))
    assert form.validate(), problems(form)


def test_an_empty_draft_is_a_draft() -> None:
    assert form_class(AUDIT)(MultiDict()).validate()


def test_an_empty_complete_form_asks_for_everything_required_and_nothing_else() -> None:
    form = form_class(AUDIT, complete=True)(MultiDict())
    assert not form.validate()
    needed = {question.key for question in AUDIT.questions if question.is_needed({})}
    assert set(form.errors) == needed
    assert {problem.target.removesuffix("-day") for problem in problems(form)} == needed


def test_a_draft_refuses_what_cannot_be_kept_and_keeps_what_was_typed() -> None:
    bad = {"workers_in_year": "several", "story_why": "a\x00b", "open_since-month": "13", "open_since-year": "2025"}
    form: Any = form_class(AUDIT)(MultiDict(bad))
    assert not form.validate()
    assert set(form.errors) == {"workers_in_year", "story_why", "open_since"}
    assert form["workers_in_year"]._value() == "several"
    assert form["story_why"]._value() == "ab"
    assert form["open_since"].typed_parts == {"month": "13", "year": "2025"}
    assert ("open_since-month", "Enter a real month, for example 3 2026.") in problems(form)


@pytest.mark.parametrize("answer", ["not_sure", "no"])
def test_a_child_who_may_not_be_safe_cannot_be_left_without_saying_who_was_told(answer: str) -> None:
    sent = {"safe_now": answer}
    assert form_class(AUDIT, section="safe")(MultiDict(sent)).validate()
    form = form_class(AUDIT, section="safe", complete=True)(MultiDict(sent))
    assert not form.validate()
    assert [problem.target for problem in problems(form)] == ["safe_told", "safe_told_on-day", "safe_agreed"]


def test_a_safe_child_needs_no_more_words() -> None:
    assert form_class(AUDIT, section="safe", complete=True)(MultiDict({"safe_now": "yes"})).validate()


def test_evidence_is_not_asked_for_where_a_domain_does_not_apply() -> None:
    permanence: type[Form] = form_class(AUDIT, section="permanence", complete=True)
    assert permanence(MultiDict({"permanence": "not_applicable"})).validate()
    assert not permanence(MultiDict({"permanence": "not_enough_evidence"})).validate()


def test_an_action_that_is_begun_must_be_finished_before_submitting() -> None:
    form = form_class(AUDIT, complete=True)(posted(without=["actions-0-owner"]))
    assert not form.validate()
    assert problems(form) == (("actions-0-owner", "Say who will do it"),)


def test_too_many_words_stop_a_submission_not_a_draft() -> None:
    story = posted(story_now="word " * 201)
    assert form_class(AUDIT)(story).validate()
    form = form_class(AUDIT, complete=True)(story)
    assert not form.validate()
    assert problems(form) == (("story_now", "Shorten this to 200 words or fewer. It has 201."),)


def test_an_inadequate_assessment_makes_the_whole_inadequate() -> None:
    form = form_class(AUDIT, complete=True)(posted(assessment="inadequate"))
    assert not form.validate()
    assert "overall" in form.errors
    assert form_class(AUDIT, complete=True)(posted(assessment="inadequate", overall="inadequate")).validate()


def test_only_a_moderator_lifts_that_rule_and_only_with_a_reason() -> None:
    regrade = moderator_tool(AUDIT)
    assert not AUDIT.asks("limit_lifted")
    without = posted(regrade, assessment="inadequate", limit_lifted=None)
    assert not form_class(regrade, complete=True)(without).validate()
    assert form_class(regrade, complete=True)(posted(regrade, assessment="inadequate")).validate()


def test_another_inadequate_domain_under_a_good_whole_needs_a_reason() -> None:
    form = form_class(AUDIT, complete=True)(posted(voice="inadequate", consistency_reason=None))
    assert not form.validate()
    assert [problem.target for problem in problems(form)] == ["consistency_reason"]
    assert form_class(AUDIT, complete=True)(posted(voice="inadequate")).validate()


def test_demographic_questions_are_asked_only_where_the_council_asks_them() -> None:
    assert "ethnicity_group" not in form_class(AUDIT, section="about")()
    assert "ethnicity_group" in form_class(AUDIT, section="about", demographics=True)()
    assert len(questions_asked(AUDIT.section("about"))) + 4 == len(AUDIT.section("about").questions)


def test_the_moderator_grades_every_element_and_judges_the_form_only_after_the_reveal() -> None:
    sections = moderator_sections(AUDIT)
    assert sections[0].key == "safe"
    assert [section.element.key for section in sections if section.element] == [each.key for each in AUDIT.elements]
    assert [section.key for section in sections if section.after_reveal] == ["form_quality"]
    first_pass = form_class(moderator_tool(AUDIT), complete=True)()
    assert "form_sound" not in first_pass
    assert "form_sound" in form_class(moderator_tool(AUDIT), section="form_quality")()
    assert not [field.name for field in first_pass if field.name.endswith(("_evidence", "_strengths"))]


def test_the_same_arguments_give_the_same_class_and_the_base_is_the_callers() -> None:
    class Ours(Form):
        """A form with something of its own."""

    assert form_class(AUDIT, section="voice") is form_class(AUDIT, section="voice")
    assert issubclass(form_class(AUDIT, section="voice", base=Ours), Ours)
    assert form_class(AUDIT, section="voice", base=Ours) is not form_class(AUDIT, section="voice")


def test_what_hangs_on_another_section_is_asked_for_by_the_check_of_the_whole() -> None:
    visited = Question("visited", "yes_no", "Visited?")
    why = Question("why_not", "text", "Why not?", required_if=Condition("visited", ("yes",), otherwise=True))
    tool = Tool("visit", 1, "Visit", (Section("one", "One", (visited,)), Section("two", "Two", (why,))))
    assert form_class(tool, section="two", complete=True)(MultiDict()).validate()
    whole = form_class(tool, complete=True)(MultiDict({"visited": "no"}))
    assert not whole.validate()
    assert problems(whole) == (("why_not", "Enter an answer to ‘Why not?’"),)
    assert [blank.question.key for blank in blanks(tool, {"visited": "no"})] == ["why_not"]
    assert blanks(tool, {"visited": "yes"}) == ()


def test_a_section_that_is_not_there_is_not_found() -> None:
    with pytest.raises(KeyError):
        form_class(AUDIT, section="nothing")


def test_a_required_answer_that_is_wrong_is_said_to_be_wrong_not_missing() -> None:
    half_a_date = MultiDict({"record_read_on-day": "3", "plan_status": "unheard_of"})
    form = form_class(AUDIT, section="about", complete=True)(half_a_date)
    assert not form.validate()
    found = dict(problems(form))
    assert found["record_read_on-month"] == "Add the month and the year, for example 27 3 2026."
    assert found["plan_status"] == "Choose one of the answers listed."
    assert len(problems(form)) == len(found)
