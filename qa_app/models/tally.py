"""Tallies: the counts of a closed month, kept until anything in it changes, so that no page counts it again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, personal, plain


class MonthMark(Base):
    """A closed month, and how often anything counted in it has changed since: triggers count, whoever writes."""

    __tablename__ = "month_mark"
    month: Mapped[date] = plain(primary_key=True)
    changes: Mapped[int] = plain(default=0)
    marked_at: Mapped[datetime] = plain()


class Tally(Base):
    """The counts of one month in one place (a service or a team by identity, or empty for all), as they stood then.

    `changes` is the month's mark it was counted at, `shape` what it holds: another one of either makes it stale.
    `counts` are those behind every figure, `parts` those of every part of practice and team, `people` who answered what
    of the support they have: a person who answers again counts once, so numbers alone would not add up over months.
    """

    __tablename__ = "tally"
    month: Mapped[date] = plain(primary_key=True)
    place: Mapped[str] = plain(String(36), primary_key=True)
    changes: Mapped[int] = plain()
    shape: Mapped[str] = plain(String(64))
    counts: Mapped[dict[str, Any]] = plain(JSON)
    parts: Mapped[dict[str, Any]] = plain(JSON)
    people: Mapped[dict[str, Any]] = personal(JSON)
    counted_at: Mapped[datetime] = plain()
