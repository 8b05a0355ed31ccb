"""Ratings of many people: how they are read, alpha against its textbook, and what other coefficients they equal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.alpha import Level, alpha, alpha_of_pairs
from moderation.statistics.chance_corrected import scott_pi
from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, Coefficient
from moderation.statistics.ratings import (
    Ratings,
    brennan_prediger_of,
    coded,
    fleiss_kappa,
    gwet_of,
    pairwise_agreement,
    ratings,
)
from moderation.statistics.weighting import Weighting
from tests.moderation import textbook

SCALE = ("inadequate", "requires improvement", "good", "outstanding")
Rows = list[list[int | None]]
rows_of_ratings = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=5), min_size=1, max_size=12
)


def known(rows: Rows) -> list[list[int]]:
    return [[grade for grade in row if grade is not None] for row in rows]


@given(rows_of_ratings, st.sampled_from(Level))
def test_alpha_is_the_textbooks(rows: Rows, level: Level) -> None:
    expected = textbook.alpha(known(rows), 4, level)
    found = alpha(ratings(rows, range(4)), level).value
    assert found == (None if expected is None else pytest.approx(float(expected), abs=1e-9))


@given(rows_of_ratings, st.sampled_from(Level))
def test_a_scale_read_from_its_other_end_gives_the_same_alpha(rows: Rows, level: Level) -> None:
    turned = [[None if grade is None else 3 - grade for grade in row] for row in rows]
    one, other = alpha(ratings(rows, range(4)), level), alpha(ratings(turned, range(4)), level)
    assert other.value == (None if one.value is None else pytest.approx(one.value, abs=1e-9))


@given(rows_of_ratings, st.sampled_from(Level))
def test_units_rated_once_drop_out_of_alpha(rows: Rows, level: Level) -> None:
    assert alpha(ratings([*rows, [2], [None]], range(4)), level) == alpha(ratings(rows, range(4)), level)


@given(st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=4, max_size=4), st.sampled_from(Level))
def test_a_table_of_pairs_is_two_raters(table: list[list[int]], level: Level) -> None:
    rows = [[i, j] for i in range(4) for j in range(4) for _ in range(table[i][j])]
    from_table, from_rows = alpha_of_pairs(table, level), alpha(ratings(rows, range(4)), level)
    assert from_table.value == (None if from_rows.value is None else pytest.approx(from_rows.value, abs=1e-9))
    n, pi = len(rows), scott_pi(table).value
    if level is Level.NOMINAL and pi is not None:
        assert from_table.value == pytest.approx(1 - (2 * n - 1) / (2 * n) * (1 - pi), abs=1e-9)
        assert fleiss_kappa(ratings(rows, range(4))).value == pytest.approx(pi, abs=1e-9)


@given(rows_of_ratings)
def test_ac1_is_ac2_without_weights_and_coefficients_hold_together(rows: Rows) -> None:
    given_ = ratings(rows, range(4))
    assert gwet_of(given_) == gwet_of(given_, Weighting.IDENTITY)
    agreement, brennan = pairwise_agreement(given_), brennan_prediger_of(given_)
    if agreement is None:
        assert brennan == Coefficient(None, reason=NO_PAIRS)
    else:
        assert brennan.value == pytest.approx((4 * agreement - 1) / 3, abs=1e-9)
        assert (brennan.error is None) == (given_.rated == 1)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=1, max_size=20))
def test_codes_and_words_are_the_same_ratings(codes: list[list[int]]) -> None:
    words = [[None if code < 0 else SCALE[code] for code in row] for row in codes]
    floats = np.where(np.array(codes) < 0, np.nan, codes)
    one = ratings(words, SCALE)
    for other in (coded(codes, 4), coded(floats, 4), coded(np.hstack([codes, np.full((len(codes), 12), -1)]), 4)):
        assert (one.units, one.rated, one.pairable) == (other.units, other.rated, other.pairable)
        first, second = fleiss_kappa(one), fleiss_kappa(other)
        assert second.value == (None if first.value is None else pytest.approx(first.value, abs=1e-9))
        assert second.error == (None if first.error is None else pytest.approx(first.error, abs=1e-9))


def test_one_grade_throughout_has_no_alpha() -> None:
    same = ratings([[2, 2], [2, 2, 2]], range(4))
    assert alpha(same) == fleiss_kappa(same) == Coefficient(None, reason=ONE_GRADE)
    assert gwet_of(same).value == 1


def test_one_file_and_any_difference_is_an_alpha_of_nothing() -> None:
    assert alpha(ratings([[2, 2, 2, 2, 1]], range(4))).value == pytest.approx(0)


def test_grades_with_values_of_their_own() -> None:
    seen = ratings([[1, 1], [1, 5], [5, 5], [2, 2]], [1, 2, 5])
    assert alpha(seen, Level.INTERVAL, [1, 2, 5]).value != alpha(seen, Level.INTERVAL).value
    assert alpha(seen, Level.INTERVAL, [3, 3, 3]).value is None
    with pytest.raises(ValueError, match="needs 3 values"):
        alpha(seen, Level.INTERVAL, [1, 2])


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="'fine' is not on the scale"):
        ratings([["good", "fine"]], SCALE)
    with pytest.raises(ValueError, match="names a grade twice"):
        ratings([], ["good", "good"])
    with pytest.raises(ValueError, match="from 0 to 3"):
        coded([[4, 1]], 4)
    with pytest.raises(ValueError, match="from 0 to 3"):
        coded([[0.5, 1]], 4)
    with pytest.raises(ValueError, match="zero or more"):
        Ratings(np.array([[-1, 2]]), np.array([1]))
    with pytest.raises(ValueError, match="columns as rows"):
        alpha_of_pairs([[1, 2]])
