"""What reading a file found: the rows that are good, and each problem in words with its row number."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from qa_app.intake.limits import Cell

SHOWN = 60  # characters of a value that a message repeats


class Problem(NamedTuple):
    """One thing wrong with one row; `refused` rows stay out, the others come in with a report.

    The reason never holds a case reference: row number and column lead to it. `value` is what stood there, shortened,
    and None where it might identify a child.
    """

    row_number: int
    column: str
    value: str | None
    reason: str
    refused: bool = True


class Counts(NamedTuple):
    """Rows of data in the file, and what became of them; rows = good + refused + left_out + repeated."""

    rows: int
    good: int
    refused: int
    left_out: int = 0
    repeated: int = 0


class Numbered(Protocol):
    """Any row read, with its number in the file."""

    @property
    def number(self) -> int: ...


R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True)
class Read(Generic[R]):
    """A file read as one kind: the good rows, the problems in the order of the file, and the counts."""

    good: tuple[R, ...]
    problems: tuple[Problem, ...]
    counts: Counts

    @property
    def refused(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.refused)


class RowRefused(Exception):  # noqa: N818 (what happened to the row, carried to the loop that collects problems)
    """Raised while a row is read: the row cannot come in, for this reason."""

    def __init__(self, column: str, value: Cell, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, shown(value), reason

    def at(self, row_number: int) -> Problem:
        return Problem(row_number, self.column, self.value, self.reason)


def shown(value: Cell) -> str | None:
    """A value short enough to stand in a message."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def once(
    rows: Sequence[R], key: Callable[[R], Hashable], content: Callable[[R], Hashable], column: str, thing: str
) -> tuple[list[R], list[Problem], int]:
    """The rows with each key kept once: identical repeats are dropped and reported, differing ones all refused.

    Args:
        rows: the rows that read well, in the order of the file.
        key: what should be there once.
        content: what must be the same for a repeat to be identical; the row number stays out of it.
        column: the heading the problems name.
        thing: what is repeated, as the sentence says it ('case reference').

    Returns:
        the rows kept, the problems, and how many identical repeats were dropped.
    """
    keys = [key(row) for row in rows]
    if len(set(keys)) == len(rows):
        return list(rows), [], 0
    groups: dict[Hashable, list[R]] = {}
    for one, row in zip(keys, rows, strict=True):
        groups.setdefault(one, []).append(row)
    problems: list[Problem] = []
    kept: list[R] = []
    repeated = 0
    for group in groups.values():
        first, *others = group
        if len({content(row) for row in group}) == 1:
            kept.append(first)
            repeated += len(others)
            reason = f"This row is the same as row {first.number}. It is kept once."
            problems += [Problem(row.number, column, None, reason, refused=False) for row in others]
        else:
            problems += [Problem(row.number, column, None, _differs(row, group, thing)) for row in group]
    return sorted(kept, key=lambda row: row.number), problems, repeated


def _differs(row: Numbered, group: Iterable[Numbered], thing: str) -> str:
    numbers = [str(other.number) for other in group if other.number != row.number]
    rows = f"row {numbers[0]}" if len(numbers) == 1 else "rows " + ", ".join(numbers[:10])
    return f"The same {thing} is in {rows} with different details. Keep the right row and remove the others."
