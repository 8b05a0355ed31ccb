"""What departs from the rule of a moderation: another mode than blind, a hand-back, and an override by two people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.moderation import Moderation
from qa_app.models.person import Person


class ModeChoice(Base):
    """That a moderation is blind, sighted or joint from now on, who said so and why. Insert-only."""

    __tablename__ = "mode_choice"
    __table_args__ = (CheckConstraint("mode IN ('blind', 'sighted', 'joint')", name="mode_known"),)
    id: Mapped[UUID] = identity()
    moderation_id: Mapped[UUID] = plain(ForeignKey("moderation.id"), index=True)
    mode: Mapped[str] = plain(String(10))
    reason: Mapped[str] = personal(String(500))
    chosen_at: Mapped[datetime] = plain()
    chosen_by: Mapped[str] = personal(String(80))


class ModerationReturn(Base):
    """A moderator who handed a moderation back, and why; conflicts of interest are remembered from it. Insert-only."""

    __tablename__ = "moderation_return"
    __table_args__ = (CheckConstraint("code IN ('conflict', 'knows_auditor', 'away', 'other')", name="code_known"),)
    id: Mapped[UUID] = identity()
    moderation_id: Mapped[UUID] = plain(ForeignKey("moderation.id"), index=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    code: Mapped[str] = personal(String(20))
    reason: Mapped[str] = personal(String(500))
    returned_at: Mapped[datetime] = plain()
    returned_by: Mapped[str] = personal(String(80))


class Override(Base):
    """A moderation for somebody who is tied to it: one person asks with a reason, another agrees or refuses.

    ``conflicts`` are the ties that were looked past; one that comes later is not among them.
    """

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'agreed', 'refused')", name="state_known"),
        CheckConstraint(paired("answered_at", "answered_by"), name="answered_paired"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_once"),
        CheckConstraint("answered_by IS NULL OR answered_by <> asked_by", name="two_people"),
        Index(
            "uq_override_open",
            "moderation_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
    id: Mapped[UUID] = identity()
    moderation_id: Mapped[UUID] = plain(ForeignKey("moderation.id"))
    moderator_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    conflicts: Mapped[list[str]] = personal(JSON)
    reason: Mapped[str] = personal(String(500))
    asked_at: Mapped[datetime] = plain()
    asked_by: Mapped[str] = personal(String(80))
    state: Mapped[str] = plain(String(10), default="asked")
    answered_at: Mapped[datetime | None] = plain()
    answered_by: Mapped[str | None] = personal(String(80))
    answer: Mapped[str] = personal(String(500), default="")
    moderation: Mapped[Moderation] = relationship()
    moderator: Mapped[Person] = relationship()
