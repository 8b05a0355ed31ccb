"""Programs as actors: let in by a token in the Authorization header, which names what they may read and until when."""

import hashlib
import hmac
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update

from qa_app.access.permissions import BY_TOKEN, Can
from qa_app.db import Database
from qa_app.models import ApiToken, TokenRefusal

PREFIX: Final = "baqa_"  # so that people and scanners of leaked secrets recognise one
SHOWN: Final = len(PREFIX) + 6
WINDOW: Final = timedelta(minutes=5)
MOST_REFUSED: Final = 30
TOUCH_EVERY: Final = timedelta(minutes=1)
_SECRET_BYTES: Final = 32
_LENGTH: Final = len(PREFIX) + 2 * _SECRET_BYTES + 8


class Refusal(StrEnum):
    """Why a program was not let in, in a sentence that says what to do."""

    MISSING = "Send a token in the Authorization header: Authorization: Bearer and then the token."
    IN_ADDRESS = (
        "A token stands in the address, where logs keep it. Have it revoked, ask for a new one, and send that one in "
        "the Authorization header alone."
    )
    UNKNOWN = "This token is not one of ours. Check that it was copied whole, or ask your administrator for a new one."
    OVER = "This token's time is over. Ask your administrator for a new one."
    REVOKED = "This token was revoked. Ask your administrator for a new one."
    SCOPE = "This token does not cover what was asked for. Ask your administrator for one with this scope: {scope}."
    SLOW_DOWN = "Too many requests from this address were refused. Wait 5 minutes, then send a token that works."


class ProgramRefused(Exception):  # noqa: N818 - named for the fault
    """A program was not let in; `status` is the answer's, and `token_id` whose token it was, where that is known."""

    def __init__(self, why: Refusal, status: int, token_id: UUID | None = None, *, scope: str = "") -> None:
        super().__init__(why.value.format(scope=scope))
        self.why, self.status, self.token_id, self.scope = why, status, token_id, scope


@dataclass(frozen=True, slots=True)
class Program:
    """A program that reads: an actor without a person."""

    token_id: UUID
    rights: frozenset[Can]

    def may(self, can: Can) -> bool:
        """Whether its token covers this; nothing but the interface is ever covered."""
        return can in BY_TOKEN and can in self.rights


def new_token() -> str:
    """A token nobody can guess, with a checksum by which one that was cut short is told from one that is unknown."""
    said = PREFIX + secrets.token_hex(_SECRET_BYTES)
    return said + _checksum(said)


def sha256_of(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so that a plain hash gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_whole(token: str) -> bool:
    """Whether the text has the form of a token, its checksum included."""
    if len(token) != _LENGTH or not token.isascii() or not token.startswith(PREFIX):
        return False
    return hmac.compare_digest(_checksum(token[:-8]), token[-8:])


def _checksum(said: str) -> str:
    return f"{zlib.crc32(said.encode()):08x}"


def find(database: Database, token: str, *, address_key: str, at: datetime) -> Program:
    """The program this token lets in; notes that it was used, once a minute.

    A token that works always lets in: nobody behind the same address can keep others out with wrong ones.

    Raises:
        ProgramRefused: it is unknown, over or revoked, or there were too many such from this address.
    """
    row = _kept(database, token) if is_whole(token) else None
    if row is None:
        raise _refused(database, Refusal.UNKNOWN, None, address_key=address_key, at=at)
    if row.revoked_at is not None or row.ends_at <= at:
        why = Refusal.REVOKED if row.revoked_at is not None else Refusal.OVER
        raise _refused(database, why, row.id, address_key=address_key, at=at)
    if row.seen_at is None or row.seen_at < at - TOUCH_EVERY:
        _touch(database, row.id, at=at)
    return Program(row.id, frozenset(Can(one) for one in row.scopes if one in set(BY_TOKEN)))


def _kept(database: Database, token: str) -> Any:
    wanted = sha256_of(token)
    with database.reading() as session:
        row = session.execute(
            select(
                ApiToken.id, ApiToken.token_sha256, ApiToken.scopes, ApiToken.ends_at, ApiToken.revoked_at,
                ApiToken.seen_at,
            ).where(ApiToken.token_sha256 == wanted)
        ).one_or_none()  # fmt: skip
    return row if row is not None and hmac.compare_digest(row.token_sha256, wanted) else None


def _touch(database: Database, token_id: UUID, *, at: datetime) -> None:
    with database.writing() as session, session.begin():
        session.execute(
            update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)).values(seen_at=at)
        )


def _refused(
    database: Database, why: Refusal, token_id: UUID | None, *, address_key: str, at: datetime
) -> ProgramRefused:
    """The refusal, kept; past so many from one address nothing more is kept, and the answer says to wait."""
    with database.reading() as session:
        before = session.scalar(
            select(func.count())
            .select_from(TokenRefusal)
            .where(TokenRefusal.address_key == address_key, TokenRefusal.tried_at > at - WINDOW)
        )
    if (before or 0) >= MOST_REFUSED:
        return ProgramRefused(Refusal.SLOW_DOWN, 429, token_id)
    with database.writing() as session, session.begin():
        session.add(TokenRefusal(tried_at=at, address_key=address_key))
    return ProgramRefused(why, 401, token_id)
