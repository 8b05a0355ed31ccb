"""The month in seven minutes: which months it can be written of, and the versions there are of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from moderation.statistics import months
from moderation.statistics.months import after
from qa_app.access.actor import Actor
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Snapshot, SummaryVersion
from qa_app.queries import quotations
from qa_app.queries.quotations import Quotation
from qa_app.queries.reach import Reach
from qa_app.queries.sight import sight
from qa_app.queries.sources import Span

HEARD_OVER = 3  # months up to the one that is told of: in a single month few families answer
LONGEST_QUOTED = 300  # characters, so that the page stays one page


@dataclass(frozen=True, slots=True)
class Standing:
    """A closed month: its newest version, and the newest one that everybody reads."""

    month: date
    newest: SummaryVersion | None
    published: SummaryVersion | None


def closed(session: Session, actor: Actor) -> list[date]:
    """The closed months whose figures this person may see, newest first."""
    seen = sight(session, actor)
    found = select(Snapshot.month).join(Cycle, Cycle.id == Snapshot.cycle_id).where(Cycle.state == "closed").distinct()
    rows = session.scalars(found.order_by(Snapshot.month.desc()))
    return [month for month in rows if seen.until(month) == month]


def called(session: Session, actor: Actor, name: str) -> date:
    """The month that an address names.

    Raises:
        OutOfScopeError: it is not closed, or its figures are not yet this person's to see.
    """
    found = next((month for month in closed(session, actor) if months.name(month) == name), None)
    if found is None:
        raise OutOfScopeError
    return found


def newest(session: Session, month: date) -> SummaryVersion | None:
    """The last version of a month that was written."""
    return next(iter(versions(session, month)), None)


def published(session: Session, month: date) -> SummaryVersion | None:
    """What everybody reads of a month."""
    return next((one for one in versions(session, month) if one.state == "published"), None)


def versions(session: Session, month: date) -> Sequence[SummaryVersion]:
    """Every version of a month, the newest first."""
    found = select(SummaryVersion).where(SummaryVersion.month == month).order_by(SummaryVersion.version.desc())
    return session.scalars(found).all()


def readable(session: Session, actor: Actor) -> list[SummaryVersion]:
    """What there is to read, one version of a month, the newest month first."""
    later = aliased(SummaryVersion)
    newer = select(later.version).where(
        later.month == SummaryVersion.month, later.state == "published", later.version > SummaryVersion.version
    )
    found = select(SummaryVersion).where(
        SummaryVersion.state == "published", ~newer.exists(), SummaryVersion.month.in_(closed(session, actor))
    )
    return list(session.scalars(found.order_by(SummaryVersion.month.desc())))


def standing(session: Session, some: Iterable[date]) -> list[Standing]:
    """How far each of these months is written."""
    made = []
    for month in some:
        every = versions(session, month)
        shown = next((one for one in every if one.state == "published"), None)
        made.append(Standing(month, every[0] if every else None, shown))
    return made


def offered(session: Session, month: date) -> list[Quotation]:
    """The approved words that a month may quote: of the whole council, and short enough."""
    span = Span(after(month, 1 - HEARD_OVER), month)
    return [one for one in quotations.shown(session, Reach(), span) if len(one.shown) <= LONGEST_QUOTED]
