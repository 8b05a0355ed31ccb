"""Values from elsewhere against what the plan asks: to the letter, in whole numbers, over months running."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.months import after
from moderation.statistics.recorded import (
    NO_DENOMINATOR,
    NOT_OUT_OF,
    NOTHING,
    Aim,
    Value,
    months_running,
    outcome,
    plainly,
    reduced,
)
from moderation.statistics.target import Operator

APRIL = date(2026, 4, 1)
BY_HAND = {
    Operator.ABOVE: lambda k, n, t: 100 * k > t * n,
    Operator.AT_LEAST: lambda k, n, t: 100 * k >= t * n,
    Operator.BELOW: lambda k, n, t: 100 * k < t * n,
    Operator.AT_MOST: lambda k, n, t: 100 * k <= t * n,
    Operator.ALL: lambda k, n, t: 100 * k == t * n,
}
counts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def month_of(steps: int, k: int, n: int) -> Value:
    first = after(APRIL, steps)
    return Value(first, after(first) - timedelta(days=1), Fraction(k), Fraction(n))


def quarter(k: int, n: int | None) -> Value:
    return Value(APRIL, date(2026, 6, 30), Fraction(k), None if n is None else Fraction(n))


@given(counts, st.integers(0, 100), st.sampled_from(list(Operator)))
def test_a_percentage_is_judged_on_its_whole_numbers(kn: tuple[int, int], line: int, operator: Operator) -> None:
    k, n = kn
    found = outcome([quarter(k, n)], Aim(operator, Fraction(line), percent=True))
    if n == 0:
        assert (found.literal, found.value, found.reason) == (None, None, NO_DENOMINATOR)
    else:
        assert found.literal is BY_HAND[operator](k, n, line)
        assert not found.reason


@pytest.mark.parametrize(("k", "n", "met"), [(17, 20, False), (171, 200, True), (85, 100, False), (19, 21, True)])
def test_more_than_85_is_not_met_at_85(k: int, n: int, met: bool) -> None:
    assert outcome([quarter(k, n)], Aim(Operator.ABOVE, Fraction(85), percent=True)).literal is met


@pytest.mark.parametrize(("workers", "met"), [("8", True), ("8.45", True), ("8.46", False), ("9", False)])
def test_35_per_cent_below_13_agency_workers_is_at_most_8_45(workers: str, met: bool) -> None:
    aim = Aim(Operator.AT_MOST, reduced(Fraction(13), Fraction(35)))
    assert aim.text == "at most 8.45"
    value = Value(APRIL, date(2026, 6, 30), Fraction(workers))
    assert outcome([value], aim).literal is met


@given(st.fractions(0, 1000), st.fractions(0, 100))
def test_a_reduction_and_what_is_left_make_up_the_baseline(baseline: Fraction, percent: Fraction) -> None:
    left = reduced(baseline, percent)
    assert 0 <= left <= baseline
    assert left + baseline * percent / 100 == baseline


def test_nothing_recorded_is_no_figure_and_says_so() -> None:
    found = outcome([], Aim(Operator.AT_LEAST, Fraction(90), percent=True))
    assert (found.literal, found.value, found.words, found.reason) == (None, None, "no figure", NOTHING)


def test_a_percentage_out_of_nothing_said_is_no_figure() -> None:
    found = outcome([quarter(9, None)], Aim(Operator.AT_LEAST, Fraction(90), percent=True))
    assert (found.literal, found.reason) == (None, NOT_OUT_OF)


def test_only_periods_over_by_the_day_asked_for_count() -> None:
    aim = Aim(Operator.AT_LEAST, Fraction(90), percent=True)
    values = [month_of(0, 10, 10), month_of(1, 1, 10)]
    assert outcome(values, aim).literal is False
    assert outcome(values, aim, until=date(2026, 4, 30)).literal is True
    assert outcome(values, aim, until=date(2026, 4, 29)).reason == NOTHING


@given(st.lists(st.booleans(), max_size=20), st.integers(1, 6), st.randoms(use_true_random=False))
def test_a_run_is_the_months_that_meet_it_up_to_the_newest(met: list[bool], required: int, chance: Random) -> None:
    values = [month_of(place, 9 if good else 8, 10) for place, good in enumerate(met)]
    chance.shuffle(values)
    aim = Aim(Operator.ABOVE, Fraction(85), percent=True, consecutive=required)
    run = 0
    for good in met:
        run = run + 1 if good else 0
    found = outcome(values, aim)
    assert months_running(values, aim) == run
    if met:
        assert (found.run, found.literal) == (run, run >= required)
    else:
        assert found.literal is None


def test_a_month_without_a_value_ends_the_run() -> None:
    aim = Aim(Operator.ABOVE, Fraction(85), percent=True, consecutive=2)
    assert months_running([month_of(0, 9, 10), month_of(2, 9, 10)], aim) == 1


def test_a_quarter_is_no_month_of_a_run() -> None:
    assert months_running([quarter(9, 10)], Aim(Operator.ABOVE, Fraction(85), percent=True, consecutive=1)) == 0


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (Aim(Operator.ABOVE, Fraction(85), percent=True, consecutive=4), "more than 85%, 4 months running"),
        (Aim(Operator.ALL, Fraction(100), percent=True), "all"),
        (Aim(Operator.ALL, Fraction(3)), "3"),
        (Aim(Operator.BELOW, Fraction(2), percent=True), "less than 2%"),
    ],
)
def test_a_target_is_said_in_words(aim: Aim, words: str) -> None:
    assert aim.text == words


@pytest.mark.parametrize(("line", "percent"), [(-1, False), (101, True)])
def test_a_line_that_nothing_could_be_held_against_is_refused(line: int, percent: bool) -> None:
    with pytest.raises(ValueError, match="target"):
        Aim(Operator.ABOVE, Fraction(line), percent=percent)


@pytest.mark.parametrize(
    ("number", "words"),
    [("8.45", "8.45"), ("11", "11"), ("1234.5", "1,234.5"), ("-0.5", "-0.5"), ("1/3", "0.3333"), ("0", "0")],
)
def test_a_number_is_written_plainly(number: str, words: str) -> None:
    assert plainly(Fraction(number)) == words
