"""Tokens by which the council's own programs read the interface, and the tries that were refused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, paired, personal, plain


class ApiToken(Base):
    """A right to read, given to a program until a day. The token itself is kept only as its SHA-256.

    `begins` are its first signs, by which people tell tokens apart; they open nothing.
    """

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(paired("revoked_at", "revoked_by"), name="revoked_paired"),)
    id: Mapped[UUID] = identity()
    purpose: Mapped[str] = personal(String(200))
    owner: Mapped[str] = personal(String(120))  # who answers for it
    scopes: Mapped[list[str]] = plain(JSON)
    token_sha256: Mapped[str] = plain(String(64), unique=True)
    begins: Mapped[str] = plain(String(16))
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    ends_at: Mapped[datetime] = plain()
    seen_at: Mapped[datetime | None] = plain()  # when it was used last, to the minute
    revoked_at: Mapped[datetime | None] = plain()
    revoked_by: Mapped[str | None] = personal(String(80))


class TokenRefusal(Base):
    """A request whose token was refused, kept to slow down guessing; the address is a keyed hash."""

    __tablename__ = "token_refusal"
    __table_args__ = (Index("ix_token_refusal_address", "address_key", "tried_at"),)
    id: Mapped[UUID] = identity()
    tried_at: Mapped[datetime] = plain()
    address_key: Mapped[str] = personal(String(64))
