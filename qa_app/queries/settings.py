"""The changes of settings, newest first, with who made them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Event, Person
from qa_app.services.settings import SETTINGS


class Change(NamedTuple):
    """One change of one setting, in words."""

    at: datetime
    who: str
    label: str
    old: str
    new: str
    reason: str


def latest_changes(session: Session, *, most: int = 30) -> tuple[Change, ...]:
    """The latest changes of settings that still exist."""
    events = session.scalars(
        select(Event)
        .where(Event.action == "setting.changed", Event.object_id.in_(list(SETTINGS)))
        .order_by(Event.at.desc(), Event.object_id)
        .limit(most)
    ).all()
    return tuple(
        Change(
            event.at,
            _who(session, event.by),
            SETTINGS[event.object_id].label,
            SETTINGS[event.object_id].said(event.detail["old"]),
            SETTINGS[event.object_id].said(event.detail["new"]),
            str(event.detail.get("reason", "")),
        )
        for event in events
    )


def _who(session: Session, by: str) -> str:
    kind, _, name = by.partition(":")
    if kind != "person":
        return f"{name} (command line)"
    person = session.get(Person, UUID(name))
    return person.name if person else "Somebody"
