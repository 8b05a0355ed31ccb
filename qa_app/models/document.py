"""Guidance that auditors and moderators read as a whole: the Audit Guidance, a tool's guidance, how to moderate."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, personal, plain

KIND = "kind IN ('audit', 'tool', 'moderation')"


class Document(Base):
    """One document through all its versions. Insert-only. A tool's guidance names the tool it is about."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(KIND, name="kind_known"),
        CheckConstraint("(kind = 'tool') = (tool_key <> '')", name="tool_of_a_tools_guidance"),
        UniqueConstraint("kind", "tool_key"),
    )
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(10))
    tool_key: Mapped[str] = plain(String(40), default="")
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))


class DocumentVersion(Base):
    """What was published, and who has to read it. Insert-only; the newest version counts."""

    __tablename__ = "document_version"
    __table_args__ = (CheckConstraint("version = 1 OR change <> ''", name="later_says_what_changed"),)
    document_id: Mapped[UUID] = plain(ForeignKey("document.id"), primary_key=True)
    version: Mapped[int] = plain(primary_key=True, autoincrement=False)
    title: Mapped[str] = plain(String(200))
    words: Mapped[str] = plain(Text)
    change: Mapped[str] = plain(String(2000), default="")  # what is different from the version before
    for_auditors: Mapped[bool] = plain()
    for_moderators: Mapped[bool] = plain()
    sha256: Mapped[str] = plain(String(64))
    published_at: Mapped[datetime] = plain()
    published_by: Mapped[str] = personal(String(80))
    document: Mapped[Document] = relationship(lazy="joined")


class DocumentDraft(Base):
    """The next version while it is written; it goes when it is published or given up."""

    __tablename__ = "document_draft"
    document_id: Mapped[UUID] = plain(ForeignKey("document.id"), primary_key=True)
    title: Mapped[str] = plain(String(200))
    words: Mapped[str] = plain(Text)
    change: Mapped[str] = plain(String(2000), default="")
    for_auditors: Mapped[bool] = plain()
    for_moderators: Mapped[bool] = plain()
    saved_at: Mapped[datetime] = plain()
    saved_by: Mapped[str] = personal(String(80))
    document: Mapped[Document] = relationship(lazy="joined")


class Acknowledgement(Base):
    """Somebody has said that they have read one version. Insert-only."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        UniqueConstraint("person_id", "document_id", "version"),
        ForeignKeyConstraint(
            ["document_id", "version"], ["document_version.document_id", "document_version.version"],
            name="fk_acknowledgement_document_id_document_version",
        ),
        Index("ix_acknowledgement_document_id_version", "document_id", "version"),
    )  # fmt: skip
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    document_id: Mapped[UUID] = plain()
    version: Mapped[int] = plain()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    given_at: Mapped[datetime] = plain()
