"""What the auditor of a submitted audit handed in: their grades and their answers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Judged, judged
from qa_app.models import Answers, Audit, Judgement


def grades(session: Session, audit: Audit) -> dict[str, Judged]:
    """The auditor's grades, by the part that was graded."""
    rows = session.execute(
        select(Judgement.element, Judgement.grade).where(Judgement.audit_id == audit.id, Judgement.stage == "auditor")
    )
    return {element: judged(grade) for element, grade in rows}


def answers(session: Session, audit: Audit) -> Mapping[str, Any]:
    """The auditor's answers as they are stored; none before the audit is submitted."""
    return session.scalar(select(Answers.answers).where(Answers.audit_id == audit.id, Answers.stage == "auditor")) or {}
