"""Weighting is exact, honest where everything agrees, and names what it cannot cover."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.stratified import Stratum, joined, weighted


@st.composite
def a_stratum(draw: st.DrawFn, fewest: int = 0) -> Stratum:
    audits = draw(st.integers(max(fewest, 1), 400))
    n = draw(st.integers(fewest, min(audits, 60)))
    return Stratum("one", audits, n, draw(st.integers(0, n)), draw(st.booleans()))


@given(a_stratum(fewest=1))
def test_one_stratum_is_wilson(stratum: Stratum) -> None:
    estimate, alone = weighted([stratum]), stratum.share.wilson()
    assert estimate.interval is not None
    assert alone is not None
    assert estimate.value == stratum.share.fraction
    assert estimate.interval == pytest.approx(alone, abs=1e-12)


@given(st.lists(a_stratum(), max_size=6), st.booleans())
def test_the_interval_contains_the_estimate(strata: list[Stratum], fpc: bool) -> None:
    estimate = weighted(strata, fpc=fpc)
    if estimate.value is None:
        assert estimate.interval is None
        assert not any(stratum.n for stratum in strata)
    else:
        assert estimate.interval is not None
        assert 0 <= estimate.interval.low <= float(estimate.value) <= estimate.interval.high <= 1


@given(st.lists(a_stratum(fewest=1), min_size=1, max_size=6))
def test_the_finite_population_correction_never_widens(strata: list[Stratum]) -> None:
    with_fpc, without = weighted(strata, fpc=True).interval, weighted(strata).interval
    assert with_fpc is not None
    assert without is not None
    assert without.low <= with_fpc.low + 1e-12
    assert with_fpc.high <= without.high + 1e-12


def test_a_census_with_the_correction_is_its_point() -> None:
    estimate = weighted([Stratum("a", 8, 8, 7), Stratum("b", 30, 30, 28)], fpc=True)
    assert estimate.interval == pytest.approx((35 / 38, 35 / 38))


def test_strata_that_all_agree_do_not_pretend_to_be_certain() -> None:
    estimate = weighted([Stratum("a", 20, 20, 20, certainty=True), Stratum("b", 180, 18, 18)])
    assert estimate.value == 1
    assert estimate.interval is not None
    assert estimate.interval.low < 0.85
    assert estimate.interval.high == 1


def test_the_estimate_weights_by_all_audits() -> None:
    estimate = weighted([Stratum("a", 20, 20, 19), Stratum("b", 180, 18, 16)])
    assert estimate.value == Fraction(895, 1000)
    assert estimate.unweighted.fraction == Fraction(35, 38)


def test_a_stratum_nobody_saw_is_left_out_and_named() -> None:
    estimate = weighted([Stratum("seen", 90, 10, 9), Stratum("unseen", 10, 0, 0), Stratum("empty", 0, 0, 0)])
    assert estimate.value == Fraction(9, 10)
    assert [stratum.name for stratum in estimate.left_out] == ["unseen"]
    assert (estimate.covered.k, estimate.covered.n) == (90, 100)


def test_nothing_seen_is_no_estimate() -> None:
    for strata in ([], [Stratum("unseen", 10, 0, 0)]):
        estimate = weighted(strata)
        assert (estimate.value, estimate.interval, estimate.unweighted.n) == (None, None, 0)


def test_a_small_stratum_joins_its_neighbour() -> None:
    one, two, sure = Stratum("one", 30, 3, 3), Stratum("two", 60, 9, 8), Stratum("sure", 4, 4, 4, certainty=True)
    both = joined([sure, one, two], 8)
    assert [stratum.parts for stratum in both] == [("sure",), ("one", "two")]
    assert (both[1].audits, both[1].n, both[1].k, both[1].certainty) == (90, 12, 11, False)
    assert [stratum.parts for stratum in joined([two, sure, one], 8)] == [("two", "one"), ("sure",)]


def test_a_small_stratum_with_no_neighbour_stays() -> None:
    strata = (Stratum("sure", 4, 4, 4, certainty=True), Stratum("rest", 30, 3, 3))
    assert joined(strata, 8) == strata


def test_a_stratum_nobody_saw_is_not_joined() -> None:
    strata = (Stratum("unseen", 4, 0, 0), Stratum("rest", 30, 9, 9))
    assert joined(strata, 8) == strata


@given(st.lists(a_stratum(), max_size=7), st.integers(0, 10))
def test_joining_keeps_every_audit_and_leaves_no_small_stratum_beside_another(
    strata: list[Stratum], fewest: int
) -> None:
    result = joined(strata, fewest)
    for count in ("audits", "n", "k"):
        assert sum(getattr(one, count) for one in result) == sum(getattr(one, count) for one in strata)
    may_join = [one for one in result if one.n and not one.certainty]
    assert len(may_join) < 2 or all(one.n >= fewest for one in may_join)
    assert [one for one in result if one.certainty or not one.n] == [
        one for one in strata if one.certainty or not one.n
    ]


@pytest.mark.parametrize(("audits", "n", "k"), [(5, 6, 1), (5, 3, 4), (5, -1, -1)])
def test_counts_that_cannot_be_are_refused(audits: int, n: int, k: int) -> None:
    with pytest.raises(ValueError, match="k <= n <= N"):
        Stratum("wrong", audits, n, k)
