"""Tokens made for the council's own programs, and revoked at once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from qa_app.access.permissions import BY_TOKEN, Can
from qa_app.access.programs import SHOWN, new_token, sha256_of
from qa_app.models import ApiToken
from qa_app.services.events import record

LONGEST_DAYS: Final = 365


class UnfitToken(ValueError):  # noqa: N818 - named for the fault
    """A token cannot be made like this; the message says why."""


class Made(NamedTuple):
    """A new token: its row, and the token itself, which is kept nowhere."""

    row: ApiToken
    token: str


def make(
    session: Session, purpose: str, owner: str, scopes: Collection[Can], *, days: int, by: str, at: datetime
) -> Made:
    """A token for a purpose, somebody who answers for it, what it covers, and so many days.

    Raises:
        UnfitToken: it says no purpose or owner, covers nothing or what no token may, or is to last too long.
    """
    if not purpose.strip() or not owner.strip():
        raise UnfitToken("Say what the token is for and who answers for it.")
    if not scopes or not BY_TOKEN.issuperset(scopes):
        raise UnfitToken("Choose what the token may read.")
    if not 1 <= days <= LONGEST_DAYS:
        raise UnfitToken(f"Enter a number of days from 1 to {LONGEST_DAYS}.")
    token = new_token()
    row = ApiToken(
        purpose=purpose.strip(), owner=owner.strip(), scopes=sorted(scopes), token_sha256=sha256_of(token),
        begins=token[:SHOWN], made_at=at, made_by=by, ends_at=at + timedelta(days=days),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, "token.made", "api_token", row.id, by=by, at=at, scopes=sorted(scopes), days=days)
    return Made(row, token)


def revoke(session: Session, token: ApiToken, *, by: str, at: datetime) -> bool:
    """End a token; its next request is refused. Tells whether it stood until now."""
    if token.revoked_at is not None:
        return False
    token.revoked_at, token.revoked_by = at, by
    session.flush()
    record(session, "token.revoked", "api_token", token.id, by=by, at=at)
    return True
