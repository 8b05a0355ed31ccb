"""Tests of whether both use the grades alike, against their definitions and each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.symmetry import NOTHING_DIFFERS, NOTHING_SEEN, ChiSquare, bhapkar, bowker, stuart_maxwell
from tests.moderation.test_chance_corrected import Rows, tables


@given(tables())
def test_who_is_called_first_does_not_matter(rows: Rows) -> None:
    for test in (stuart_maxwell, bhapkar):
        one, other = test(rows), test(np.transpose(rows))
        assert one.df == other.df
        assert other.statistic == (None if one.statistic is None else pytest.approx(one.statistic, rel=1e-6, abs=1e-9))
    assert bowker(rows).full.statistic == pytest.approx(bowker(np.transpose(rows)).full.statistic)


@given(tables(), st.integers(0, 4))
def test_pairs_that_agree_change_nothing_but_bhapkar(rows: Rows, place: int) -> None:
    more = np.array(rows)
    more[place % len(rows), place % len(rows)] += 7
    if np.sum(rows):
        assert bowker(more) == bowker(rows)
        assert stuart_maxwell(more).df == stuart_maxwell(rows).df


@given(tables())
def test_the_degrees_of_freedom_are_the_rank_of_the_variance(rows: Rows) -> None:
    counts = np.array(rows, dtype=float)
    both = counts + counts.T
    rank = np.linalg.matrix_rank(np.diag(both.sum(axis=1)) - both)
    found = stuart_maxwell(rows)
    assert (found.df or 0) == rank
    if found.statistic is not None:
        d = counts.sum(axis=1) - counts.sum(axis=0)
        by_inverse = d @ np.linalg.pinv(np.diag(both.sum(axis=1)) - both) @ d
        assert found.statistic == pytest.approx(by_inverse, rel=1e-6, abs=1e-8)


@given(tables(least=2, most=2))
def test_with_two_grades_both_are_mcnemars(rows: Rows) -> None:
    first, second = bowker(rows).used, stuart_maxwell(rows)
    if rows[0][1] + rows[1][0]:
        assert second.statistic == pytest.approx((rows[0][1] - rows[1][0]) ** 2 / (rows[0][1] + rows[1][0]))
        assert (second.df, second.p) == (first.df, pytest.approx(first.p))


def test_two_groups_of_grades_that_never_meet() -> None:
    rows = [[5, 3, 0, 0], [1, 5, 0, 0], [0, 0, 5, 2], [0, 0, 4, 5]]
    found = stuart_maxwell(rows)
    assert found.df == 2
    assert found.statistic == pytest.approx((3 - 1) ** 2 / 4 + (2 - 4) ** 2 / 6)


def test_what_is_undefined_says_why() -> None:
    nothing, agreed = np.zeros((4, 4)), np.diag([1, 2, 3, 4])
    assert bowker(nothing).full == stuart_maxwell(nothing) == bhapkar(nothing) == ChiSquare(None, reason=NOTHING_SEEN)
    assert (bowker(agreed).full.statistic, bowker(agreed).full.p) == (0, 1)
    assert bowker(agreed).used == ChiSquare(0, 0, None, NOTHING_DIFFERS)
    assert stuart_maxwell(agreed) == ChiSquare(None, reason=NOTHING_DIFFERS)
    assert bhapkar([[0, 4], [0, 0]]).statistic is None
    with pytest.raises(ValueError, match="table of pairs"):
        bowker([[1, 2, 3]])


def test_bhapkar_from_its_relation() -> None:
    rows = [[40, 10], [20, 50]]
    assert bhapkar(rows).statistic == pytest.approx((10 / 3) / (1 - (10 / 3) / 120))
