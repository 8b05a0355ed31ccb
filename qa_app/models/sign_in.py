"""Signed-in sessions, sign-in attempts and the log of who opened what: written in short transactions of their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, personal, plain


class SignInSession(Base):
    """One signed-in browser; the cookie's token is kept only as its SHA-256."""

    __tablename__ = "sign_in_session"
    id: Mapped[UUID] = identity()
    token_sha256: Mapped[str] = plain(String(64), unique=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime] = plain()
    seen_at: Mapped[datetime] = personal()
    ends_at: Mapped[datetime] = plain()
    revoked_at: Mapped[datetime | None] = plain()


class SignInAttempt(Base):
    """A try to sign in, kept to slow down guessing; the account and the address are keyed hashes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_key", "tried_at"),
        Index("ix_sign_in_attempt_address", "address_key", "tried_at"),
        Index("ix_sign_in_attempt_tried", "tried_at"),
    )
    id: Mapped[UUID] = identity()
    tried_at: Mapped[datetime] = plain()
    account_key: Mapped[str] = personal(String(64))
    address_key: Mapped[str] = personal(String(64))
    succeeded: Mapped[bool] = plain()


class AccessEntry(Base):
    """Who opened what and when; no foreign keys, so the log never gets in the way of the live rows. Insert-only."""

    __tablename__ = "access_entry"
    __table_args__ = (CheckConstraint("outcome IN ('allowed', 'denied')", name="outcome_known"),)
    id: Mapped[UUID] = identity()
    at: Mapped[datetime] = plain(index=True)
    person_id: Mapped[UUID | None] = personal(index=True)
    action: Mapped[str] = plain(String(60))
    object_kind: Mapped[str] = plain(String(40))
    object_id: Mapped[str] = personal(String(60), index=True)
    outcome: Mapped[str] = plain(String(10))
    request_id: Mapped[str] = plain(String(40))
