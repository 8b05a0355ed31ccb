"""Telling people that a feedback letter is ready: the worker and their line manager, once the final grades stand."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import feedback
from qa_app.access.actor import actor_from
from qa_app.models import Audit, Judgement, Moderation, Person, Reflection
from qa_app.queries.findings import worker_of
from qa_app.services import outbox
from qa_app.services.reflections import reached_by

SIGNED_IN: Final = "letter.ready"
BY_LINK: Final = "letter.ready_by_link"


def tell_settled(session: Session, audit_ids: Iterable[UUID], *, at: datetime) -> int:
    """Tell of the letters of those of these audits whose final grades stand; the answer is how many were told.

    Nobody is told twice of the same letter. A letter whose grades were moderated or changed by a challenge
    afterwards is another one.
    """
    told = 0
    for audit in session.scalars(
        select(Audit).where(Audit.id.in_(list(audit_ids)), feedback.settled()).order_by(Audit.number)
    ):
        agreed = session.scalar(
            select(Moderation.id).where(Moderation.audit_id == audit.id, Moderation.agreed_at.is_not(None))
        )
        challenged = session.scalar(
            select(Judgement.id).where(Judgement.audit_id == audit.id, Judgement.stage == "challenged").limit(1)
        )
        once = f"{audit.id.hex}{':moderated' if agreed else ''}{':challenged' if challenged else ''}"
        for person, kind, path in _people(session, audit):
            told += outbox.tell(
                session, (person.id,), kind, at=at, about=("audit", audit.id), once=once, reference=audit.reference,
                path=path,
            )  # fmt: skip
    return told


def _people(session: Session, audit: Audit) -> Iterator[tuple[Person, str, str]]:
    """Who is told, and where it leads them: those who may open the letter, and the worker who comes by a link."""
    worker = worker_of(session, audit)
    if worker is None:
        return
    reflection = session.scalar(select(Reflection).where(Reflection.audit_id == audit.id))
    for person in (worker, worker.line_manager):
        if person is None or not person.active:
            continue
        reads = feedback.letters(actor_from(person)).with_only_columns(Audit.id).where(Audit.id == audit.id)
        if session.scalar(reads) is not None:
            yield person, SIGNED_IN, f"/audits/{audit.id}/letter"
        elif reflection is not None and person.id == reflection.person_id and reached_by(session, person) == "link":
            yield person, BY_LINK, f"/reflection/{reflection.id}"
