"""Moderators get audits evenly and never one they are tied to."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from moderation.allocation import Task, allocate
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
