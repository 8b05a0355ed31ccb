"""Signed-in sessions as rows: begun at sign-in, touched while used, ended by sign-out, idleness or age."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from qa_app.access.actor import Actor, actor_of
from qa_app.db import Database
from qa_app.models import Account, Person, RoleGrant, SignInSession

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)
STANDING = RoleGrant.granted_at.is_not(None) & RoleGrant.ended_at.is_(None)


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
    # Every request asks this, so it reads the few columns it needs and makes no objects of them.
    with database.reading() as session:
        rows: Sequence[Any] = session.execute(_alive(token, at=at, idle=idle)).all()
    if not rows:
        return None
    person_id, seen_at, must_change, name, team_id, ends_at, _, _ = rows[0]
    roles = [(role, service) for *_, role, service in rows if role is not None]
    actor = actor_of(person_id, name, team_id, roles, must_change=must_change, session_ends=ends_at)
    stale = seen_at < at - TOUCH_EVERY
    if stale:
        _touch(database, token, at=at)
    return actor


def _alive(
    token: str, *, at: datetime, idle: timedelta
) -> Select[UUID, datetime, bool, str, UUID | None, datetime, str, UUID | None]:
    """The person of a session that has not ended, in a row for each role they hold, or in one without a role."""
    return (
        select(
            SignInSession.person_id,
            SignInSession.seen_at,
            Account.must_change,
            Person.name,
            Person.team_id,
            SignInSession.ends_at,
            RoleGrant.role,
            RoleGrant.service_id,
        )
        .join(Account, Account.person_id == SignInSession.person_id)
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & STANDING)
        .where(
            SignInSession.token_sha256 == sha256_of(token),
            SignInSession.revoked_at.is_(None),
            SignInSession.ends_at > at,
            SignInSession.seen_at > at - idle,
            Account.disabled_at.is_(None),
            Person.active,
        )
    )


def _held(person_id: UUID) -> Select[str, UUID | None]:
    return select(RoleGrant.role, RoleGrant.service_id).where(RoleGrant.person_id == person_id, STANDING)


def owner_of(database: Database, person_id: UUID, token_sha256: str) -> tuple[Actor, bool] | None:
    """Whoever a session belonged to, as the person may act today, and whether it was ended on purpose.

    None where their sign-in is off, they are gone, or there never was such a session of theirs.
    """
    with database.reading() as session:
        row = session.execute(
            select(SignInSession.revoked_at, Account.must_change, Person.name, Person.team_id)
            .join(Account, Account.person_id == SignInSession.person_id)
            .join(Person, Person.id == SignInSession.person_id)
            .where(
                SignInSession.token_sha256 == token_sha256,
                SignInSession.person_id == person_id,
                Account.disabled_at.is_(None),
                Person.active,
            )
        ).one_or_none()
        if row is None:
            return None
        held = [(role, service) for role, service in session.execute(_held(person_id))]
    actor = actor_of(person_id, row.name, row.team_id, held, must_change=row.must_change)
    return actor, row.revoked_at is not None


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
