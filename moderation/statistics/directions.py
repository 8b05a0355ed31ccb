"""Which way each source points on a theme, and whether the sources point the same way: in words, never one number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FEW: Final = 5
CLEAR: Final = 2  # a side is clear where it was named at least so many times as often as the other


class Direction(StrEnum):
    """Which way one source points."""

    UP = "points up"
    DOWN = "points down"
    MIXED = "mixed"
    TOO_LITTLE = "too little to say"
    NOTHING = "nothing seen"


class Together(StrEnum):
    """What the sources that have enough to say have in common."""

    NONE = "no source has enough to say"
    ALONE = "one source alone"
    SAME = "the same way"
    NOT_OPPOSED = "one way, with some mixed"
    APART = "not the same way"
    MIXED = "no clear way"


SAYS: Final = frozenset((Direction.UP, Direction.DOWN, Direction.MIXED))


def direction(strengths: int, worries: int, *, few: int = FEW) -> Direction:
    """Which way a source points that named a theme so often as a strength and as a worry.

    Fewer than `few` mentions are too little to say. Whoever was heard and did not name the theme says nothing of it.

    Raises:
        ValueError: a number below nothing.
    """
    if strengths < 0 or worries < 0:
        raise ValueError("A theme cannot be named fewer than 0 times.")
    named = strengths + worries
    if not named:
        return Direction.NOTHING
    if named < few:
        return Direction.TOO_LITTLE
    if strengths >= CLEAR * worries:
        return Direction.UP
    return Direction.DOWN if worries >= CLEAR * strengths else Direction.MIXED


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the sources have in common, and which of them point where; names are kept in the order they came."""

    together: Together
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    too_little: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()

    @property
    def says(self) -> tuple[str, ...]:
        """Those with enough to say."""
        return (*self.up, *self.down, *self.mixed)


def agreement(sources: Iterable[tuple[str, Direction]]) -> Agreement:
    """Whether sources, each by its name, point the same way. Those with too little to say agree with nobody."""
    found: dict[Direction, list[str]] = {one: [] for one in Direction}
    for name, way in sources:
        found[way].append(name)
    up, down, mixed = (found[way] for way in (Direction.UP, Direction.DOWN, Direction.MIXED))
    return Agreement(
        _together(up, down, mixed), tuple(up), tuple(down), tuple(mixed),
        tuple(found[Direction.TOO_LITTLE]), tuple(found[Direction.NOTHING]),
    )  # fmt: skip


def _together(up: Sequence[str], down: Sequence[str], mixed: Sequence[str]) -> Together:
    number = len(up) + len(down) + len(mixed)
    if number < CLEAR:
        return Together.ALONE if number else Together.NONE
    if up and down:
        return Together.APART
    if not up and not down:
        return Together.MIXED
    return Together.NOT_OPPOSED if mixed else Together.SAME
