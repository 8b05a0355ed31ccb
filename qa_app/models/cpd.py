"""Training sessions: the themes and the evidence that caused them, and who attended."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.evidence import Evidence
from qa_app.models.person import Person, Service
from qa_app.models.theme import Theme


class CpdSession(Base):
    """One session of training. One that did not take place is withdrawn with a reason, and counts nowhere."""

    __tablename__ = "cpd_session"
    __table_args__ = (
        CheckConstraint(paired("withdrawn_at", "withdrawn_by"), name="withdrawn_paired"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_has_reason"),
    )
    id: Mapped[UUID] = identity()
    title: Mapped[str] = plain(String(200))
    held_on: Mapped[date] = plain(index=True)
    feedback: Mapped[str] = personal(String(2000), default="")  # what those who came said of it
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    withdrawn_at: Mapped[datetime | None] = plain()
    withdrawn_by: Mapped[str | None] = personal(String(80))
    withdrawn_reason: Mapped[str] = personal(String(500), default="")
    themes: Mapped[list["CpdTheme"]] = relationship(order_by="CpdTheme.theme_code", cascade="all, delete-orphan")
    evidence: Mapped[list["CpdEvidence"]] = relationship(cascade="all, delete-orphan")
    attendance: Mapped[list["CpdAttendance"]] = relationship(back_populates="session")


class CpdTheme(Base):
    """A theme that caused a session."""

    __tablename__ = "cpd_theme"
    session_id: Mapped[UUID] = plain(ForeignKey("cpd_session.id"), primary_key=True)
    theme_code: Mapped[str] = plain(ForeignKey("theme.code"), primary_key=True, index=True)
    theme: Mapped[Theme] = relationship(lazy="joined")


class CpdEvidence(Base):
    """An entry of evidence that caused a session."""

    __tablename__ = "cpd_evidence"
    session_id: Mapped[UUID] = plain(ForeignKey("cpd_session.id"), primary_key=True)
    evidence_id: Mapped[UUID] = plain(ForeignKey("evidence.id"), primary_key=True, index=True)
    entry: Mapped[Evidence] = relationship()


class CpdAttendance(Base):
    """Somebody who attended, with the service they worked in on the day it was noted; struck out where wrong."""

    __tablename__ = "cpd_attendance"
    __table_args__ = (CheckConstraint(paired("struck_at", "struck_by"), name="struck_paired"),)
    session_id: Mapped[UUID] = plain(ForeignKey("cpd_session.id"), primary_key=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), primary_key=True, index=True)
    service_id: Mapped[UUID | None] = personal(ForeignKey("service.id"))
    noted_at: Mapped[datetime] = plain()
    noted_by: Mapped[str] = personal(String(80))
    struck_at: Mapped[datetime | None] = plain()
    struck_by: Mapped[str | None] = personal(String(80))
    session: Mapped[CpdSession] = relationship(back_populates="attendance")
    person: Mapped[Person] = relationship(lazy="joined")
    service: Mapped[Service | None] = relationship(lazy="joined")
