"""Coefficients of a table of pairs: textbook values, what may not change them, and what has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.chance_corrected import (
    brennan_prediger,
    chance_corrected,
    cohen_kappa,
    gwet,
    scott_pi,
)
from moderation.statistics.coefficient import NO_PAIRS, ONE_GRADE, Coefficient
from moderation.statistics.share import Share
from moderation.statistics.weighting import Weighting, weights
from tests.moderation import textbook

Rows = list[list[int]]
COEFFICIENTS = (cohen_kappa, gwet, brennan_prediger, scott_pi)


@st.composite
def tables(draw: st.DrawFn, least: int = 2, most: int = 5, largest: int = 40) -> Rows:
    q = draw(st.integers(least, most))
    return [draw(st.lists(st.integers(0, largest), min_size=q, max_size=q)) for _ in range(q)]


def same(one: Coefficient, other: Coefficient) -> bool:
    if one.value is None or other.value is None:
        return one == other
    return (one.value, one.error) == (
        pytest.approx(other.value, abs=1e-9),
        pytest.approx(other.error, abs=1e-7),
    )


@given(tables(), st.sampled_from(Weighting))
def test_kappa_is_the_textbooks(rows: Rows, weighting: Weighting) -> None:
    expected = textbook.kappa(rows, textbook.WEIGHTS[weighting])
    found = cohen_kappa(rows, weighting).value
    assert found == (None if expected is None else pytest.approx(float(expected), abs=1e-9))


@given(tables(), st.sampled_from(Weighting), st.sampled_from(COEFFICIENTS))
def test_who_is_called_first_does_not_matter(rows: Rows, weighting: Weighting, of: type) -> None:
    assert same(of(rows, weighting), of(np.transpose(rows), weighting))


@given(tables(), st.sampled_from(Weighting), st.sampled_from(COEFFICIENTS))
def test_a_scale_read_from_its_other_end_gives_the_same(rows: Rows, weighting: Weighting, of: type) -> None:
    assert same(of(rows, weighting), of(np.flip(rows), weighting))


@given(tables(), st.sampled_from(COEFFICIENTS), st.randoms())
def test_without_weights_the_order_of_grades_does_not_matter(rows: Rows, of: type, random: object) -> None:
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    assert same(of(rows), of(np.array(rows)[np.ix_(order, order)]))


def test_with_weights_the_order_of_grades_matters() -> None:
    rows = np.array([[5, 1, 0], [0, 5, 4], [0, 0, 5]])
    order = [0, 2, 1]
    assert not same(cohen_kappa(rows, Weighting.LINEAR), cohen_kappa(rows[np.ix_(order, order)], Weighting.LINEAR))


@given(tables(largest=1_000_000))
def test_all_of_them_at_once_are_each_of_them_alone(rows: Rows) -> None:
    made = chance_corrected(rows)
    for weighting in Weighting:
        assert same(made.kappa.under(weighting), cohen_kappa(rows, weighting))
        assert same(made.gwet.under(weighting), gwet(rows, weighting))
        assert same(made.brennan_prediger.under(weighting), brennan_prediger(rows, weighting))
    assert same(made.scott_pi, scott_pi(rows))


@given(tables(least=2, most=2))
def test_two_grades_have_one_weighting(rows: Rows) -> None:
    made = chance_corrected(rows)
    for three in (made.kappa, made.gwet, made.brennan_prediger):
        assert same(three.identity, three.linear)
        assert same(three.identity, three.quadratic)


@given(tables(), st.integers(2, 30))
def test_more_of_the_same_changes_the_certainty_alone(rows: Rows, times: int) -> None:
    one, many = cohen_kappa(rows), cohen_kappa(np.multiply(rows, times))
    if one.value is None or one.error is None:
        assert many == one
    else:
        assert many.value == pytest.approx(one.value, abs=1e-9)
        assert many.error == pytest.approx(one.error / np.sqrt(times), abs=1e-9)


@given(tables())
def test_brennan_prediger_is_agreement_on_another_scale(rows: Rows) -> None:
    q, share = len(rows), Share(int(np.trace(rows)), int(np.sum(rows)))
    found = brennan_prediger(rows)
    if share.fraction is None:
        assert found.value is None
    else:
        assert found.value == pytest.approx((q * float(share.fraction) - 1) / (q - 1))


def test_nine_in_ten_on_four_grades_is_0_867() -> None:
    assert brennan_prediger(np.diag([9, 0, 0, 0]) + np.eye(4, k=1) * [0, 1, 0, 0]).value == pytest.approx(
        0.8667, abs=1e-4
    )


@given(tables())
def test_a_coefficient_never_says_nan(rows: Rows) -> None:
    made = chance_corrected(rows)
    for one in (made.scott_pi, *(each.under(w) for each in (made.kappa, made.gwet) for w in Weighting)):
        assert (one.value is None) == bool(one.reason)
        for number in (one.value, one.error, one.null_error):
            assert number is None or np.isfinite(number)


@given(tables(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_an_interval_holds_its_value_and_stays_on_the_scale(rows: Rows, confidence: float) -> None:
    one = gwet(rows)
    interval = one.interval(confidence)
    if one.value is None:
        assert interval is None
    else:
        assert interval is not None
        assert -1 <= interval.low <= one.value + 1e-12
        assert one.value - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize("of", COEFFICIENTS)
def test_without_pairs_there_is_no_coefficient(of: type) -> None:
    assert of(np.zeros((4, 4))) == Coefficient(None, reason=NO_PAIRS)


def test_one_grade_throughout_has_no_kappa_and_full_ac1() -> None:
    rows = np.diag([0, 10, 0, 0])
    made = chance_corrected(rows)
    assert made.kappa.identity == made.scott_pi == Coefficient(None, reason=ONE_GRADE)
    assert (made.gwet.identity.value, made.gwet.identity.error) == (1, 0)


def test_what_is_no_table_is_refused() -> None:
    for wrong in ([], [[1, 2]], [[1, -1], [0, 0]], [[float("nan"), 1], [1, 1]], [1, 2]):
        with pytest.raises(ValueError, match="table of pairs"):
            cohen_kappa(wrong)


def test_the_scale_is_what_could_be_given() -> None:
    used = [[1, 1, 0], [1, 2, 0], [0, 1, 4]]
    whole = [[1, 1, 0, 0], [1, 2, 0, 0], [0, 0, 0, 0], [0, 1, 0, 4]]
    assert cohen_kappa(used, Weighting.QUADRATIC).value == pytest.approx(0.7458, abs=1e-4)
    assert cohen_kappa(whole, Weighting.QUADRATIC).value == pytest.approx(0.8026, abs=1e-4)


def test_weights_cannot_be_written_to_and_need_a_grade() -> None:
    with pytest.raises(ValueError, match="read-only"):
        weights(4)[0, 0] = 2
    with pytest.raises(ValueError, match="at least one grade"):
        weights(0)
