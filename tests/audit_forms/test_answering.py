"""A part judged less than good needs an action or a link to one that is open, in any tool that asks for actions."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from audit_forms import actions
from audit_forms.actions import Action
from audit_forms.answering import listed, to_answer, unanswered
from audit_forms.answers import merge, values
from audit_forms.catalogue import latest, tool
from audit_forms.completeness import blanks
from audit_forms.definition import Value
from audit_forms.definition_file import read_definition
from audit_forms.forms import form_class, moderator_tool, problems
from audit_forms.grades import Grade, NotGraded

TOOL = latest("case_file")
WHOLE = Action(what="Hold a meeting", owner="Team manager", priority="five_days")
LINK = Action(link="5c1d0f6e-0d0c-4b4b-8f9e-111111111111")


def asked(known: dict[str, Value]) -> list[str]:
    return [key for key, _ in unanswered(TOOL, known)]


@pytest.mark.parametrize("grade", [Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE])
def test_a_weak_part_asks_for_an_action_in_its_own_list(grade: Grade) -> None:
    assert asked({"voice": grade}) == ["voice_actions"]
    ((_, sentence),) = unanswered(TOOL, {"voice": grade})
    assert sentence.startswith("‘Voice and lived experience’ is less than good, so it needs an action.")


@pytest.mark.parametrize(
    "answer",
    [
        {"voice_actions": (WHOLE,)},
        {"voice_actions": (LINK,)},
        {"actions": (Action(what="Act", owner="IRO", priority="immediate", element="voice"),)},
        {"actions": (Action(link=LINK.link, element="voice"),)},
    ],
)
def test_an_action_or_a_link_there_or_in_the_closing_list_answers_it(answer: dict[str, Value]) -> None:
    assert asked({"voice": Grade.INADEQUATE, **answer}) == []


@pytest.mark.parametrize(
    "answer",
    [{"plan_actions": (WHOLE,)}, {"actions": (WHOLE,)}, {"actions": (Action(what="Act", element="plan"),)}],
)
def test_an_action_for_something_else_does_not(answer: dict[str, Value]) -> None:
    assert asked({"voice": Grade.INADEQUATE, **answer}) == ["voice_actions"]


@pytest.mark.parametrize("judged", [Grade.OUTSTANDING, Grade.GOOD, *NotGraded, None])
def test_what_is_good_or_not_graded_needs_none(judged: Value) -> None:
    assert asked({"voice": judged}) == []


def test_the_overall_judgement_needs_none_of_its_own_beside_the_parts() -> None:
    assert asked({"overall": Grade.INADEQUATE}) == []
    assert "overall" not in {part.key for part in to_answer(TOOL)}


def small(*, with_actions: bool = True) -> Any:
    lists = [{"key": "steps", "kind": "actions", "label": "Steps", "choices": [["plans", "Plans"]]}]
    graded = {"key": "overall", "title": "Overall", "element": "overall", "questions": [
        {"key": "overall", "kind": "grade", "label": "Grade"}]}  # fmt: skip
    closing = {"key": "end", "title": "End", "questions": lists if with_actions else [
        {"key": "word", "kind": "line", "label": "A word"}]}  # fmt: skip
    return read_definition("small", {"key": "small", "version": 1, "title": "Small", "section": [graded, closing]})


def test_a_tool_that_grades_nothing_but_the_whole_asks_for_the_whole() -> None:
    assert unanswered(small(), {"overall": Grade.REQUIRES_IMPROVEMENT})[0][0] == "steps"
    done = Action(what="Act", owner="IRO", priority="immediate", element="overall")
    assert unanswered(small(), {"overall": Grade.REQUIRES_IMPROVEMENT, "steps": (done,)}) == ()


def test_a_tool_without_a_list_of_actions_asks_for_none() -> None:
    weak = {"overall": Grade.INADEQUATE}
    assert unanswered(small(with_actions=False), weak) == ()
    assert unanswered(tool("case_file", 0), dict.fromkeys(("voice", "plan", "overall"), Grade.INADEQUATE)) == ()
    graded = dict.fromkeys((part.key for part in TOOL.elements), Grade.INADEQUATE)
    assert unanswered(moderator_tool(TOOL), graded) == ()


def test_it_stops_the_submission_at_its_place() -> None:
    found = [one for one in blanks(TOOL, {"voice": Grade.INADEQUATE}) if one.question.key == "voice_actions"]
    assert [one.section.key for one in found] == ["voice"]
    assert blanks(TOOL, {"voice": Grade.INADEQUATE, "voice_actions": (WHOLE,)}) != ()
    assert not [
        one
        for one in blanks(TOOL, {"voice": Grade.INADEQUATE, "voice_actions": (WHOLE,)})
        if one.question.kind == "actions"
    ]


grades = st.dictionaries(
    st.sampled_from([part.key for part in TOOL.elements]), st.sampled_from([*Grade, *NotGraded]), max_size=12
)


@given(grades, st.sets(st.sampled_from([part.key for part in TOOL.elements])))
def test_exactly_the_weak_parts_without_an_action_are_asked_for(judged: dict[str, Value], answered: set[str]) -> None:
    lines = tuple(Action(what="Act", owner="IRO", priority="immediate", element=key) for key in sorted(answered))
    weak = {key for key, one in judged.items() if one in (Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)}
    found = unanswered(TOOL, {**judged, "actions": lines or None})
    assert {key for key, _ in found} == {f"{key}_actions" for key in weak - answered - {"overall"}}


@pytest.mark.parametrize(
    ("line", "closing", "missing"),
    [
        (Action(), False, ()),
        (Action(), True, ()),
        (WHOLE, True, ()),
        (LINK, False, ()),
        (LINK, True, ("element",)),
        (Action(what="x"), False, ("owner", "due")),
        (Action(owner="x", due=datetime.date(2026, 12, 1)), False, ("what",)),
        (Action(link=LINK.link, what="x"), False, ("link",)),
    ],
)
def test_what_a_line_lacks(line: Action, closing: bool, missing: tuple[str, ...]) -> None:
    assert tuple(name for name, _ in actions.lacks(line, closing=closing)) == missing
    assert (actions.unfinished((line,), closing=closing) is None) == (missing == ())


def test_the_form_reads_links_and_the_part_a_line_answers() -> None:
    sent = MultiDict({"actions-0-link": LINK.link, "actions-0-element": "plan", "actions-1-what": "Call"})
    form = form_class(TOOL, section="actions")(sent)
    assert form.validate()
    known = values(TOOL, merge({}, form))
    assert [(one.element, one.action.link, one.action.what) for one in listed(TOOL, known)] == [
        ("plan", LINK.link, ""),
        ("", "", "Call"),
    ]


def test_a_part_that_is_not_graded_is_refused_and_the_rest_is_kept() -> None:
    form = form_class(TOOL, section="actions")(MultiDict({"actions-0-what": "Call", "actions-0-element": "weather"}))
    assert not form.validate()
    assert [one.sentence for one in problems(form)] == ["Choose one of the answers listed."]
    assert merge({}, form)["actions"] == [{"what": "Call"}]


def test_choosing_among_people_and_another_date_takes_the_place_of_what_was_typed() -> None:
    sent = {
        "actions-0-what": "Call",
        "actions-0-owner": "Jo Smith",
        "actions-0-meant": "Jo Smith, T0012",
        "actions-0-due-day": "26",
        "actions-0-due-month": "12",
        "actions-0-due-year": "2026",
        "actions-0-due_instead": "2026-12-29",
    }
    form = form_class(TOOL, section="actions")(MultiDict(sent))
    assert form.validate()
    (row,) = merge({}, form)["actions"]
    assert row == {"what": "Call", "owner": "Jo Smith, T0012", "due": "2026-12-29"}
    odd = form_class(TOOL, section="actions")(MultiDict(sent | {"actions-0-due_instead": "soon"}))
    assert odd["actions"].data[0].due == datetime.date(2026, 12, 26)


def test_actions_stored_before_there_were_links_still_read() -> None:
    old = {"what": "Call", "owner": "IRO", "due": "2026-03-01", "priority": "five_days"}
    assert actions.restore(old) == Action(what="Call", owner="IRO", due=datetime.date(2026, 3, 1), priority="five_days")
    assert actions.store(actions.restore(old)) == old


def test_in_words_a_link_says_that_it_is_one() -> None:
    words = {"plan": "Plan"}
    assert actions.in_words(Action(link="x", element="plan"), {}, words) == "An action that is open already, for Plan"
    assert actions.in_words(WHOLE, {}, words) == "Hold a meeting; Team manager; Within 5 working days"
    ended = replace(WHOLE, what="Hold a meeting.")
    assert actions.in_words(ended, {}, words) == "Hold a meeting; Team manager; Within 5 working days"
