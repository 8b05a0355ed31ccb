"""Two sets of figures beside each other, and how many audits lie between a figure and its target."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.comparison import margin
from moderation.statistics.share import Share
from moderation.statistics.target import Operator, Target, judge

UPWARD = st.sampled_from((Operator.ABOVE, Operator.AT_LEAST))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    n = draw(st.integers(0, 60))
    return Share(draw(st.integers(0, n)), n)


@given(shares(), UPWARD, st.integers(1, 99))
def test_one_fewer_than_the_margin_still_meets_the_target_and_the_margin_itself_does_not(
    share: Share, operator: Operator, line: int
) -> None:
    target = Target(operator, line, 100)
    left = margin(share, target)
    if not judge(share, target).literal:
        assert left is None
        return
    assert left is not None
    assert judge(Share(share.k - left + 1, share.n), target).literal
    assert left > share.k or not judge(Share(share.k - left, share.n), target).literal


def test_eighteen_of_twenty_have_one_to_lose_against_at_least_85() -> None:
    assert margin(Share(18, 20), Target(Operator.AT_LEAST, 85, 100)) == 2
    assert margin(Share(18, 20), Target(Operator.ABOVE, 85, 100)) == 1
    assert margin(Share(0, 0), Target(Operator.ABOVE, 85, 100)) is None
    assert margin(Share(5, 5), Target(Operator.ALL)) == 1
