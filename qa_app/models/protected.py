"""Which counts of a published period are hidden, kept because deciding takes seconds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, plain


class ProtectedPeriod(Base):
    """One decision. `digest` names all it was made from; other counts, or another rule, have another. Insert-only."""

    __tablename__ = "protected_period"
    digest: Mapped[str] = plain(String(64), primary_key=True)
    first: Mapped[date] = plain()
    last: Mapped[date] = plain()
    rule: Mapped[str] = plain(String(40))
    decision: Mapped[dict[str, Any]] = plain(JSON)
    settled_at: Mapped[datetime] = plain()
