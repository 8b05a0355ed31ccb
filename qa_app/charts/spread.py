"""How people graded one file: a row for each part of practice, a column for each grade, and the reference outlined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit_forms.grades import BEST_FIRST, Grade
from qa_app.charts.picture import Picture
from qa_app.charts.scene import INK, LINE, MUTED, PALE, WHITE, Circle, Mark, Rect, Scene, Table, Text, shorten

WIDTH = 760.0
LEFT, TOP, ACROSS, DOWN = 316.0, 56.0, 86.0, 34.0
LABELS = (("Outstanding",), ("Good",), ("Requires", "improvement"), ("Inadequate",))


@dataclass(frozen=True, slots=True)
class Spread:
    """One row: how many gave each grade, best first, how many gave none, and the reference where there is one."""

    label: str
    counts: Sequence[int]
    none: int = 0
    reference: Grade | None = None


def draw(rows: Sequence[Spread], *, title: str, name: str) -> Picture:
    """Return the picture of these rows, from top to bottom, and its table."""
    height = TOP + DOWN * len(rows) + 34
    marks = [*_headings(), *(mark for place, row in enumerate(rows) for mark in _row(row, TOP + DOWN * place))]
    outlined = any(row.reference for row in rows)
    if outlined:
        marks.append(Text(LEFT, height - 8, "Outlined: the reference grade.", 13, fill=MUTED))
    people = max((sum(row.counts) + row.none for row in rows), default=0)
    wide = sum(sum(count > 0 for count in row.counts) > 1 for row in rows)
    description = f"{people} people graded {len(rows)} parts; in {wide} of them they gave more than one grade."
    headers = ("Part", *(grade.label for grade in BEST_FIRST), "No grade", "Reference grade")
    table = Table(headers, tuple(map(_words, rows)), (1, 2, 3, 4, 5))
    return Picture(name, Scene(WIDTH, height, title, description, tuple(marks)), table)


def _headings() -> Iterator[Mark]:
    for place, words in enumerate((*LABELS, ("No grade",))):
        for line, word in enumerate(words):
            lift = 16 * (len(words) - 1 - line)
            yield Text(LEFT + (place + 0.5) * ACROSS, TOP - 12 - lift, word, 13, anchor="middle", fill=MUTED)


def _row(row: Spread, top: float) -> Iterator[Mark]:
    yield Text(LEFT - 12, top + DOWN / 2 + 5, shorten(row.label, LEFT - 14, 13), 13, anchor="end", title=row.label)
    for place, grade in enumerate(BEST_FIRST):
        count = row.counts[place]
        left = LEFT + place * ACROSS
        words = f"{row.label}, {grade.label.lower()}: {count}"
        yield Rect(left, top, ACROSS, DOWN, PALE if count else WHITE, LINE, 1, title=words)
        yield from _people(count, left, top)
    if row.reference is not None:
        left = LEFT + BEST_FIRST.index(row.reference) * ACROSS
        yield Rect(left + 1.5, top + 1.5, ACROSS - 3, DOWN - 3, None, INK, 3, name="reference")
    if row.none:
        yield Text(LEFT + 4.5 * ACROSS, top + DOWN / 2 + 5, f"{row.none}", 14, anchor="middle", fill=MUTED)


def _people(count: int, left: float, top: float) -> Iterator[Mark]:
    """A dot for each person where they fit beside each other, else their number alone."""
    middle = top + DOWN / 2
    if 0 < count <= 4:
        for place in range(count):
            yield Circle(left + 14 + 12 * place, middle, 4, INK)
    if count:
        yield Text(left + ACROSS - 10, middle + 5, f"{count}", 14, bold=True, anchor="end")


def _words(row: Spread) -> tuple[str, ...]:
    reference = row.reference.label if row.reference else "Not set"
    return (row.label, *(f"{count}" for count in row.counts), f"{row.none}", reference)
