"""Verdicts are judged on whole numbers; the certainty is a second word that never contradicts the first."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.share import Interval, Share
from moderation.statistics.target import Certainty, Operator, Target, judge, judge_estimate
from tests.moderation.test_share import shares

ABOVE_85 = Target(Operator.ABOVE, 85, 100)
ABOVE_90 = Target(Operator.ABOVE, 90, 100)


def test_17_of_20_misses_more_than_85_percent() -> None:
    assert judge(Share(17, 20), ABOVE_85).literal is False
    assert judge(Share(17, 20), Target(Operator.AT_LEAST, 85, 100)).literal is True


@pytest.mark.parametrize(("k", "n"), [(9, 10), (36, 40), (90, 100)])
def test_exactly_90_percent_misses_more_than_90_percent(k: int, n: int) -> None:
    assert judge(Share(k, n), ABOVE_90).literal is False


def test_19_of_21_meets_more_than_90_percent_and_is_not_written_against_it() -> None:
    share = Share(19, 21)
    assert judge(share, ABOVE_90).literal is True
    assert share.text_against(ABOVE_90.line) == "19 of 21, 90.5%"


@given(shares(), st.integers(0, 100), st.sampled_from([Operator.ABOVE, Operator.AT_LEAST]))
def test_the_literal_verdict_is_a_comparison_of_whole_numbers(share: Share, line: int, operator: Operator) -> None:
    left, right = 100 * share.k, line * share.n
    expected = left > right if operator is Operator.ABOVE else left >= right
    assert judge(share, Target(operator, line, 100)).literal is expected


@given(shares(), st.integers(0, 100), st.sampled_from([one for one in Operator if one is not Operator.ALL]))
def test_the_certainty_never_contradicts_the_literal_verdict(share: Share, line: int, operator: Operator) -> None:
    verdict = judge(share, Target(operator, line, 100))
    met = verdict.certainty in (Certainty.MET, Certainty.MET_NOT_CERTAIN)
    assert verdict.literal is met


@given(shares(most=200), st.integers(0, 100))
def test_fewer_is_better_mirrors_more_is_better(share: Share, line: int) -> None:
    up = judge(share, Target(Operator.ABOVE, line, 100))
    down = judge(Share(share.n - share.k, share.n), Target(Operator.BELOW, 100 - line, 100))
    assert up.literal == down.literal


def test_all_has_a_literal_verdict_alone() -> None:
    every = judge(Share(12, 12), Target(Operator.ALL))
    assert (every.literal, every.certainty, every.status, every.words) == (True, None, "met", "met")
    assert judge(Share(11, 12), Target(Operator.ALL)).status == "not_met"


def test_nothing_seen_has_no_verdict() -> None:
    verdict = judge(Share(0, 0), ABOVE_85)
    assert (verdict.literal, verdict.certainty, verdict.status) == (None, None, "no_evidence")
    assert verdict.words == verdict.literal_words == "no figure"


@pytest.mark.parametrize(
    ("k", "n", "words"),
    [
        (190, 200, "met"),
        (12, 12, "met on these audits, not yet certain"),
        (9, 10, "not met, could be chance"),
        (10, 40, "not met"),
    ],
)
def test_the_four_states_in_words(k: int, n: int, words: str) -> None:
    assert judge(Share(k, n), ABOVE_90).words == words


def test_at_least_is_certain_with_the_lower_end_on_the_line() -> None:
    on_the_line = Interval(0.75, 0.9)
    assert judge_estimate(Fraction(8, 10), on_the_line, Target(Operator.AT_LEAST, 3, 4)).certainty is Certainty.MET
    above = judge_estimate(Fraction(8, 10), on_the_line, Target(Operator.ABOVE, 3, 4))
    assert above.certainty is Certainty.MET_NOT_CERTAIN


def test_a_target_reads_as_a_sentence() -> None:
    assert ABOVE_85.text == "more than 85%"
    assert Target(Operator.AT_LEAST, 1, 8).text == "at least 12.5%"
    assert Target(Operator.ALL).text == "all"


@pytest.mark.parametrize(("operator", "numerator", "denominator"), [(">", 3, 2), (">", 1, 0), ("=", 1, 2)])
def test_a_target_that_cannot_be_is_refused(operator: str, numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="target"):
        Target(Operator(operator), numerator, denominator)
