"""Grades: their words, their codes and the spellings councils use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.grades import BEST_FIRST, Grade, Judged, NotGraded, judged, spelt

EVERY = [*Grade, *NotGraded]

SEEN_IN_REGISTERS = {
    Grade.OUTSTANDING: ["Outstanding", "O/S", "O", "outstanding", "o.s.", " OUTSTANDING\u00a0"],
    Grade.GOOD: ["Good", "G", "GOOD", "good ", "\tgood"],
    Grade.REQUIRES_IMPROVEMENT: [
        "Requires improvement to be good",
        "Requires Improvement",
        "Req Imp",
        "RI",
        "RIG",
        "R.I.",
        "requires-improvement",
        "Requires  improvement\nto be good",
    ],
    Grade.INADEQUATE: ["Inadequate", "Inad", "I", "inadequate", "INAD."],
    NotGraded.NOT_APPLICABLE: ["N/A", "n/a", "NA", "not applicable", "Not app.", "Does not apply"],
    NotGraded.NOT_ENOUGH_EVIDENCE: ["NEE", "Not enough evidence", "insufficient evidence"],
}


@pytest.mark.parametrize(
    ("text", "meant"), [(text, meant) for meant, texts in SEEN_IN_REGISTERS.items() for text in texts]
)
def test_a_councils_spelling_is_read(text: str, meant: Judged) -> None:
    assert spelt(text) is meant


@pytest.mark.parametrize("text", ["", " ", "goodish", "?", "=1+1", "G/RI", "0", "5", "yes", "inadequate?no"])
def test_what_is_no_grade_is_not_guessed(text: str) -> None:
    assert spelt(text) is None


@given(st.sampled_from(EVERY), st.data())
def test_every_label_and_code_is_read_however_it_is_typed(meant: Judged, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([meant.label, meant.short, meant.value]))
    padding = data.draw(st.text(" \t\n\u00a0.-/", max_size=4))
    shout = data.draw(st.booleans())
    assert spelt(padding + (text.upper() if shout else text.lower()) + padding) is meant


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert spelt(text) in {*EVERY, None}


def test_codes_come_back_as_what_they_were() -> None:
    assert [judged(each.value) for each in EVERY] == EVERY


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="splendid"):
        judged("splendid")


def test_good_or_better_is_the_upper_half_of_the_scale() -> None:
    assert [grade.is_good_or_better for grade in BEST_FIRST] == [True, True, False, False]


def test_each_meaning_has_words_of_its_own() -> None:
    for words in ([each.label for each in EVERY], [each.short for each in EVERY], [each.descriptor for each in EVERY]):
        assert len(set(words)) == len(EVERY)
        assert all(words)
