"""Which characters may be stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.text import TooLong, Unstorable, clean, clean_line, without_unstorable

ANYTHING = st.text(st.characters(codec=None), max_size=60) | st.text(
    "\x00\x07\t\r\n\x85\u2028\ud800\udc00\ufffe áé", max_size=20
)


@given(ANYTHING)
def test_whatever_is_kept_can_be_stored_and_is_clean_already(text: str) -> None:
    try:
        kept = clean(text)
    except Unstorable:
        return
    kept.encode()
    assert unicodedata.is_normalized("NFC", kept)
    assert all(character in "\n\t" or ord(character) >= 32 for character in kept)
    assert clean(kept) == kept


@given(ANYTHING)
def test_what_is_shown_again_after_a_refusal_can_be_stored(text: str) -> None:
    shown = without_unstorable(text)
    shown.encode()
    assert clean(shown) == clean(without_unstorable(shown))


@given(ANYTHING)
def test_a_line_has_no_line_end_and_no_double_space(text: str) -> None:
    line = clean_line(without_unstorable(text))
    assert line == " ".join(line.split())


@pytest.mark.parametrize("text", ["a\x00b", "\ud83d", "bell\x07", "\x1b[31m", "\ufffe"])
def test_what_a_database_or_workbook_cannot_hold_is_refused_with_advice(text: str) -> None:
    with pytest.raises(Unstorable, match="check that it still reads as you meant"):
        clean(text)


def test_accents_are_composed_and_line_ends_become_one_kind() -> None:
    assert clean(" Zoe\u0308\r\nand\rmore\u2028still ") == "Zoë\nand\nmore\nstill"


def test_markup_and_formulas_stay_the_text_they_are() -> None:
    assert clean('=1+1 <b>bold</b> {{ x }} "quoted"') == '=1+1 <b>bold</b> {{ x }} "quoted"'


def test_a_long_text_is_refused_with_its_length() -> None:
    assert len(clean("x" * 5_000)) == 5_000
    with pytest.raises(TooLong, match="It has 5,001"):
        clean("x" * 5_001)
