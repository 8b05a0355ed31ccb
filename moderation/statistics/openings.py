"""The cheapest way to make a hidden count uncertain: which shown counts to hide with it, found by a linear program."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moderation.statistics.hidden_bounds import TOLERANCE, Cell, Sum


class Openings:
    """The sums of a set of tables, ready to ask what must be hidden for a count to be able to differ."""

    def __init__(self, sums: Sequence[Sum], values: Mapping[Cell, int]) -> None:
        from scipy.sparse import csr_array

        self.values = values
        self.place = {cell: place for place, cell in enumerate(values)}
        entries = [
            (row, self.place[cell], -1 if cell == one.total else 1)
            for row, one in enumerate(sums)
            for cell in one.cells
        ]
        row, column, sign = zip(*entries, strict=True) if entries else ((), (), ())
        self.sums: Any = csr_array((sign, (row, column)), shape=(len(sums), len(values))).tocsc()

    def cheapest(
        self, cell: Cell, low: int, high: int | None, *, unknown: Callable[[Cell], bool], fixed: Callable[[Cell], bool]
    ) -> list[Cell] | None:  # fmt: skip
        """The shown counts to hide so that a cell could lie between ``low`` and ``high`` (None: no end).

        A count weighs one more than it is, so small ones go first, zeros too. ``unknown`` cells may take any value a
        reader can suppose; ``fixed`` ones stay as they are. None where no hiding would do.
        """
        from scipy.optimize import linprog
        from scipy.sparse import hstack

        free = [each for each in self.values if unknown(each)]
        shown = [each for each in self.values if not unknown(each) and not fixed(each)]
        columns = [self.place[each] for each in free]
        moved = [self.place[each] for each in shown]
        matrix = hstack([self.sums[:, columns], self.sums[:, moved], -self.sums[:, moved]])
        known = [0 if unknown(each) else value for each, value in self.values.items()]
        bounds: list[tuple[float, float | None]] = [(0, None)] * len(free)
        bounds[free.index(cell)] = (low, high)
        bounds += [(0, None)] * len(shown) + [(0, self.values[each]) for each in shown]
        weights = [0] * len(free) + [self.values[each] + 1 for each in shown] * 2
        found = linprog(weights, A_eq=matrix, b_eq=-(self.sums @ known), bounds=bounds, method="highs-ds")
        if found.status == 2:  # nothing satisfies it
            return None
        if found.status != 0:
            raise ArithmeticError(f"The solver gave up: {found.message}")
        up, down = found.x[len(free) : len(free) + len(shown)], found.x[len(free) + len(shown) :]
        return [each for each, more, less in zip(shown, up, down, strict=True) if more + less > TOLERANCE]
