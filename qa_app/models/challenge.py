"""An auditor's challenge of the final grades of their audit: what it is about, and what was decided of each part."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person
from qa_app.models.reading import GRADE_KNOWN


class Challenge(Base):
    """One challenge of one audit, decided once by somebody who gave none of its grades."""

    __tablename__ = "challenge"
    __table_args__ = (CheckConstraint(paired("decided_at", "decided_by"), name="decided_paired"),)
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"), unique=True)
    raised_at: Mapped[datetime] = plain()
    raised_by: Mapped[str] = personal(String(80))
    decider_id: Mapped[UUID | None] = personal(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[str | None] = personal(String(80))
    audit: Mapped[Audit] = relationship()
    decider: Mapped[Person | None] = relationship()


class ChallengePoint(Base):
    """A final grade that is challenged, and why. Insert-only."""

    __tablename__ = "challenge_point"
    __table_args__ = (UniqueConstraint("challenge_id", "element"),)
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    challenge_id: Mapped[UUID] = plain(ForeignKey("challenge.id"))
    element: Mapped[str] = plain(String(40))
    reason: Mapped[str] = personal(String(5000))


class ChallengeRuling(Base):
    """The grade that stands after a challenge, and why, whether it changed or not. Insert-only."""

    __tablename__ = "challenge_ruling"
    __table_args__ = (UniqueConstraint("challenge_id", "element"), CheckConstraint(GRADE_KNOWN, name="grade_known"))
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    challenge_id: Mapped[UUID] = plain(ForeignKey("challenge.id"))
    element: Mapped[str] = plain(String(40))
    grade: Mapped[str] = personal(String(22))
    note: Mapped[str] = personal(String(5000))
