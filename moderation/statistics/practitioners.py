"""Shares of practitioners instead of audits: whoever answered more than once counts once, with their latest answer."""

from collections.abc import Iterable
from datetime import date

from moderation.statistics.facts import PractitionerCount
from moderation.statistics.figures import MonthShare, PooledShare, ShareFigure
from moderation.statistics.measure import Measure
from moderation.statistics.monthly import judged_months
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.target import judge

YES = "yes"
OUTSIDE = "not_applicable"


def practitioners(measure: Measure, scope: Scope) -> ShareFigure:
    """The share of practitioners whose latest answer is yes: of a month, and of each window as a whole.

    A window is not its months added up: a person who answered in two of them counts once.
    """
    target, confidence = measure.target_under(scope.rules), scope.rules.confidence
    rows = scope.facts.practitioners

    def over(wanted: tuple[date, ...]) -> PooledShare:
        share = _share(latest_of(rows, wanted))
        verdict = judge(share, target, confidence) if target is not None else None
        return PooledShare(wanted, share, share.wilson(confidence), verdict)

    months = [_month(state.month, rows, is_open=state.open) for state in scope.months]
    return ShareFigure(measure, judged_months(months, target, scope), scope.windows.map(over))


def latest_of(rows: Iterable[PractitionerCount], months: Iterable[date]) -> list[PractitionerCount]:
    """The counts that hold each person's latest answer within these months."""
    within = frozenset(months)
    return [row for row in rows if row.month in within and row.again not in within]


def _month(month: date, rows: Iterable[PractitionerCount], *, is_open: bool) -> MonthShare:
    known = latest_of(rows, (month,))
    outside = sum(row.n for row in known if row.answer == OUTSIDE)
    return MonthShare(month, _share(known), is_open, not_applicable=outside)


def _share(rows: Iterable[PractitionerCount]) -> Share:
    counted = [row for row in rows if row.answer != OUTSIDE]
    return Share(sum(row.n for row in counted if row.answer == YES), sum(row.n for row in counted))
