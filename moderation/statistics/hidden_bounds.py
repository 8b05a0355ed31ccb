"""How closely a reader can bound what is hidden: sums of unknown whole numbers, searched by linear programs."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Final, NamedTuple, TypeAlias

Cell: TypeAlias = Hashable
TOLERANCE: Final = 1e-6


class Sum(NamedTuple):
    """That a cell is the sum of others: a total of its parts, a window of its months, n of k and the rest."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Unknown cells that hang together, and what adds up among them.

    ``truth`` are their real values. ``guarded`` are the places of those that must not become known. Each equation is
    the places with their signs, and what they add up to.
    """

    cells: tuple[Cell, ...]
    truth: tuple[int, ...]
    guarded: tuple[int, ...]
    equations: tuple[tuple[tuple[tuple[int, int], ...], int], ...]


def puzzles(
    sums: Sequence[Sum], values: Mapping[Cell, int], *, unknown: Callable[[Cell], bool], guarded: Collection[Cell],
) -> Iterator[Puzzle]:  # fmt: skip
    """The puzzles that sums set a reader to whom some cells are unknown; those with nothing guarded are left out."""
    for within in _together(sums, unknown):
        cells = tuple(dict.fromkeys(cell for one in within for cell in one.cells if unknown(cell)))
        place = {cell: index for index, cell in enumerate(cells)}
        watched = tuple(index for index, cell in enumerate(cells) if cell in guarded)
        if watched:
            yield Puzzle(
                cells,
                tuple(values[cell] for cell in cells),
                watched,
                tuple(_equation(one, values, place) for one in within),
            )


def _together(sums: Sequence[Sum], unknown: Callable[[Cell], bool]) -> list[list[Sum]]:
    """The sums in groups that share no unknown cell."""
    groups: dict[int, list[Sum]] = {}
    group_of: dict[Cell, int] = {}
    members: dict[int, list[Cell]] = {}
    for number, one in enumerate(sums):
        cells = [cell for cell in one.cells if unknown(cell)]
        if not cells:
            continue
        groups[number], members[number] = [one], []
        for old in dict.fromkeys(group_of[cell] for cell in cells if cell in group_of):
            groups[number] = groups.pop(old) + groups[number]
            members[number] += members.pop(old)
            group_of.update(dict.fromkeys(members[number], number))
        fresh = [cell for cell in cells if cell not in group_of]
        members[number] += fresh
        group_of.update(dict.fromkeys(fresh, number))
    return list(groups.values())


def _equation(
    one: Sum, values: Mapping[Cell, int], place: Mapping[Cell, int]
) -> tuple[tuple[tuple[int, int], ...], int]:
    terms, equals = [], 0
    for cell, sign in ((one.total, -1), *((part, 1) for part in one.parts)):
        if cell in place:
            terms.append((place[cell], sign))
        else:
            equals -= sign * values[cell]
    return tuple(terms), equals


class Bounded(NamedTuple):
    """A guarded cell that a reader can bound too closely, and its lowest and highest possible value."""

    cell: Cell
    low: int
    high: int


def narrow(puzzle: Puzzle, width: int) -> list[Bounded]:
    """The guarded cells that a reader can bound within less than ``width``, in the puzzle's order.

    Cells that simple subtraction tells come first, alone; most searches end there. Then every whole solution found
    shows what the cells may be. Only for a cell that no solution has moved far enough are its own lowest and highest
    value asked for.
    """
    told = _subtracted(puzzle)
    if told:
        return [Bounded(puzzle.cells[place], puzzle.truth[place], puzzle.truth[place]) for place in told]
    solver = _Solver(puzzle)
    found = [Bounded(puzzle.cells[place], *solver.range(place, width)) for place in solver.left(width)]
    return [one for one in found if one.high - one.low < width]


def _subtracted(puzzle: Puzzle) -> list[int]:
    """The guarded places that stand alone in an equation, at once or once others are known."""
    waiting = [{place for place, _ in terms} for terms, _ in puzzle.equations]
    told: set[int] = set()
    while alone := {next(iter(places)) for places in waiting if len(places) == 1}:
        told |= alone
        waiting = [places - alone for places in waiting]
    return [place for place in puzzle.guarded if place in told]


class _Solver:
    """The linear programs of one puzzle, and the lowest and highest values that solutions have shown so far."""

    def __init__(self, puzzle: Puzzle) -> None:
        from scipy.sparse import csr_array

        self.puzzle = puzzle
        rows = [(row, place, sign) for row, (terms, _) in enumerate(puzzle.equations) for place, sign in terms]
        row, column, sign = zip(*rows, strict=True)
        shape = (len(puzzle.equations), len(puzzle.cells))
        self.sums: Any = csr_array((sign, (row, column)), shape=shape)
        self.equal = [equals for _, equals in puzzle.equations]
        self.low, self.high = list(puzzle.truth), list(puzzle.truth)

    def left(self, width: int) -> list[int]:
        """The guarded places that whole solutions in a few directions have not moved by ``width``."""
        left = list(self.puzzle.guarded)
        directions = max(len(left) - 1, 1).bit_length()
        for bit in range(directions):
            weights = [0] * len(self.puzzle.cells)
            for number, place in enumerate(self.puzzle.guarded):
                weights[place] = 1 if number >> bit & 1 else -1
            for sign in (1, -1):
                self._solve([sign * weight for weight in weights])
            left = [place for place in left if self.high[place] - self.low[place] < width]
            if not left:
                break
        return left

    def range(self, place: int, width: int) -> tuple[int, int]:
        """The lowest and the highest whole value of a cell, as far as they are needed to tell whether it is safe."""
        weights = [0] * len(self.puzzle.cells)
        weights[place] = 1
        lowest = ceil(self._solve(weights) - TOLERANCE)
        if self.high[place] - lowest >= width:
            return lowest, self.high[place]
        weights[place] = -1
        return lowest, floor(-self._solve(weights) + TOLERANCE)

    def _solve(self, weights: list[int]) -> float:
        """The least weighted sum; a whole solution widens what is known to be possible.

        Where the sum has no end the solver says so with no solution, which is far enough for every width.
        """
        from scipy.optimize import linprog

        found = linprog(weights, A_eq=self.sums, b_eq=self.equal, bounds=(0, None), method="highs-ds")
        if found.status == 3:  # without end
            return -1e9
        if found.status != 0:
            raise ArithmeticError(f"The solver gave up: {found.message}")
        whole = found.x.round()
        if (abs(found.x - whole) < TOLERANCE).all():
            for place, value in enumerate(whole.astype(int).tolist()):
                self.low[place] = min(self.low[place], value)
                self.high[place] = max(self.high[place], value)
        return float(found.fun)
