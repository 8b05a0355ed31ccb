"""The access log: who opened what, allowed or denied, written in a short transaction of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import insert

from qa_app.db import Database
from qa_app.models import AccessEntry


class Entry(NamedTuple):
    """One opening of one thing; `action` is a verb such as 'audit.open', and nothing here is free text."""

    person_id: UUID | None
    action: str
    object_kind: str
    object_id: str
    outcome: str = "allowed"


def write(database: Database, entries: Sequence[Entry], *, at: datetime, request_id: str) -> None:
    """Keep the entries; if they cannot be kept, nothing may be shown."""
    if not entries:
        return
    rows = [{**entry._asdict(), "id": uuid4(), "at": at, "request_id": request_id} for entry in entries]
    with database.writing() as session, session.begin():
        session.execute(insert(AccessEntry), rows)
