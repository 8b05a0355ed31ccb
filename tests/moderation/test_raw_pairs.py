"""Two columns of grades: counted as slowly counted, and refused when they are not places on the scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.chance_corrected import chance_corrected
from moderation.statistics.raw_pairs import analysed, counted


@given(st.integers(1, 6), st.integers(0, 2500), st.sampled_from(["u1", "i1", "i8"]), st.integers(0, 10**6))
def test_pairs_are_counted_as_one_by_one(q: int, n: int, kind: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    auditor, moderator = generator.integers(0, q, (2, n)).astype(kind)
    expected = np.zeros((q, q), dtype=int)
    np.add.at(expected, (auditor, moderator), 1)
    assert (counted(auditor, moderator, q) == expected).all()


def test_the_analysis_of_pairs_is_that_of_their_table() -> None:
    made = analysed([0, 1, 1, 2, 3, 3], [0, 1, 2, 2, 3, 2])
    assert made.table.table == ((1, 0, 0, 0), (0, 1, 1, 0), (0, 0, 1, 0), (0, 0, 1, 1))
    assert made.share == made.table.exact
    assert made.interval == made.share.wilson()
    assert made.coefficients == chance_corrected(made.table.table)


def test_no_pairs_have_no_interval() -> None:
    made = analysed(np.array([], dtype=int), np.array([], dtype=int))
    assert (made.share.n, made.interval, made.coefficients.kappa.identity.value) == (0, None, None)


@pytest.mark.parametrize(
    ("auditor", "moderator", "words"),
    [
        ([0, 4], [0, 0], "from 0 to 3"),
        ([0, -1], [0, 0], "from 0 to 3"),
        ([0.0, 1.0], [0.0, 1.0], "from 0 to 3"),
        ([0, 1], [0], "one length"),
        ([[0, 1]], [[0, 1]], "one length"),
    ],
)
def test_what_is_no_grade_is_refused(auditor: list[int], moderator: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        counted(auditor, moderator)
