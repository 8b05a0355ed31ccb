"""A child who may not be safe: what must be on record, by the product's own rule, whatever the tool requires."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.catalogue import latest
from audit_forms.completeness import blanks
from audit_forms.definition import Choice, Question, Section, Tool
from audit_forms.forms import moderator_tool
from audit_forms.safety import AGREED, READ_ON, SAFE, TOLD, TOLD_ON, UNSAFE, faults, unrecorded

TODAY = datetime.date(2026, 11, 23)
CHOICES = (Choice("yes", "Yes"), Choice("not_sure", "Not sure"), Choice("no", "No"))


def tool(*, without: str = "", choices: tuple[Choice, ...] = CHOICES) -> Tool:
    """A tool that asks whether the child is safe and requires nothing of it."""
    questions = (
        Question(SAFE, "choice", "Safe?", choices=choices), Question(TOLD, "line", "Told whom?"),
        Question(TOLD_ON, "date", "When?"), Question(AGREED, "text", "Agreed?"),
    )  # fmt: skip
    asked = tuple(question for question in questions if question.key != without)
    return Tool("quick", 1, "Quick look", (Section("only", "Only", asked),))


@pytest.mark.parametrize("answer", UNSAFE)
def test_a_worrying_answer_asks_who_when_and_what_of_any_tool(answer: str) -> None:
    assert [blank.question.key for blank in blanks(tool(), {SAFE: answer})] == [TOLD, TOLD_ON, AGREED]
    assert blanks(tool(), {SAFE: "yes"}) == ()
    assert blanks(tool(), {}) == ()


def test_blank_words_are_no_answer() -> None:
    said = {SAFE: "no", TOLD: "  ", TOLD_ON: TODAY, AGREED: "A visit"}
    assert list(unrecorded(tool(), said, today=TODAY)) == [TOLD]


def test_a_moderator_is_asked_the_same() -> None:
    found = {blank.question.key for blank in blanks(moderator_tool(latest("case_file")), {SAFE: "no"})}
    assert {TOLD, TOLD_ON, AGREED} <= found


@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2050, 1, 1)),
    st.none() | st.dates(datetime.date(2026, 1, 1), TODAY),
)
def test_nobody_was_told_tomorrow_or_long_before_the_record_was_read(
    told: datetime.date, read: datetime.date | None
) -> None:
    values = {SAFE: "no", TOLD: "Duty manager", TOLD_ON: told, AGREED: "A visit", READ_ON: read}
    faulty = TOLD_ON in unrecorded(tool(), values, today=TODAY)
    margin = datetime.timedelta(days=31 if read else 366)
    assert faulty is (told > TODAY or told < (read or TODAY) - margin)


def test_a_tool_that_asks_it_has_a_place_for_what_was_done() -> None:
    assert list(faults(tool())) == []
    for key in (TOLD, TOLD_ON, AGREED):
        assert len(list(faults(tool(without=key)))) == 1
    assert len(list(faults(tool(choices=CHOICES[:2])))) == 1
    assert list(faults(replace(tool(), sections=()))) == []
