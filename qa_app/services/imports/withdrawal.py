"""Taking an imported register back as a whole, while nothing that came later builds on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_app.models import Audit, Batch, Cycle
from qa_app.services.events import record


class NotWithdrawable(ValueError):  # noqa: N818
    """A batch cannot be taken back; the message says why and what to do."""


def why_not(session: Session, batch: Batch) -> str | None:
    """Why a batch cannot be withdrawn, in words; None when it can."""
    if batch.kind != "register":
        return "Only a register of audits can be withdrawn. Import a corrected list instead."
    if batch.withdrawn_at is not None:
        return "This import is withdrawn already."
    later = session.scalar(
        select(func.min(Cycle.month)).where(Cycle.batch_id.is_(None), Cycle.closed_at >= batch.imported_at)
    )
    if later is not None:
        return f"{later:%B %Y} was closed after this import, and its figures build on it."
    own = select(Cycle.id).where(Cycle.batch_id == batch.id)
    joined = select(Audit.id).where(Audit.cycle_id.in_(own), Audit.batch_id != batch.id, Audit.state != "withdrawn")
    if session.scalar(joined.limit(1)) is not None:
        return "A later import added audits to these months. Withdraw that one first."
    return None


def withdraw(session: Session, batch: Batch, *, reason: str, by: str, at: datetime) -> int:
    """Take a batch back: its audits count nowhere any more, its months are free again; answers how many audits.

    Raises:
        NotWithdrawable: something later builds on it, or it is withdrawn already.
    """
    fault = why_not(session, batch)
    if fault is not None:
        raise NotWithdrawable(fault)
    batch.withdrawn_at, batch.withdrawn_by, batch.withdrawn_reason = at, by, reason
    session.flush()
    audits = _count(session, batch.id)
    session.execute(
        update(Audit)
        .where(Audit.batch_id == batch.id, Audit.state != "withdrawn")
        .values(state="withdrawn", withdrawn_at=at, withdrawn_by=by, exit_reason=reason)
    )
    session.execute(
        update(Cycle).where(Cycle.batch_id == batch.id).values(state="withdrawn", closed_at=None, closed_by=None)
    )
    record(session, "register.withdrawn", "batch", batch.id, by=by, at=at, audits=audits)
    return audits


def _count(session: Session, batch_id: UUID) -> int:
    found = select(func.count()).where(Audit.batch_id == batch_id, Audit.state != "withdrawn")
    return session.scalar(found) or 0
