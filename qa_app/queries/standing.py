"""Which grade of an audit stands: the auditor's, then the agreed one, then the one a challenge put in its place."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Judged, judged
from qa_app.models import Judgement

STAGES: Final = ("auditor", "final", "challenged")
"""The stages of a judgement that can stand, each taking the place of those before it."""


def standing(rows: Iterable[Any]) -> dict[str, Judged]:
    """Of rows of (stage, element, grade) the grade of each element that stands; a moderator's own never does."""
    counted = [row for row in rows if row[0] in STAGES]
    return {element: judged(grade) for _, element, grade in sorted(counted, key=lambda row: STAGES.index(row[0]))}


def grades(session: Session, audit_id: UUID) -> dict[str, Judged]:
    """The grades of an audit that stand now."""
    rows = session.execute(
        select(Judgement.stage, Judgement.element, Judgement.grade).where(Judgement.audit_id == audit_id)
    )
    return standing(rows)
