"""A cycle: a month's round of audits with one tool, what is expected of whom, and the snapshot made when it closes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Cycle(Base):
    """A month's round: planned (cases drawn, under review), released to auditors, closed (imported months start so).

    A withdrawn round was imported and its batch taken back; it counts nowhere, and its month may be opened anew.
    """

    __tablename__ = "cycle"
    __table_args__ = (
        Index(
            "uq_cycle_standing",
            "month",
            "tool_key",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("state IN ('planned', 'released', 'closed', 'withdrawn')", name="state_known"),
        CheckConstraint("state <> 'withdrawn' OR batch_id IS NOT NULL", name="withdrawn_was_imported"),
        CheckConstraint(paired("released_at", "released_by"), name="released_paired"),
        CheckConstraint(paired("closed_at", "closed_by"), name="closed_paired"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_is_dated"),
    )
    id: Mapped[UUID] = identity()
    month: Mapped[date] = plain(index=True)
    tool_key: Mapped[str] = plain(String(40))
    tool_version: Mapped[int] = plain()
    state: Mapped[str] = plain(String(10))
    due_on: Mapped[date] = plain()
    # Made when somebody started an audit that no case is drawn for: it is not opened, sampled or closed as a month is.
    on_demand: Mapped[bool] = plain(default=False)
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)  # set on imported months
    opened_at: Mapped[datetime] = plain()
    opened_by: Mapped[str] = personal(String(80))
    released_at: Mapped[datetime | None] = plain()
    released_by: Mapped[str | None] = personal(String(80))
    closed_at: Mapped[datetime | None] = plain()
    closed_by: Mapped[str | None] = personal(String(80))


class Expectation(Base):
    """How many audits one person is expected to do in a cycle, or why they are excused."""

    __tablename__ = "expectation"
    __table_args__ = (
        UniqueConstraint("cycle_id", "person_id"),
        CheckConstraint("expected BETWEEN 0 AND 50", name="expected_sensible"),
        CheckConstraint("role_group IN ('manager', 'iro', 'other')", name="role_group_known"),
        CheckConstraint(paired("excused_at", "excused_by"), name="excused_paired"),
    )
    id: Mapped[UUID] = identity()
    cycle_id: Mapped[UUID] = plain(ForeignKey("cycle.id"), index=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    role_group: Mapped[str] = personal(String(10))
    expected: Mapped[int] = personal(default=1)
    excused_at: Mapped[datetime | None] = plain()
    excused_by: Mapped[str | None] = personal(String(80))
    excused_code: Mapped[str] = personal(String(10), default="")  # the reason, of a short list
    excused_reason: Mapped[str] = personal(String(200), default="")
    approver: Mapped[str] = personal(String(200), default="")  # who agreed that they are excused, as named
    person: Mapped[Person] = relationship(lazy="joined")


class Step(StrEnum):
    """The steps of a cycle, in the order they are meant to come."""

    DRAWN = "drawn"
    TOLD = "told"
    REMINDER = "reminder"
    DUE = "due"
    LATE = "late"
    MANAGER_TOLD = "manager_told"
    HEAD_TOLD = "head_told"
    MODERATION_BEGINS = "moderation_begins"
    MODERATION_ENDS = "moderation_ends"
    RESOLVED = "resolved"
    CLOSE = "close"


class CycleStep(Base):
    """One step of a cycle's calendar and the working day it falls on."""

    __tablename__ = "cycle_step"
    __table_args__ = (UniqueConstraint("cycle_id", "step"),)
    id: Mapped[UUID] = identity()
    cycle_id: Mapped[UUID] = plain(ForeignKey("cycle.id"))
    step: Mapped[str] = plain(String(20))
    on: Mapped[date] = plain()


class Snapshot(Base):
    """The figures, the counts under them and the rules' version as they stood when a month closed. Insert-only."""

    __tablename__ = "snapshot"
    id: Mapped[UUID] = identity()
    cycle_id: Mapped[UUID] = plain(ForeignKey("cycle.id"), index=True)
    month: Mapped[date] = plain(index=True)
    rules_version: Mapped[str] = plain(String(20))
    # The month's own shares by measure, [k, n]; before the long columns, so that SQLite reads it without them.
    reported: Mapped[dict[str, Any]] = plain(JSON)
    figures: Mapped[dict[str, Any]] = plain(JSON)
    counts: Mapped[dict[str, Any]] = plain(JSON)
    missing: Mapped[dict[str, Any]] = plain(JSON)
    imported: Mapped[bool] = plain(default=False)
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
