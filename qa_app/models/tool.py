"""Audit tools made by the QA lead: each version with its definition, from draft to live to archived."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, paired, personal, plain


def _one(state: str) -> Index:
    here = text(f"state = '{state}'")
    return Index(f"uq_tool_definition_{state}", "key", unique=True, sqlite_where=here, postgresql_where=here)


class StoredTool(Base):
    """One version of a tool that the council made; once it is live its definition can never change."""

    __tablename__ = "tool_definition"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        # Of each tool one version is live, and one is in the making.
        _one("live"),
        _one("draft"),
        CheckConstraint("state IN ('draft', 'live', 'archived')", name="state_known"),
        CheckConstraint("source IN ('workbook', 'file')", name="source_known"),
        CheckConstraint(paired("published_at", "published_by"), name="published_paired"),
        CheckConstraint(paired("archived_at", "archived_by"), name="archived_paired"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_is_dated"),
    )
    id: Mapped[UUID] = identity()
    key: Mapped[str] = plain(String(40))
    version: Mapped[int] = plain()
    title: Mapped[str] = plain(String(200))
    state: Mapped[str] = plain(String(10), default="draft")
    definition: Mapped[dict[str, Any]] = plain(JSON)
    definition_sha256: Mapped[str] = plain(String(64))
    source: Mapped[str] = plain(String(10))
    # The workbook or file as it was uploaded; a workbook may name who wrote it.
    uploaded: Mapped[bytes] = personal(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    published_at: Mapped[datetime | None] = plain()
    published_by: Mapped[str | None] = personal(String(80))
    archived_at: Mapped[datetime | None] = plain()
    archived_by: Mapped[str | None] = personal(String(80))
