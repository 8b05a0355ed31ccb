"""What was brought in, by whom and when; and why a batch cannot be taken back any more."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.models import Audit, Batch
from qa_app.queries.doers import doer

NEWEST: Final = 100


class Imported(NamedTuple):
    """A batch and who brought it in."""

    batch: Batch
    by: str


def batches(session: Session) -> tuple[Imported, ...]:
    """The newest batches, newest first."""
    found = session.scalars(select(Batch).order_by(Batch.imported_at.desc(), Batch.id).limit(NEWEST)).all()
    return tuple(Imported(batch, doer(session, batch.imported_by)) for batch in found)


def batch(session: Session, batch_id: UUID) -> Batch | None:
    """One register's batch; None where there is none."""
    return session.scalar(select(Batch).where(Batch.id == batch_id, Batch.kind == "register"))


def standing_audits(session: Session, batch_id: UUID) -> int:
    """How many audits of a batch count."""
    query = select(func.count()).where(Audit.batch_id == batch_id, Audit.state != "withdrawn")
    return session.scalar(query) or 0


def last(session: Session, kind: str) -> Imported | None:
    """The newest batch of a kind of file."""
    found = session.scalar(select(Batch).where(Batch.kind == kind).order_by(Batch.imported_at.desc()).limit(1))
    return None if found is None else Imported(found, doer(session, found.imported_by))
