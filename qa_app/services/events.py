"""The record of changes: every service writes its event in the transaction of the change itself."""

from datetime import datetime
from typing import Any

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
