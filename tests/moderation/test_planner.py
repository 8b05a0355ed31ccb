"""The planner: how many moderations are needed, what they show, and what strata are worth as one sample."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.planner import Part, chances, likely_enough, needed_table, outlook, parts, spread, worth
from moderation.plans import DEFAULT_RULES
from moderation.statistics.target import Operator, Target

ABOVE_90 = Target(Operator.ABOVE, 90, 100)
ABOVE_85 = Target(Operator.ABOVE, 85, 100)

strata = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.builds(Part, st.just("x"), st.just(n), st.integers(0, n))), max_size=6
)


@pytest.mark.parametrize(
    ("audits", "target", "wilson", "exact", "these"),
    [
        (60, ABOVE_90, (35, 53, 69, 84, 99, 113), (36, 54, 70, 85, 100, 114), (27, 38, 46, 53, 57, 60)),
        (200, ABOVE_90, (35, 53, 69, 84, 99, 113), (36, 54, 70, 85, 100, 114), (33, 48, 62, 74, 86, 96)),
        (1000, ABOVE_90, (35, 53, 69, 84, 99, 113), (36, 54, 70, 85, 100, 114), (35, 53, 68, 83, 97, 110)),
        (120, ABOVE_85, (22, 34, 45, 55, 64, 74), None, (21, 31, 40, 48, 56, 63)),
    ],
)
def test_the_tables_of_how_many_are_needed(
    audits: int, target: Target, wilson: tuple[int, ...], exact: tuple[int, ...] | None, these: tuple[int, ...]
) -> None:
    made = needed_table(audits, target)
    assert tuple(row.wilson for row in made) == wilson
    assert exact is None or tuple(row.exact for row in made) == exact
    assert tuple(row.these for row in made) == these


def test_the_tables_of_what_numbers_show() -> None:
    """A service at 95% is certain with 25, 44, 70 and 88 in 100; one at 85% passes 12 with 44, 40 with 13 in 100."""
    at_95 = chances((53, 100, 200, 300), 0.95, ABOVE_90)
    assert [round(100 * one.certain) for one in at_95] == [25, 44, 70, 88]
    at_98 = chances((53, 100), 0.98, ABOVE_90)
    assert [round(100 * one.certain) for one in at_98] == [71, 95]
    at_85 = chances((12, 40, 100), 0.85, ABOVE_90)
    assert [round(100 * one.met, 1) for one in at_85] == [44.3, 13.0, 5.5]
    at_90 = chances((10, 11), 0.90, ABOVE_90)
    assert [round(100 * one.met) for one in at_90] == [35, 70]


def test_enough_for_four_chances_in_five_is_the_first_number_with_them() -> None:
    n = likely_enough(0.95, ABOVE_90)
    assert n is not None
    here, before = chances((n, n - 1), 0.95, ABOVE_90)
    assert here.certain >= 0.8 > before.certain
    assert likely_enough(0.90, ABOVE_90) is None, "auditors at the line are never likely to be above it"
    assert likely_enough(0.901, ABOVE_90) is None, "2,000 are too few to tell 90.1% from 90%"


@given(strata)
def test_strata_are_worth_no_more_than_their_moderations(given: list[Part]) -> None:
    assert 0 <= worth(given) <= sum(one.moderations for one in given)


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 6))
def test_strata_drawn_at_one_rate_are_worth_all_their_moderations(n: int, per: int, count: int) -> None:
    assert worth([Part(str(i), n * per, n) for i in range(count)]) == n * count


def test_moderating_every_inadequate_adds_little_to_the_headline() -> None:
    """20 of 20 and 18 of 180: as statistics has it, hardly more than the 18 alone would tell."""
    assert worth([Part("inadequate", 20, 20), Part("everything else", 180, 18)]) == 21
    assert worth([Part("nobody moderated", 50, 0), Part("everything else", 180, 18)]) == 18
    assert worth([]) == worth([Part("x", 5, 0)]) == 0


def test_the_plan_says_how_many_of_each_stratum() -> None:
    assert parts(DEFAULT_RULES, {"inadequate": 3, "everything else": 40}) == (
        Part("inadequate", 3, 3), Part("everything else", 40, 6),
    )  # fmt: skip
    assert parts(DEFAULT_RULES, {"everything else": 2}) == (Part("everything else", 2, 2),)


def test_what_a_plan_will_show_is_said_in_sentences() -> None:
    made = outlook([Part("inadequate", 20, 20), Part("everything else", 180, 18)], ABOVE_90, 0.95)
    assert (made.audits, made.moderations, made.worth) == (200, 38, 21)
    assert made.text == (
        "Weighed by stratum, these 38 tell as much as 21 drawn alike. With 21 moderations the share is more than 90%"
        " with up to 2 disagreements. Not even full agreement makes that certain. From 5 it is certainly missed. If"
        " they really agree on 95%, the chance of a certain ‘met’ is 0%."
    )
    assert outlook([], ABOVE_90, 0.95).text == "No moderation is planned, so nothing can be shown."
    alike = outlook([Part("all", 100, 53)], ABOVE_90, 0.98)
    assert "Weighed" not in alike.text
    assert alike.text.endswith("the chance of a certain ‘met’ is 71%.")
    assert outlook([Part("all", 900, 300)], ABOVE_90, 0.91).chance < 0.2
    assert Fraction(made.worth, made.moderations) < 1


@given(strata, st.integers(0, 400))
def test_moderations_are_spread_first_over_what_is_moderated_in_full(found: list[Part], moderations: int) -> None:
    named = [one._replace(name=str(place)) for place, one in enumerate(found)]
    made = spread(named, moderations)
    assert [one[:2] for one in made] == [one[:2] for one in named]
    assert sum(one.moderations for one in made) == min(moderations, sum(one.audits for one in named))
    assert all(0 <= one.moderations <= one.audits for one in made)
    full = [one.moderations == one.audits for one in named]
    rest = [one for one, whole in zip(made, full, strict=True) if not whole]
    if any(one.moderations for one in rest):
        assert all(one.moderations == one.audits for one, whole in zip(made, full, strict=True) if whole)
    drawn, audits = sum(one.moderations for one in rest), sum(one.audits for one in rest)
    assert all(abs(one.moderations - Fraction(one.audits * drawn, audits)) < 1 for one in rest)


def test_twenty_moderations_of_a_month_with_two_inadequate_audits() -> None:
    month = (Part("inadequate", 2, 2), Part("new auditors", 10, 4), Part("everything else", 30, 5))
    assert [one.moderations for one in spread(month, 20)] == [2, 5, 13]
    assert [one.moderations for one in spread(month, 1)] == [1, 0, 0]
