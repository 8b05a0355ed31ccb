"""What was heard month by month as a chart whose title says what it shows."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple

from moderation.statistics.months import after
from qa_app.charts import counted
from qa_app.charts.picture import Picture
from qa_app.reports.dates import month_name

MOST_MONTHS: Final = 24

MonthLink = Callable[[date], str]


class Titled(NamedTuple):
    """What a chart is called, the beginning of its ids, and what the two parts of its bars are: worries, and others."""

    label: str
    name: str
    parts: tuple[str, str]


def by_month(
    of: Titled, named: Sequence[tuple[date, bool]], last: date, href: MonthLink = lambda _month: ""
) -> Picture | None:
    """The months up to the last, at most 24: of each entry its month, and whether it named a worry."""
    if not named:
        return None
    every, worries = Counter(month for month, _ in named), Counter(month for month, worry in named if worry)
    first = max(min(every), after(last, 1 - MOST_MONTHS))
    shown = [first]
    while shown[-1] < last:
        shown.append(after(shown[-1], 1))
    points = [
        counted.MonthCount(month, worries[month], every[month], href(month) if every[month] else "") for month in shown
    ]
    title = f"{of.label}, by month: {finding(points)}"
    return counted.draw(points, title=title, name=f"{of.name}-months", parts=of.parts)


def finding(points: list[counted.MonthCount]) -> str:
    """What the newest month shows beside the one before; never whether many are good or bad."""
    last = points[-1]
    said = f"{last.n:,} in {month_name(last.month)}" if last.n else f"none in {month_name(last.month)}"
    if len(points) == 1:
        return said
    before = points[-2]
    if last.n == before.n:
        return f"{said}, as in {month_name(before.month)}"
    return f"{said}, {'more' if last.n > before.n else 'fewer'} than in {month_name(before.month)} ({before.n:,})"
