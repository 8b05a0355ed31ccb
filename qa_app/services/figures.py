"""The figures as they are now: the council's rules applied to what the database counts."""

from datetime import date

from sqlalchemy.orm import Session

from moderation.statistics.figures import Figures
from moderation.statistics.measures import compute
from moderation.statistics.rules import Rules
from moderation.statistics.streak import Gap
from qa_app.queries.facts import Reach, collect, latest_month
from qa_app.services import settings


class NoMonthYet(LookupError):  # noqa: N818
    """There is nothing to figure: no month has been released or imported."""


def rules(session: Session) -> Rules:
    """The rules behind the figures, as the QA lead has set them."""
    unseen = settings.value(session, "supervision_unseen") == "not_good"
    return Rules(
        gap=Gap(settings.value(session, "supervision_gap")),
        min_n=settings.number(session, "supervision_least"),
        not_enough_evidence_counts=frozenset({"supervision", "chronology"}) if unseen else frozenset(),
        suppress_up_to=settings.number(session, "smallest_shown"),
    )


def figures(session: Session, *, reach: Reach | None = None, until: date | None = None) -> Figures:
    """Every figure up to a month, the newest one unless told.

    Raises:
        NoMonthYet: no month has been released or imported.
    """
    last = until or latest_month(session)
    if last is None:
        raise NoMonthYet("There are no audits yet. Import a register or release a month first.")
    return compute(collect(session, reach), rules(session), last)
