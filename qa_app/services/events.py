"""The record of changes: every service writes its event in the transaction of the change itself."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Event


def record(
    session: Session, action: str, object_kind: str, object_id: object, *, by: str, at: datetime, reason: str = "",
    **detail: Any,
) -> None:  # fmt: skip
    """Note that `by` did `action` to an object, and for what `reason` (up to 500 characters, as they typed it).

    `detail` holds counts, codes and ids: no free text, no grades.
    """
    session.add(
        Event(
            at=at, by=by, action=action, object_kind=object_kind, object_id=str(object_id), detail=dict(detail),
            reason=reason,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """How many events there are, and a code over all of them that changes when one of them does."""

    count: int
    sha256: str


def head(session: Session, *, until: datetime | None = None, most: int | None = None) -> Head:
    """The head of the record, of all events up to a moment, or of the first so many.

    The sha256 of each event's fields as one line of JSON, in the order of time and then of id. It tells whether the
    record is still what it was; a chain that every event is linked into can take its place behind this function.
    """
    fields = (
        Event.at,
        Event.id,
        Event.by,
        Event.action,
        Event.object_kind,
        Event.object_id,
        Event.detail,
        Event.reason,
    )
    wanted = select(*fields).order_by(Event.at, Event.id).execution_options(yield_per=1000)
    if until is not None:
        wanted = wanted.where(Event.at <= until)
    if most is not None:
        wanted = wanted.limit(most)
    code, count = sha256(), 0
    for at, key, *rest in session.execute(wanted):
        line = json.dumps([at.isoformat(), key.hex, *rest], sort_keys=True, separators=(",", ":"))
        code.update(f"{line}\n".encode())
        count += 1
    return Head(count, code.hexdigest())
