"""The feedback letter of an audit, from its findings as they finally stand."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import BEST_FIRST, NotGraded
from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.models import Audit, Reflection
from qa_app.queries import ties
from qa_app.queries.findings import Finding, findings, worker_of
from qa_app.reports.letter import Letter, Next, Said

LABELS: Final = tuple(one.label for one in (*BEST_FIRST, *NotGraded))


def letter(session: Session, audit: Audit, *, council: str, answer_days: int) -> Letter:
    """The letter; the caller has seen to it that the final grades stand and that the reader may have it."""
    found = findings(session, audit)
    worker = worker_of(session, audit)
    manager = worker.line_manager if worker else None
    given_at = session.scalar(select(Reflection.given_at).where(Reflection.audit_id == audit.id))
    overall = found.overall
    parts = [one for one in found.graded if one is not overall]
    return Letter(
        council=council,
        reference=found.reference,
        month=found.month,
        tool=found.tool[:1].lower() + found.tool[1:],
        worker=worker.name if worker else "",
        manager=manager.name if manager else "",
        auditor=found.auditor,
        leads=tuple(one.name for one in ties.holders(session, Role.QA_LEAD)),
        moderated=found.agreed,
        overall=overall.grade if overall else "",
        meaning=overall.meaning if overall else "",
        grades=_by_grade(parts),
        changed=tuple(one.title.lower() for one in found.graded if one.changed),
        strengths=tuple(Said(one.title, one.strengths) for one in found.graded if one.strengths)
        + ((Said("Good practice worth sharing", found.good_practice),) if found.good_practice else ()),
        better=tuple(Said(one.title, one.better) for one in found.graded if one.better),
        steps=tuple(Next(one.what, one.owner, one.due_on, one.done) for one in found.steps),
        given_on=london_day(given_at) if given_at else None,
        answer_days=answer_days,
    )


def _by_grade(parts: list[Finding]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The grades given, the best first, each with the parts that have it."""
    order = {label: place for place, label in enumerate(LABELS)}
    labels = sorted({one.grade for one in parts}, key=lambda label: (order.get(label, len(order)), label))
    return tuple((label, tuple(one.title for one in parts if one.grade == label)) for label in labels)
