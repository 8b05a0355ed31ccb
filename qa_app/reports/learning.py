"""The later measure of a change in practice, in sentences; none of them says that one led to the other."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from moderation.statistics.before_after import BeforeAfter
from moderation.statistics.comparison import Side
from moderation.statistics.difference import Change
from moderation.statistics.share import Share
from qa_app.reports import outlook, wording
from qa_app.reports.dates import span

NO_CAUSE: Final = (
    "A figure that is higher or lower after a change does not show that the change did it. Other audits, other "
    "children and other work are in it too."
)
NO_MONTHS: Final = "no closed month"


def finding(made: BeforeAfter) -> str:
    """What may be said of the two sides, in a sentence."""
    words = {
        Change.HIGHER: "After the change the figure is clearly higher than before",
        Change.LOWER: "After the change the figure is clearly lower than before",
        Change.NOT_CLEAR: "There is no clear difference between before and after",
    }
    return words.get(made.difference.change, "Before and after cannot be compared yet")


def difference(made: BeforeAfter) -> str:
    """The difference with its interval, or why there is none."""
    return outlook.points_words(made.difference)


def rows(made: BeforeAfter) -> list[tuple[str, str, str, str]]:
    """Each side: its months, its share with what it is of, and its interval."""
    sides = (("Before", made.before_months, made.before), ("After", made.after_months, made.after))
    return [(name, months(over), _share(share), wording.interval_words(share.wilson())) for name, over, share in sides]


def months(over: Sequence[date]) -> str:
    """The months of a side, named."""
    return span(tuple(over)) if over else NO_MONTHS


def _share(share: Share) -> str:
    return outlook.side_words(Side(share, share.fraction, None)).capitalize()
