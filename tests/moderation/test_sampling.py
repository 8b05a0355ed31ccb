"""The draw for moderation: by stratum, by seed, provable afterwards."""

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.plans import DEFAULT_RULES, Candidate, StratumRule
from moderation.sampling import draw, frame_sha256, supplement, verify

GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
SEED = "2026-10 1f3a"

frames = st.lists(
    st.builds(Candidate, st.uuids().map(str), st.sampled_from(GRADES)), max_size=60, unique_by=lambda one: one.audit_id
)


def audits(count: int, grade: str = "good", start: int = 0) -> list[Candidate]:
    return [Candidate(f"audit-{i:03d}", grade) for i in range(start, start + count)]


@given(frames, st.text(max_size=12))
def test_the_default_takes_every_inadequate_and_15_percent_but_at_least_4_of_the_rest(
    frame: list[Candidate], seed: str
) -> None:
    sure, rest = draw(frame, seed).strata
    assert set(sure.drawn) == {one.audit_id for one in frame if one.grade == "inadequate"}
    others = len(frame) - len(sure.audits)
    assert len(rest.drawn) == min(others, max(4, -(-15 * others // 100)))
    assert set(rest.drawn) <= set(rest.audits)


@given(frames, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_sample_in_whatever_order_audits_come(frame: list[Candidate], mix: Random) -> None:
    mixed = list(frame)
    mix.shuffle(mixed)
    first, again = draw(frame, SEED), draw(mixed, SEED)
    assert first == again
    assert first.selected == again.selected
    assert verify(first, mixed) == ()


def test_another_seed_draws_another_sample() -> None:
    assert len({draw(audits(60), f"seed {i}").strata[1].drawn for i in range(20)}) == 20


def test_every_audit_of_a_stratum_can_be_drawn_as_often_as_any_other() -> None:
    drawn = [audit_id for i in range(2000) for audit_id in draw(audits(8), f"seed {i}").selected]
    assert all(900 < drawn.count(one.audit_id) < 1100 for one in audits(8))


def test_the_chance_of_each_audit_is_kept_as_a_fraction() -> None:
    made = draw(audits(23) + audits(2, "inadequate", 50), SEED)
    assert made.chance_of("audit-000") == Fraction(4, 23)
    assert made.chance_of("audit-050") == 1
    assert made.stratum_of("audit-050").rule.certainty
    with pytest.raises(LookupError, match="audit-999"):
        made.chance_of("audit-999")


def test_the_work_order_does_not_follow_the_strata() -> None:
    frame = audits(30, "inadequate") + audits(30, "good", 100)
    selected = draw(frame, SEED).selected
    assert sorted(selected) != list(selected)
    assert sorted(selected) == sorted(audit_id for stratum in draw(frame, SEED).strata for audit_id in stratum.drawn)


def test_a_candidate_taken_away_or_graded_otherwise_is_found_out() -> None:
    frame = audits(30)
    made = draw(frame, SEED)
    assert any("not those of the recorded frame" in problem for problem in verify(made, frame[1:]))
    assert verify(made, [frame[0]._replace(grade="inadequate"), *frame[1:]])
    assert verify(replace(made, seed="another"), frame) == (
        "The stratum 'everything else' is not the one this seed draws.",
    )
    assert any("cannot be made again" in problem for problem in verify(made, [*frame, frame[0]]))


def test_the_hash_of_a_frame_is_that_of_its_sorted_json() -> None:
    text = b'[["a","good",[]],["b","inadequate",["new_auditor"]]]'
    frame = [Candidate("b", "inadequate", frozenset({"new_auditor"})), Candidate("a", "good")]
    assert frame_sha256(frame) == sha256(text).hexdigest()


def test_a_supplement_draws_only_from_those_not_drawn_and_raises_the_chance_of_all() -> None:
    made = draw(audits(20), SEED)
    more = supplement(made, "everything else", 2, "second seed", "One auditor had no audit in the sample.")
    assert not set(more.drawn) & set(made.selected)
    assert (len(more.drawn), more.chance) == (2, Fraction(6, 20))
    assert more == supplement(made, "everything else", 2, "second seed", "One auditor had no audit in the sample.")


@pytest.mark.parametrize(("extra", "reason", "words"), [(0, "x", "1 to 16"), (17, "x", "1 to 16"), (1, " ", "Say why")])
def test_a_supplement_that_cannot_be_is_refused(extra: int, reason: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        supplement(draw(audits(20), SEED), "everything else", extra, SEED, reason)
    with pytest.raises(LookupError, match="'nowhere'"):
        supplement(draw(audits(20), SEED), "nowhere", 1, SEED, "x")


def test_an_audit_belongs_to_the_first_stratum_that_takes_it() -> None:
    rules = (
        StratumRule("new auditors", Fraction(1), marks=frozenset({"new_auditor"})),
        StratumRule("outstanding", Fraction(1, 2), grades=frozenset({"outstanding"})),
        DEFAULT_RULES[1],
    )
    new = Candidate("new", "outstanding", frozenset({"new_auditor"}))
    made = draw([new, *audits(5, "outstanding"), *audits(3, "good", 10)], SEED, rules)
    assert [len(stratum.audits) for stratum in made.strata] == [1, 5, 3]
    assert [len(stratum.drawn) for stratum in made.strata] == [1, 3, 3]


def test_rules_read_as_words() -> None:
    assert [rule.text for rule in DEFAULT_RULES] == ["inadequate: all", "everything else: 15%, at least 4"]


def test_rules_and_frames_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0% and 100%"):
        StratumRule("too many", Fraction(3, 2))
    with pytest.raises(ValueError, match="0 or more"):
        StratumRule("fewer than none", Fraction(1, 2), at_least=-1)
    with pytest.raises(ValueError, match="twice"):
        draw([*audits(2), *audits(1)], SEED)
    with pytest.raises(ValueError, match="no stratum"):
        draw(audits(2), SEED, DEFAULT_RULES[:1])
    with pytest.raises(ValueError, match="same name"):
        draw(audits(2), SEED, (DEFAULT_RULES[1], DEFAULT_RULES[1]))
