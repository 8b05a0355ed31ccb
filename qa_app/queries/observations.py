"""Practice observations in counts: how often each part of practice was seen as what, by month and by service."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Count, Source, Span, tally
from qa_app.queries.told import Distribution, Told, distribution, told

TOOL: Final = "observation"
WHOLE: Final = "rate_whole"


def observations(session: Session, reach: Reach, span: Span, *, known_by: datetime | None = None) -> tuple[Told, ...]:
    """The observations of these months, those alone that were submitted by a moment where one is given."""
    return told(session, (TOOL,), reach, span, known_by=known_by)


def by_part(found: Sequence[Told]) -> tuple[Distribution, ...]:
    """Each part of practice with how often it was seen as what; the whole stands apart."""
    rated = (one for one in latest(TOOL).questions if one.key.startswith("rate_") and one.key != WHOLE)
    return tuple(distribution(question, found) for question in rated)


def whole(found: Sequence[Told]) -> Distribution:
    """How the hours that were watched were seen, all in all."""
    return distribution(latest(TOOL).question(WHOLE), found)


def by_month(found: Sequence[Told]) -> tuple[tuple[date, Distribution], ...]:
    """The same month by month, newest first."""
    months = sorted({one.month for one in found}, reverse=True)
    return tuple((month, whole([one for one in found if one.month == month])) for month in months)


def by_service(found: Sequence[Told]) -> tuple[tuple[UUID, Distribution], ...]:
    """The same service by service, the one with the most observations first."""
    most = Counter(one.service_id for one in found).most_common()
    return tuple((service, whole([one for one in found if one.service_id == service])) for service, _ in most)


def counts(
    session: Session, reach: Reach, span: Span, *, by: Collection[str] = ("theme",), known_by: datetime | None = None
) -> tuple[Count, ...]:
    """What observers ticked, in plain counts: of `n` observations, `k` named a theme as a concern."""
    return tally(
        Source.OBSERVATIONS, (one.heard() for one in observations(session, reach, span, known_by=known_by)), by
    )
