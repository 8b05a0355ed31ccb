"""Signed-in sessions as rows: begun at sign-in, touched while used, ended by sign-out, idleness or age."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from qa_app.access.actor import Actor, actor_for
from qa_app.db import Database
from qa_app.models import Account, Person, SignInSession

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)


def sha256_of(token: str) -> str:
    """What is kept of a cookie's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(database: Database, person_id: UUID, *, at: datetime, lasting: timedelta) -> str:
    """A new session for a person; the answer is the cookie's token, which is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with database.writing() as session, session.begin():
        session.add(
            SignInSession(
                token_sha256=sha256_of(token), person_id=person_id, started_at=at, seen_at=at, ends_at=at + lasting
            )
        )
    return token


def find(database: Database, token: str, *, at: datetime, idle: timedelta) -> Actor | None:
    """Whoever this token belongs to, if its session has not ended; notes that it was used, once a minute."""
    with database.reading() as session:
        row = session.scalar(
            select(SignInSession).where(
                SignInSession.token_sha256 == sha256_of(token),
                SignInSession.revoked_at.is_(None),
                SignInSession.ends_at > at,
                SignInSession.seen_at > at - idle,
            )
        )
        if row is None:
            return None
        account = session.scalar(
            select(Account)
            .where(Account.person_id == row.person_id)
            .options(selectinload(Account.person).selectinload(Person.grants))
        )
        if account is None or account.disabled_at is not None or not account.person.active:
            return None
        actor = actor_for(account.person, must_change_password=account.must_change)
        stale = row.seen_at < at - TOUCH_EVERY
    if stale:
        _touch(database, token, at=at)
    return actor


def _touch(database: Database, token: str, *, at: datetime) -> None:
    # Only a live row is touched: a session ended meanwhile must not come back to life.
    with database.writing() as session, session.begin():
        session.execute(
            update(SignInSession)
            .where(SignInSession.token_sha256 == sha256_of(token), SignInSession.revoked_at.is_(None))
            .values(seen_at=at)
        )


def end(database: Database, token: str, *, at: datetime) -> None:
    """End the session of a token; its cookie is worth nothing afterwards."""
    with database.writing() as session, session.begin():
        session.execute(
            update(SignInSession)
            .where(SignInSession.token_sha256 == sha256_of(token), SignInSession.revoked_at.is_(None))
            .values(revoked_at=at)
        )


def end_all(database: Database, person_id: UUID, *, at: datetime) -> None:
    """End every session of a person: their password changed, or their sign-in was switched off."""
    with database.writing() as session, session.begin():
        session.execute(
            update(SignInSession)
            .where(SignInSession.person_id == person_id, SignInSession.revoked_at.is_(None))
            .values(revoked_at=at)
        )
