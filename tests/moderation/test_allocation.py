"""Moderators get audits evenly and never one they are tied to."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from moderation.allocation import Pairs, Task, allocate
from moderation.independence import CaseTies, Conflict, Person, Tie, may_moderate

MODERATORS = [Person(f"m{i}", teams=frozenset({f"team {i}"})) for i in range(4)]


def tasks(count: int, team: str = "elsewhere") -> list[Task]:
    return [Task(f"audit-{i:02d}", Person("auditor"), CaseTies(team=team)) for i in range(count)]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Task], list[Person]]:
    names = [f"p{i}" for i in range(6)]
    some = st.sampled_from(names)
    line = st.lists(some, max_size=2).map(tuple)
    people = [
        Person(name, draw(line), frozenset(draw(st.lists(st.sampled_from("ABC"), max_size=2))))
        for name in names[: draw(st.integers(0, 5))]
    ]
    work = [
        Task(
            f"audit-{i}",
            Person(draw(some), draw(line)),
            CaseTies(draw(st.sampled_from("ABCD")), None, draw(some), draw(line), draw(st.none() | some)),
        )
        for i in range(draw(st.integers(0, 5)))
    ]
    return work, people


@given(situations(), st.text(max_size=5))
def test_nobody_gets_an_audit_they_are_tied_to_and_every_audit_is_accounted_for(
    situation: tuple[list[Task], list[Person]], seed: str
) -> None:
    work, people = situation
    made = allocate(work, people, seed)
    by_id = {person.person_id: person for person in people}
    task_of = {task.audit_id: task for task in work}
    for one in made.given:
        task = task_of[one.audit_id]
        assert may_moderate(Tie(by_id[one.moderator], task.auditor, task.case))
    for refused in made.not_given:
        task = task_of[refused.audit_id]
        assert not any(may_moderate(Tie(person, task.auditor, task.case)) for person in people)
    assert sorted([one.audit_id for one in made.given] + [one.audit_id for one in made.not_given]) == sorted(task_of)
    assert made == allocate(work[::-1], people[::-1], seed)


@given(situations())
def test_no_other_allocation_has_a_lighter_heaviest_load(situation: tuple[list[Task], list[Person]]) -> None:
    work, people = situation
    made = allocate(work, people, "seed")
    may = [
        [person.person_id for person in people if may_moderate(Tie(person, task.auditor, task.case))] for task in work
    ]
    possible = [free for free in may if free]
    lightest = min(max(map(choice.count, choice), default=0) for choice in product(*possible))
    assert max(made.loads.values(), default=0) == lightest


def test_loads_are_even_and_count_what_is_in_hand() -> None:
    assert sorted(allocate(tasks(10), MODERATORS, "seed").loads.values()) == [2, 2, 3, 3]
    loads = allocate(tasks(4), MODERATORS, "seed", {"m0": 5, "m1": 1}).loads
    assert loads["m0"] == 0
    assert loads["m1"] <= 1


def test_work_is_passed_on_where_that_levels_the_load() -> None:
    people = [Person(name, teams=frozenset({name})) for name in "abc"]
    work = [Task(f"audit-{i}", Person("auditor"), CaseTies(team=team)) for i, team in enumerate("cac")]
    for i in range(30):
        assert set(allocate(work, people, f"seed {i}").loads.values()) == {1}


def test_another_seed_gives_another_allocation() -> None:
    assert len({allocate(tasks(10), MODERATORS, f"seed {i}").given for i in range(10)}) > 5


def test_an_audit_nobody_may_moderate_says_why() -> None:
    made = allocate(tasks(1, "team 0"), MODERATORS[:1], "seed")
    assert made.not_given[0].conflicts == ((Conflict.CASE_TEAM, 1),)
    assert "own team. (1)" in made.not_given[0].sentence
    assert allocate(tasks(1), [], "seed").not_given[0].sentence == "There are no moderators."


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.sets(st.sampled_from("ABCD"))), max_size=9), st.integers(1, 3),
    st.dictionaries(st.tuples(st.sampled_from(["m0", "m1", "m2", "m3"]), st.sampled_from("xyz")), st.integers(0, 3)),
)  # fmt: skip
def test_no_pair_meets_more_often_than_it_may_and_as_many_audits_as_can_be_are_given(
    work: list[tuple[str, set[str]]], most: int, before: dict[tuple[str, str], int]
) -> None:
    people = [Person(f"m{i}", teams=frozenset("ABCD"[i])) for i in range(4)]
    made = [
        Task(f"audit-{n}", Person(auditor), CaseTies(earlier_teams=frozenset(teams)))
        for n, (auditor, teams) in enumerate(work)
    ]
    found = allocate(made, people, "seed", pairs=Pairs(Counter(before), most))
    auditor_of = {task.audit_id: task.auditor.person_id for task in made}
    met = Counter(before)
    met.update((one.moderator, auditor_of[one.audit_id]) for one in found.given)
    assert all(n <= max(most, before.get(pair, 0)) for pair, n in met.items())
    assert len(found.given) == _most_that_can_be_given(made, people, before, most)
    assert all(one.conflicts for one in found.not_given)


def _most_that_can_be_given(
    work: list[Task], people: list[Person], before: dict[tuple[str, str], int], most: int
) -> int:  # fmt: skip
    """By trying: each auditor's audits are a problem of their own, places being pairs with room."""
    total = 0
    for auditor in {task.auditor.person_id for task in work}:
        places = [
            person.person_id
            for person in people
            for _ in range(max(0, most - before.get((person.person_id, auditor), 0)))
        ]
        taken: dict[int, Task] = {}
        free = {person.person_id: person for person in people}

        def fits(
            task: Task, seen: set[int], places: list[str], taken: dict[int, Task], free: dict[str, Person]
        ) -> bool:
            for place, name in enumerate(places):
                if place in seen or free[name].teams & task.case.earlier_teams:
                    continue
                seen.add(place)
                if place not in taken or fits(taken[place], seen, places, taken, free):
                    taken[place] = task
                    return True
            return False

        total += sum(fits(task, set(), places, taken, free) for task in work if task.auditor.person_id == auditor)
    return total
