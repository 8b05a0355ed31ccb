"""The changes of settings, newest first, with who made them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Event
from qa_app.queries.doers import doer


class Change(NamedTuple):
    """One change of one setting; `old` and `new` are values as they are kept."""

    at: datetime
    who: str
    key: str
    old: Any
    new: Any
    reason: str


def latest_changes(session: Session, keys: Sequence[str], *, most: int = 30) -> tuple[Change, ...]:
    """The latest changes of these settings."""
    events = session.scalars(
        select(Event)
        .where(Event.action == "setting.changed", Event.object_id.in_(keys))
        .order_by(Event.at.desc(), Event.object_id)
        .limit(most)
    ).all()
    return tuple(
        Change(
            event.at,
            doer(session, event.by),
            event.object_id,
            event.detail["old"],
            event.detail["new"],
            event.reason,
        )
        for event in events
    )
