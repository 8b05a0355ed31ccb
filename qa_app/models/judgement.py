"""Judgements: one insert-only row for each audit, element and judge, carrying the keys it is counted by."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, personal, plain


class Judgement(Base):
    """A grade given once and kept for ever.

    An auditor's, a moderator's and a final grade of one element live side by side, and beside them one that a
    challenge put in the final one's place. The keys (stage, tool, element,
    month, service, team, grade) stand on the row so that a covering index counts without touching the audit. So does
    the auditor's grade on a moderator's or a final row: pairs and changes are counted without joining.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("audit_id", "element", "stage"),
        CheckConstraint("stage IN ('auditor', 'moderator', 'final', 'challenged')", name="stage_known"),
        CheckConstraint(
            "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_applicable',"
            " 'not_enough_evidence')",
            name="grade_known",
        ),
        Index(
            "ix_judgement_counted",
            "tool_key",
            "stage",
            "element",
            "month",
            "grade",
            "auditor_grade",
            "service_id",
            "team_id",
            "audit_id",
        ),
        Index("ix_judgement_paired", "audit_id", "element", "stage", "grade"),
        CheckConstraint("stage <> 'auditor' OR auditor_grade IS NULL", name="auditor_grade_beside"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    element: Mapped[str] = plain(String(40))
    stage: Mapped[str] = plain(String(10))
    grade: Mapped[str] = personal(String(22))
    auditor_grade: Mapped[str | None] = personal(String(22))
    month: Mapped[date] = plain()
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"))
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    tool_key: Mapped[str] = plain(String(40))
    judge_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    given_at: Mapped[datetime] = plain()


class CountedAnswer(Base):
    """A submitted answer that a measure counts, such as whether a chronology is up to date. Insert-only."""

    __tablename__ = "counted_answer"
    __table_args__ = (
        UniqueConstraint("audit_id", "question"),
        Index(
            "ix_counted_answer_counted", "tool_key", "month", "service_id", "team_id", "audit_id", "question", "value"
        ),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    question: Mapped[str] = plain(String(40))
    value: Mapped[str] = personal(String(20))
    month: Mapped[date] = plain()
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"))
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    tool_key: Mapped[str] = plain(String(40))
