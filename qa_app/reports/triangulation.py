"""What the sources say together on a theme, in sentences."""

from collections.abc import Sequence
from typing import Final

from moderation.statistics.directions import Agreement, Direction, Together

COLOURS: Final = {
    Direction.UP: "green", Direction.DOWN: "orange", Direction.MIXED: "yellow",
    Direction.TOO_LITTLE: "grey", Direction.NOTHING: "grey",
}  # fmt: skip
SILENCE: Final = "Silence is not agreement."


def together(found: Agreement) -> str:
    """Whether the sources point the same way, and which do."""
    if found.together is Together.NONE:
        return "No source has enough to say on this theme."
    if found.together is Together.ALONE:
        way = "points up" if found.up else "points down" if found.down else "is mixed"
        return f"Only one source has enough to say, and it {way}: {_names(found.says)}. Nothing else confirms it."
    if found.together is Together.MIXED:
        return f"The sources point no clear way: {_names(found.mixed)} are mixed."
    if found.together is Together.SAME:
        way = "up" if found.up else "down"
        return f"{_all(len(found.says))} sources with enough to say point {way}: {_names(found.says)}."
    if found.together is Together.APART:
        return f"The sources do not point the same way. {_sides(found)}"
    return f"No source points the other way, and not all are clear. {_sides(found)}"


def silent(found: Agreement) -> str:
    """Which sources say too little, or nothing; empty where all have enough to say."""
    said = []
    if found.too_little:
        said.append(f"Too little to say: {_names(found.too_little)}.")
    if found.nothing:
        said.append(f"Nothing seen: {_names(found.nothing)}. {SILENCE}")
    return " ".join(said)


def short(found: Agreement) -> str:
    """The same in a few words, for a table."""
    return {
        Together.NONE: "Too little to say",
        Together.ALONE: "One source alone",
        Together.SAME: "All up" if found.up else "All down",
        Together.NOT_OPPOSED: "Up, some mixed" if found.up else "Down, some mixed",
        Together.APART: "Not the same way",
        Together.MIXED: "Mixed",
    }[found.together]


def _sides(found: Agreement) -> str:
    sides = (("points up", "point up", found.up), ("points down", "point down", found.down),
             ("is mixed", "are mixed", found.mixed))  # fmt: skip
    return " ".join(f"{_names(named)} {one if len(named) == 1 else many}." for one, many, named in sides if named)


def _all(number: int) -> str:
    return "Both" if number == 2 else f"All {number}"


def _names(named: Sequence[str]) -> str:
    quoted = [f"‘{name}’" for name in named]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
