"""An attacker of published tables: who sees some counts and knows what adds up, how closely can they bound the rest?"""

from collections.abc import Collection, Iterable, Mapping
from math import ceil, floor
from typing import Any

from scipy.optimize import linprog
from scipy.sparse import lil_array

WIDTH = 3


def bounds_of(
    hidden: Collection[Any], seen: Mapping[Any, int], sums: Iterable[tuple[Any, Collection[Any]]]
) -> dict[Any, tuple[int, int]]:
    """The lowest and highest whole value of each hidden count, by one linear program each way over everything at once.

    It knows nothing of how the hiding was done: unknown is what is not among the seen counts.
    """
    equations = [(total, tuple(parts)) for total, parts in sums]
    unknown = dict.fromkeys(cell for total, parts in equations for cell in (total, *parts) if cell not in seen)
    place = {cell: number for number, cell in enumerate(unknown)}
    matrix, equal = lil_array((max(len(equations), 1), max(len(place), 1))), [0] * max(len(equations), 1)
    for row, (total, parts) in enumerate(equations):
        for cell, sign in ((total, 1), *((part, -1) for part in parts)):
            if cell in place:
                matrix[row, place[cell]] += sign
            else:
                equal[row] -= sign * seen[cell]
    return {cell: _range(matrix.tocsr(), equal, place[cell]) for cell in hidden if cell in place}


def _range(matrix: Any, equal: list[int], at: int) -> tuple[int, int]:
    ends = []
    for sign in (1, -1):
        weights = [0] * matrix.shape[1]
        weights[at] = sign
        found = linprog(weights, A_eq=matrix, b_eq=equal, bounds=(0, None))
        assert found.status in (0, 3), found.message
        ends.append(sign * found.fun if found.status == 0 else 1_000_000)
    return ceil(ends[0] - 1e-6), floor(ends[1] + 1e-6)


def told(
    guarded: Collection[Any], hidden: Collection[Any], seen: Mapping[Any, int],
    sums: Iterable[tuple[Any, Collection[Any]]], *, anyway: Collection[Any],
) -> dict[Any, tuple[int, int]]:  # fmt: skip
    """The guarded counts this attacker bounds too closely, though what is open ``anyway`` does not tell them."""
    sums = list(sums)
    found = {
        cell: ends
        for cell, ends in bounds_of([c for c in guarded if c in hidden], seen, sums).items()
        if ends[1] - ends[0] < WIDTH
    }
    unavoidable = bounds_of(found, {cell: n for cell, n in seen.items() if cell in anyway}, sums) if found else {}
    return {cell: ends for cell, ends in found.items() if unavoidable[cell][1] - unavoidable[cell][0] >= WIDTH}
