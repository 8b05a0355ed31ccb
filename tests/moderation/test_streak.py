"""A streak counts back from the latest closed month; gaps break or hold, open months never count."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.months import after
from moderation.statistics.share import Share
from moderation.statistics.streak import Gap, MonthCount, Standing, Streak, at_least, chance_of_meeting, streak
from moderation.statistics.target import Operator, Target

ABOVE_85 = Target(Operator.ABOVE, 85, 100)
MET, MISSED, NOTHING = Share(9, 10), Share(8, 10), Share(0, 0)
START = date(2025, 11, 1)


def run_of(*seen: Share, gap: Gap = Gap.BREAK, last_open: int = 0, min_n: int = 1) -> Streak:
    counts = [MonthCount(after(START, i), share, i >= len(seen) - last_open) for i, share in enumerate(seen)]
    return streak(counts, ABOVE_85, gap=gap, min_n=min_n)


def test_an_open_month_neither_adds_nor_ends() -> None:
    run = run_of(MET, MET, MET, MET, MISSED, last_open=1)
    assert (run.current, run.longest, run.first_met) == (4, 4, date(2026, 2, 1))
    assert run.months[-1].standing is Standing.OPEN
    assert run_of(MET, MET, MET, MET, last_open=1).current == 3


def test_an_open_month_before_a_closed_one_is_a_gap() -> None:
    counts = [MonthCount(START, MET), MonthCount(after(START), MET, open=True), MonthCount(after(START, 2), MET)]
    assert streak(counts, ABOVE_85).current == 1
    assert streak(counts, ABOVE_85, gap=Gap.HOLD).current == 2


def test_a_month_without_judgements_ends_or_holds_the_run() -> None:
    assert run_of(MET, MET, NOTHING, MET, MET).current == 2
    held = run_of(MET, MET, NOTHING, MET, MET, gap=Gap.HOLD)
    assert (held.current, held.first_met) == (4, date(2026, 3, 1))
    assert after(START, 2) not in held.current_months
    assert run_of(MET, MET, NOTHING).current == 0
    assert run_of(MET, MET, NOTHING, gap=Gap.HOLD).current == 2


def test_a_month_that_is_not_there_is_a_month_without_judgements() -> None:
    counts = [MonthCount(START, MET), MonthCount(after(START, 2), MET)]
    run = streak(counts, ABOVE_85)
    assert run.current == 1
    assert [month.standing for month in run.months] == [Standing.MET, Standing.NOTHING_SEEN, Standing.MET]


def test_too_few_is_treated_like_nothing() -> None:
    run = run_of(MET, Share(3, 3), MET, min_n=5)
    assert run.months[1].standing is Standing.TOO_FEW
    assert (run.current, run.longest) == (1, 1)
    assert run_of(MET, Share(3, 3), MET, min_n=5, gap=Gap.HOLD).current == 2


def test_a_run_once_met_and_then_lost_stays_on_record() -> None:
    run = run_of(MET, MET, MET, MET, MISSED)
    assert (run.ever_met, run.currently_met, run.current, run.chance) == (True, False, 0, None)


def test_no_month_is_no_streak() -> None:
    run = streak([], ABOVE_85)
    assert (run.current, run.longest, run.first_met, run.chance, run.months) == (0, 0, None, None, ())


def test_the_chance_of_a_run_at_exactly_the_target() -> None:
    assert chance_of_meeting(1, ABOVE_85) == pytest.approx(0.85)
    assert chance_of_meeting(6, ABOVE_85) == pytest.approx(0.85**6)
    assert chance_of_meeting(20, Target(Operator.AT_LEAST, 85, 100)) > chance_of_meeting(20, ABOVE_85)
    run = run_of(Share(6, 6), Share(6, 6))
    assert run.chance == pytest.approx(0.85**12)


def test_binomial_tails_at_their_ends() -> None:
    assert at_least(0, 5, 0.9) == 1
    assert at_least(6, 5, 0.9) == 0
    assert at_least(5, 5, 0.9) == pytest.approx(0.9**5)


def test_a_streak_of_no_months_is_no_target() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        streak([], ABOVE_85, required=0)


def test_each_standing_has_words() -> None:
    assert len({standing.words for standing in Standing}) == len(Standing)


def test_a_target_for_less_has_no_chance_of_a_run() -> None:
    with pytest.raises(ValueError, match="not for less"):
        chance_of_meeting(5, Target(Operator.BELOW, 1, 2))


def test_a_month_given_twice_or_not_by_its_first_day_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        streak([MonthCount(START, MET), MonthCount(START, MISSED)], ABOVE_85)
    with pytest.raises(ValueError, match="first day"):
        streak([MonthCount(date(2026, 1, 2), MET)], ABOVE_85)


@given(st.lists(st.sampled_from([MET, MISSED, NOTHING]), max_size=30))
def test_the_longest_run_is_what_a_string_of_months_shows(seen: list[Share]) -> None:
    letters = "".join("x" if share is MET else "." for share in seen)
    run = run_of(*seen)
    assert run.longest == max((len(part) for part in letters.split(".")), default=0)
    assert run.current == len(letters) - len(letters.rstrip("x"))
    assert run.ever_met == ("xxxx" in letters)
    assert len(run.current_months) == run.current


@given(st.lists(st.sampled_from([MET, MISSED, NOTHING]), max_size=30))
def test_holding_is_breaking_with_the_gaps_taken_out(seen: list[Share]) -> None:
    held, closed_up = run_of(*seen, gap=Gap.HOLD), run_of(*[share for share in seen if share is not NOTHING])
    assert (held.current, held.longest, held.ever_met) == (closed_up.current, closed_up.longest, closed_up.ever_met)
