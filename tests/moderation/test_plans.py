"""Sampling plans: who belongs where, how many are drawn, which plans are refused, and chances over two draws."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.plans import (
    DEFAULT_RULES,
    Candidate,
    PlanFault,
    StratumRule,
    asked_of,
    checked,
    from_plain,
    moved,
    plain,
    plan_sha256,
    rule_for,
)  # fmt: skip
from moderation.sampling import Draw, draw, supplement, verify_supplement

REST = StratumRule("everything else", Fraction(15, 100), at_least=4)
NEW = StratumRule("new auditors", Fraction(1, 2), marks=frozenset({"new_auditor"}))

rates = st.fractions(min_value=0, max_value=1, max_denominator=100)


@st.composite
def rules(at: st.DrawFn) -> StratumRule:
    least = at(st.integers(0, 20))
    most = at(st.none() | st.integers(max(1, least), 40))
    marks = at(st.frozensets(st.sampled_from(["team:a", "team:b", "service:n", "stream:random", "new_auditor"])))
    grades = at(st.frozensets(st.sampled_from(["good", "inadequate"])))
    return StratumRule("a stratum", at(rates), least, grades, marks, most)


def audits(count: int, *marks: str, grade: str = "good", start: int = 0) -> list[Candidate]:
    return [Candidate(f"audit-{i:04d}", grade, frozenset(marks)) for i in range(start, start + count)]


@given(rules(), st.integers(0, 300))
def test_the_number_drawn_keeps_the_share_the_least_and_the_most(rule: StratumRule, n: int) -> None:
    drawn = rule.number_of(n)
    assert 0 <= drawn <= n
    assert rule.at_most is None or drawn <= rule.at_most
    assert drawn >= min(n, rule.at_least)
    if rule.at_most is None:
        assert drawn >= rule.rate * n
    assert not rule.certainty or drawn == n


@given(st.lists(rules(), max_size=4))
def test_a_plan_is_kept_and_read_again_with_the_same_hash(made: list[StratumRule]) -> None:
    again = from_plain(plain(made))
    assert again == tuple(made)
    assert plan_sha256(again) == plan_sha256(made)


def test_a_stratum_takes_what_answers_every_question_it_asks() -> None:
    rule = StratumRule("x", Fraction(1), grades=frozenset({"good"}), marks=frozenset({"team:a", "team:b", "service:n"}))
    assert rule.takes(Candidate("1", "good", frozenset({"team:b", "service:n"})))
    assert not rule.takes(Candidate("2", "good", frozenset({"team:b", "service:s"})))
    assert not rule.takes(Candidate("3", "good", frozenset({"team:c", "service:n"})))
    assert not rule.takes(Candidate("4", "inadequate", frozenset({"team:a", "service:n"})))
    assert asked_of((rule, NEW)) == {"team", "service", "new_auditor"}


def test_the_first_stratum_that_takes_an_audit_has_it() -> None:
    new_and_good = Candidate("1", "good", frozenset({"new_auditor"}))
    good = StratumRule("good ones", Fraction(1, 3), grades=frozenset({"good"}))
    assert rule_for(new_and_good, (NEW, good, REST)) == NEW
    assert rule_for(new_and_good, (good, NEW, REST)) == good


def test_the_hash_of_a_plan_changes_with_its_order_and_its_numbers() -> None:
    plans = [(NEW, REST), (REST, NEW), (replace(NEW, at_most=9), REST), (NEW, replace(REST, at_least=5))]
    assert len({plan_sha256(plan) for plan in plans}) == 4


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ((), "takes everything else"),
        ((NEW,), "takes everything else"),
        ((REST, replace(REST, name="again")), "Only the last one"),
        ((replace(NEW, name=" Everything ELSE "), REST), "a name of its own"),
        ((replace(NEW, name=" "), REST), "a name of its own"),
        ((replace(NEW, name="x" * 61), REST), "at most 60 characters"),
        ((replace(NEW, rate=Fraction(0)), REST), "Audits never drawn are in no figure"),
        ((*(replace(NEW, name=str(n)) for n in range(12)), REST), "at most 12 strata"),
    ],
)
def test_what_makes_no_plan_is_refused_with_what_to_change(plan: tuple[StratumRule, ...], words: str) -> None:
    with pytest.raises(PlanFault, match=words):
        checked(plan)
    assert checked(DEFAULT_RULES) == DEFAULT_RULES


def test_a_most_below_the_least_is_refused() -> None:
    with pytest.raises(ValueError, match="not below the least"):
        replace(REST, at_most=3)


def test_strata_are_put_in_place_moved_and_taken_away_and_the_last_stays_last() -> None:
    plan = list(DEFAULT_RULES)
    assert [one.name for one in moved(plan, 9, NEW)] == ["inadequate", "new auditors", "everything else"]
    assert [one.name for one in moved(plan, 9, NEW, 0)] == ["new auditors", "inadequate", "everything else"]
    three = moved(plan, 9, NEW)
    assert [one.name for one in moved(three, 1, NEW, 0)] == ["new auditors", "inadequate", "everything else"]
    assert [one.name for one in moved(three, 0, None)] == ["new auditors", "everything else"]
    less = replace(REST, rate=Fraction(1, 10))
    assert moved(three, 2, less, 0)[-1] == less


def test_the_chance_over_two_draws_is_the_one_every_order_of_drawing_gives() -> None:
    """Every first draw of 2 of 5, and every further draw of 1 from the rest: each audit is in 3 of 5."""
    everybody = [one.audit_id for one in audits(5)]
    seen = Counter[str]()
    ways = 0
    for first in combinations(everybody, 2):
        for more in set(everybody) - set(first):
            ways += 1
            seen.update([*first, more])
    made = draw(audits(5), "s", (StratumRule("all of them", Fraction(2, 5)),))
    more_of_it = supplement(made, "all of them", 1, "t", "x")
    assert {Fraction(n, ways) for n in seen.values()} == {more_of_it.chance} == {Fraction(3, 5)}


def test_the_chance_counts_audits_that_were_gone_before_the_further_draw() -> None:
    """One of five can no longer be drawn: the others are drawn first with 2 in 5, else with 1 in what is left."""
    made = draw(audits(5), "s", (StratumRule("all of them", Fraction(2, 5)),))
    left = sorted(set(made.strata[0].audits) - set(made.selected))
    more = supplement(made, "all of them", 1, "t", "x", gone=left[:1])
    assert more.pool == tuple(left[1:])
    assert more.chance == Fraction(2, 5) + Fraction(3, 5) * Fraction(1, 2)


@given(st.integers(6, 40), st.integers(1, 3), st.integers(1, 2), st.text(max_size=5))
def test_two_further_draws_take_others_and_their_chances_add_up(n: int, one: int, two: int, seed: str) -> None:
    made = draw(audits(n), seed, (StratumRule("all of them", Fraction(1, 10), at_least=2),))
    first = supplement(made, "all of them", one, f"{seed}1", "x")
    second = supplement(made, "all of them", min(two, n - 5), f"{seed}2", "x", earlier=(first,))
    taken = [*made.selected, *first.drawn, *second.drawn]
    assert len(taken) == len(set(taken))
    assert second.chance == Fraction(len(taken), n)
    assert verify_supplement(made, first) == ()
    assert verify_supplement(made, second, (first,)) == ()


def test_a_further_draw_that_was_not_drawn_so_is_found_out() -> None:
    made: Draw = draw(audits(30), "s", (REST,))
    kept = supplement(made, "everything else", 3, "t", "x")
    other = sorted(set(kept.pool) - set(kept.drawn))[0]
    swapped = replace(kept, drawn=tuple(sorted((*kept.drawn[1:], other))))
    assert "not the one its seed draws" in verify_supplement(made, swapped)[0]
    assert "not what was left" in verify_supplement(made, replace(kept, pool=made.selected))[0]
    assert "not the one its seed draws" in verify_supplement(made, replace(kept, chance=Fraction(1, 2)))[0]
    few = supplement(made, "everything else", 3, "t", "x", gone=sorted(set(kept.pool) - set(kept.drawn))[:20])
    assert few.pool != kept.pool
