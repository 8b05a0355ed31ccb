"""What was done, by whom and when: one row in the same transaction as the change. Insert-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, personal, plain


class Event(Base):
    """A change; no foreign keys, so the record outlives what it speaks of.

    `detail` never holds free text or grades. What somebody typed as the reason of a change stands in `reason` alone.
    """

    __tablename__ = "event"
    id: Mapped[UUID] = identity()
    at: Mapped[datetime] = plain(index=True)
    by: Mapped[str] = personal(String(80))
    action: Mapped[str] = plain(String(60), index=True)
    object_kind: Mapped[str] = plain(String(40))
    object_id: Mapped[str] = personal(String(60), index=True)
    detail: Mapped[dict[str, Any]] = plain(JSON, default=dict)
    reason: Mapped[str] = personal(String(500), default="")
