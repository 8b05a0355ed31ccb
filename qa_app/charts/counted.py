"""How many things were heard month by month: a bar each, in two parts, and the number under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from qa_app.charts.months import FLOOR, LEFT, NAMES, RIGHT, TOP, WIDTH, labels
from qa_app.charts.picture import Picture
from qa_app.charts.scene import BRAND, LINE, MUTED, PALE, Line, Mark, Rect, Scene, Table, Text

HEIGHT = FLOOR + 70
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class MonthCount:
    """What was heard in a month: `k` of `n` belong to the first part of the bar. `href` leads to them."""

    month: date
    k: int
    n: int
    href: str = ""

    @property
    def name(self) -> str:
        return f"{NAMES[self.month.month - 1]} {self.month.year}"


def draw(
    points: Sequence[MonthCount], *, title: str, name: str, parts: tuple[str, str], description: str = ""
) -> Picture:
    """Return the bars of these months, oldest first, and their table; `parts` are what k and the rest of n are."""
    top = max((point.n for point in points), default=0)
    step = next((one for one in STEPS if top <= one * MOST_LINES), ceil(top / MOST_LINES))
    whole = step * max(ceil(top / step), 1)
    marks = [*_lines(whole, step), *_bars(points, whole, parts), *labels(points), *_legend(parts)]
    rows = tuple((point.name, f"{point.k:,}", f"{point.n - point.k:,}", f"{point.n:,}") for point in points)
    said = f"{sum(point.n for point in points):,} in {len(points)} months. {description}".strip()
    return Picture(
        name, Scene(WIDTH, HEIGHT, title, said, tuple(marks)), Table(("Month", *parts, "All"), rows, (1, 2, 3))
    )


def _height(count: int, whole: int) -> float:
    return (FLOOR - TOP) * count / whole


def _lines(whole: int, step: int) -> Iterator[Mark]:
    for value in range(0, whole + 1, step):
        at = FLOOR - _height(value, whole)
        yield Line(((LEFT, at), (RIGHT, at)), stroke=LINE if value else MUTED)
        yield Text(LEFT - 6, at + 4, f"{value:,}", size=12, anchor="end", fill=MUTED)
    yield Text(LEFT - 6, FLOOR + 52, "n", size=12, anchor="end", fill=MUTED)


def _bars(points: Sequence[MonthCount], whole: int, parts: tuple[str, str]) -> Iterator[Mark]:
    width = (RIGHT - LEFT) / max(len(points), 1)
    thick = min(width * 0.7, 40.0)
    for index, point in enumerate(points):
        left, low = LEFT + width * (index + 0.5) - thick / 2, FLOOR - _height(point.k, whole)
        words = f"{point.name}: {parts[0].lower()} {point.k:,}, {parts[1].lower()} {point.n - point.k:,}"
        if point.n > point.k:
            high = FLOOR - _height(point.n, whole)
            yield Rect(left, high, thick, low - high, PALE, BRAND, 1.5, title=words, href=point.href, name="month")
        if point.k:
            yield Rect(left, low, thick, FLOOR - low, BRAND, BRAND, 1.5, title=words, href=point.href, name="month")


def _legend(parts: tuple[str, str]) -> Iterator[Mark]:
    at = LEFT
    for words, fill in zip(parts, (BRAND, PALE), strict=True):
        yield Rect(at, 9, 14, 14, fill, BRAND, 1.5)
        yield Text(at + 22, 20, words, size=12)
        at += 22 + Text(0, 0, words, size=12).width + 20
