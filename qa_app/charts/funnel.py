"""Teams in a funnel: how many audits each has, its share, and how far chance alone would carry a team of that size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from qa_app.charts.picture import Picture, percentage
from qa_app.charts.scene import BRAND, INK, LINE, MUTED, Circle, Line, Mark, Scene, Table, Text, shorten

WIDTH, HEIGHT = 760.0, 380.0
LEFT, RIGHT, TOP, FLOOR = 56.0, 730.0, 66.0, 316.0


@dataclass(frozen=True, slots=True)
class TeamPoint:
    """One team: k of n, where it stands in words, and whether it stands out.

    `note` is said instead of a percentage where there are too few; the team is then drawn hollow.
    """

    label: str
    k: int
    n: int
    standing: str
    stands_out: bool = False
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """The limits at one size, proportions; None where a team of this size cannot stand out on that side."""

    n: int
    low_alarm: float | None
    low_alert: float | None
    high_alert: float | None
    high_alarm: float | None


def draw(
    points: Sequence[TeamPoint], bounds: Sequence[Bound], *, title: str, name: str, description: str,
    centre: Fraction | None, counted: str = "Same grade", of: str = "Pairs",
) -> Picture:  # fmt: skip
    """Return the funnel of these teams and its table, in their order; `bounds` are the limits at every size."""
    seen = [point for point in points if point.n]
    most = max([bound.n for bound in bounds] + [point.n for point in seen], default=1)
    marks: list[Mark] = [*_axes(most, of)]
    marks += [*_bounds(bounds, most), *_centre(centre), *_legend(centre)]
    marks += [mark for point in seen for mark in _dot(point, most)]
    if not seen:
        marks.append(Text(LEFT + 14, (TOP + FLOOR) / 2, "Nothing to show for this period."))
    rows = tuple(
        (point.label, f"{point.k:,}", f"{point.n:,}", point.note or percentage(point.k, point.n, None), point.standing)
        for point in points
    )
    table = Table(("Team", counted, of, "Share", "Where it stands"), rows, (1, 2, 3))
    return Picture(name, Scene(WIDTH, HEIGHT, title, description, tuple(marks)), table)


def _x(n: float, most: int) -> float:
    return LEFT + (RIGHT - LEFT) * n / (most + 1)


def _y(value: float) -> float:
    return FLOOR - (FLOOR - TOP) * value


def _axes(most: int, of: str) -> Iterator[Mark]:
    for percent in (0, 25, 50, 75, 100):
        height = _y(percent / 100)
        yield Line(((LEFT, height), (RIGHT, height)), stroke=MUTED if percent == 0 else LINE)
        yield Text(LEFT - 6, height + 4, f"{percent}%", size=12, anchor="end", fill=MUTED)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if most / size <= 10)
    for n in range(0, most + 1, step):
        yield Text(_x(n, most), FLOOR + 18, str(n), size=12, anchor="middle", fill=MUTED)
    yield Text((LEFT + RIGHT) / 2, FLOOR + 42, f"{of} of the team", size=12, anchor="middle", fill=MUTED)


def _bounds(bounds: Sequence[Bound], most: int) -> Iterator[Mark]:
    """Steps, one for each size: nothing is interpolated between whole numbers of audits."""
    half = (bounds[1].n - bounds[0].n) / 2 if len(bounds) > 1 else 0.5
    for which in ("low_alarm", "low_alert", "high_alert", "high_alarm"):
        for there, group in groupby(bounds, key=lambda bound: getattr(bound, which) is not None):
            if there:
                steps = tuple(
                    (_x(bound.n + side, most), _y(getattr(bound, which))) for bound in group for side in (-half, half)
                )
                yield Line(steps, stroke=MUTED, stroke_width=1.5, dashed=which.endswith("alert"), name="limit")


def _centre(centre: Fraction | None) -> Iterator[Mark]:
    if centre is not None:
        yield Line(((LEFT, _y(float(centre))), (RIGHT, _y(float(centre)))), stroke=INK, stroke_width=2, name="centre")


def _dot(point: TeamPoint, most: int) -> Iterator[Mark]:
    across, height = _x(point.n, most), _y(point.k / point.n)
    figure = point.note or percentage(point.k, point.n, None)
    words = f"{point.label}: {point.k:,} of {point.n:,}, {figure}, {point.standing.lower()}"
    if point.stands_out:
        yield Circle(across, height, 10, None, INK, 2, name="signal")
    fill = None if point.note else BRAND
    yield Circle(across, height, 6, fill, BRAND, 2, title=words, href=point.href, name="team")
    if point.stands_out:
        label = shorten(point.label, 220, 12)
        end = across + 14 + Text(0, 0, label, size=12).width > WIDTH
        yield Text(across - 12 if end else across + 12, height - 10, label, 12, anchor="end" if end else "start")


def _legend(centre: Fraction | None) -> Iterator[Mark]:
    if centre is None:
        return
    yield Line(((LEFT, 16), (LEFT + 20, 16)), stroke=INK, stroke_width=2)
    yield Text(LEFT + 26, 20, f"all teams together: {100 * float(centre):.1f}%", size=12)
    yield Line(((LEFT, 36), (LEFT + 20, 36)), stroke=MUTED, stroke_width=1.5, dashed=True)
    yield Text(LEFT + 26, 40, "by chance alone once in 40 beyond this", size=12)
    yield Line(((LEFT + 300, 36), (LEFT + 320, 36)), stroke=MUTED, stroke_width=1.5)
    yield Text(LEFT + 326, 40, "once in 1,000 beyond this", size=12)
