"""The planner is the verdict turned round, and gives the published tables."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.planning import (
    Method,
    Reach,
    at_most_seen,
    chance_to_meet,
    confirmed,
    needed,
    needed_of,
    power,
    reach,
)
from moderation.statistics.share import Share
from moderation.statistics.target import Certainty, Operator, Target, judge

ABOVE_90, ABOVE_85 = Target(Operator.ABOVE, 90, 100), Target(Operator.ABOVE, 85, 100)
targets = st.builds(Target, st.sampled_from([Operator.ABOVE, Operator.AT_LEAST]), st.integers(50, 97), st.just(100))


@pytest.mark.parametrize(
    ("target", "audits", "method", "expected"),
    [
        (ABOVE_90, None, Method.WILSON, [35, 53, 69, 84, 99, 113]),
        (ABOVE_90, None, Method.CLOPPER_PEARSON, [36, 54, 70, 85, 100, 114]),
        (ABOVE_90, 60, None, [27, 38, 46, 53, 57, 60]),
        (ABOVE_90, 200, None, [33, 48, 62, 74, 86, 96]),
        (ABOVE_90, 1000, None, [35, 53, 68, 83, 97, 110]),
        (ABOVE_85, None, Method.WILSON, [22, 34, 45, 55, 64, 74]),
        (ABOVE_85, 120, None, [21, 31, 40, 48, 56, 63]),
    ],
)
def test_the_tables_of_sample_sizes(
    target: Target, audits: int | None, method: Method | None, expected: list[int]
) -> None:
    for disagreements, n in enumerate(expected):
        if audits is not None:
            assert needed_of(disagreements, audits, target) == n
        elif method is not None:
            assert needed(disagreements, target, method=method) == n


@pytest.mark.parametrize(
    ("truth", "n", "chance"),
    [(0.95, 53, 0.25), (0.95, 100, 0.44), (0.95, 200, 0.70), (0.95, 300, 0.88), (0.98, 53, 0.71), (0.98, 100, 0.95)],
)
def test_the_table_of_power(truth: float, n: int, chance: float) -> None:
    assert power(n, truth, ABOVE_90) == pytest.approx(chance, abs=0.005)


@pytest.mark.parametrize(
    ("truth", "n", "chance"), [(0.85, 12, 0.44), (0.85, 40, 0.13), (0.85, 100, 0.055), (0.9, 10, 0.35), (0.9, 11, 0.70)]
)
def test_how_often_the_letter_is_met(truth: float, n: int, chance: float) -> None:
    assert chance_to_meet(n, truth, ABOVE_90) == pytest.approx(chance, abs=0.006)


@given(st.integers(0, 20), targets)
def test_what_the_planner_asks_for_is_just_enough_for_the_verdict(disagreements: int, target: Target) -> None:
    n = needed(disagreements, target)
    assert n is not None
    assert judge(Share(n - disagreements, n), target).certainty is Certainty.MET
    fewer = Share(max(n - 1 - disagreements, 0), n - 1) if n > 1 else Share(0, 0)
    assert judge(fewer, target).certainty is not Certainty.MET


@given(st.integers(1, 120), targets)
def test_what_n_can_show_is_what_the_verdicts_say(n: int, target: Target) -> None:
    verdicts = [judge(Share(n - d, n), target) for d in range(n + 1)]
    met = [d for d, verdict in enumerate(verdicts) if verdict.literal]
    certain = [d for d, verdict in enumerate(verdicts) if verdict.certainty is Certainty.MET]
    missed = [d for d, verdict in enumerate(verdicts) if verdict.certainty is Certainty.NOT_MET]
    assert reach(n, target) == Reach(
        n, target, max(met, default=None), max(certain, default=None), min(missed, default=None)
    )


@given(st.integers(0, 4), st.integers(1, 150), targets)
def test_about_so_many_audits_the_least_number_is_found(disagreements: int, audits: int, target: Target) -> None:
    n = needed_of(disagreements, audits, target)
    missing = next((d for d in range(audits + 1) if not target.met_by(Fraction(audits - d, audits))), audits + 1)

    def enough(size: int) -> bool:
        return at_most_seen(disagreements, size, missing, audits) <= 0.025

    if n is None:
        assert not any(enough(size) for size in range(disagreements, audits + 1))
    else:
        assert enough(n)
        assert n <= max(disagreements, 1) or not enough(n - 1)


def test_the_probability_of_a_draw_without_replacement() -> None:
    assert at_most_seen(0, 2, 3, 5) == pytest.approx(1 / 10)
    assert at_most_seen(1, 2, 3, 5) == pytest.approx(7 / 10)
    assert at_most_seen(2, 2, 3, 5) == 1
    assert at_most_seen(0, 5, 3, 5) == 0


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_power_grows_with_the_truth(n: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= power(n, low, ABOVE_90) <= power(n, high, ABOVE_90) + 1e-12
    assert power(n, low, ABOVE_90) <= chance_to_meet(n, low, ABOVE_90) + 1e-12


def test_what_no_number_can_show() -> None:
    everything = Target(Operator.ABOVE, 1, 1)
    assert needed(0, everything) is None
    assert needed_of(0, 50, everything) is None
    assert needed_of(9, 50, ABOVE_90) is None
    assert needed_of(0, 0, ABOVE_90) is None
    assert power(10, 1.0, ABOVE_90) == power(0, 1.0, ABOVE_90) == 0
    assert not confirmed(Share(0, 0), ABOVE_90)
    assert needed_of(3, 40, Target(Operator.AT_LEAST, 0, 100)) == 3


def test_questions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="ask for more"):
        needed(0, Target(Operator.BELOW, 10, 100))
    with pytest.raises(ValueError, match="0 or more"):
        reach(-1, ABOVE_90)
    with pytest.raises(ValueError, match="0 or more"):
        needed_of(0, -1, ABOVE_90)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "Without moderations nothing can be shown."),
        (
            12,
            "With 12 moderations the share is more than 90% with up to 1 disagreement. Not even full agreement makes "
            "that certain. From 4 it is certainly missed.",
        ),
        (
            53,
            "With 53 moderations the share is more than 90% with up to 5 disagreements. It is certain with up to 1 "
            "disagreement. From 10 it is certainly missed.",
        ),
    ],
)
def test_what_n_can_show_in_words(n: int, words: str) -> None:
    assert reach(n, ABOVE_90).text == words
