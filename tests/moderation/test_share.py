"""A share is exact, honest at its ends, and never written against its verdict."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.share import Share, percent


@st.composite
def shares(draw: st.DrawFn, most: int = 3000) -> Share:
    n = draw(st.integers(1, most))
    return Share(draw(st.integers(0, n)), n)


def test_nothing_seen_is_no_figure() -> None:
    nothing = Share(0, 0)
    assert nothing.fraction is None
    assert nothing.wilson() is None
    assert nothing.clopper_pearson() is None
    assert nothing.jeffreys() is None
    assert nothing.text == "no figure"


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_counts_that_cannot_be_are_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="k of n"):
        Share(k, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_that_cannot_be_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        Share(1, 2).wilson(confidence)


@given(shares(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_every_interval_contains_its_share_and_stays_within_0_and_1(share: Share, confidence: float) -> None:
    for interval in (share.wilson(confidence), share.clopper_pearson(confidence)):
        assert interval is not None
        assert 0 <= interval.low <= share.k / share.n <= interval.high <= 1


@given(st.integers(1, 5000))
def test_the_ends_are_exact(n: int) -> None:
    for method in (Share.wilson, Share.clopper_pearson, Share.jeffreys):
        none, every = method(Share(0, n)), method(Share(n, n))
        assert none is not None
        assert every is not None
        assert none.low == 0
        assert none.high < 1
        assert every.high == 1
        assert every.low > 0


@given(shares())
def test_wilson_mirrors_itself(share: Share) -> None:
    one, other = share.wilson(), Share(share.n - share.k, share.n).wilson()
    assert one is not None
    assert other is not None
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [
        (17, 20, "17 of 20, 85%"),
        (19, 21, "19 of 21, 90.5%"),
        (11, 12, "11 of 12, 92%"),
        (1, 1, "1 of 1"),
        (0, 1, "0 of 1"),
        (0, 5, "0 of 5, 0%"),
        (5, 5, "5 of 5, 100%"),
        (1999, 2000, "1,999 of 2,000, 99.95%"),
    ],
)
def test_a_share_is_written_with_its_counts(k: int, n: int, text: str) -> None:
    assert Share(k, n).text == text


def test_a_written_percentage_does_not_reach_a_limit_the_share_misses() -> None:
    assert Share(11, 13).text_against(Fraction(85, 100)) == "11 of 13, 84.6%"
    assert Share(8999, 10000).text_against(Fraction(9, 10)) == "8,999 of 10,000, 89.99%"


@given(shares(), st.integers(1, 99))
def test_what_is_written_stands_to_the_limit_as_the_share_does(share: Share, hundredths: int) -> None:
    limit = Fraction(hundredths, 100)
    value = Fraction(share.k, share.n)
    written = Fraction(percent(value, share.n, [limit]).removesuffix("%")) / 100
    assert (written > limit) == (value > limit)
    assert (written < limit) == (value < limit)
    assert (written == 1) == (value == 1)
    assert (written == 0) == (value == 0)


@given(shares(), shares())
def test_shares_add_up_by_their_counts(one: Share, other: Share) -> None:
    assert one + other == Share(one.k + other.k, one.n + other.n)
