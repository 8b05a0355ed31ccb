"""The auditor's and the moderator's grades of the same audits: sixteen cells, agreement along the diagonal."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from audit_forms.grades import BEST_FIRST
from qa_app.charts.picture import Picture, percentage
from qa_app.charts.scene import COOL, INK, LINE, MUTED, PALE, WARM, WHITE, Mark, Point, Rect, Scene, Table, Text

WIDTH, HEIGHT = 640.0, 424.0
LEFT, TOP, ACROSS, DOWN = 138.0, 84.0, 106.0, 60.0
LABELS = (("Outstanding",), ("Good",), ("Requires", "improvement"), ("Inadequate",))
SAME, HIGHER, LOWER = "same grade", "auditor higher", "auditor lower"


def draw(
    counts: Sequence[Sequence[int]], *, title: str, name: str = "pairs", hrefs: Sequence[Sequence[str]] = ()
) -> Picture:
    """Return the picture of a 4x4 table, rows the auditor's grade, columns the moderator's, best first, and its table.

    `hrefs`, where given, is 4x4 too: where each count leads.

    Raises:
        ValueError: the table is not 4x4.
    """
    if len(counts) != len(BEST_FIRST) or any(len(row) != len(BEST_FIRST) for row in counts):
        raise ValueError(f"The table of pairs is 4x4, not {[len(row) for row in counts]}.")
    scene = Scene(WIDTH, HEIGHT, title, _description(counts), (*_headings(), *_cells(counts, hrefs), *_totals(counts)))
    return Picture(name, scene, _table(counts))


def _side(row: int, column: int) -> str:
    return SAME if row == column else HIGHER if column > row else LOWER


def _sums(counts: Sequence[Sequence[int]]) -> dict[str, int]:
    sums = dict.fromkeys((SAME, HIGHER, LOWER), 0)
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            sums[_side(row, column)] += count
    return sums


def _description(counts: Sequence[Sequence[int]]) -> str:
    sums = _sums(counts)
    n = sum(sums.values())
    if not n:
        return "No audit has been graded by both an auditor and a moderator."
    figure = percentage(sums[SAME], n, Fraction(9, 10))
    return (
        f"{n:,} pairs of grades. The same grade in {sums[SAME]:,}, {figure}; the auditor's grade was higher in "
        f"{sums[HIGHER]:,} and lower in {sums[LOWER]:,}."
    )


def _headings() -> Iterator[Mark]:
    yield Text(LEFT + 2 * ACROSS, 20, "Moderator’s grade", size=14, bold=True, anchor="middle")
    yield Text(8, TOP - 14, "Auditor’s grade", size=14, bold=True)
    for place, words in enumerate(LABELS):
        for line, word in enumerate(words):
            lift = 17 * (len(words) - 1 - line)
            yield Text(LEFT + (place + 0.5) * ACROSS, TOP - 14 - lift, word, size=14, anchor="middle")
            drop = 5 + 17 * (line - (len(words) - 1) / 2)
            yield Text(LEFT - 12, TOP + (place + 0.5) * DOWN + drop, word, size=14, anchor="end")
    yield Text(LEFT + 4 * ACROSS + 40, TOP - 14, "All", size=14, anchor="middle", fill=MUTED)
    yield Text(LEFT - 12, TOP + 4 * DOWN + 24, "All", size=14, anchor="end", fill=MUTED)


def _cells(counts: Sequence[Sequence[int]], hrefs: Sequence[Sequence[str]]) -> Iterator[Mark]:
    places = [(row, column) for row in range(4) for column in range(4)]
    # The diagonal comes last: its outline lies over its neighbours' edges.
    for row, column in sorted(places, key=lambda place: place[0] == place[1]):
        count, side = counts[row][column], _side(row, column)
        href = hrefs[row][column] if hrefs and count else ""
        words = f"Auditor {' '.join(LABELS[row]).lower()}, moderator {' '.join(LABELS[column]).lower()}: {count:,}"
        yield from _cell((LEFT + column * ACROSS, TOP + row * DOWN), count, side, words, href)


def _cell(corner: Point, count: int, side: str, words: str, href: str) -> Iterator[Mark]:
    x, y = corner
    fill = {SAME: PALE, HIGHER: WARM, LOWER: COOL}[side] if count else WHITE
    yield Rect(x, y, ACROSS, DOWN, fill, LINE, 1, title=words)
    middle = x + ACROSS / 2
    ink = INK if count else MUTED
    yield Text(
        middle,
        y + 30,
        f"{count:,}",
        20,
        bold=count > 0,
        anchor="middle",
        fill=ink,
        title=words if href else "",
        href=href,
    )
    if count or side == SAME:
        yield Text(middle, y + 48, side, 12, anchor="middle", fill=ink)
    if side == SAME:
        yield Rect(x + 1.5, y + 1.5, ACROSS - 3, DOWN - 3, None, INK, 3, name="same")


def _totals(counts: Sequence[Sequence[int]]) -> Iterator[Mark]:
    for place in range(4):
        down = sum(line[place] for line in counts)
        yield Text(LEFT + (place + 0.5) * ACROSS, TOP + 4 * DOWN + 24, f"{down:,}", anchor="middle", fill=MUTED)
        height = TOP + (place + 0.5) * DOWN + 5
        yield Text(LEFT + 4 * ACROSS + 40, height, f"{sum(counts[place]):,}", anchor="middle", fill=MUTED)
    sums = _sums(counts)
    n = sum(sums.values())
    yield Text(LEFT + 4 * ACROSS + 40, TOP + 4 * DOWN + 24, f"{n:,}", anchor="middle", fill=MUTED)
    lines = (
        f"Same grade: {sums[SAME]:,} of {n:,}. Outlined.",
        f"Auditor higher, over-optimistic: {sums[HIGHER]:,}. Above the outline.",
        f"Auditor lower, over-critical: {sums[LOWER]:,}. Below the outline.",
    )
    for line, words in enumerate(lines):
        yield Text(LEFT, TOP + 4 * DOWN + 52 + 19 * line, words, size=14, bold=line == 0)


def _table(counts: Sequence[Sequence[int]]) -> Table:
    names = [grade.label for grade in BEST_FIRST]
    rows = tuple(
        (f"Auditor: {name}", *(f"{count:,}" for count in line), f"{sum(line):,}")
        for name, line in zip(names, counts, strict=True)
    )
    sums = [sum(line[place] for line in counts) for place in range(4)]
    last = ("All", *(f"{each:,}" for each in sums), f"{sum(sums):,}")
    return Table(("Grade", *(f"Moderator: {name}" for name in names), "All"), (*rows, last), (1, 2, 3, 4, 5))
