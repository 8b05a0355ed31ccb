"""Answers: from a form to JSON, and back to values, judgements and words."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from audit_forms import answers
from audit_forms.completeness import Status, blanks, progress
from audit_forms.forms import form_class, moderator_tool
from audit_forms.grades import Grade, NotGraded
from audit_forms.questions import Unreadable
from tests.audit_forms.filled import AUDIT, posted

WHOLE_QUESTIONS = sorted(question.key for question in AUDIT.questions)


def sent(form_data: MultiDict[str, Any], section: str | None = None, *, complete: bool = False) -> Any:
    form = form_class(AUDIT, section=section, complete=complete, demographics=True)(form_data)
    form.validate()
    return form


def test_a_whole_audit_goes_to_json_and_back_into_the_form() -> None:
    recorded = answers.read(AUDIT, sent(posted()))
    stored = json.loads(json.dumps(recorded.answers))
    assert stored == recorded.answers
    assert set(stored) == set(WHOLE_QUESTIONS)
    again: Any = form_class(AUDIT, demographics=True)(data=answers.values(AUDIT, stored))
    assert {field.name: field.data for field in again} == {field.name: field.data for field in sent(posted())}


@settings(max_examples=30)
@given(st.sets(st.sampled_from(WHOLE_QUESTIONS)))
def test_any_part_of_an_audit_comes_back_as_it_was(keys: set[str]) -> None:
    full = answers.read(AUDIT, sent(posted())).answers
    part = {key: full[key] for key in sorted(keys)}
    known = answers.values(AUDIT, part)
    assert set(known) == keys
    form: Any = form_class(AUDIT, demographics=True)(data=known)
    assert answers.read(AUDIT, form).answers == part
    assert {said.question.key for said in answers.in_words(AUDIT, part)} == keys


def test_judgements_come_in_the_tools_order_with_one_for_each_element() -> None:
    recorded = answers.read(AUDIT, sent(posted(permanence="not_applicable", overall="requires_improvement")))
    assert [judgement.element for judgement in recorded.judgements] == [each.key for each in AUDIT.elements]
    judged = dict(recorded.judgements)
    assert judged["permanence"] is NotGraded.NOT_APPLICABLE
    assert judged["overall"] is Grade.REQUIRES_IMPROVEMENT
    assert answers.judgements(AUDIT, recorded.answers) == recorded.judgements


def test_what_a_form_was_not_asked_for_is_never_recorded() -> None:
    extra = posted(state="closed", auditor_id="7", role="admin", version="3", id="1", data="x")
    assert answers.read(AUDIT, sent(extra)).answers == answers.read(AUDIT, sent(posted())).answers


def test_an_autosaved_section_replaces_its_own_answers_and_no_others() -> None:
    stored = answers.read(AUDIT, sent(posted())).answers
    merged = answers.merge(stored, sent(MultiDict({"story_now": "Another story"}), "story"))
    assert merged["story_now"] == "Another story"
    assert answers.changed(stored, merged) == ("story_change", "story_now", "story_why")
    assert "story_why" not in merged
    assert answers.changed(merged, merged) == ()


def test_a_refused_answer_keeps_what_was_stored_and_lets_the_others_be_saved() -> None:
    stored = answers.read(AUDIT, sent(posted())).answers
    merged = answers.merge(stored, sent(MultiDict({"story_now": "bad\x00", "story_why": "New"}), "story"))
    assert merged["story_now"] == stored["story_now"]
    assert merged["story_why"] == "New"


def test_a_wrong_date_in_one_action_loses_no_other_action() -> None:
    rows = {"actions-0-what": "First", "actions-0-due-day": "99", "actions-1-what": "Second"}
    merged = answers.merge({}, sent(MultiDict(rows), "actions"))
    assert merged == {"actions": [{"what": "First"}, {"what": "Second"}]}


def test_answers_to_nothing_the_tool_asks_are_not_read() -> None:
    with pytest.raises(Unreadable, match="does not ask favourite_colour"):
        answers.values(AUDIT, {"favourite_colour": "red"})


def test_nothing_stands_between_a_sound_audit_and_its_submission() -> None:
    known = answers.values(AUDIT, answers.read(AUDIT, sent(posted())).answers)
    assert blanks(AUDIT, known) == ()
    assert {each.status for each in progress(AUDIT, known)} == {Status.COMPLETE}


def test_what_is_blank_is_what_the_complete_form_asks_for() -> None:
    form = sent(MultiDict(), complete=True)
    assert [blank.question.key for blank in blanks(AUDIT, {})] == list(form.errors)
    assert [blank.sentence for blank in blanks(AUDIT, {})] == [errors[0] for errors in form.errors.values()]
    assert {each.status for each in progress(AUDIT, {})} == {Status.NOT_STARTED}


@settings(max_examples=30)
@given(st.sets(st.sampled_from(WHOLE_QUESTIONS)), st.sampled_from(Grade), st.sampled_from(Grade))
def test_the_check_page_and_the_complete_form_never_disagree(keys: set[str], assessment: Grade, overall: Grade) -> None:
    taken = [name for name in posted() if name.split("-")[0] in keys - {"assessment", "overall"}]
    typed = posted(without=taken, assessment=assessment.value, overall=overall.value)
    form = sent(typed, complete=True)
    known = answers.values(AUDIT, answers.read(AUDIT, sent(typed)).answers)
    assert {blank.question.key for blank in blanks(AUDIT, known, demographics=True)} == set(form.errors)


def test_a_broken_rule_is_something_to_be_done() -> None:
    stored = answers.read(AUDIT, sent(posted(assessment="inadequate", voice="inadequate", consistency_reason=None)))
    found = blanks(AUDIT, answers.values(AUDIT, stored.answers))
    assert [blank.question.key for blank in found] == ["overall", "consistency_reason"]
    assert "must be inadequate too" in found[0].sentence


def test_progress_counts_by_section() -> None:
    known = answers.values(AUDIT, {"voice": "good", "themes_strengths": ["voice"], "story_why": "Neglect"})
    by_key = {each.section.key: each for each in progress(AUDIT, known)}
    assert (by_key["voice"].status, by_key["voice"].answered, by_key["voice"].to_do) == (Status.IN_PROGRESS, 1, 1)
    assert by_key["themes"].status is Status.COMPLETE
    assert by_key["worker"].status is Status.NOT_STARTED
    assert by_key["worker"].to_do == 0
    assert by_key["story"].status.label == "In progress"


def test_a_moderators_answers_are_kept_the_same_way() -> None:
    regrade = moderator_tool(AUDIT)
    form = form_class(regrade, complete=True)(posted(regrade))
    assert form.validate()
    recorded = answers.read(regrade, form)
    assert len(recorded.judgements) == len(AUDIT.elements)
    assert "voice_rationale" in recorded.answers
    quality = form_class(regrade, section="form_quality", complete=True)(posted(regrade))
    assert quality.validate()
    assert answers.merge(recorded.answers, quality)["form_sound"] == "yes"
