"""A complaint or compliment and its steps: what was known when; a later fact is a new step. No names."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, personal, plain
from qa_app.models.person import Service, Team


def complaint_label(complaint_id: UUID) -> str:
    """What a complaint is called where the council's own reference is not shown."""
    return f"CO-{complaint_id.hex[:8].upper()}"


class Complaint(Base):
    """What was received, when, and about which team. Where it stands, its last step says. Insert-only."""

    __tablename__ = "complaint"
    __table_args__ = (CheckConstraint("kind IN ('complaint', 'compliment')", name="kind_known"),)
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(10))
    reference: Mapped[str | None] = personal(
        String(60), unique=True
    )  # the council's own, by which a row is known again
    received_on: Mapped[date] = plain(index=True)
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"), index=True)
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"))  # None where it was entered on screen
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
    team: Mapped[Team] = relationship()
    service: Mapped[Service] = relationship()
    steps: Mapped[list["ComplaintStep"]] = relationship(order_by="ComplaintStep.place")

    @property
    def label(self) -> str:
        """What it is called."""
        return self.reference or complaint_label(self.id)

    @property
    def now(self) -> "ComplaintStep":
        """Its last step: where it stands."""
        return self.steps[-1]


class ComplaintStep(Base):
    """All that was known of a complaint from here on; the last step of a stage is how that stage ended. Insert-only."""

    __tablename__ = "complaint_step"
    __table_args__ = (
        UniqueConstraint("complaint_id", "place"),
        CheckConstraint("what IN ('received', 'extended', 'answered', 'moved', 'changed')", name="what_known"),
        CheckConstraint("stage IN ('', 'one', 'two', 'three')", name="stage_known"),
        CheckConstraint("upheld IN ('', 'yes', 'partly', 'no')", name="upheld_known"),
        CheckConstraint("upheld = '' OR answered_on IS NOT NULL", name="upheld_when_answered"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    complaint_id: Mapped[UUID] = plain(ForeignKey("complaint.id"))
    place: Mapped[int] = plain()  # 1, 2, 3: two people cannot take the same step
    what: Mapped[str] = plain(String(10))
    stage: Mapped[str] = plain(String(5))  # empty for a compliment
    begun_on: Mapped[date] = plain()  # when this stage began
    due_on: Mapped[date | None] = plain()
    extended: Mapped[bool] = plain(default=False)
    answered_on: Mapped[date | None] = plain()
    upheld: Mapped[str] = plain(String(6), default="")
    theme_code: Mapped[str | None] = plain(ForeignKey("theme.code"))
    learning: Mapped[str] = personal(String(2000), default="")
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"))
    taken_at: Mapped[datetime] = plain()
    taken_by: Mapped[str] = personal(String(80))
