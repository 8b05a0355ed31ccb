"""Which way sources point: too little never points, silence agrees with nobody, and no order or scale changes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.directions import SAYS, Direction, Together, agreement, direction

NUMBERS = st.integers(0, 60)
FEWS = st.integers(1, 20)
SOURCES = st.lists(st.tuples(st.text("abc", min_size=1), st.sampled_from(Direction)), max_size=8)
TURNED = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}


def test_a_side_named_twice_as_often_is_clear() -> None:
    assert direction(0, 0) is Direction.NOTHING
    assert direction(3, 1) is Direction.TOO_LITTLE
    assert direction(4, 2) is Direction.UP
    assert direction(2, 4) is Direction.DOWN
    assert direction(4, 3) is Direction.MIXED
    with pytest.raises(ValueError, match="fewer than 0"):
        direction(-1, 4)


@given(NUMBERS, NUMBERS, FEWS)
def test_few_mentions_never_point(strengths: int, worries: int, few: int) -> None:
    assert (direction(strengths, worries, few=few) in SAYS) == (strengths + worries >= few)


@given(NUMBERS, NUMBERS, FEWS)
def test_strengths_and_worries_are_judged_alike(strengths: int, worries: int, few: int) -> None:
    way = direction(strengths, worries, few=few)
    assert direction(worries, strengths, few=few) is TURNED.get(way, way)


@given(NUMBERS, NUMBERS, st.integers(0, 30), FEWS)
def test_more_worries_never_turn_a_source_up(strengths: int, worries: int, more: int, few: int) -> None:
    order = [Direction.DOWN, Direction.MIXED, Direction.UP]
    before, after = direction(strengths, worries, few=few), direction(strengths, worries + more, few=few)
    if before in SAYS:
        assert order.index(after) <= order.index(before)


@given(SOURCES, st.data())
def test_the_order_of_sources_changes_nothing(sources: list[tuple[str, Direction]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(sources))
    assert agreement(shuffled).together is agreement(sources).together
    assert sorted(agreement(shuffled).says) == sorted(agreement(sources).says)


@given(SOURCES, st.lists(st.sampled_from((Direction.NOTHING, Direction.TOO_LITTLE)), max_size=5))
def test_silence_and_too_little_agree_with_nobody(
    sources: list[tuple[str, Direction]], silent: list[Direction]
) -> None:
    assert agreement([*sources, *(("silent", one) for one in silent)]).together is agreement(sources).together


@given(SOURCES)
def test_every_source_is_named_once_where_it_points(sources: list[tuple[str, Direction]]) -> None:
    found = agreement(sources)
    named = (*found.says, *found.too_little, *found.nothing)
    assert sorted(named) == sorted(name for name, _ in sources)


@given(SOURCES)
def test_sources_are_said_to_agree_only_where_two_say_so_and_none_says_otherwise(
    sources: list[tuple[str, Direction]],
) -> None:
    said = [way for _, way in sources if way in SAYS]
    same = len(said) > 1 and len(set(said)) == 1 and said[0] is not Direction.MIXED
    assert (agreement(sources).together is Together.SAME) == same
    assert (agreement(sources).together is Together.APART) == ({Direction.UP, Direction.DOWN} <= set(said))
