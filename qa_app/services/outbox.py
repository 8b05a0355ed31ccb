"""What people are to be told: queued in the transaction of what happened, sent later by `qa run-due`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Message


def tell(
    session: Session, people: Iterable[UUID], kind: str, *, at: datetime, about: tuple[str, UUID] | None = None,
    urgent: bool = False, not_before: date | None = None, once: str = "", **detail: str | int,
) -> int:  # fmt: skip
    """Queue a message for each of these people; the answer is how many were queued.

    `kind` names a sentence of `qa_app/reports/messages.py`, `detail` what it holds: references, dates as text and
    counts; never a child, a grade or free text. An urgent message is sent at once, others go with the day's digest.
    With `once` the same message is never queued twice for the same person, however often this is called.
    """
    about_kind, about_id = about or ("", None)
    queued = 0
    for person_id in dict.fromkeys(people):
        key = f"{kind}:{once}:{person_id.hex}" if once else None
        message = {
            "id": uuid4(), "person_id": person_id, "kind": kind, "about_kind": about_kind, "about_id": about_id,
            "detail": dict(detail), "urgent": urgent, "not_before": not_before or london_day(at), "queued_at": at,
            "said_once": key,
        }  # fmt: skip
        if key is None:
            session.add(Message(**message))
        elif not _said_first(session, message):
            continue
        queued += 1
    session.flush()
    return queued


def _said_first(session: Session, message: dict[str, Any]) -> bool:
    """Queue it unless it is queued already; who says it at the same moment waits, and then says nothing."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = insert(Message).values(**message).on_conflict_do_nothing().returning(Message.id)
    return session.scalar(said) is not None
