"""Decisions about small numbers, kept: made beside everything else by `run-due`, because deciding takes seconds.

A kept decision is found by the digest of what it was made from. Where a month closed, a register came in or the rule
changed there is none by the new digest, and it is made anew; the old one stays for whoever kept old papers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.statistics import decision_json
from moderation.statistics.periods import Period
from moderation.statistics.publication import VERSION, Decision, PlaceCount, decision, digest, in_order, publish
from moderation.statistics.suppression import Rule
from qa_app.models import ProtectedPeriod


class Year(NamedTuple):
    """What the decisions of one financial year are made from: the counts reported, and its periods that are over."""

    counts: tuple[PlaceCount, ...]
    periods: tuple[Period, ...]
    rule: Rule

    def digest(self, period: Period) -> str:
        """What names the decision about one of its periods."""
        return digest(self.counts, self.periods, period, self.rule)


def kept(session: Session, year: Year) -> tuple[tuple[Period, Decision], ...]:
    """The decisions of a year that are kept, in the order they were made."""
    names = {year.digest(period): period for period in in_order(year.periods)}
    rows = session.execute(
        select(ProtectedPeriod.digest, ProtectedPeriod.decision).where(ProtectedPeriod.digest.in_(names))
    )
    found: dict[str, dict[str, Any]] = {name: made for name, made in rows}  # noqa: C416  (rows, not pairs)
    return tuple(
        (period, decision_json.restore(found[name], period)) for name, period in names.items() if name in found
    )


def missing(session: Session, year: Year) -> tuple[Period, ...]:
    """The periods of a year whose decisions are still to be made."""
    known = dict(kept(session, year))
    return tuple(period for period in in_order(year.periods) if period not in known)


def decide(session: Session, years: Sequence[Year]) -> list[dict[str, Any]]:
    """The decisions that are missing, as rows to keep. Takes seconds for each; nothing is written."""
    made: list[dict[str, Any]] = []
    for year in years:
        wanted = missing(session, year)
        if not wanted:
            continue
        published = publish(*year, kept(session, year))
        made += [_row(year, period, decision(published, period)) for period in wanted]
    return made


def keep(session: Session, rows: Sequence[dict[str, Any]], *, at: datetime) -> int:
    """Keep decisions; one that somebody else kept meanwhile is the same, and stays."""
    if rows:
        made = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(made(ProtectedPeriod).on_conflict_do_nothing(), [{**row, "settled_at": at} for row in rows])
    return len(rows)


def _row(year: Year, period: Period, made: Decision) -> dict[str, Any]:
    rule = f"way {VERSION}, 1 to {year.rule.up_to}, within {year.rule.width}"
    return {
        "digest": year.digest(period), "first": period.first, "last": period.last, "rule": rule,
        "decision": decision_json.keep(made),
    }  # fmt: skip
