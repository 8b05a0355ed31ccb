"""Closed months whose figures moved after they were reported, because work came in later."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from moderation.statistics.figures import Figures
from moderation.statistics.share import Share
from qa_app.services import snapshots


class Moved(NamedTuple):
    """A measure's own share of a month: as it was reported, and as it stands now."""

    month: date
    title: str
    reported: Share
    now: Share


def moved(session: Session, figures: Figures) -> list[Moved]:
    """Every closed month and measure where the two differ. A measure that a month did not know of is not revised."""
    then = snapshots.reported(session)
    return [
        Moved(one.month, figure.measure.title, before, one.share)
        for figure in figures.all
        for one in figure.months
        if not one.open
        and one.month in then
        and (before := then[one.month].get(figure.measure.key, Share(0, 0))) != one.share
    ]


def by_month(rows: list[Moved]) -> Mapping[date, list[Moved]]:
    """The same, month by month."""
    found: dict[date, list[Moved]] = {}
    for row in rows:
        found.setdefault(row.month, []).append(row)
    return found
