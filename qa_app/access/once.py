"""A form sent twice is carried out once: its key is kept in the transaction of what it did, with the answer."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from flask import Response, flash, g, redirect, request
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access.current import SAFE_METHODS, actor_or_none, database, now, session
from qa_app.access.rescue import rescued
from qa_app.models import OnceKey

FIELD: Final = "once"
KEPT_FOR: Final = timedelta(days=7)
LONGEST_LOCATION: Final = 500
# What differs from one sending to the next without meaning anything.
NOT_SAID: Final = frozenset((FIELD, "csrf_token"))
SENT_BEFORE: Final = "This form was sent more than once. It was carried out once."


class AnotherFormError(ValueError):
    """The key of a form that was carried out came again with other answers."""

    def __init__(self) -> None:
        super().__init__(
            "You sent this form before and changed it since. What you sent first was carried out. "
            "Open the page again to see how things stand, then make your change."
        )


def key_in(text: object) -> UUID | None:
    """The key that was posted; None where it is none."""
    if not isinstance(text, str) or len(text) != len(str(UUID(int=0))):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def claim() -> AnyResponse | None:
    """Before a form is carried out: the answer it was given before, if it was; else its key is this request's.

    On both databases a second request with the same key waits here until the first has ended.

    Raises:
        AnotherFormError: the key belongs to another form, or to this one with other answers.
    """
    person = actor_or_none()
    if (
        request.method in SAFE_METHODS
        or person is None
        or rescued()
        or (key := key_in(request.form.get(FIELD))) is None
    ):
        return None
    said = _body_sha256()
    row = {"person_id": person.person_id, "endpoint": (request.endpoint or "")[:80], "body_sha256": said}
    made = postgresql.insert if not database().sqlite else sqlite.insert
    claimed = made(OnceKey).values(key=key, location="", done_at=now(), **row).on_conflict_do_nothing()
    if session().scalar(claimed.returning(OnceKey.key)) is None:
        before = session().execute(
            select(OnceKey.person_id, OnceKey.endpoint, OnceKey.body_sha256, OnceKey.location).where(OnceKey.key == key)
        ).one()  # fmt: skip
        if tuple(before[:3]) != tuple(row.values()):
            raise AnotherFormError
        flash(SENT_BEFORE, "info")
        return redirect(before.location)
    g.once = key
    return None


def settle(response: Response) -> None:
    """Before the commit: keep where the form led. One that answers with a page may be sent again."""
    key = g.pop("once", None)
    if key is None:
        return
    where = response.location or ""
    if 300 <= response.status_code < 400 and 0 < len(where) <= LONGEST_LOCATION:
        session().execute(update(OnceKey).where(OnceKey.key == key).values(location=where))
    else:
        session().execute(delete(OnceKey).where(OnceKey.key == key))


def keep_all_the_same() -> None:
    """Commit although the answer is a page of faults: what could be kept is kept, and the form may be sent again."""
    if (key := g.pop("once", None)) is not None:
        session().execute(delete(OnceKey).where(OnceKey.key == key))
    session().commit()


def sweep(session: Session, *, at: datetime) -> int:
    """Forget the keys of forms sent long ago; the answer is how many."""
    gone = session.execute(delete(OnceKey).where(OnceKey.done_at < at - KEPT_FOR))
    return cast("CursorResult[Any]", gone).rowcount


def _body_sha256() -> str:
    """The address and everything the form says, files too, whatever the order."""
    whole = hashlib.sha256(request.path.encode())
    for name, texts in sorted(request.form.lists()):
        if name not in NOT_SAID:
            whole.update(repr((name, texts)).encode("utf-8", "surrogatepass"))
    for name, files in sorted(request.files.lists()):
        for file in files:
            whole.update(repr((name, file.filename)).encode("utf-8", "surrogatepass"))
            whole.update(hashlib.file_digest(file.stream, "sha256").digest())  # type: ignore[arg-type] # reads bytes
            file.stream.seek(0)
    return whole.hexdigest()
