"""An IRO's or chair's practice alert, dispute or good practice seen, and its steps; nothing of it ever changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, personal, plain
from qa_app.models.case import Case
from qa_app.models.person import Person, Service, Team


def alert_label(alert_id: UUID) -> str:
    """What people call a practice alert, such as PA-3F2A9C1D; it says nothing about the child."""
    return f"PA-{alert_id.hex[:8].upper()}"


class PracticeAlert(Base):
    """What was raised about which team's work, and by whom. Where it stands, its steps say. Insert-only."""

    __tablename__ = "practice_alert"
    __table_args__ = (CheckConstraint("kind IN ('alert', 'dispute', 'good_practice')", name="kind_known"),)
    id: Mapped[UUID] = identity()
    kind: Mapped[str] = plain(String(15))
    raised_on: Mapped[date] = plain(index=True)
    raiser_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"), index=True)
    team_id: Mapped[UUID] = plain(ForeignKey("team.id"))
    theme_code: Mapped[str] = plain(ForeignKey("theme.code"))
    case_id: Mapped[UUID | None] = personal(ForeignKey("case_file.id"))
    words: Mapped[str] = personal(String(2000))
    whole_due_on: Mapped[date | None] = plain()  # by when a dispute is to be resolved, all its stages together
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
    raiser: Mapped[Person] = relationship()
    team: Mapped[Team] = relationship()
    service: Mapped[Service] = relationship()
    case: Mapped[Case | None] = relationship()
    steps: Mapped[list["PracticeAlertStep"]] = relationship(order_by="PracticeAlertStep.place")

    @property
    def label(self) -> str:
        """What people call it."""
        return alert_label(self.id)


class PracticeAlertStep(Base):
    """One thing that happened to a practice alert, in their order. Insert-only."""

    __tablename__ = "practice_alert_step"
    __table_args__ = (
        UniqueConstraint("alert_id", "place"),
        CheckConstraint("what IN ('raised', 'answered', 'moved', 'resolved')", name="what_known"),
        CheckConstraint("stage IN ('informal', 'one', 'two', 'three', 'cafcass')", name="stage_known"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    alert_id: Mapped[UUID] = plain(ForeignKey("practice_alert.id"))
    place: Mapped[int] = plain()  # 1, 2, 3: two people cannot take the same step
    what: Mapped[str] = plain(String(10))
    stage: Mapped[str] = plain(String(10))
    happened_on: Mapped[date] = plain()
    recipient_id: Mapped[UUID | None] = personal(ForeignKey("person.id"), index=True)  # who is to answer from here on
    due_on: Mapped[date | None] = plain()  # by when they are to answer
    words: Mapped[str] = personal(String(2000), default="")
    taken_at: Mapped[datetime] = plain()
    taken_by: Mapped[str] = personal(String(80))
    recipient: Mapped[Person | None] = relationship()
