"""What belongs to the request being answered: its database session, the person acting, the moment, the access log."""

from datetime import datetime
from typing import cast
from uuid import UUID

from flask import abort, current_app, g, request
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.access.journal import Entry
from qa_app.config import Settings
from qa_app.db import Database

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


def database() -> Database:
    """The application's database."""
    return cast("Database", current_app.extensions["qa_database"])


def settings() -> Settings:
    """The application's settings."""
    return cast("Settings", current_app.extensions["qa_settings"])


def now() -> datetime:
    """The moment this request is answered at: one and the same for the whole request."""
    if "now" not in g:
        g.now = settings().clock()
    return cast("datetime", g.now)


def session() -> Session:
    """The request's one database session: it only reads in a GET; a successful POST commits it."""
    if "db_session" not in g:
        reads = request.method in SAFE_METHODS
        g.db_session = database().reading() if reads else database().writing()
    return cast("Session", g.db_session)


def actor_or_none() -> Actor | None:
    """The signed-in person, if there is one."""
    return cast("Actor | None", g.get("actor"))


def actor() -> Actor:
    """The signed-in person."""
    found = actor_or_none()
    if found is None:
        abort(401)
    return found


def note_access(
    action: str, object_kind: str, object_id: object, *, outcome: str = "allowed", person_id: UUID | None = None
) -> None:
    """Put an opening of something on the access log; it is written before the answer leaves.

    `person_id` is whoever opens it without a sign-in; else it is the signed-in person.
    """
    person = actor_or_none()
    who = person_id or (person.person_id if person else None)
    entry = Entry(who, action, object_kind, str(object_id), outcome)
    g.setdefault("access_entries", []).append(entry)
