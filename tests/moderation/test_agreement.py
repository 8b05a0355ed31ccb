"""A table of pairs: exact, the good line, within one, and direction with its exact sign test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.agreement import Direction, Pairs, pairs
from moderation.statistics.share import Share

TABLE = ((5, 0, 0, 0), (0, 44, 4, 0), (0, 2, 21, 0), (0, 0, 0, 1))
tables = st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=4, max_size=4)


def test_the_shares_of_a_table() -> None:
    table = Pairs(TABLE)
    assert table.exact == Share(71, 77)
    assert table.good_line == Share(71, 77)
    assert table.within_one == Share(77, 77)
    assert table.direction == Direction(auditor_higher=4, moderator_higher=2)


def test_rows_are_the_auditor_and_the_best_grade_comes_first() -> None:
    table = pairs([(Grade.OUTSTANDING, Grade.INADEQUATE, 2), (Grade.GOOD, Grade.GOOD, 3)])
    assert table.table[0][3] == 2
    assert table.table[1][1] == 3
    assert table.direction == Direction(auditor_higher=2, moderator_higher=0)
    assert table.good_line == Share(3, 5)


@pytest.mark.parametrize(
    ("higher", "lower", "p"),
    [(0, 0, None), (1, 0, 1.0), (5, 0, 0.0625), (4, 2, 0.6875), (3, 3, 1.0), (10, 1, 12 / 1024)],
)
def test_the_exact_sign_test(higher: int, lower: int, p: float | None) -> None:
    assert Direction(higher, lower).p == p
    assert Direction(lower, higher).p == p


@given(tables)
def test_the_shares_hold_together(rows: list[list[int]]) -> None:
    table = Pairs(tuple(map(tuple, rows)))
    direction = table.direction
    assert table.exact.k + direction.auditor_higher + direction.moderator_higher == table.n
    assert table.exact.k <= table.within_one.k
    assert table.exact.k <= table.good_line.k
    again = pairs((a, m, rows[i][j]) for i, a in enumerate(BEST_FIRST) for j, m in enumerate(BEST_FIRST))
    assert again == table


def test_a_judgement_that_is_no_grade_does_not_enter_the_table() -> None:
    with pytest.raises(ValueError, match="not_applicable"):
        pairs([("not_applicable", "good", 1)])


@pytest.mark.parametrize("rows", [(), ((1,),), ((-1, 0, 0, 0),) * 4])
def test_a_table_of_another_shape_is_refused(rows: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ValueError, match="table of pairs"):
        Pairs(rows)
