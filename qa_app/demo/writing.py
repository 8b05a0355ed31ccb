"""How the demo's auditors write: answers kept as a draft, and audits submitted, through the product's services."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.demo.answers import complete_answers
from qa_app.models import Audit
from qa_app.queries.tools import tool_of
from qa_app.services import audits, submission
from qa_app.services.drafts import Written, version_of


def write(session: Session, audit: Audit, said: Mapping[str, Any], *, at: datetime) -> None:
    """Keep these answers as the audit's draft."""
    keys = frozenset(said)
    written = Written(keys, keys, dict(said))
    audits.write(session, audit, written, version_of({}, keys), by=f"person:{audit.auditor_id}", at=at)


def hand_in(session: Session, audit: Audit, chance: Random, *, at: datetime, **said: Any) -> None:
    """Answer everything the audit's tool asks, `said` as given, and submit it."""
    stored = complete_answers(
        tool_of(session, audit), chance, owner=_owner(audit), told_on=london_day(at).isoformat(), **said
    )
    write(session, audit, stored, at=at)
    submission.submit(
        session, audit, version=version_of(stored), acknowledged=True, demographics=False,
        grades_reason="The child is safe, and what is weak is being put right.",
        by=f"person:{audit.auditor_id}", at=at,
    )  # fmt: skip
    session.expire(audit)


def _owner(audit: Audit) -> str:
    """Whom the auditor gives actions to: the manager of the worker, by staff number."""
    person = audit.worker or audit.subject
    manager = person.line_manager if person is not None else None
    return (manager.employee_id if manager is not None else None) or "Team manager"
