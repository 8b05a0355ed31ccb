"""The tokens of programs: those that work, and those that are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import ApiToken
from qa_app.queries.doers import doer


@dataclass(frozen=True, slots=True)
class Listed:
    """Every token, newest first, by whether it still works."""

    working: Sequence[ApiToken]
    over: Sequence[ApiToken]


def listed(session: Session, *, at: datetime) -> Listed:
    """Every token as it stands now."""
    rows = session.scalars(select(ApiToken).order_by(ApiToken.made_at.desc(), ApiToken.id)).all()
    return Listed([one for one in rows if works(one, at=at)], [one for one in rows if not works(one, at=at)])


def works(token: ApiToken, *, at: datetime) -> bool:
    """Whether the token still opens what it covers."""
    return token.revoked_at is None and token.ends_at > at


def made_by(session: Session, token: ApiToken) -> str:
    """Who made it, by name."""
    return doer(session, token.made_by)
