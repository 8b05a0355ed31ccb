"""Readings beside the two grades of an audit: by a third person blind of both, or by its auditor once more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person

GRADE_KNOWN = (
    "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_applicable', 'not_enough_evidence')"
)


class Reading(Base):
    """One person asked to grade an audit blind: 'third' of auditor and moderator, 'self' of one's own first grades.

    Its grades count in no figure of practice and in no agreement. One that is called off is 'ended'.
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint("kind IN ('third', 'self')", name="kind_known"),
        CheckConstraint("state IN ('asked', 'reading', 'given', 'ended')", name="state_known"),
        CheckConstraint("(state = 'given') = (given_at IS NOT NULL)", name="given_when_given"),
        CheckConstraint(paired("ended_at", "ended_by"), name="ended_paired"),
        Index(
            "uq_reading_standing",
            "audit_id",
            "kind",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
        Index("ix_reading_reader_state", "reader_id", "state"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    kind: Mapped[str] = plain(String(10))
    reader_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))  # None while nobody is independent of it
    state: Mapped[str] = plain(String(10), default="asked")
    reason: Mapped[str] = personal(String(500), default="")
    asked_at: Mapped[datetime] = plain()
    asked_by: Mapped[str] = personal(String(80))
    given_at: Mapped[datetime | None] = plain()
    ended_at: Mapped[datetime | None] = plain()
    ended_by: Mapped[str | None] = personal(String(80))
    ended_reason: Mapped[str] = personal(String(500), default="")
    audit: Mapped[Audit] = relationship()
    reader: Mapped[Person | None] = relationship()


class ReadingGrade(Base):
    """What a reader gave one element, and what in the record led them there. Insert-only."""

    __tablename__ = "reading_grade"
    __table_args__ = (UniqueConstraint("reading_id", "element"), CheckConstraint(GRADE_KNOWN, name="grade_known"))
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    reading_id: Mapped[UUID] = plain(ForeignKey("reading.id"))
    element: Mapped[str] = plain(String(40))
    grade: Mapped[str] = personal(String(22))
    words: Mapped[str] = personal(String(5000), default="")
    given_at: Mapped[datetime] = plain()
