"""The funnel's exact limits, what small teams cannot show, and no ranking."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.funnel import ALARM, ALERT, Place, funnel, limits, shows_high_from, shows_low_from
from moderation.statistics.share import Share

centres = st.builds(Fraction, st.integers(1, 99), st.just(100))


def tail(n: int, centre: Fraction, counts: range) -> Fraction:
    return sum((comb(n, k) * centre**k * (1 - centre) ** (n - k) for k in counts), Fraction(0))


@given(st.integers(1, 80), centres)
def test_limits_are_the_last_counts_that_chance_hardly_brings(n: int, centre: Fraction) -> None:
    bounds = limits(n, centre)
    for low, level in ((bounds.low_alert, ALERT), (bounds.low_alarm, ALARM)):
        assert low is None or tail(n, centre, range(low + 1)) <= level
        assert tail(n, centre, range((-1 if low is None else low) + 2)) > level
    for high, level in ((bounds.high_alert, ALERT), (bounds.high_alarm, ALARM)):
        assert high is None or tail(n, centre, range(high, n + 1)) <= level
        assert tail(n, centre, range((n + 1 if high is None else high) - 1, n + 1)) > level


@given(st.integers(1, 80), centres)
def test_limits_grow_with_the_team_and_turn_with_the_centre(n: int, centre: Fraction) -> None:
    small, large, turned = limits(n, centre), limits(n + 1, centre), limits(n, 1 - centre)
    if small.low_alert is not None:
        assert large.low_alert in (small.low_alert, small.low_alert + 1)
        assert turned.high_alert == n - small.low_alert
    if small.low_alarm is not None and small.low_alert is not None:
        assert small.low_alarm <= small.low_alert
    if small.high_alert is not None and large.high_alert is not None:
        assert large.high_alert in (small.high_alert, small.high_alert + 1)


@given(st.integers(1, 60), centres)
def test_a_place_never_improves_as_fewer_are_good(n: int, centre: Fraction) -> None:
    order = [Place.LOW_ALARM, Place.LOW_ALERT, Place.WITHIN, Place.HIGH_ALERT, Place.HIGH_ALARM]
    places = [order.index(limits(n, centre).place_of(k)) for k in range(n + 1)]
    assert places == sorted(places)


def test_teams_stand_in_the_order_given_about_all_of_them() -> None:
    made = funnel([("North", Share(4, 20)), ("East", Share(0, 0)), ("West", Share(56, 60))])
    assert made is not None
    assert made.centre == Fraction(60, 80)
    assert [(point.name, point.place) for point in made.points] == [
        ("North", Place.LOW_ALARM), ("East", Place.NO_FIGURE), ("West", Place.HIGH_ALARM),
    ]  # fmt: skip
    assert funnel([("North", Share(0, 0))]) is None


def test_no_team_of_20_can_be_shown_to_be_good_about_85_percent() -> None:
    line = Fraction(85, 100)
    assert (shows_high_from(line), shows_low_from(line)) == (23, 2)
    made = funnel([("North", Share(20, 20)), ("South", Share(8, 8))], line)
    assert made is not None
    assert {point.place for point in made.points} == {Place.WITHIN}
    assert made.cannot_show == "Below 23 audits no team can be so good that it could not be chance."
    large = funnel([("North", Share(30, 40))], line)
    assert large is not None
    assert large.cannot_show == ""
    empty = funnel([("North", Share(0, 0))], line)
    assert empty is not None
    assert empty.cannot_show == "No team has a figure."


def test_a_centre_at_an_end() -> None:
    assert shows_high_from(Fraction(1)) is None
    assert shows_low_from(Fraction(0)) is None
    assert limits(5, Fraction(1)).low_alert == 4
    assert limits(5, Fraction(1)).high_alert is None
    assert limits(0, Fraction(1, 2)).low_alert is None
    made = funnel([("North", Share(5, 5))], Fraction(1))
    assert made is not None
    assert made.cannot_show == "No team can be so good that it could not be chance."
    with pytest.raises(ValueError, match="between 0 and 1"):
        limits(5, Fraction(3, 2))
