"""Resampling: the same seed the same answer, strata weighted, and no interval from what is undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.statistics.bootstrap import TableStratum, bootstrap, stratified, weighted_table
from moderation.statistics.chance_corrected import chance_corrected, cohen_kappa, gwet
from moderation.statistics.weighting import Weighting
from tests.moderation.test_chance_corrected import Rows, tables

PAIRS = np.array([[8, 2, 0, 0], [1, 40, 5, 0], [0, 6, 25, 2], [0, 0, 3, 8]])


def test_a_seed_gives_one_answer() -> None:
    assert bootstrap(PAIRS, seed=7) == bootstrap(PAIRS, seed=7)
    assert bootstrap(PAIRS, seed=7) != bootstrap(PAIRS, seed=8)


def test_intervals_stand_where_their_standard_errors_put_them() -> None:
    drawn, made = bootstrap(PAIRS, seed=1), chance_corrected(PAIRS)
    for weighting in Weighting:
        for resampled, closed in ((drawn.kappa, made.kappa), (drawn.gwet, made.gwet)):
            interval, expected = resampled.under(weighting).interval, closed.under(weighting).interval()
            assert interval is not None
            assert expected is not None
            assert interval == pytest.approx(expected, abs=0.03)
    assert drawn.agreement.identity.interval == pytest.approx((0.73, 0.88), abs=0.02)


@settings(max_examples=25)
@given(tables(), st.integers(0, 5))
def test_every_interval_is_on_the_scale(rows: Rows, seed: int) -> None:
    drawn = bootstrap(rows, seed=seed, resamples=200)
    for weighting in Weighting:
        for one in (drawn.agreement, drawn.kappa, drawn.gwet):
            resampled = one.under(weighting)
            assert (resampled.interval is None) == bool(resampled.reason)
            if resampled.interval is not None:
                assert -1 - 1e-9 <= resampled.interval.low <= resampled.interval.high <= 1 + 1e-9


def test_strata_are_resampled_each_by_itself_and_weighted() -> None:
    strict, rest = np.diag([0, 0, 0, 20]), np.array([[2, 1, 0, 0], [1, 8, 2, 0], [0, 1, 3, 0], [0, 0, 0, 0]])
    strata = [TableStratum(20, strict), TableStratum(180, rest), TableStratum(40, np.zeros((4, 4), dtype=int))]
    whole = weighted_table(strata)
    assert whole.sum() == pytest.approx(200)
    interval = stratified(strata, seed=3).agreement.identity.interval
    assert interval is not None
    assert interval.low < np.trace(whole) / whole.sum() < interval.high
    alone = bootstrap(strict + rest, seed=3).agreement.identity.interval
    assert alone is not None
    assert interval.high - interval.low > alone.high - alone.low
    assert cohen_kappa(whole).value == pytest.approx(cohen_kappa(10 * whole).value)


def test_one_stratum_is_the_plain_bootstrap() -> None:
    assert stratified([TableStratum(100, PAIRS)], seed=2) == bootstrap(PAIRS, seed=2)


def test_what_has_no_coefficient_has_no_interval() -> None:
    assert bootstrap(np.zeros((4, 4)), seed=1).kappa.identity.reason.startswith("Nothing was graded twice")
    assert bootstrap([[5]], seed=1).gwet.identity.interval is None
    nearly = bootstrap([[9, 1], [0, 0]], seed=1).kappa.identity
    assert nearly.interval is None
    assert nearly.reason.endswith("of 10,000 resamples used one grade only.")
    assert bootstrap([[30, 0], [0, 0]], seed=1).agreement.identity.interval == (1, 1)
    assert gwet([[30, 0], [0, 0]]).value == 1


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        stratified([], seed=1)
    with pytest.raises(ValueError, match="one size"):
        weighted_table([TableStratum(4, [[1]]), TableStratum(4, PAIRS)])
    with pytest.raises(ValueError, match="columns as rows"):
        bootstrap([[1, 2]], seed=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        bootstrap(PAIRS, seed=1, confidence=1.5)
