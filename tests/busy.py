"""A council in the middle of its work: a closed month, an open one in every state, people with something to do."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.models import Audit, Cycle, Moderation, Person
from qa_app.services import case_draws, closing, cycles, moderations, sampling
from tests.months import ELEMENTS, submitted_audit, submitted_month
from tests.world import AT, World


@dataclass
class Busy:
    """The months of the busy council."""

    closed: Cycle
    open: Cycle
    planned: Cycle


def busy_council(session: Session, world: World) -> Busy:
    """October closed; November with audits to do, submitted, drawn and moderated; December drawn, not released."""
    october, _ = submitted_month(session, world, [Grade.INADEQUATE, *[Grade.GOOD] * 7], at=AT, month=date(2026, 10, 1))
    sampling.draw_sample(session, october, seed="october", by="test", at=AT)
    _grade_some(session, october, 3)
    closing.close(session, october, by="test", at=AT)
    november = cycles.open_month(session, date(2026, 11, 1), by="test", at=AT)
    case_draws.draw_month(session, november, seed="november", by="test", at=AT)
    cycles.release(session, november, by="test", at=AT)
    for n in range(101, 113):
        grade = Grade.INADEQUATE if n < 104 else Grade.GOOD
        submitted_audit(session, world, november, n, grade, at=AT)
    sampling.draw_sample(session, november, seed="sample", by="test", at=AT)
    _grade_some(session, november, 2)
    submitted_audit(session, world, november, 120, at=AT)
    december = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
    case_draws.draw_month(session, december, seed="december", by="test", at=AT)
    session.flush()
    return Busy(october, november, december)


def _grade_some(session: Session, cycle: Cycle, number: int) -> None:
    """Some audits of a month moderated, the first of them agreed."""
    some = session.scalars(
        select(Moderation).join(Audit, Audit.id == Moderation.audit_id).where(Audit.cycle_id == cycle.id)
        .order_by(Audit.number).limit(number)
    ).all()  # fmt: skip
    mine = dict.fromkeys(ELEMENTS, Grade.REQUIRES_IMPROVEMENT)
    for n, moderation in enumerate(some):
        moderator = session.get_one(Person, moderation.moderator_id)
        moderations.grade(session, moderation, moderator, mine, {}, by="test", at=AT)
        if n == 0:
            final = {
                e: moderations.Resolution(Grade.GOOD, moderations.Reason.WEIGHED, "Talked over.") for e in ELEMENTS
            }
            moderations.agree(session, moderation, final, form_sound=True, by="test", judge_id=moderator.id, at=AT)
