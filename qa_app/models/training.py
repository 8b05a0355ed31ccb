"""Training in auditing and moderating, one person and one day a row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Training(Base):
    """Somebody was trained. A wrong row is withdrawn with the reason and counts no more; nothing else of it changes."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("kind IN ('auditor', 'moderator', 'refresher', 'other')", name="kind_known"),
        CheckConstraint(paired("withdrawn_at", "withdrawn_by"), name="withdrawn_paired"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_has_reason"),
        Index(
            "uq_training_standing",
            "person_id",
            "kind",
            "held_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    kind: Mapped[str] = plain(String(10))
    held_on: Mapped[date] = personal(index=True)
    provider: Mapped[str] = plain(String(200))
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
    withdrawn_at: Mapped[datetime | None] = plain()
    withdrawn_by: Mapped[str | None] = personal(String(80))
    withdrawn_reason: Mapped[str] = personal(String(500), default="")
    person: Mapped[Person] = relationship(lazy="joined")
