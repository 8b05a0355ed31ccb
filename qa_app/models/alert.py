"""An alert that a child may not be safe: raised while an audit is written, open until somebody acknowledges it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Alert(Base):
    """One fear for one child; answering 'safe' afterwards lifts it, and it still waits for somebody to acknowledge."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(paired("lifted_at", "lifted_by"), name="lifted_paired"),
        CheckConstraint(paired("acknowledged_at", "acknowledged_by"), name="acknowledged_paired"),
        Index(
            "uq_alert_open",
            "audit_id",
            unique=True,
            sqlite_where=text("acknowledged_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"), index=True)
    stage: Mapped[str] = plain(String(10))  # who fears: 'auditor' or 'moderator'
    raised_at: Mapped[datetime] = plain()
    raised_by: Mapped[str] = personal(String(80))
    lifted_at: Mapped[datetime | None] = plain()
    lifted_by: Mapped[str | None] = personal(String(80))
    acknowledged_at: Mapped[datetime | None] = plain()
    acknowledged_by: Mapped[str | None] = personal(String(80))
    acknowledged_note: Mapped[str] = personal(String(2000), default="")
    audit: Mapped[Audit] = relationship()


class AlertRecipient(Base):
    """Somebody an alert was sent to: a service manager or a Head of Service, each with when."""

    __tablename__ = "alert_recipient"
    __table_args__ = (
        UniqueConstraint("alert_id", "person_id"),
        CheckConstraint("because IN ('service_manager', 'head_of_service', 'qa_lead')", name="because_known"),
        Index("ix_alert_recipient_person", "person_id"),
    )
    id: Mapped[UUID] = identity()
    alert_id: Mapped[UUID] = plain(ForeignKey("alert.id"))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    because: Mapped[str] = plain(String(20))
    told_at: Mapped[datetime] = plain()
    person: Mapped[Person] = relationship()
