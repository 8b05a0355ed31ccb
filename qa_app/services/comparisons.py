"""Figures beside other figures: those of the period before, and two periods or places somebody asked for."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from moderation.statistics.comparison import Compared, compared
from moderation.statistics.facts import Facts
from moderation.statistics.figures import Figures
from moderation.statistics.months import after
from qa_app.queries.asked import Asked
from qa_app.services.figures import figures, windows

RECENT = "last_3"


def since_before(session: Session, facts: Facts, now: Figures) -> tuple[Compared, ...]:
    """The last 3 closed months of these facts beside the 3 before them; nothing where there are none before."""
    recent = now.cases.windows.last_3.months
    if len(recent) < 3:
        return ()
    earlier = figures(session, until=after(recent[0], -1), facts=facts)
    if not earlier.cases.windows.last_3.months:
        return ()
    return compared(now, earlier, RECENT, RECENT)


def beside(session: Session, one: Asked, other: Asked) -> tuple[Compared, ...]:
    """Every measure over both periods and places. Where an audit may be in both, differences have no interval."""
    first = figures(session, reach=one.reach, until=one.until)
    second = figures(session, reach=other.reach, until=other.until)
    return compared(first, second, one.window, other.window, apart=_apart(session, one, other))


def _apart(session: Session, one: Asked, other: Asked) -> bool:
    """Whether no audit can be in both: other months, other places, or other kinds of audits."""
    return (
        not set(_months(session, one)) & set(_months(session, other))
        or _places_apart(one, other)
        or any(
            first and second and first != second
            for first, second in zip(one.narrowed.narrow, other.narrowed.narrow, strict=True)
        )
    )


def _months(session: Session, asked: Asked) -> Sequence[date]:
    return windows(session, asked.until)[asked.window] if asked.until is not None else ()


def _places_apart(one: Asked, other: Asked) -> bool:
    services = {key: service for key, _, service in one.choices.teams}
    first = one.service or services.get(one.team) if one.team else one.service
    second = other.service or services.get(other.team) if other.team else other.service
    if first is not None and second is not None and first != second:
        return True
    return one.team is not None and other.team is not None and one.team != other.team
