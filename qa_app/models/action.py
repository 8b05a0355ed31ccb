"""An action agreed in an audit: what is to be done, who owns it, and what showed that it was done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Action(Base):
    """One action: open, then done by its owner with evidence, then closed by somebody else; or cancelled."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'closed', 'cancelled')", name="state_known"),
        CheckConstraint("priority IN ('', 'immediate', 'five_days', 'twenty_days')", name="priority_known"),
        CheckConstraint(paired("done_at", "done_by"), name="done_paired"),
        CheckConstraint(paired("closed_at", "closed_by"), name="closed_paired"),
        CheckConstraint(paired("cancelled_at", "cancelled_by"), name="cancelled_paired"),
        CheckConstraint("closed_by IS NULL OR closed_by <> done_by", name="closed_by_another"),
        UniqueConstraint("audit_id", "number"),
        Index("ix_action_owner_state", "owner_id", "state", "due_on"),
        Index("ix_action_state_due", "state", "due_on"),
        Index("ix_action_case_state", "case_id", "state"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    number: Mapped[int] = plain()  # within its audit
    case_id: Mapped[UUID | None] = personal(ForeignKey("case_file.id"))
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"), index=True)
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    element: Mapped[str] = plain(String(60), default="")  # the graded element it answers, where it answers one
    what: Mapped[str] = personal(String(1000))
    whom: Mapped[str] = personal(String(20), default="")
    owner_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))
    owner_named: Mapped[str] = personal(String(200))  # the owner as the auditor named them
    due_on: Mapped[date] = plain()
    priority: Mapped[str] = plain(String(20), default="")
    theme: Mapped[str] = plain(String(40), default="")
    evidence_wanted: Mapped[str] = personal(String(1000), default="")
    state: Mapped[str] = plain(String(10), default="open")
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    done_at: Mapped[datetime | None] = plain()
    done_by: Mapped[str | None] = personal(String(80))
    evidence: Mapped[str] = personal(String(5000), default="")
    closed_at: Mapped[datetime | None] = plain()
    closed_by: Mapped[str | None] = personal(String(80))
    closed_note: Mapped[str] = personal(String(500), default="")
    cancelled_at: Mapped[datetime | None] = plain()
    cancelled_by: Mapped[str | None] = personal(String(80))
    cancelled_reason: Mapped[str] = personal(String(500), default="")
    flagged_at: Mapped[datetime | None] = plain()  # the answer it came from reads differently now
    flagged_because: Mapped[str] = plain(String(20), default="")  # 'final_grade' or 'withdrawn'
    told_level: Mapped[int] = plain(default=0)  # how far up the line its being overdue has been told
    audit: Mapped[Audit] = relationship()
    owner: Mapped[Person | None] = relationship()


class ActionLink(Base):
    """A weak grade answered by an action that was open already. Insert-only."""

    __tablename__ = "action_link"
    __table_args__ = (UniqueConstraint("audit_id", "element", "action_id"),)
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    element: Mapped[str] = plain(String(60))
    action_id: Mapped[UUID] = plain(ForeignKey("action.id"), index=True)


class ActionStep(Base):
    """One thing that happened to an action, with what was said of it. Insert-only."""

    __tablename__ = "action_step"
    __table_args__ = (
        CheckConstraint(
            "what IN ('done', 'sent_back', 'closed', 'cancelled', 'due_changed', 'flagged', 'kept', 'given')",
            name="what_known",
        ),
        CheckConstraint("(what = 'given') = (owner_after_id IS NOT NULL)", name="given_to_somebody"),
        CheckConstraint("(what = 'due_changed') = (due_before IS NOT NULL AND due_after IS NOT NULL)", name="dated"),
    )
    id: Mapped[UUID] = identity()
    action_id: Mapped[UUID] = plain(ForeignKey("action.id"), index=True)
    what: Mapped[str] = plain(String(12))
    said: Mapped[str] = personal(String(5000), default="")  # the evidence, or the reason
    due_before: Mapped[date | None] = plain()
    due_after: Mapped[date | None] = plain()
    owner_before_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))  # none where a role owned it
    owner_after_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = plain()
    taken_by: Mapped[str] = personal(String(80))


class Reaudit(Base):
    """A second audit owed to a child: because the first was inadequate, or because its auditor asked for one.

    Planned, then allocated to another auditor. One whose first audit is no longer inadequate waits for the QA lead to
    keep or cancel it.
    """

    __tablename__ = "reaudit"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'allocated', 'cancelled')", name="state_known"),
        CheckConstraint("(state = 'allocated') = (second_id IS NOT NULL)", name="allocated_has_audit"),
        CheckConstraint(paired("cancelled_at", "cancelled_by"), name="cancelled_paired"),
        CheckConstraint(paired("kept_at", "kept_by"), name="kept_paired"),
        CheckConstraint("because IN ('inadequate', 'asked')", name="because_known"),
    )
    id: Mapped[UUID] = identity()
    first_id: Mapped[UUID] = plain(ForeignKey("audit.id"), unique=True)
    second_id: Mapped[UUID | None] = plain(ForeignKey("audit.id"), unique=True)
    not_before: Mapped[date] = plain()
    due_on: Mapped[date] = plain(index=True)
    because: Mapped[str] = personal(String(12))
    state: Mapped[str] = plain(String(10), default="planned")
    planned_at: Mapped[datetime] = plain()
    kept_at: Mapped[datetime | None] = plain()
    kept_by: Mapped[str | None] = personal(String(80))
    kept_reason: Mapped[str] = personal(String(500), default="")
    cancelled_at: Mapped[datetime | None] = plain()
    cancelled_by: Mapped[str | None] = personal(String(80))
    cancelled_reason: Mapped[str] = personal(String(500), default="")
    first: Mapped[Audit] = relationship(foreign_keys=[first_id])
    second: Mapped[Audit | None] = relationship(foreign_keys=[second_id])
