"""Shares of several groups, one under the other: a dot and its interval for each, with the target line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qa_app.charts.picture import Picture, interval_words, percentage
from qa_app.charts.scene import BRAND, INK, LINE, MUTED, Circle, Line, Mark, Scene, Table, Text, shorten

WIDTH = 760.0
LEFT, RIGHT, TOP, ROW = 298.0, 600.0, 48.0, 30.0


@dataclass(frozen=True, slots=True)
class GroupShare:
    """One group: k of n and the ends of its interval (0 to 1, None for none).

    `note` is said instead of a figure where the counts may not be shown; k and n are then ignored.
    """

    label: str
    k: int
    n: int
    low: float | None = None
    high: float | None = None
    href: str = ""
    note: str = ""

    @property
    def is_shown(self) -> bool:
        return bool(self.n) and not self.note


def draw(
    groups: Sequence[GroupShare],
    *,
    title: str,
    name: str = "intervals",
    target: Fraction | None = None,
    target_words: str = "",
    group: str = "Team",
    counted: str = "Good or better",
    of: str = "Audits",
) -> Picture:
    """Return the chart of these groups, in their order from top to bottom, and its table.

    `target` is a proportion, `target_words` its rule ('at least 85%'); `group`, `counted` and `of` head the columns.
    """
    floor = TOP + ROW * max(len(groups), 1)
    marks = [*_axes(floor, target, target_words)] if groups else []
    for index, each in enumerate(groups):
        marks += _row(each, TOP + ROW * (index + 0.5), target)
    if not groups:
        marks.append(Text(LEFT + 10, TOP + ROW / 2 + 5, "Nothing to show for this period."))
    shown = sum(each.is_shown for each in groups)
    against = f" The target is {target_words}." if target is not None and target_words else ""
    description = f"{shown} of {len(groups)} groups have a figure.{against}"
    headers = (group, counted, of, "Share", "95% interval")
    table = Table(headers, tuple(_words(each, target) for each in groups), (1, 2, 3, 4))
    return Picture(name, Scene(WIDTH, floor + 30, title, description, tuple(marks)), table)


def _x(value: float) -> float:
    return LEFT + (RIGHT - LEFT) * value


def _axes(floor: float, target: Fraction | None, target_words: str) -> Iterator[Mark]:
    for percent in (0, 25, 50, 75, 100):
        yield Line(((_x(percent / 100), TOP), (_x(percent / 100), floor)), stroke=LINE)
        yield Text(_x(percent / 100), floor + 19, f"{percent}%", size=12, anchor="middle", fill=MUTED)
    if target is not None:
        across = _x(float(target))
        yield Line(((across, TOP - 8), (across, floor)), stroke=INK, stroke_width=2.5, name="target")
        words = Text(across, TOP - 15, f"target: {target_words}" if target_words else "target", 12, anchor="middle")
        yield words if words.left + words.width < WIDTH else Text(WIDTH - 4, TOP - 15, words.words, 12, anchor="end")
    yield Text(4, TOP - 15, "Dot: the share. Line: 95% interval.", size=12, fill=MUTED)


def _row(each: GroupShare, height: float, target: Fraction | None) -> Iterator[Mark]:
    size = 14.0 if shorten(each.label, LEFT - 22, 14) == each.label else 12.0
    label = shorten(each.label, LEFT - 22, size)
    full = each.label if label != each.label or each.href else ""
    yield Text(LEFT - 14, height + 5, label, size, anchor="end", href=each.href, title=full, name="group")
    if not each.is_shown:
        yield Text(LEFT + 10, height + 5, shorten(each.note or "No figure", RIGHT - LEFT - 20, 14), fill=MUTED)
        return
    if each.low is not None and each.high is not None:
        low, high = _x(each.low), _x(each.high)
        yield Line(((low, height), (high, height)), stroke=MUTED, stroke_width=2)
        for end in (low, high):
            yield Line(((end, height - 4), (end, height + 4)), stroke=MUTED, stroke_width=2)
    figure = percentage(each.k, each.n, target)
    counts = f"{each.k:,} of {each.n:,}"
    yield Circle(_x(each.k / each.n), height, 6, BRAND, title=f"{each.label}: {counts}, {figure}")
    yield Text(RIGHT + 16, height + 5, figure, bold=True)
    yield Text(RIGHT + 66, height + 5, counts, 14 if len(counts) < 10 else 10)


def _words(each: GroupShare, target: Fraction | None) -> tuple[str, ...]:
    if each.note:
        return (each.label, "–", "–", each.note, "–")
    interval = interval_words(each.low, each.high) if each.n else "–"
    return (each.label, f"{each.k:,}", f"{each.n:,}", percentage(each.k, each.n, target), interval)
