"""Small numbers: no hidden count can be bounded within 2, by a reader or by one who knows their own service."""

from collections.abc import Collection
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.statistics import suppression
from moderation.statistics.suppression import Protected, Rule, Sum, TableSet, protect
from tests.attacker import told


def council(
    counts: dict[tuple[str, str, int], tuple[int, int]], *, readers: bool = True
) -> tuple[TableSet, list[list[Any]]]:
    """Tables of k, the rest and n, by service, team and period, from each team's (k, rest) in each period.

    Where there are several periods, period 0 is all of them together. The second answer is what the head of each
    service knows.
    """
    services = sorted({service for service, _, _ in counts})
    periods = sorted({period for _, _, period in counts})
    shown = [0, *periods] if len(periods) > 1 else periods
    values: dict[Any, int] = {}
    sums: list[Sum] = []
    teams = sorted({(service, team) for service, team, _ in counts})
    places: list[Any] = ["whole", *services, *teams]

    def within(place: Any) -> list[Any]:
        if place == "whole":
            return teams
        return [team for team in teams if team == place or team[0] == place]

    for place, period in product(places, shown):
        chosen = [counts[(*team, one)] for team in within(place) for one in periods if period in (0, one)]
        k, rest = sum(one[0] for one in chosen), sum(one[1] for one in chosen)
        values |= {(place, period, "k"): k, (place, period, "rest"): rest, (place, period, "n"): k + rest}
        sums.append(Sum((place, period, "n"), ((place, period, "k"), (place, period, "rest"))))
    for part in ("k", "rest", "n"):
        if len(periods) > 1:
            sums += [Sum((place, 0, part), tuple((place, period, part) for period in periods)) for place in places]
        for period in shown:
            sums.append(Sum(("whole", period, part), tuple((service, period, part) for service in services)))
            for service in services:
                parts = tuple((team, period, part) for team in within(service))
                sums.append(Sum((service, period, part), parts))
    tables = {
        (level, period): [cell for cell in values if cell[1] == period and isinstance(cell[0], tuple) is level]
        for level in (True, False)
        for period in shown
    }
    known = [[cell for cell in values if cell[0] == one or cell[0][0] == one] for one in services] if readers else []
    whole = frozenset(cell for cell in values if cell[0] == "whole")
    return TableSet(values, sums, whole, tables=tables), known


def attacked(tables: TableSet, done: Protected, known: Collection[Any] = ()) -> dict[Any, tuple[int, int]]:
    """What a reader works out: who knows some counts of their own, and sees all that is not hidden."""
    seen = {cell: n for cell, n in tables.values.items() if cell in known or done.shows(cell)}
    guarded = [cell for cell in done.small if cell not in known]
    return told(guarded, done.hidden, seen, tables.sums, anyway={*tables.open, *known})


def random_council(seed: int) -> tuple[TableSet, list[list[Any]]]:
    rng = Random(seed)  # noqa: S311
    counts = {}
    few, periods = rng.choice([3, 8, 20]), 1 + (seed % 10 == 0)
    for service in "NSE"[: rng.randint(1, 3)]:
        for team in range(rng.randint(1, 3)):
            for period in range(1, periods + 1):
                n = rng.randint(0, few)
                k = sum(rng.random() < 0.7 for _ in range(n))
                counts[service, f"{service}{team}", period] = (k, n - k)
    return council(counts)


@pytest.mark.parametrize("batch", range(5))
def test_a_hundred_random_councils_withstand_the_attack(batch: int) -> None:
    for seed in range(20 * batch, 20 * batch + 20):
        tables, known = random_council(seed)
        done = protect(tables, known=known)
        knows = known[seed % len(known)] if seed % 2 else ()
        assert not attacked(tables, done, knows), seed


def test_the_attack_succeeds_where_only_small_counts_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "narrow", lambda puzzle, width: [])
    fell = sum(bool(attacked(tables, protect(tables))) for tables, _ in map(random_council, range(30)))
    assert fell > 10, "so the attack of the other tests can tell"


def test_who_knows_their_own_service_learns_no_more_of_the_others() -> None:
    counts = {("N", "N1", 1): (7, 0), ("S", "S1", 1): (3, 0), ("E", "E1", 1): (4, 0), ("W", "W1", 1): (20, 0)}
    tables, known = council(counts)
    alone = protect(tables)
    assert any(attacked(tables, alone, knows) for knows in known), "the head of one of two hidden services can tell"
    together = protect(tables, known=known)
    assert not any(attacked(tables, together, knows) for knows in known)


def test_a_single_small_count_takes_the_smallest_helpful_one_with_it() -> None:
    tables = TableSet({"all": 60, "a": 3, "b": 20, "c": 30, "d": 7}, [Sum("all", ("a", "b", "c", "d"))], open=["all"])
    assert protect(tables).hidden == {"a", "d"}


def test_a_zero_goes_with_it_where_that_helps() -> None:
    tables = TableSet({"all": 33, "a": 3, "b": 0, "c": 30}, [Sum("all", ("a", "b", "c"))], open=["all"])
    assert protect(tables).hidden == {"a", "b"}


def test_figures_of_the_whole_council_are_shown_though_they_are_small() -> None:
    tables, _ = council({("N", "N1", 1): (1, 1), ("S", "S1", 1): (0, 0)})
    done = protect(tables)
    assert done.shows(*(cell for cell in tables.values if cell[0] == "whole"))
    assert done.withheld, "a council's total of 2 tells too much of every part, so the tables are withheld"
    assert not any(done.shows(cell) for name in done.withheld for cell in tables.tables[name] if cell[0] != "whole")
    assert done.told


def test_nothing_is_hidden_without_small_counts_and_nothing_where_the_limit_is_nought() -> None:
    tables, known = council({("N", "N1", 1): (0, 9), ("S", "S1", 1): (8, 8)})
    assert not protect(tables, known=known).hidden
    small, _ = council({("N", "N1", 1): (1, 2), ("S", "S1", 1): (3, 4)})
    assert not protect(small, rule=Rule(up_to=0)).hidden


def test_what_an_earlier_publication_showed_stays_shown() -> None:
    """Two quarters are published with their counts; the year's must not tell the third."""
    values = {"year": 33, "q1": 20, "q2": 10, "q3": 3}
    tables = TableSet(values, [Sum("year", ("q1", "q2", "q3"))], open=["q1", "q2"])
    assert protect(tables).hidden == {"q3", "year"}


def test_counts_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        protect(TableSet({"all": 3, "a": 1}, [Sum("all", ("a",))]))
    with pytest.raises(ValueError, match="less than 0"):
        protect(TableSet({"a": -1}))


SIZES = st.tuples(st.integers(0, 12), st.integers(0, 12))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(SIZES, min_size=1, max_size=3), min_size=1, max_size=4), st.integers(0, 7))
def test_every_small_count_is_hidden_every_time_in_the_same_way(sizes: list[Any], limit: int) -> None:
    counts = {(f"s{s}", f"s{s}t{t}", 1): size for s, teams in enumerate(sizes) for t, size in enumerate(teams)}
    tables, known = council(counts)
    rule = Rule(up_to=limit)
    done = protect(tables, known=known, rule=rule)
    assert done == protect(tables, known=known, rule=rule)
    small = {cell for cell, n in tables.values.items() if 1 <= n <= limit and cell not in tables.open}
    assert done.small == small <= done.hidden
    assert done.shows(*tables.open)
    assert small or not done.hidden
    assert not attacked(tables, done)
