"""Who may read what an audit says of a member of staff's own supervision: the line above them, and who wrote it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Audit, Person, RestrictedAnswers
from qa_app.queries.ties import chain


class Kept(NamedTuple):
    """Restricted answers somebody's line may read, on a list."""

    audit_id: UUID
    reference: str
    subject: str
    given_at: datetime


def restricted_answers(session: Session, actor: Actor, audit_id: UUID) -> tuple[Audit, RestrictedAnswers]:
    """The restricted answers of an audit, for the line of whom it is about and for its auditor.

    Raises:
        OutOfScopeError: there are none, or they are not this person's to see, whatever their roles.
    """
    found = session.scalar(select(RestrictedAnswers).where(RestrictedAnswers.audit_id == audit_id))
    audit = session.get(Audit, audit_id)
    if found is None or audit is None or not _may(actor, found.person_id, audit.subject_id, _above(session)):
        raise OutOfScopeError
    return audit, found


def may_read(session: Session, actor: Actor, audit: Audit) -> bool:
    """Whether an audit has restricted answers that this person may read."""
    try:
        restricted_answers(session, actor, audit.id)
    except OutOfScopeError:
        return False
    return True


def of_line(session: Session, actor: Actor) -> tuple[Kept, ...]:
    """The restricted answers about people in this person's line, the newest first."""
    rows = session.execute(
        select(RestrictedAnswers, Audit, Person.name)
        .join(Audit, Audit.id == RestrictedAnswers.audit_id)
        .join(Person, Person.id == Audit.subject_id)
        .order_by(RestrictedAnswers.given_at.desc())
    ).all()
    above = _above(session) if rows else {}
    return tuple(
        Kept(audit.id, audit.reference, name, kept.given_at)
        for kept, audit, name in rows
        if kept.person_id != actor.person_id and _may(actor, kept.person_id, audit.subject_id, above)
    )


def _may(actor: Actor, wrote: UUID, subject: UUID | None, above: dict[UUID, UUID | None]) -> bool:
    return actor.person_id == wrote or (subject is not None and str(actor.person_id) in chain(subject, above))


def _above(session: Session) -> dict[UUID, UUID | None]:
    """Everyone's line manager."""
    return dict(session.execute(select(Person.id, Person.line_manager_id)).all())
