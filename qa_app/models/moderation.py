"""Moderation: the draw that chose an audit, the moderation itself, and what was said about each difference."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Draw(Base):
    """A draw with its seed, rule and frame: the same seed over the same frame draws the same sample. Insert-only."""

    __tablename__ = "draw"
    __table_args__ = (CheckConstraint("kind IN ('cases', 'moderation')", name="kind_known"),)
    id: Mapped[UUID] = identity()
    cycle_id: Mapped[UUID] = plain(ForeignKey("cycle.id"), index=True)
    kind: Mapped[str] = plain(String(12))
    seed: Mapped[str] = plain(String(40))
    rule: Mapped[dict[str, Any]] = plain(JSON)
    frame: Mapped[dict[str, Any]] = personal(JSON)
    frame_sha256: Mapped[str] = plain(String(64))
    excluded: Mapped[dict[str, int]] = plain(JSON)
    drawn_at: Mapped[datetime] = plain()
    drawn_by: Mapped[str] = personal(String(80))


class LeftOut(Base):
    """A case a draw of cases left out, and why: the elimination log. Insert-only."""

    __tablename__ = "left_out"
    __table_args__ = (UniqueConstraint("draw_id", "case_id"),)
    id: Mapped[UUID] = identity()
    draw_id: Mapped[UUID] = plain(ForeignKey("draw.id"))
    case_id: Mapped[UUID] = personal(ForeignKey("case_file.id"))
    reason: Mapped[str] = plain(String(40))


class FrameMember(Base):
    """One audit in the frame of a draw: its stratum, its chance of being drawn, and whether it was. Insert-only."""

    __tablename__ = "frame_member"
    __table_args__ = (
        UniqueConstraint("audit_id"),
        CheckConstraint("chance_numerator BETWEEN 0 AND chance_denominator", name="chance_within_one"),
        Index("ix_frame_member_month", "month", "stratum", "certainty", "selected", "audit_id", "draw_id"),
    )
    id: Mapped[UUID] = identity()
    draw_id: Mapped[UUID] = plain(ForeignKey("draw.id"), index=True)
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    month: Mapped[date] = plain()
    stratum: Mapped[str] = plain(String(60))
    certainty: Mapped[bool] = plain()
    selected: Mapped[bool] = plain()
    chance_numerator: Mapped[int] = plain()
    chance_denominator: Mapped[int] = plain()


class Moderation(Base):
    """One audit given to a moderator to grade again."""

    __tablename__ = "moderation"
    __table_args__ = (
        UniqueConstraint("audit_id"),
        CheckConstraint("stream IN ('sampled', 'chosen', 'disputed', 'calibration')", name="stream_known"),
        CheckConstraint("mode IN ('blind', 'sighted', 'joint')", name="mode_known"),
        CheckConstraint("state IN ('allocated', 'moderating', 'moderated', 'agreed', 'not_done')", name="state_known"),
        CheckConstraint(paired("agreed_at", "agreed_by"), name="agreed_paired"),
        CheckConstraint("independence IN ('checked', 'not_checked', 'overridden')", name="independence_known"),
        Index("ix_moderation_moderator_state", "moderator_id", "state"),
        Index("ix_moderation_counted", "state", "stream", "mode", "audit_id", "independence"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    moderator_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))
    stream: Mapped[str] = plain(String(12))
    mode: Mapped[str] = plain(String(10), default="blind")
    state: Mapped[str] = plain(String(12))
    allocated_at: Mapped[datetime] = plain()
    graded_at: Mapped[datetime | None] = plain()  # the moderator's own grades, before anything of the auditor's
    graded_on: Mapped[date | None] = plain()
    agreed_at: Mapped[datetime | None] = plain()
    agreed_by: Mapped[str | None] = personal(String(80))
    form_sound: Mapped[bool | None] = personal()  # the quality of the audit form, kept apart from practice
    independence: Mapped[str] = plain(String(20), default="checked")  # 'not_checked' on imported ones
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)
    audit: Mapped[Audit] = relationship()
    moderator: Mapped[Person | None] = relationship()


class Difference(Base):
    """Why auditor and moderator differed on one element, and what came of the talk. Insert-only."""

    __tablename__ = "difference"
    __table_args__ = (
        UniqueConstraint("moderation_id", "element"),
        CheckConstraint("outcome IN ('', 'auditor_moves', 'moderator_moves', 'third_grade')", name="outcome_known"),
    )
    id: Mapped[UUID] = identity()
    moderation_id: Mapped[UUID] = plain(ForeignKey("moderation.id"))
    element: Mapped[str] = plain(String(40))
    reason: Mapped[str] = plain(String(40))
    note: Mapped[str] = personal(String(5000), default="")
    outcome: Mapped[str] = plain(String(16), default="")  # empty on those from before it was kept
    decider_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))  # who decided where the two could not agree
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
