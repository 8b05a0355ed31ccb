"""What a chart is made of: marks at places in a box, whoever draws them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Point: TypeAlias = tuple[float, float]

INK = "#0b0c0c"
BRAND = "#0b4a56"
MUTED = "#484949"
LINE = "#b1b4b6"
PALE = "#e3edef"
WHITE = "#ffffff"
WARM = "#fdf0e2"
COOL = "#e9eff7"

DASHED = (5.0, 4.0)
CHARACTER = 0.56
"""Width of an average character of Arial, in font sizes; capitals and digits are near it too."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its left, top, width and height."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1
    title: str = ""
    href: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through two points or more."""

    points: tuple[Point, ...]
    stroke: str = INK
    stroke_width: float = 1
    dashed: bool = False
    title: str = ""
    href: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A dot. One without fill is hollow, white inside."""

    x: float
    y: float
    radius: float
    fill: str | None = INK
    stroke: str | None = None
    stroke_width: float = 1
    title: str = ""
    href: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a point on their base line; `anchor` says which end of them the point is."""

    x: float
    y: float
    words: str
    size: float = 14
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"
    fill: str = INK
    title: str = ""
    href: str = ""
    name: str = ""

    @property
    def width(self) -> float:
        """About how wide the words are."""
        return len(self.words) * self.size * (CHARACTER + (0.04 if self.bold else 0))

    @property
    def left(self) -> float:
        """Where the words begin."""
        return self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width


Mark: TypeAlias = Rect | Line | Circle | Text


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawn chart: a box with its origin at the top left, what it shows in words, its marks from back to front."""

    width: float
    height: float
    title: str
    description: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's twin in words: the same facts, row by row, for those who do not see the chart.

    `numeric` are the positions of columns of figures, counted from 0.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()


def shorten(words: str, width: float, size: float) -> str:
    """Return the words, or as many of them as fit a width, ending in '…'."""
    room = int(width / (size * CHARACTER))
    return words if len(words) <= room else f"{words[: max(room - 1, 1)].rstrip()}…"


def bounds(mark: Mark) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a mark, words measured by `Text.width`."""
    if isinstance(mark, Rect):
        half = mark.stroke_width / 2 if mark.stroke else 0
        return mark.x - half, mark.y - half, mark.x + mark.width + half, mark.y + mark.height + half
    if isinstance(mark, Circle):
        reach = mark.radius + (mark.stroke_width / 2 if mark.stroke else 0)
        return mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach
    if isinstance(mark, Text):
        return mark.left, mark.y - 0.8 * mark.size, mark.left + mark.width, mark.y + 0.25 * mark.size
    across, down = zip(*mark.points, strict=True)
    return min(across), min(down), max(across), max(down)
