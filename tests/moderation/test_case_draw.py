"""Cases are drawn at random for auditors, never one they are tied to and never one audited lately."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, maximum_flow

from moderation.case_draw import Auditor, Case, audited_lately, draw_cases, exclusion
from moderation.independence import CaseTies, Conflict, Person, may_audit
from moderation.statistics.months import after

AUDITED_LATELY = audited_lately(12)
MONTH = date(2026, 11, 1)
ANYONE = CaseTies(team="elsewhere")


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Auditor], list[Case]]:
    teams = st.sampled_from("ABC")
    people = [
        Auditor(Person(f"p{i}", teams=frozenset({draw(teams)})), draw(st.integers(0, 2)))
        for i in range(draw(st.integers(0, 3)))
    ]
    cases = [
        Case(
            f"c{i}",
            CaseTies(draw(teams), None, draw(st.sampled_from(["p0", "p1", "w"])), draw(st.sampled_from([(), ("p2",)]))),
            frozenset(after(MONTH, -back) for back in draw(st.lists(st.integers(0, 15), max_size=2))),
            draw(st.sampled_from(["", "", "", "closed"])),
            draw(st.sampled_from(["s", "t"])),
        )
        for i in range(draw(st.integers(0, 6)))
    ]
    return people, cases


@given(situations(), st.text(max_size=5))
def test_no_exclusion_is_ever_violated(situation: tuple[list[Auditor], list[Case]], seed: str) -> None:
    people, cases = situation
    made = draw_cases(people, cases, MONTH, seed)
    case_of = {case.case_id: case for case in cases}
    auditor_of = {one.person.person_id: one for one in people}
    for one in made.assigned:
        case = case_of[one.case_id]
        assert may_audit(auditor_of[one.auditor].person, case.ties)
        assert case.excluded == ""
        assert not any(0 < (MONTH.year - m.year) * 12 + MONTH.month - m.month <= 12 for m in case.audited_in)
    assert max(Counter(one.case_id for one in made.assigned).values(), default=1) == 1
    given_to = Counter(one.auditor for one in made.assigned)
    assert all(given_to[name] <= one.expected for name, one in auditor_of.items())
    short = {one.auditor: (one.expected, one.given) for one in made.shortfalls}
    assert short == {
        name: (one.expected, given_to[name]) for name, one in auditor_of.items() if given_to[name] < one.expected
    }
    assert made.pool + sum(count for _, count in made.excluded) == len(cases)
    assert made == draw_cases(people[::-1], cases[::-1], MONTH, seed)


@given(situations())
def test_no_other_draw_would_give_more(situation: tuple[list[Auditor], list[Case]]) -> None:
    people, cases = situation
    pool = [case for case in cases if not exclusion(case, MONTH)]
    places = [one.person for one in people for _ in range(one.expected)]
    allowed = np.array([[may_audit(place, case.ties) for case in pool] for place in places], dtype=int)
    most = 0
    if allowed.size:
        most = int((maximum_bipartite_matching(csr_array(allowed), perm_type="column") >= 0).sum())
    assert len(draw_cases(people, cases, MONTH, "seed").assigned) == most


quotas_wanted = st.dictionaries(st.sampled_from(["s", "t", "nowhere"]), st.integers(0, 3))


@given(situations(), st.text(max_size=5), quotas_wanted)
def test_quotas_take_nothing_from_anybody_and_break_no_exclusion(
    situation: tuple[list[Auditor], list[Case]], seed: str, quotas: dict[str, int]
) -> None:
    people, cases = situation
    made = draw_cases(people, cases, MONTH, seed, quotas=quotas)
    case_of = {case.case_id: case for case in cases}
    ties_of = {one.person.person_id: one.person for one in people}
    assert all(may_audit(ties_of[one.auditor], case_of[one.case_id].ties) for one in made.assigned)
    assert not any(exclusion(case_of[one.case_id], MONTH) for one in made.assigned)
    given_to = Counter(one.auditor for one in made.assigned)
    assert all(given_to[one.person.person_id] <= one.expected for one in people)
    assert len(made.assigned) == len({one.case_id for one in made.assigned})
    assert len(made.assigned) == len(draw_cases(people, cases, MONTH, seed).assigned), "as many as without quotas"
    strata = Counter(case_of[one.case_id].stratum for one in made.assigned)
    assert {(one.stratum, one.wanted, one.given) for one in made.quotas} == {
        (name, wanted, strata[name]) for name, wanted in quotas.items()
    }
    assert made == draw_cases(people[::-1], cases[::-1], MONTH, seed, quotas=quotas)


@given(situations(), quotas_wanted)
def test_no_other_draw_would_meet_the_quotas_better(
    situation: tuple[list[Auditor], list[Case]], quotas: dict[str, int]
) -> None:
    people, cases = situation
    made = draw_cases(people, cases, MONTH, "seed", quotas=quotas)
    reached = sum(min(one.wanted, one.given) for one in made.quotas)
    assert reached == most_of_quotas(people, [case for case in cases if not exclusion(case, MONTH)], quotas)


def most_of_quotas(people: list[Auditor], pool: list[Case], quotas: dict[str, int]) -> int:
    """The most cases of the quotas that can be given, as a flow from auditors over cases and strata to a sink."""
    names = ["source", *(f"p:{one.person.person_id}" for one in people), *(f"c:{case.case_id}" for case in pool),
             *(f"s:{name}" for name in quotas), "sink"]  # fmt: skip
    at = {name: number for number, name in enumerate(names)}
    room = np.zeros((len(names), len(names)), dtype=np.int32)
    for one in people:
        room[at["source"], at[f"p:{one.person.person_id}"]] = one.expected
        for case in pool:
            room[at[f"p:{one.person.person_id}"], at[f"c:{case.case_id}"]] = may_audit(one.person, case.ties)
    for case in pool:
        if case.stratum in quotas:
            room[at[f"c:{case.case_id}"], at[f"s:{case.stratum}"]] = 1
    for name, wanted in quotas.items():
        room[at[f"s:{name}"], at["sink"]] = wanted
    return int(maximum_flow(csr_array(room), at["source"], at["sink"]).flow_value)


def test_a_full_class_lets_a_case_go_where_that_serves_somebody_else() -> None:
    # Only 'tied' may have the one case of t; the first of s must not be spent on them.
    tied = Auditor(Person("tied", teams=frozenset({"A"})))
    free = Auditor(Person("free", teams=frozenset({"B"})))
    cases = [
        Case("s1", CaseTies(team="X"), stratum="s"),
        Case("s2", CaseTies(team="X"), stratum="s"),
        Case("t1", CaseTies(team="B"), stratum="t"),
    ]
    for i in range(20):
        made = draw_cases([tied, free], cases, MONTH, f"seed {i}", quotas={"s": 1, "t": 1})
        assert {one.stratum: one.given for one in made.quotas} == {"s": 1, "t": 1}
        assert all(one.is_met for one in made.quotas)


def test_a_case_is_passed_on_where_that_lets_everyone_have_one() -> None:
    tied = Auditor(Person("tied", teams=frozenset({"A"})))
    free = Auditor(Person("free"))
    cases = [Case("only b", CaseTies(team="B")), Case("only a", CaseTies(team="A"))]
    for i in range(20):
        made = draw_cases([tied, free], cases, MONTH, f"seed {i}")
        assert {one.auditor: one.case_id for one in made.assigned} == {"tied": "only b", "free": "only a"}


@pytest.mark.parametrize(("months_ago", "reason"), [(0, ""), (1, AUDITED_LATELY), (12, AUDITED_LATELY), (13, "")])
def test_lately_is_the_twelve_cycle_months_before(months_ago: int, reason: str) -> None:
    assert exclusion(Case("c", ANYONE, frozenset({after(MONTH, -months_ago)})), MONTH) == reason


def test_how_long_a_case_is_left_out_can_be_set() -> None:
    three_ago = Case("c", ANYONE, frozenset({after(MONTH, -3)}))
    assert exclusion(three_ago, MONTH, within=3) == "audited in one of the 3 months before"
    assert exclusion(three_ago, MONTH, within=2) == ""
    assert draw_cases([Auditor(Person("p"))], [three_ago], MONTH, "seed", within=0).pool == 1


def test_every_exclusion_is_counted_by_its_reason() -> None:
    cases = [
        Case("closed", ANYONE, excluded="closed"),
        Case("lately", ANYONE, frozenset({after(MONTH, -3)})),
        Case("own", CaseTies(team="A")),
        Case("mine", CaseTies(team="B", worker="p")),
    ]
    made = draw_cases([Auditor(Person("p", teams=frozenset({"A"})))], cases, MONTH, "seed")
    assert made.pool == 2
    assert dict(made.excluded) == {"closed": 1, AUDITED_LATELY: 1}
    assert dict(made.ruled_out) == {Conflict.CASE_TEAM.sentence: 1, Conflict.CASE_WORKER.sentence: 1}
    assert made.shortfalls[0].sentence.startswith("0 of 1 audits could be given")
    assert made.shortfalls[0].ruled_out == made.ruled_out


def test_every_case_can_come_up() -> None:
    cases = [Case(f"c{i}", ANYONE) for i in range(5)]
    drawn = Counter(
        one.case_id for i in range(1000) for one in draw_cases([Auditor(Person("p"))], cases, MONTH, f"s{i}").assigned
    )
    assert all(140 < drawn[case.case_id] < 260 for case in cases)


def test_names_given_twice_are_refused() -> None:
    one, case = Auditor(Person("p")), Case("c", ANYONE)
    with pytest.raises(ValueError, match="auditor is named twice"):
        draw_cases([one, one], [case], MONTH, "seed")
    with pytest.raises(ValueError, match="case is named twice"):
        draw_cases([one], [case, case], MONTH, "seed")
    with pytest.raises(ValueError, match="0 audits or more"):
        draw_cases([Auditor(Person("p"), -1)], [case], MONTH, "seed")
    with pytest.raises(ValueError, match="0 cases or more"):
        draw_cases([one], [case], MONTH, "seed", quotas={"s": -1})
