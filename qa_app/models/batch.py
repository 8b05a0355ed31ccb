"""Files brought in: the upload waiting for a yes, the batch it became, and column mappings that were kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, paired, personal, plain

KIND = "kind IN ('staff', 'cases', 'register', 'values', 'complaints', 'training', 'support')"


class Upload(Base):
    """A file that was previewed and not yet confirmed; sealed, and deleted once it is confirmed or given up."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('staff', 'cases', 'register', 'values', 'complaints', 'training', 'support', 'tool')",
            name="kind_known",
        ),
    )
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(10))
    sealed: Mapped[bytes] = personal(LargeBinary)
    mapping: Mapped[dict[str, Any] | None] = plain(JSON)
    uploaded_at: Mapped[datetime] = plain()
    uploaded_by: Mapped[str] = personal(String(80))


class Batch(Base):
    """One confirmed import: what it added, changed, left out and refused."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint(KIND, name="kind_known"),
        CheckConstraint(paired("withdrawn_at", "withdrawn_by"), name="withdrawn_paired"),
    )
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(10))
    file_sha256: Mapped[str] = plain(String(64))
    added: Mapped[int] = plain()
    changed: Mapped[int] = plain()
    unchanged: Mapped[int] = plain()
    left_out: Mapped[int] = plain()
    refused: Mapped[int] = plain()
    imported_at: Mapped[datetime] = plain()
    imported_by: Mapped[str] = personal(String(80))
    withdrawn_at: Mapped[datetime | None] = plain()
    withdrawn_by: Mapped[str | None] = personal(String(80))
    withdrawn_reason: Mapped[str] = personal(String(500), default="")


class ColumnMapping(Base):
    """Which heading means what, as somebody set it right for files with these headings."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("kind", "headings_sha256"), CheckConstraint(KIND, name="kind_known"))
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(10))
    headings_sha256: Mapped[str] = plain(String(64))
    mapping: Mapped[dict[str, Any]] = plain(JSON)
    kept_at: Mapped[datetime] = plain()
    kept_by: Mapped[str] = personal(String(80))


class Setting(Base):
    """A setting somebody changed from its default."""

    __tablename__ = "setting"
    key: Mapped[str] = plain(String(60), primary_key=True)
    value: Mapped[Any] = plain(JSON)
    changed_at: Mapped[datetime] = plain()
    changed_by: Mapped[str] = personal(String(80))
