"""The change between two periods: its limits, its words, and no direction where there is doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.difference import Change, difference, difference_of_estimates
from moderation.statistics.share import Share
from moderation.statistics.stratified import Stratum, weighted


@st.composite
def shares(draw: st.DrawFn, least: int = 0) -> Share:
    n = draw(st.integers(least, 60))
    return Share(draw(st.integers(0, n)), n)


@given(shares(1), shares(1), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_holds_the_difference_and_turns_with_it(now: Share, before: Share, confidence: float) -> None:
    one, other = difference(now, before, confidence), difference(before, now, confidence)
    assert one.value is not None
    assert one.interval is not None
    assert other.interval is not None
    assert -1 <= one.interval.low <= float(one.value) + 1e-12
    assert float(one.value) - 1e-12 <= one.interval.high <= 1
    assert one.interval == pytest.approx((-other.interval.high, -other.interval.low))


@given(shares(1))
def test_nothing_changed_is_no_clear_change(share: Share) -> None:
    assert difference(share, share).change is Change.NOT_CLEAR


@given(shares(1), shares(1))
def test_one_stratum_each_is_the_plain_difference(now: Share, before: Share) -> None:
    estimates = [weighted([Stratum("all", 2 * one.n, one.n, one.k)]) for one in (now, before)]
    plain, made = difference(now, before), difference_of_estimates(*estimates)
    assert made.value == plain.value
    assert made.interval == pytest.approx(plain.interval, abs=1e-9)


def test_the_words() -> None:
    assert difference(Share(18, 20), Share(15, 20)).text == "+15 points (-9 to +38): no clear change"
    assert difference(Share(90, 100), Share(60, 100)).change is Change.HIGHER
    assert difference(Share(60, 100), Share(90, 100)).text == "-30 points (-41 to -18): lower"


def test_without_a_figure_there_is_no_change() -> None:
    nothing = Share(0, 0)
    assert difference(nothing, Share(1, 2)).text == "This period has no figure to compare."
    assert difference(Share(1, 2), nothing).text == "The period before has no figure to compare with."
    assert difference(nothing, nothing).change is Change.UNKNOWN
