"""What was measured, as lines with a ratio and a goal, and how they are printed and written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Goal(NamedTuple):
    """What is aimed at: its words, and whether a number meets it."""

    words: str
    is_met: Callable[[float], bool]
    of_ratio: bool


def at_most_times(limit: float) -> Goal:
    """At most so many times what stands beside it."""
    return Goal(f"at most {limit:g} times", lambda ratio: ratio <= limit, of_ratio=True)


def quicker(times: float) -> Goal:
    """At least so many times quicker than what stands beside it."""
    return Goal(f"at least {times:g} times quicker", lambda ratio: 1 / ratio >= times, of_ratio=True)


def within(milliseconds: float) -> Goal:
    """In so many milliseconds or fewer."""
    return Goal(f"{milliseconds:g} ms or less", lambda ms: ms <= milliseconds, of_ratio=False)


@dataclass(frozen=True)
class Line:
    """One thing measured: its milliseconds, those of what it is compared with, and its goal."""

    what: str
    where: str
    ms: float
    beside: str = ""
    beside_ms: float | None = None
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        """Its time over that of what it is compared with; None where it is compared with nothing."""
        return self.ms / self.beside_ms if self.beside_ms else None

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None where there is none."""
        if self.goal is None:
            return None
        number = self.ratio if self.goal.of_ratio else self.ms
        return number is not None and self.goal.is_met(number)

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        verdict = {True: "met", False: "missed", None: ""}[self.met]
        goal = f"{self.goal.words}: {verdict}" if self.goal else ""
        beside = f"{self.beside}, {_ms(self.beside_ms)} ms" if self.beside_ms is not None else self.beside
        return (self.what, self.where, _ratio(self.ratio), goal, _ms(self.ms), beside)


HEADINGS = ("What", "Where", "Ratio", "Goal", "Median ms", "Compared with")


@dataclass
class Table:
    """Lines that belong together, and what a reader has to know about them."""

    title: str
    note: str
    lines: list[Line] = field(default_factory=list)
    afterwards: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The table for a terminal."""
        rows = [HEADINGS, *(line.cells() for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        body = "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )
        return "\n".join((f"\n{self.title}", body, *self.afterwards))

    def markdown(self) -> str:
        """The table for a page."""
        rule = "|" + "|".join(("---", "---", "---:", "---", "---:", "---")) + "|"
        parts = [f"## {self.title}", self.note, "\n".join((_row(HEADINGS), rule, *map(_row, self._cells())))]
        return "\n\n".join((*parts, *self.afterwards))

    def _cells(self) -> Iterable[Sequence[str]]:
        return (line.cells() for line in self.lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.2f} times" if ratio >= 1 else f"{1 / ratio:.1f} times quicker"


def _ms(ms: float | None) -> str:
    if ms is None:
        return ""
    if ms >= 100:
        return f"{ms:,.0f}"
    return f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"
