"""What was heard month by month as a chart whose title says what it shows."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from moderation.statistics.months import after
from qa_app.charts import counted
from qa_app.charts.picture import Picture
from qa_app.queries.sources import Heard, Source, Span
from qa_app.reports.dates import month_name

MOST_MONTHS: Final = 24
# What the two parts of a bar are: those that named a worry, and the others.
PARTS: Final = {
    Source.VOICE: ("Something is to change", "Nothing is to change"),
    Source.CHECKS: ("With a concern", "Without a concern"),
    Source.ALERTS: ("Alerts and disputes", "Good practice"),
    Source.COMPLAINTS: ("Complaints", "Compliments"),
    Source.OBSERVATIONS: ("With a concern", "Without a concern"),
}

MonthLink = Callable[[date], str]


def by_month(source: Source, heard: Iterable[Heard], span: Span, href: MonthLink = lambda _month: "") -> Picture | None:
    """The months of a span up to its last, at most 24; None where nothing was heard in them."""
    named = [(one.month, bool(one.worries)) for one in heard]
    if not named:
        return None
    every, worries = Counter(month for month, _ in named), Counter(month for month, worry in named if worry)
    first = max(min(every), after(span.last, 1 - MOST_MONTHS))
    shown = [first]
    while shown[-1] < span.last:
        shown.append(after(shown[-1], 1))
    points = [
        counted.MonthCount(month, worries[month], every[month], href(month) if every[month] else "") for month in shown
    ]
    title = f"{source.label}, by month: {finding(points)}"
    return counted.draw(points, title=title, name=f"{source.value}-months", parts=PARTS[source])


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
