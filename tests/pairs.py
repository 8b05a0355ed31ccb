"""Half a year of audits graded by auditor and moderator, made straight as rows, for tests of what is said of pairs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import BEST_FIRST, Grade
from qa_app.models import Audit, Cycle, Moderation
from qa_app.services import sampling
from tests.months import ELEMENTS, judge, submitted_month
from tests.world import AT, World

CLOSED = tuple(date(2026, month, 1) for month in (5, 6, 7, 8, 9, 10))


def grades(number: int) -> tuple[Grade, Grade]:
    """The auditor's and the moderator's grade of an audit: most the same, some a grade lower, a few far off."""
    first = BEST_FIRST[(number * 7) % 4]
    if number % 9 == 0:
        return Grade.OUTSTANDING, Grade.INADEQUATE
    return (first, BEST_FIRST[min(3, BEST_FIRST.index(first) + 1)]) if number % 5 == 0 else (first, first)


def moderated(session: Session, world: World, cycle: Cycle, audit: Audit, number: int, **how: str) -> None:
    """A moderation of the audit, graded; every sixth auditor's is by another moderator."""
    moderator = world.people[f"moderator_{1 + number % 3}"]
    audit.state = "agreed"
    session.add(
        Moderation(
            audit_id=audit.id, moderator_id=moderator.id, stream=how.get("stream", "sampled"),
            mode=how.get("mode", "blind"), state="agreed", allocated_at=AT, graded_at=AT, graded_on=AT.date(),
            agreed_at=AT, agreed_by="test",
        )
    )  # fmt: skip
    second = grades(number)[1]
    for stage in ("moderator", "final"):
        judge(session, audit, moderator, stage, dict.fromkeys(ELEMENTS, second), at=AT)
    session.flush()


def half_a_year(session: Session, world: World, months: Sequence[date] = CLOSED) -> None:
    """Closed months of ten audits, seven drawn and graded, one each with sight, together and chosen by hand."""
    number = 0
    for month in months:
        cycle, audits = submitted_month(
            session, world, [grades(number + n)[0] for n in range(1, 11)], at=AT, month=month
        )
        sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
        for one in session.scalars(select(Moderation).where(Moderation.audit_id.in_([a.id for a in audits]))):
            session.delete(one)
        session.flush()
        others = ({"mode": "sighted"}, {"mode": "joint"}, {"stream": "chosen"})
        for n, audit in enumerate(audits, 1):
            how: dict[str, str] = {} if n <= 7 else others[n - 8]
            moderated(session, world, cycle, audit, number + n, **how)
        number += 10
        cycle.state = "closed"
        cycle.closed_at, cycle.closed_by = AT, "test"
    session.flush()
