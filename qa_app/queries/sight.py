"""How far a person may look into figures: nobody learns from a total what they have yet to grade blind."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.statistics.months import after
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import Audit

WHY: Final = (
    "You have moderations to grade. So that your own grades stay independent, months that are still open, and the "
    "months you have yet to moderate, are left out here until you have graded them."
)
WHY_OPEN: Final = (
    "You moderate, and audits of an open month may still be given to you. So that your own grades stay independent, "
    "months that are still open are left out here."
)


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether open months may be shown, the last month that may (None for no limit), and why in a sentence."""

    open_months: bool = True
    last: date | None = None
    why: str = ""

    def until(self, month: date) -> date:
        """The last month that may be shown when figures up to `month` are asked for."""
        return month if self.last is None else min(month, self.last)


def sight(session: Session, actor: Actor) -> Sight:
    """What this person may see: a moderator no open month, and none from the first on that they have yet to grade."""
    earliest = session.scalar(select(func.min(Audit.month)).where(scope.awaiting_own_grade(actor)))
    if earliest is not None:
        return Sight(open_months=False, last=after(earliest, -1), why=WHY)
    return Sight(open_months=False, why=WHY_OPEN) if Role.MODERATOR in actor.roles else Sight()
