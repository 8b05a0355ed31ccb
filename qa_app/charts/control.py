"""A share month by month about its mean: limits of what chance alone would do, and the points that stand out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from qa_app.charts.months import FLOOR, HEIGHT, LEFT, NAMES, RIGHT, TOP, WIDTH, axes, labels
from qa_app.charts.picture import Picture, interval_words, percentage
from qa_app.charts.scene import BRAND, INK, MUTED, Circle, Line, Mark, Scene, Table, Text

RING = 9.0


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One month: k of n, the limits of chance (0 to 1, None for none), and what stands out about it, in words.

    A point that is not `counted` has too few audits: it is hollow and outside centre, limits and rules.
    """

    month: date
    k: int
    n: int
    low: float | None = None
    high: float | None = None
    counted: bool = True
    signal: str = ""
    href: str = ""

    @property
    def name(self) -> str:
        return f"{NAMES[self.month.month - 1]} {self.month.year}"


def draw(
    points: Sequence[ControlPoint], *, title: str, name: str, description: str, centre: float | None,
    centre_words: str, limits_words: str, counted: str = "Same grade", of: str = "Pairs",
) -> Picture:  # fmt: skip
    """Return the chart of these months, oldest first, and its table; a month without audits is a gap.

    `centre` is a proportion; `centre_words` and `limits_words` say in the legend what the two lines are.
    """
    marks = [*axes(), *_limits(points), *_centre(centre), *_lines(points), *_dots(points), *labels(points)]
    marks += _legend(points, centre_words if centre is not None else "", limits_words)
    headers = ("Month", counted, of, "Share", "Limits of chance", "What stands out")
    table = Table(headers, tuple(map(_row, points)), (1, 2, 3, 4))
    return Picture(name, Scene(WIDTH, HEIGHT, title, description, tuple(marks)), table)


def _row(point: ControlPoint) -> tuple[str, ...]:
    said = point.signal or ("Too few to count" if point.n and not point.counted else "–")
    limits = interval_words(point.low, point.high)
    return (point.name, f"{point.k:,}", f"{point.n:,}", percentage(point.k, point.n, None), limits, said)


def _x(index: float, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * (index + 0.5) / count


def _y(value: float) -> float:
    return FLOOR - (FLOOR - TOP) * value


def _limits(points: Sequence[ControlPoint]) -> Iterator[Mark]:
    """Each month's own limits, as wide as its few audits leave them."""
    for index, point in enumerate(points):
        for limit in (point.low, point.high):
            if limit is not None:
                ends = ((_x(index - 0.5, len(points)), _y(limit)), (_x(index + 0.5, len(points)), _y(limit)))
                yield Line(ends, stroke=MUTED, dashed=True, name="limit")


def _centre(centre: float | None) -> Iterator[Mark]:
    if centre is not None:
        yield Line(((LEFT, _y(centre)), (RIGHT, _y(centre))), stroke=INK, stroke_width=2, name="centre")


def _place(points: Sequence[ControlPoint], index: int) -> tuple[float, float]:
    return _x(index, len(points)), _y(points[index].k / points[index].n)


def _lines(points: Sequence[ControlPoint]) -> Iterator[Mark]:
    for index, (one, following) in enumerate(pairwise(points)):
        if one.n and following.n:
            yield Line((_place(points, index), _place(points, index + 1)), stroke=BRAND, stroke_width=2)


def _dots(points: Sequence[ControlPoint]) -> Iterator[Mark]:
    for index, point in enumerate(points):
        if not point.n:
            continue
        across, height = _place(points, index)
        if point.signal:
            yield Circle(across, height, RING, None, INK, 2, name="signal")
        said = f", {point.signal[0].lower()}{point.signal[1:]}" if point.signal else ""
        few = "" if point.counted else ", too few to count"
        words = f"{point.name}: {point.k:,} of {point.n:,}, {percentage(point.k, point.n, None)}{said}{few}"
        fill = BRAND if point.counted else None
        yield Circle(across, height, 5, fill, BRAND, 2, title=words, href=point.href, name="month")


def _legend(points: Sequence[ControlPoint], centre_words: str, limits_words: str) -> list[Mark]:
    """Say above the plot what each sign means, only of the signs that are there."""
    marks: list[Mark] = []
    at, row = LEFT, 16.0

    def say(sign: list[Mark], words: str) -> None:
        nonlocal at, row
        width = 26 + Text(0, 0, words, size=12).width
        if at + width > WIDTH:
            at, row = LEFT, row + 20
        marks.extend(_moved(each, at, row) for each in sign)
        marks.append(Text(at + 26, row + 4, words, size=12))
        at += width + 18

    if centre_words:
        say([Line(((0, 0), (20, 0)), stroke=INK, stroke_width=2)], centre_words)
    if any(point.low is not None for point in points):
        say([Line(((0, 0), (20, 0)), stroke=MUTED, dashed=True)], limits_words)
    if any(point.n and not point.counted for point in points):
        say([Circle(10, 0, 5, None, BRAND, 2)], "too few to count")
    if any(point.signal for point in points):
        say([Circle(10, 0, RING, None, INK, 2), Circle(10, 0, 5, BRAND, BRAND, 2)], "stands out")
    return marks


def _moved(mark: Mark, across: float, down: float) -> Mark:
    if isinstance(mark, Line):
        return replace(mark, points=tuple((x + across, y + down) for x, y in mark.points))
    return replace(mark, x=mark.x + across, y=mark.y + down)
