"""An audit: one auditor's record of one child's file, its draft while it is written, and its answers once submitted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.case import Case
from qa_app.models.cycle import Cycle
from qa_app.models.person import Person, Service, Team

STATES = (
    "state IN ('allocated', 'draft', 'submitted', 'selected', 'moderating', 'moderated', 'agreed', 'closed',"
    " 'handed_back', 'withdrawn', 'not_done')"
)


def audit_reference(month: date, number: int) -> str:
    """What people call an audit, such as QA-2026-11-007; it says nothing about the child."""
    return f"QA-{month:%Y-%m}-{number:03d}"


class Audit(Base):
    """Where one audit stands, and the keys it is counted by."""

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint(STATES, name="state_known"),
        CheckConstraint(paired("handed_back_at", "handed_back_by"), name="handed_back_paired"),
        CheckConstraint(paired("withdrawn_at", "withdrawn_by"), name="withdrawn_paired"),
        CheckConstraint(paired("late_at", "late_by"), name="late_paired"),
        UniqueConstraint("cycle_id", "number"),
        Index("ix_audit_auditor_state", "auditor_id", "state"),
        Index("ix_audit_done", "cycle_id", "auditor_id", "submitted_on", "state"),
        Index("ix_audit_case_month", "case_id", "month"),
        Index("ix_audit_month", "tool_key", "month", "service_id", "team_id", "id"),
        Index("ix_audit_plan_type", "tool_key", "plan_type"),
        Index("ix_audit_cycle_state", "cycle_id", "state", "service_id", "team_id"),
        Index(
            "ix_audit_withdrawn",
            "tool_key",
            "month",
            "id",
            sqlite_where=text("state = 'withdrawn'"),
            postgresql_where=text("state = 'withdrawn'"),
        ),
        UniqueConstraint("batch_id", "source_id"),
        CheckConstraint("case_id IS NOT NULL OR subject_id IS NOT NULL", name="about_somebody"),
    )
    id: Mapped[UUID] = identity()
    number: Mapped[int] = plain()
    cycle_id: Mapped[UUID] = plain(ForeignKey("cycle.id"))
    month: Mapped[date] = plain()
    case_id: Mapped[UUID | None] = personal(ForeignKey("case_file.id"))  # None where it is about a member of staff
    # The member of staff it is about: who is observed, or whose supervision is audited.
    subject_id: Mapped[UUID | None] = personal(ForeignKey("person.id"), index=True)
    auditor_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    auditor_role: Mapped[str] = personal(String(120), default="")
    tool_key: Mapped[str] = plain(String(40))
    tool_version: Mapped[int] = plain()
    # Of the definition it is asked by; empty on audits from before this was kept.
    tool_sha256: Mapped[str] = plain(String(64), default="")
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"))
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    worker_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))
    plan_type: Mapped[str] = personal(String(60), default="")
    state: Mapped[str] = plain(String(12))
    stream: Mapped[str] = plain(String(12), default="random")
    allocated_at: Mapped[datetime] = plain()
    submitted_at: Mapped[datetime | None] = plain()
    submitted_on: Mapped[date | None] = plain()  # the day in London, or the day an imported register gives
    handed_back_at: Mapped[datetime | None] = plain()
    handed_back_by: Mapped[str | None] = personal(String(80))
    withdrawn_at: Mapped[datetime | None] = plain()
    withdrawn_by: Mapped[str | None] = personal(String(80))
    exit_code: Mapped[str] = plain(String(20), default="")  # why it was handed back, of a short list
    exit_reason: Mapped[str] = personal(String(500), default="")
    late_at: Mapped[datetime | None] = plain()
    late_by: Mapped[str | None] = personal(String(80))
    late_reason: Mapped[str] = personal(String(500), default="")
    # The audit given in place of one handed back, withdrawn or not done: at most one each.
    replaces_id: Mapped[UUID | None] = plain(ForeignKey("audit.id"), unique=True)
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)
    source_id: Mapped[str | None] = personal(String(60))  # the audit id of the council's own register
    source_sha256: Mapped[str | None] = personal(String(64))  # of the register's row, to tell a changed one
    cycle: Mapped[Cycle] = relationship(lazy="joined")
    case: Mapped[Case | None] = relationship()
    subject: Mapped[Person | None] = relationship(foreign_keys=[subject_id])
    auditor: Mapped[Person] = relationship(foreign_keys=[auditor_id])
    worker: Mapped[Person | None] = relationship(foreign_keys=[worker_id])
    team: Mapped[Team] = relationship(lazy="joined")
    service: Mapped[Service] = relationship()

    @property
    def reference(self) -> str:
        """What people call this audit."""
        return audit_reference(self.month, self.number)


class Draft(Base):
    """Answers being written, by an auditor or by a moderator; the version travels in the form (two tabs, one draft).

    What is being agreed after a moderator has graded is a draft of its own.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("audit_id", "stage"),
        CheckConstraint("stage IN ('auditor', 'moderator', 'agreement', 'third', 'self')", name="stage_known"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    stage: Mapped[str] = plain(String(10))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    answers: Mapped[dict[str, Any]] = personal(JSON, default=dict)
    # What was typed and could not be taken as an answer, as it was sent: box -> texts. It comes back with its error.
    refused: Mapped[dict[str, Any]] = personal(JSON, default=dict)
    place: Mapped[str] = plain(String(80), default="")  # the section written last
    version: Mapped[int] = plain(default=1)
    saved_at: Mapped[datetime] = plain()


class DraftAside(Base):
    """What was typed on a page whose answers had changed meanwhile, kept beside the draft until it is merged."""

    __tablename__ = "draft_aside"
    __table_args__ = (Index("ix_draft_aside_open", "audit_id", "stage", "section"),)
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    stage: Mapped[str] = plain(String(10))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    section: Mapped[str] = plain(String(60))
    answers: Mapped[dict[str, Any]] = personal(JSON)
    refused: Mapped[dict[str, Any]] = personal(JSON, default=dict)
    typed_sha256: Mapped[str] = plain(String(64))  # the same page sent again is kept once
    typed_at: Mapped[datetime] = plain()
    settled_at: Mapped[datetime | None] = plain()


class Answers(Base):
    """The free answers of an audit, of its moderation, and of their agreement (the form's quality). Insert-only."""

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("audit_id", "stage"),
        CheckConstraint("stage IN ('auditor', 'moderator', 'agreement', 'third', 'self')", name="stage_known"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    stage: Mapped[str] = plain(String(10))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    tool_key: Mapped[str] = plain(String(40))
    tool_version: Mapped[int] = plain()
    answers: Mapped[dict[str, Any]] = personal(JSON)
    given_at: Mapped[datetime] = plain()


class AuditChild(Base):
    """A child whose record an audit about a member of staff is made from, in the order the auditor gave."""

    __tablename__ = "audit_child"
    __table_args__ = (UniqueConstraint("audit_id", "case_id"), UniqueConstraint("audit_id", "place"))
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    place: Mapped[int] = plain()
    case_id: Mapped[UUID] = personal(ForeignKey("case_file.id"))
    case: Mapped[Case] = relationship()


class RestrictedAnswers(Base):
    """Answers that only the line of the member of staff may read (HR), kept apart from all others. Insert-only."""

    __tablename__ = "restricted_answers"
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"), unique=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    tool_key: Mapped[str] = plain(String(40))
    tool_version: Mapped[int] = plain()
    answers: Mapped[dict[str, Any]] = personal(JSON)
    given_at: Mapped[datetime] = plain()
