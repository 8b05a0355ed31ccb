"""An alert that a child may not be safe: raised while an audit is written, open until somebody acknowledges it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Alert(Base):
    """One fear for one child; answering 'safe' afterwards lifts it, and it still waits for somebody to acknowledge.

    An auditor and a moderator who fear for the same child each have their own, so that neither shows in the other's.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("stage IN ('auditor', 'moderator')", name="stage_known"),
        CheckConstraint("answer IN ('not_sure', 'no')", name="answer_known"),
        CheckConstraint(paired("lifted_at", "lifted_by"), name="lifted_paired"),
        CheckConstraint(paired("acknowledged_at", "acknowledged_by"), name="acknowledged_paired"),
        Index(
            "uq_alert_open",
            "audit_id",
            "stage",
            unique=True,
            sqlite_where=text("acknowledged_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"), index=True)
    stage: Mapped[str] = plain(String(10))  # who fears: 'auditor' or 'moderator'
    answer: Mapped[str] = plain(String(10))  # to 'is the child safe now?', as it was when this was told last
    raised_at: Mapped[datetime] = plain()
    raised_by: Mapped[str] = personal(String(80))
    lifted_at: Mapped[datetime | None] = plain()
    lifted_by: Mapped[str | None] = personal(String(80))
    reminded_at: Mapped[datetime | None] = plain()
    reminders: Mapped[int] = plain(default=0)
    acknowledged_at: Mapped[datetime | None] = plain()
    acknowledged_by: Mapped[str | None] = personal(String(80))
    acknowledged_note: Mapped[str] = personal(String(2000), default="")
    audit: Mapped[Audit] = relationship()


class AlertRecipient(Base):
    """Somebody who was told of an alert, because of what they are, and when."""

    __tablename__ = "alert_recipient"
    __table_args__ = (
        UniqueConstraint("alert_id", "person_id"),
        CheckConstraint(
            "because IN ('service_manager', 'head_of_service', 'line_manager', 'qa_lead')", name="because_known"
        ),
        Index("ix_alert_recipient_person", "person_id"),
    )
    id: Mapped[UUID] = identity()
    alert_id: Mapped[UUID] = plain(ForeignKey("alert.id"))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    because: Mapped[str] = plain(String(20))
    told_at: Mapped[datetime] = plain()
    person: Mapped[Person] = relationship()
