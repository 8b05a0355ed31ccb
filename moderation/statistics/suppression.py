"""Small numbers: which cells of a set of tables are hidden, so that no reader can work a small number out."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from moderation.statistics.hidden_bounds import Bounded, Cell, Puzzle, Sum, narrow, puzzles
from moderation.statistics.openings import Openings

__all__ = ["Cell", "Protected", "Rule", "Sum", "TableSet", "protect"]

WIDTH: Final = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """Counts from 1 to ``up_to`` are small; a hidden one may not be known more closely than within ``width``.

    0 as ``up_to`` hides nothing.
    """

    up_to: int = 5
    width: int = WIDTH

    def is_small(self, value: int) -> bool:
        """Whether a count may not be shown."""
        return 1 <= value <= self.up_to


@dataclass(frozen=True)
class TableSet:
    """Everything some readers can see at once: counts, what adds up to what, and which tables the counts stand in.

    ``values`` are the counts of all cells, whole numbers from 0. ``open`` cells are shown whatever they are: the
    figures of the whole council, and what was shown in an earlier publication; ``hidden`` ones were hidden there.
    ``unprinted`` cells stand in no table but in a sum; nobody is shown them, and they are not protected for their own
    sake. ``tables`` are the cells that are withheld together where nothing less would do.
    """

    values: Mapping[Cell, int]
    sums: Sequence[Sum] = ()
    open: Collection[Cell] = frozenset()
    hidden: Collection[Cell] = frozenset()
    unprinted: Collection[Cell] = frozenset()
    tables: Mapping[Hashable, Sequence[Cell]] = field(default_factory=dict)

    def check(self) -> None:
        """That every sum holds.

        Raises:
            ValueError: a count is negative, or one is not the sum it is said to be.
        """
        if any(value < 0 for value in self.values.values()):
            raise ValueError("A count cannot be less than 0.")
        for one in self.sums:
            if self.values[one.total] != sum(self.values[part] for part in one.parts):
                raise ValueError(f"{one.total} is not the sum of its parts.")


@dataclass(frozen=True)
class Protected:
    """What is hidden: the small counts themselves, others with them, and whole tables.

    ``told`` are counts that the open cells tell by themselves, or with what a reader knows of their own: nothing that
    is hidden or withheld could keep them, and everything else about them is withheld.
    """

    hidden: frozenset[Cell]
    small: frozenset[Cell]
    withheld: frozenset[Hashable] = frozenset()
    told: frozenset[Cell] = frozenset()

    def shows(self, *cells: Cell) -> bool:
        """Whether all of these counts may be shown."""
        return self.hidden.isdisjoint(cells)


def protect(tables: TableSet, *, known: Iterable[Collection[Cell]] = (), rule: Rule | None = None) -> Protected:
    """Which cells to hide so that no reader can work out a small count within the rule's width.

    Every reader is supposed to see all tables of the set, and to know the sums and that all counts are whole numbers
    from 0. What is hidden bears one mark, so nobody can tell a small count from one hidden with it. ``known`` says what
    some readers know besides, one collection for each of them: a Head of Service knows the counts of their own
    services. Each of them is stopped from working out the others' counts; readers who put theirs together are not.

    Small counts are hidden first. Then, as long as one of them can be bounded too closely, the smallest other counts
    that help are hidden with it, zeros included. Where no hiding helps, the table is withheld. The same tables always
    give the same answer.

    Raises:
        ValueError: the tables contradict themselves.
    """
    tables.check()
    rule = rule or Rule()
    search = _Search(tables, rule)
    readers = [frozenset[Cell](), *(frozenset(cells) for cells in known)]
    if search.small:
        while any(search.narrowed(reader) for reader in readers):
            continue
    return Protected(
        frozenset(search.hidden),
        frozenset(search.small),
        frozenset(search.withheld),
        frozenset(cell for _, cell in search.given_up),
    )


class _Search:
    """The hiding as it goes on."""

    def __init__(self, tables: TableSet, rule: Rule) -> None:
        self.tables, self.rule = tables, rule
        self.closed = frozenset(tables.open) | frozenset(tables.unprinted)
        self.small = frozenset(c for c, n in tables.values.items() if rule.is_small(n) and c not in self.closed)
        self.hidden: set[Cell] = {*self.small, *tables.hidden}
        self.withheld: set[Hashable] = set()
        self.given_up: set[tuple[frozenset[Cell], Cell]] = set()
        self.safe: set[Puzzle] = set()  # found safe before
        self.tables_of: dict[Cell, list[Hashable]] = {}
        for name, cells in tables.tables.items():
            for cell in cells:
                self.tables_of.setdefault(cell, []).append(name)
        self.openings = Openings(tables.sums, tables.values)

    def narrowed(self, reader: frozenset[Cell]) -> bool:
        """Hide more against one reader; whether anything changed."""
        changed = False
        for puzzle in self._puzzles(reader):
            if puzzle in self.safe:
                continue
            bounded = narrow(puzzle, self.rule.width)
            if not bounded:
                self.safe.add(puzzle)
            for one in bounded:
                changed = True
                self._open(one, reader)
        return changed

    def _is_unknown(self, cell: Cell, reader: frozenset[Cell]) -> bool:
        return (cell in self.hidden or cell in self.tables.unprinted) and cell not in reader

    def _puzzles(self, reader: frozenset[Cell]) -> list[Puzzle]:
        """What this reader does not see, in parts that say nothing of each other."""
        found = puzzles(
            self.tables.sums,
            self.tables.values,
            unknown=lambda cell: self._is_unknown(cell, reader),
            guarded=self.small - reader - {cell for who, cell in self.given_up if who == reader},
        )
        return list(found)

    def _open(self, one: Bounded, reader: frozenset[Cell]) -> None:
        """Hide what makes a count uncertain at the least cost.

        Where nothing does, what is open tells it: its tables are withheld, and it is given up. What a single reader
        tells themselves with what they know is no reason to withhold a table from all others.
        """
        ways = [self._room(one, reader, below) for below in (0, self.rule.width)]
        if ways == [None, None]:
            ways += [self._room(one, reader, below) for below in range(1, self.rule.width)]
        way = min((way for way in ways if way is not None), key=self._weight, default=None)
        if way is not None:
            self.hidden.update(way)
        elif not reader and (tables := set(self.tables_of.get(one.cell, ())) - self.withheld):
            for name in tables:
                self.withheld.add(name)
                self.hidden.update(cell for cell in self.tables.tables[name] if cell not in self.closed)
        else:
            self.given_up.add((reader, one.cell))

    def _weight(self, cells: set[Cell]) -> int:
        return sum(self.tables.values[cell] + 1 for cell in cells)

    def _room(self, one: Bounded, reader: frozenset[Cell], below: int) -> set[Cell] | None:
        """What to hide so that a count may be as much as ``below`` under its lowest, and the width above that."""
        low, high = one.low - below, one.low - below + self.rule.width
        if low < 0 or high < one.high:
            return None
        down = self._way(one.cell, reader, 0, low) if below else []
        up = self._way(one.cell, reader, high, None) if down is not None and high > one.high else []
        return None if down is None or up is None else {*down, *up}

    def _way(self, cell: Cell, reader: frozenset[Cell], low: int, high: int | None) -> list[Cell] | None:
        return self.openings.cheapest(
            cell, low, high,
            unknown=lambda each: self._is_unknown(each, reader),
            fixed=lambda each: each in self.tables.open or each in reader,
        )  # fmt: skip
