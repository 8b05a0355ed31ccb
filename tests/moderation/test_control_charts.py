"""Runs, the XmR chart and the p-chart: what signals, what does not, and what has no limits."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.p_chart import PChart, p_chart
from moderation.statistics.runs import fewest_crossings, runs
from moderation.statistics.share import Share
from moderation.statistics.xmr import SpecialCause, Xmr, xmr

values = st.lists(st.integers(-50, 50), max_size=40)


@st.composite
def months(draw: st.DrawFn) -> list[Share]:
    sizes = draw(st.lists(st.integers(0, 30), max_size=30))
    return [Share(draw(st.integers(0, n)), n) for n in sizes]


@given(values, st.integers(-10, 10))
def test_runs_read_backwards_and_upside_down_are_the_same(series: list[int], centre: int) -> None:
    seen = runs(series, centre)
    assert runs(series[::-1], centre) == seen
    assert runs([-value for value in series], -centre) == seen
    assert seen.useful == sum(value != centre for value in series)


def test_the_published_limits_of_runs() -> None:
    assert [fewest_crossings(n) for n in (1, 10, 12, 18, 20, 24)] == [0, 2, 3, 5, 6, 8]
    assert [runs([1] * n, 0).longest_allowed for n in (10, 12, 20, 24)] == [6, 7, 7, 8]
    assert runs([1, 2] * 10, 1.5).signal is False
    assert runs([1] * 10 + [2] * 10, 1.5).signal is True
    assert runs([1, 1], 1).signal is None


@given(values, st.integers(1, 5), st.integers(-20, 20))
def test_an_xmr_chart_moves_with_its_values(series: list[int], scale: int, shift: int) -> None:
    one, moved = xmr(series), xmr([scale * value + shift for value in series])
    assert moved.causes == one.causes
    assert moved.runs == one.runs
    if one.limits is not None and moved.limits is not None:
        assert moved.limits.high == pytest.approx(scale * one.limits.high + shift)
        assert moved.limits.low == pytest.approx(scale * one.limits.low + shift)


@given(values)
def test_screening_never_widens_and_limits_hold_the_mean(series: list[int]) -> None:
    chart = xmr(series)
    if chart.limits is None or chart.screened is None or chart.mean is None:
        assert len(series) < 2
    else:
        assert chart.limits.low <= chart.screened.low + 1e-9
        assert chart.screened.high <= chart.limits.high + 1e-9
        assert chart.screened.low <= chart.mean + 1e-9
    assert all((place in chart.outside) == cause.name.endswith("LIMIT") for place, cause in enumerate(chart.causes))


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([0, 5, 1, 4, 2, 3] * 2 + [10, 11, 12, 13, 14, 15, 16], SpecialCause.RISING),
        ([0, 5, 1, 4, 2, 3] * 2 + [16, 15, 14, 13, 12, 11, 10], SpecialCause.FALLING),
        ([0, 9] * 4 + [8, 9, 7, 8, 9, 7, 8], SpecialCause.SEVEN_ABOVE),
        ([9, 0] * 4 + [1, 0, 2, 1, 0, 2, 1], SpecialCause.SEVEN_BELOW),
        ([5, 4, 5, 4, 5, 4, 5, 4, 5, 7, 7, 6, 5, 4, 5, 4, 5], SpecialCause.TWO_IN_THREE_ABOVE),
        ([5, 6, 5, 6, 5, 6, 5, 6, 5, 3, 3, 4, 5, 6, 5, 6, 5], SpecialCause.TWO_IN_THREE_BELOW),
    ],
)
def test_each_special_cause_is_found(series: list[int], expected: SpecialCause) -> None:
    assert expected in xmr(series).causes


def test_a_short_or_level_series() -> None:
    assert xmr([]) == Xmr(None, None, None, (), runs([], 0), trial=True)
    assert xmr([3]).limits is None
    level = xmr([3] * 12)
    assert level.limits is not None
    assert (level.limits.low, level.limits.high, level.outside, level.trial) == (3, 3, (), False)


@given(months())
def test_a_p_chart_keeps_within_0_and_1(series: list[Share]) -> None:
    chart = p_chart(series, limits_from=1)
    for point in chart.points:
        assert (point.value is None) == (point.share.n == 0)
        for limits in (point.limits, point.laney):
            if limits is not None and chart.centre is not None:
                assert 0 <= limits.low <= float(chart.centre) + 1e-12
                assert float(chart.centre) - 1e-12 <= limits.high <= 1
        if point.limits is not None and point.value is not None and point.counted:
            beyond = not point.limits.low - 1e-9 <= point.value <= point.limits.high + 1e-9
            assert beyond <= point.outside


@given(months())
def test_good_and_not_good_are_one_chart_upside_down(series: list[Share]) -> None:
    chart, turned = p_chart(series), p_chart([Share(one.n - one.k, one.n) for one in series])
    assert chart.outside == turned.outside
    assert chart.runs == turned.runs
    assert chart.centre is None or chart.centre == 1 - (turned.centre or 0)


def test_larger_months_have_narrower_limits() -> None:
    chart = p_chart([Share(4, 8), Share(40, 80)] * 6)
    (small, large) = (point.limits for point in chart.points[:2])
    assert small is not None
    assert large is not None
    assert small.low < large.low
    assert large.high < small.high


def test_few_months_have_no_limits_and_small_ones_no_part() -> None:
    few = p_chart([Share(9, 10)] * 11)
    assert not few.limited
    assert all(point.limits is None for point in few.points)
    mixed = p_chart([Share(9, 10)] * 12 + [Share(0, 4), Share(0, 0)])
    assert mixed.centre == Fraction(9, 10)
    assert [point.counted for point in mixed.points[-2:]] == [False, False]
    assert not mixed.outside
    assert p_chart([Share(0, 0), Share(1, 3)]) == PChart(
        None, p_chart([Share(0, 0), Share(1, 3)]).points, runs([], 0), None, limited=False
    )


def test_a_month_far_off_signals() -> None:
    chart = p_chart([Share(17, 20)] * 12 + [Share(4, 20)])
    assert chart.outside == (12,)
    assert chart.signal
    assert not p_chart([Share(20, 20)] * 12).signal
