"""A tool that would feed a measure wrongly is refused with the reason."""

from dataclasses import replace

import pytest

from audit_forms.catalogue import latest, tools
from audit_forms.definition import About, Tool
from audit_forms.feeding import Feeds, faults

YES_NO = frozenset({"yes_no", "yes_partly_no"})
MEASURES = {
    "supervision": Feeds("Supervision good or better", "supervision"),
    "chronology": Feeds("A chronology that is used", questions=dict.fromkeys(("is_there", "is_used"), YES_NO)),
}


def tool(*questions: dict[str, object], **attributes: object) -> Tool:
    audit = latest("case_file")
    supervision = audit.section("supervision")
    made = tuple(
        replace(supervision.questions[0], required_if=None, choices=(), **question)  # type: ignore[arg-type]
        for question in questions
    )
    graded = [one for one in made if one.kind == "grade"]
    element = replace(supervision.element, key=graded[0].key) if graded and supervision.element else None
    section = replace(supervision, questions=made, element=element)
    return replace(audit, sections=(section,), **attributes)  # type: ignore[arg-type]


GRADE = {"key": "supervision", "kind": "grade", "measure": "supervision"}
THERE = {"key": "is_there", "kind": "yes_no", "measure": "chronology"}
USED = {"key": "is_used", "kind": "yes_partly_no", "measure": "chronology"}
BESIDE = {"key": "how_often", "kind": "choice", "measure": "supervision"}


def test_a_tool_that_feeds_a_measure_as_it_counts_has_no_faults() -> None:
    assert faults(tool(GRADE, BESIDE), MEASURES) == ()
    assert faults(tool(THERE, USED), MEASURES) == ()
    assert faults(tool({"key": "plain", "kind": "line", "measure": None}), MEASURES) == ()


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (tool(GRADE | {"measure": "weather"}), "there is no measure ‘weather’. The measures are ‘chronology’, ‘superv"),
        (tool(GRADE | {"key": "oversight"}), "counts the grade of ‘supervision’, not this grade"),
        (tool(BESIDE), "grades no such element"),
        (tool(THERE), "does not ask it"),
        (tool(THERE, USED | {"measure": None}), "has to name the measure ‘chronology’ too"),
        (tool(THERE, USED | {"kind": "line"}), "counts it as ‘yes_no’ or ‘yes_partly_no’, and its kind is ‘line’"),
        (tool(GRADE, about=About.STAFF), "this tool is about a member of staff: ‘supervision’"),
    ],
)
def test_what_is_wrong_is_said(made: Tool, fault: str) -> None:
    assert any(fault in said for said in faults(made, MEASURES)), faults(made, MEASURES)


def test_one_sentence_for_each_fault() -> None:
    assert len(faults(tool(THERE | {"kind": "line"}), MEASURES)) == 2
    assert all(not faults(each, {}) for each in tools() if not any(one.measure for one in each.questions))
