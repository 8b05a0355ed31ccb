"""Auditors' leanings are drawn towards the mean by how little is known, and never past it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.agreement import ScaleTable
from moderation.statistics.severity import Leanings, leanings

tables = st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=4, max_size=4).map(
    lambda rows: ScaleTable(tuple(map(tuple, rows)))
)


def leaning(above: int, same: int, below: int) -> ScaleTable:
    return ScaleTable(((0, above, 0), (below, same, 0), (0, 0, 0)))


@given(st.lists(tables, min_size=3, max_size=7))
def test_each_is_drawn_towards_the_mean_and_not_past_it(auditors: list[ScaleTable]) -> None:
    made = leanings([(f"A{place}", table) for place, table in enumerate(auditors)])
    if made.mean is None:
        assert made.reason
        return
    assert [one.name for one in made.auditors] == [f"A{place}" for place in range(len(auditors))]
    for one in made.auditors:
        if one.mean is None or one.shrunk is None or one.interval is None or one.weight is None:
            assert one.n == 0
            continue
        low, high = sorted((one.mean, made.mean))
        assert low - 1e-9 <= one.shrunk <= high + 1e-9
        assert 0 <= one.weight <= 1
        assert one.interval.low <= one.shrunk <= one.interval.high


@given(st.lists(tables, min_size=3, max_size=6))
def test_auditor_and_moderator_changed_about_changes_the_sign(auditors: list[ScaleTable]) -> None:
    turned = [ScaleTable(tuple(zip(*one.table, strict=True))) for one in auditors]
    one, other = (leanings([("", table) for table in each]) for each in (auditors, turned))
    for first, second in zip(one.auditors, other.auditors, strict=True):
        assert first.shrunk == (None if second.shrunk is None else pytest.approx(-second.shrunk, abs=1e-9))


def test_the_fewer_pairs_the_nearer_the_mean() -> None:
    made = leanings([("few", leaning(3, 0, 0)), ("many", leaning(30, 0, 0)), ("rest", leaning(2, 60, 2))])
    few, many, _ = made.auditors
    assert few.mean == many.mean == 1
    assert few.shrunk is not None
    assert many.shrunk is not None
    assert few.shrunk < many.shrunk < 1


def test_auditors_who_differ_no_more_than_chance_are_all_at_the_mean() -> None:
    made = leanings([("a", leaning(2, 8, 1)), ("b", leaning(1, 8, 2)), ("c", leaning(1, 9, 1))])
    assert made.between == 0
    assert {one.shrunk for one in made.auditors} == {made.mean}


def test_two_auditors_are_not_compared() -> None:
    made = leanings([("a", leaning(2, 8, 0)), ("b", leaning(1, 8, 2)), ("none yet", leaning(0, 0, 0))])
    assert made == Leanings(
        made.auditors, None, None, None, "It takes 3 auditors with enough pairs to compare them; there are 2."
    )
    assert [one.mean for one in made.auditors] == [0.2, pytest.approx(-1 / 11), None]
    assert leanings([]).reason.endswith("there are none.")
