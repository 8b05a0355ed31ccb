"""The published figures: closed months as reported, the whole council in full, services and teams protected.

Whatever shows figures of services or teams to the board, to other services, to analysts or to the public takes them
from here: `figures_for` for a page or a report of one month and period, `breakdown_for` for the tables of one period
alone, `periods` for which there are. A row of a table knows whether its counts may be shown; where they may not, it has
no counts, no share, no interval and no verdict, and `reports/breakdowns.py` says what stands there instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.figures import Figures
from moderation.statistics.periods import Period, over
from moderation.statistics.place_tables import Breakdown, Decided, Reading, place_tables
from moderation.statistics.publication import publish
from moderation.statistics.rules import Rules
from moderation.statistics.suppression import Rule
from qa_app.access.audience import PUBLIC, Audience
from qa_app.models import Service, Team
from qa_app.queries.facts import cycle_months
from qa_app.services import protected, snapshots
from qa_app.services.figures import rules


class NothingPublished(LookupError):  # noqa: N818
    """No month is closed that could be published; the message says when there will be figures."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one audience sees: the council's figures as reported with a month, and the tables of one period.

    ``offered`` are the periods there are, newest first; ``breakdown`` is None while there is none.
    """

    until: date
    figures: Figures
    offered: tuple[Period, ...]
    breakdown: Breakdown | None
    rules: Rules


def closed_months(session: Session) -> list[date]:
    """The months whose figures are published, oldest first."""
    return [state.month for state in cycle_months(session) if not state.open]


def figures_for(
    session: Session, audience: Audience = PUBLIC, *, until: date | None = None, period: Period | None = None
) -> Published:
    """What this audience sees of the figures published with a closed month, the newest one unless told.

    The council's figures are those of the month's snapshot. The tables are of ``period`` where it was over by then,
    else of the newest period that was.

    Raises:
        NothingPublished: no month is closed, or this one is not.
    """
    closed = closed_months(session)
    if not closed:
        raise NothingPublished("Nothing is published yet. Figures are published when the QA lead closes a month.")
    month = until or closed[-1]
    kept = snapshots.published(session, month)
    if kept is None:
        raise NothingPublished("This month is not closed, so nothing of it is published.")
    offered = periods(session, until=month)
    chosen = period if period in offered else next(iter(offered), None)
    tables = breakdown_for(session, audience, chosen) if chosen is not None else None
    return Published(month, kept.figures, offered, tables, rules(session))


def periods(session: Session, *, until: date | None = None) -> tuple[Period, ...]:
    """The quarters and financial years whose tables are published, newest first.

    One with a month that closed before counts by service and team were kept is not among them.
    """
    states = [state for state in cycle_months(session) if until is None or state.month <= until]
    found = over(states)
    kept = snapshots.months_with_places(session)
    closed = [state.month for state in states if not state.open]
    return tuple(one for one in found if all(month in kept for month in closed if one.first <= month <= one.last))


def breakdown_for(session: Session, audience: Audience, period: Period) -> Breakdown:
    """The tables of a period, one of `periods`, as this audience may see them."""
    in_force = rules(session)
    before = _decided(session, period.before, in_force) if period.before in periods(session) else None
    made = place_tables(_decided(session, period, in_force), before, _reading(session, audience, in_force))
    months = [month for month in closed_months(session) if period.first <= month <= period.last]
    return Breakdown(period, tuple(months), made)


def years(session: Session) -> list[protected.Year]:
    """What is decided about each financial year that has a period to publish, oldest first."""
    in_force, offered = rules(session), periods(session)
    return [_year(session, year, offered, in_force) for year in sorted({one.year for one in offered})]


def is_ready(session: Session, period: Period) -> bool:
    """Whether the tables of a period are decided already; else the first to ask waits some seconds for them."""
    offered, in_force = periods(session), rules(session)
    return period not in protected.missing(session, _year(session, period.year, offered, in_force))


def _year(session: Session, year: Period, offered: Sequence[Period], in_force: Rules) -> protected.Year:
    kept = snapshots.reported_places(session, year.months)
    counts = tuple(count for month in sorted(kept) for count in kept[month])
    within = tuple(sorted(one for one in offered if one.year == year))
    return protected.Year(counts, within, Rule(up_to=in_force.suppress_up_to))


def _decided(session: Session, period: Period, in_force: Rules) -> Decided:
    """A period and all publications of its financial year, which are decided one after the other."""
    year = _year(session, period.year, periods(session), in_force)
    return Decided(publish(*year, protected.kept(session, year)), period)


def _reading(session: Session, audience: Audience, in_force: Rules) -> Reading:
    names = {str(key): name for kind in (Service, Team) for key, name in session.execute(select(kind.id, kind.name))}
    return Reading(lambda service, team: audience.sees(UUID(service), UUID(team) if team else None), names, in_force)
