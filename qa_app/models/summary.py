"""The month in seven minutes: the words of a closed month for the whole workforce, version by version."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, personal, plain


class SummaryVersion(Base):
    """One version of a month's words; the newest published one is what everybody reads. Insert-only.

    `quotations` names answers of feedback (audit and question); they are shown only while they are approved.
    """

    __tablename__ = "summary_version"
    __table_args__ = (CheckConstraint("state IN ('draft', 'published')", name="state_known"),)
    month: Mapped[date] = plain(primary_key=True)
    version: Mapped[int] = plain(primary_key=True, autoincrement=False)
    state: Mapped[str] = plain(String(10))
    theme_code: Mapped[str | None] = plain(ForeignKey("theme.code"))
    went_well: Mapped[str] = personal(String(1500))
    do_better: Mapped[str] = personal(String(1500))
    example: Mapped[str] = personal(String(1500))
    next_month: Mapped[str] = personal(String(1500))
    quotations: Mapped[list[Any]] = plain(JSON, default=list)
    written_at: Mapped[datetime] = plain()
    written_by: Mapped[str] = personal(String(80))
