"""A share month by month: a line with its target, the counts under each point, and the run of months marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Protocol

from qa_app.charts.picture import Picture, interval_words, percentage
from qa_app.charts.scene import BRAND, INK, LINE, MUTED, PALE, Circle, Line, Mark, Rect, Scene, Table, Text

WIDTH, HEIGHT = 760.0, 340.0
LEFT, RIGHT, TOP, FLOOR = 48.0, 700.0, 62.0, 270.0
CLEAR = 10.0  # between the last value and the target line
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """One month: k of n, the ends of its interval (0 to 1, None for none), and how it counts.

    `open`: not closed yet, drawn hollow and dashed. `in_run`: one of the current run of months over the target.
    `not_applicable`: audits to which it does not apply, outside n.
    """

    month: date
    k: int
    n: int
    low: float | None = None
    high: float | None = None
    open: bool = False
    in_run: bool = False
    href: str = ""
    not_applicable: int = 0

    @property
    def name(self) -> str:
        return f"{NAMES[self.month.month - 1]} {self.month.year}"


class Dated(Protocol):
    """A point that stands for a month and counts so many."""

    @property
    def month(self) -> date: ...

    @property
    def n(self) -> int: ...


def draw(
    points: Sequence[MonthPoint],
    *,
    title: str,
    name: str = "months",
    target: Fraction | None = None,
    target_words: str = "",
    counted: str = "Good or better",
    of: str = "Audits",
) -> Picture:
    """Return the chart of these months, oldest first, and its table.

    `target` is a proportion, `target_words` its rule ('more than 85%'); `counted` and `of` head the columns of k and n.
    """
    marks = [*axes(), *_run(points), *_target(target), *_whiskers(points), *_lines(points)]
    marks += [*_dots(points, target), *labels(points), *_last_value(points, target)]
    marks += _legend(points, target_words if target is not None else "")
    table = _table(points, target, counted, of)
    return Picture(name, Scene(WIDTH, HEIGHT, title, _description(points, target, target_words), tuple(marks)), table)


def _description(points: Sequence[MonthPoint], target: Fraction | None, target_words: str) -> str:
    seen = [point for point in points if point.n]
    if not seen:
        return "No month has a figure yet."
    last = seen[-1]
    against = f" The target is {target_words}." if target is not None and target_words else ""
    figure = percentage(last.k, last.n, target)
    return f"{len(points)} months. The latest figure, {last.name}, is {last.k} of {last.n}, {figure}.{against}"


def _table(points: Sequence[MonthPoint], target: Fraction | None, counted: str, of: str) -> Table:
    """The months as rows; the audits outside the count have a column where there are any."""
    headers: tuple[str, ...] = ("Month", counted, of, "Share", "95% interval", "Standing")
    rows = [_row(point, target) for point in points]
    if not any(point.not_applicable for point in points):
        return Table(headers, tuple(rows), (1, 2, 3, 4))
    outside = (f"{point.not_applicable:,}" for point in points)
    return Table(
        (*headers, "Does not apply"), tuple((*row, n) for row, n in zip(rows, outside, strict=True)), (1, 2, 3, 4, 6)
    )


def _row(point: MonthPoint, target: Fraction | None) -> tuple[str, ...]:
    standing = "Open, not counted" if point.open else "In the current run" if point.in_run else "Closed"
    figure = percentage(point.k, point.n, target)
    interval = interval_words(point.low, point.high) if point.n else "–"
    return (point.name, f"{point.k:,}", f"{point.n:,}", figure, interval, standing)


def _x(index: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * (index + 0.5) / count


def _y(value: float) -> float:
    return FLOOR - (FLOOR - TOP) * value


def _place(points: Sequence[MonthPoint], index: int) -> tuple[float, float]:
    return _x(index, len(points)), _y(points[index].k / points[index].n)


def axes() -> Iterator[Mark]:
    """The lines of a share from 0% to 100%, and the head of the row of counts."""
    for tenth in (0, 25, 50, 75, 100):
        height = _y(tenth / 100)
        yield Line(((LEFT, height), (RIGHT, height)), stroke=MUTED if tenth == 0 else LINE)
        yield Text(LEFT - 6, height + 4, f"{tenth}%", size=12, anchor="end", fill=MUTED)
    yield Text(LEFT - 6, FLOOR + 52, "n", size=12, anchor="end", fill=MUTED)


def _run(points: Sequence[MonthPoint]) -> Iterator[Mark]:
    step = (RIGHT - LEFT) / max(len(points), 1)
    for in_run, group in groupby(range(len(points)), key=lambda index: points[index].in_run):
        if not in_run:
            continue
        run = list(group)
        left, width = LEFT + run[0] * step, len(run) * step
        yield Rect(left, TOP, width, FLOOR - TOP, fill=PALE, name="run")
        yield Line(((left, TOP + 5), (left, TOP), (left + width, TOP), (left + width, TOP + 5)), stroke_width=2)
        words = f"run of {len(run)}"
        half = Text(0, 0, words, size=12, bold=True).width / 2
        middle = min(max(left + width / 2, LEFT + half), WIDTH - half)
        yield Text(middle, TOP - 6, words, size=12, bold=True, anchor="middle")


def _target(target: Fraction | None) -> Iterator[Mark]:
    if target is not None:
        yield Line(((LEFT, _y(float(target))), (RIGHT, _y(float(target)))), stroke=INK, stroke_width=2.5, name="target")


def _whiskers(points: Sequence[MonthPoint]) -> Iterator[Mark]:
    for index, point in enumerate(points):
        if point.n and point.low is not None and point.high is not None:
            across, low, high = _x(index, len(points)), _y(point.low), _y(point.high)
            yield Line(((across, low), (across, high)), stroke=MUTED, dashed=point.open)
            yield Line(((across - 3, low), (across + 3, low)), stroke=MUTED)
            yield Line(((across - 3, high), (across + 3, high)), stroke=MUTED)


def _lines(points: Sequence[MonthPoint]) -> Iterator[Mark]:
    """Join neighbours that both have a figure; a month without one leaves a gap."""
    for index, (one, next_one) in enumerate(pairwise(points)):
        if one.n and next_one.n:
            ends = (_place(points, index), _place(points, index + 1))
            yield Line(ends, stroke=BRAND, stroke_width=2, dashed=one.open or next_one.open)


def _dots(points: Sequence[MonthPoint], target: Fraction | None) -> Iterator[Mark]:
    for index, point in enumerate(points):
        if point.n:
            across, height = _place(points, index)
            state = ", open month" if point.open else ""
            words = f"{point.name}: {point.k:,} of {point.n:,}, {percentage(point.k, point.n, target)}{state}"
            fill = None if point.open else BRAND
            yield Circle(across, height, 5, fill, BRAND, 2, title=words, href=point.href, name="month")


def labels(points: Sequence[Dated]) -> Iterator[Mark]:
    """The months under the plot, and how many each counts."""
    december = len(points) > 1 and points[1].month.month == 1  # its year would touch the next one's
    for index, point in enumerate(points):
        across = _x(index, len(points))
        yield Text(across, FLOOR + 18, NAMES[point.month.month - 1], size=12, anchor="middle", fill=MUTED)
        if (index == 0 and not december) or point.month.month == 1:
            yield Text(across, FLOOR + 33, str(point.month.year), size=12, anchor="middle", fill=MUTED)
        size = 12 if point.n < 1000 else 9
        yield Text(across, FLOOR + 52, str(point.n) if point.n else "–", size=size, anchor="middle")


def _last_value(points: Sequence[MonthPoint], target: Fraction | None) -> Iterator[Mark]:
    seen = [index for index, point in enumerate(points) if point.n]
    if seen and seen[-1] == len(points) - 1:
        across, height = _place(points, seen[-1])
        words = percentage(points[-1].k, points[-1].n, target)
        line = _y(float(target)) if target is not None else height - 2 * CLEAR
        if abs(line - height) < CLEAR:  # never on the target's line, and on its own side of it
            height = line + CLEAR if height > line else line - CLEAR
        yield Text(min(across + 11, WIDTH - 60), height + 5, words, size=14, bold=True)


def _legend(points: Sequence[MonthPoint], target_words: str) -> list[Mark]:
    """Say above the plot what each sign means, only of the signs that are there."""
    marks: list[Mark] = []
    at, row = LEFT, 16.0

    def say(words: str) -> None:
        nonlocal at
        marks.append(Text(at + 26, row + 4, words, size=12))
        at += 26 + Text(0, 0, words, size=12).width + 18

    if target_words:
        marks.append(Line(((at, row), (at + 20, row)), stroke=INK, stroke_width=2.5))
        say(f"target: {target_words}")
    marks.append(Circle(at + 10, row, 5, BRAND, BRAND, 2))
    say("closed month")
    if any(point.open for point in points):
        marks.append(Circle(at + 10, row, 5, None, BRAND, 2))
        say("open month, not counted")
    if any(point.n and point.low is not None for point in points):
        marks.append(Line(((at + 10, row - 8), (at + 10, row + 8)), stroke=MUTED))
        say("95% interval")
    return marks
