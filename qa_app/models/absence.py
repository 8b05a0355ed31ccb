"""When somebody is away, and who covers for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Absence(Base):
    """Days a person is away, both ends included: said by themselves, in force once the QA lead has confirmed it.

    `ended` when it was taken back or cut short.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("begins_on <= ends_on", name="in_order"),
        CheckConstraint("cover_id IS NULL OR cover_id <> person_id", name="cover_is_another"),
        CheckConstraint("reason IN ('leave', 'sickness', 'training', 'vacancy', 'other')", name="reason_known"),
        CheckConstraint(paired("confirmed_at", "confirmed_by"), name="confirmed_paired"),
        CheckConstraint(paired("ended_at", "ended_by"), name="ended_paired"),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    cover_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))
    begins_on: Mapped[date] = personal()
    ends_on: Mapped[date] = personal()
    reason: Mapped[str] = personal(String(10))
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    confirmed_at: Mapped[datetime | None] = plain()
    confirmed_by: Mapped[str | None] = personal(String(80))
    approver: Mapped[str] = personal(String(200), default="")  # who agreed that they are excused meanwhile, as named
    ended_at: Mapped[datetime | None] = plain()
    ended_by: Mapped[str | None] = personal(String(80))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    cover: Mapped[Person | None] = relationship(foreign_keys=[cover_id])
