"""What mail a person wants, and the secret address of their calendar: chosen, made, replaced and switched off."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_app.access.sessions import TOKEN_BYTES, sha256_of
from qa_app.models import CalendarFeed, MailChoice
from qa_app.services.events import record

DIGESTS: Final = ("daily", "none")


def choose_digest(session: Session, person_id: UUID, digest: str, *, by: str, at: datetime) -> None:
    """Keep whether a person wants the day's digest. Urgent mails and links come whatever they choose."""
    kept = session.get(MailChoice, person_id)
    if (kept.digest if kept else "daily") == digest:
        return
    if kept is None:
        kept = MailChoice(person_id=person_id, digest=digest, changed_at=at)
        session.add(kept)
    kept.digest, kept.changed_at = digest, at
    session.flush()
    record(session, "mail.chosen", "person", person_id, by=by, at=at, digest=digest)


def make_feed(session: Session, person_id: UUID, *, by: str, at: datetime) -> str:
    """Make a person's calendar address, or a new one; the answer is its secret part, of which only the hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == person_id))
    replaced = kept is not None
    if kept is None:
        kept = CalendarFeed(person_id=person_id, token_sha256="", changed_at=at)
        session.add(kept)
    kept.token_sha256, kept.changed_at = sha256_of(token), at
    session.flush()
    record(session, "calendar.made", "person", person_id, by=by, at=at, replaced=replaced)
    return token


def end_feed(session: Session, person_id: UUID, *, by: str, at: datetime) -> bool:
    """Switch a person's calendar address off; tells whether there was one."""
    done = session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    record(session, "calendar.ended", "person", person_id, by=by, at=at)
    return True
