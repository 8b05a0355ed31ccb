"""Calibration exercises: many people grade the same files blind, and see each other's grades once all are revealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person
from qa_app.models.reading import GRADE_KNOWN


class Calibration(Base):
    """One exercise, from its making until it is revealed or called off. Nothing of it counts in any figure."""

    __tablename__ = "calibration"
    __table_args__ = (
        CheckConstraint("state IN ('preparing', 'open', 'revealed', 'called_off')", name="state_known"),
        CheckConstraint(paired("started_at", "started_by"), name="started_paired"),
        CheckConstraint(paired("revealed_at", "revealed_by"), name="revealed_paired"),
        CheckConstraint(paired("called_off_at", "called_off_by"), name="called_off_paired"),
        CheckConstraint(
            "state = 'called_off' OR (state = 'preparing') = (started_at IS NULL)", name="started_is_dated"
        ),
        CheckConstraint("(state = 'called_off') = (called_off_at IS NOT NULL)", name="called_off_is_dated"),
        CheckConstraint("(state = 'revealed') = (revealed_at IS NOT NULL)", name="revealed_is_dated"),
    )
    id: Mapped[UUID] = identity()
    title: Mapped[str] = plain(String(200))
    tool_key: Mapped[str] = plain(String(40))
    tool_version: Mapped[int] = plain()
    until: Mapped[date] = plain()
    state: Mapped[str] = plain(String(10), default="preparing")
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    started_at: Mapped[datetime | None] = plain()
    started_by: Mapped[str | None] = personal(String(80))
    revealed_at: Mapped[datetime | None] = plain()
    revealed_by: Mapped[str | None] = personal(String(80))
    called_off_at: Mapped[datetime | None] = plain()
    called_off_by: Mapped[str | None] = personal(String(80))
    called_off_reason: Mapped[str] = personal(String(500), default="", server_default="")


class CalibrationFile(Base):
    """One file everybody reads: a record whose people have other names; fixed once the exercise has started."""

    __tablename__ = "calibration_file"
    __table_args__ = (UniqueConstraint("calibration_id", "number"),)
    id: Mapped[UUID] = identity()
    calibration_id: Mapped[UUID] = plain(ForeignKey("calibration.id"))
    number: Mapped[int] = plain()
    name: Mapped[str] = plain(String(120))
    content: Mapped[str] = personal(Text)
    added_at: Mapped[datetime] = plain()
    added_by: Mapped[str] = personal(String(80))
    calibration: Mapped[Calibration] = relationship()


class CalibrationTaker(Base):
    """One person who takes part. `draft` holds what they are writing: by file, then by element."""

    __tablename__ = "calibration_taker"
    __table_args__ = (
        UniqueConstraint("calibration_id", "person_id"),
        CheckConstraint(paired("asked_at", "asked_by"), name="asked_paired"),
    )
    id: Mapped[UUID] = identity()
    calibration_id: Mapped[UUID] = plain(ForeignKey("calibration.id"))
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime | None] = plain()
    asked_by: Mapped[str | None] = personal(String(80))
    draft: Mapped[dict[str, Any]] = personal(JSON, default=dict)
    given_at: Mapped[datetime | None] = plain()
    calibration: Mapped[Calibration] = relationship()
    person: Mapped[Person] = relationship()


class CalibrationGrade(Base):
    """What one person gave one element of one file, and why. Insert-only."""

    __tablename__ = "calibration_grade"
    __table_args__ = (
        UniqueConstraint("taker_id", "file_id", "element"),
        CheckConstraint(GRADE_KNOWN, name="grade_known"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    taker_id: Mapped[UUID] = personal(ForeignKey("calibration_taker.id"))
    file_id: Mapped[UUID] = plain(ForeignKey("calibration_file.id"), index=True)
    element: Mapped[str] = plain(String(40))
    grade: Mapped[str] = personal(String(22))
    words: Mapped[str] = personal(String(5000), default="")
    given_at: Mapped[datetime] = plain()


class CalibrationReference(Base):
    """The grade a file should have in one element, with the reason. Insert-only: the last one counts."""

    __tablename__ = "calibration_reference"
    __table_args__ = (CheckConstraint(GRADE_KNOWN, name="grade_known"),)
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    file_id: Mapped[UUID] = plain(ForeignKey("calibration_file.id"), index=True)
    element: Mapped[str] = plain(String(40))
    grade: Mapped[str] = plain(String(22))
    reason: Mapped[str] = personal(String(2000))
    after_reveal: Mapped[bool] = plain()
    set_at: Mapped[datetime] = plain()
    set_by: Mapped[str] = personal(String(80))


class CalibrationNote(Base):
    """What was said when an exercise was talked through. Insert-only."""

    __tablename__ = "calibration_note"
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    calibration_id: Mapped[UUID] = plain(ForeignKey("calibration.id"), index=True)
    words: Mapped[str] = personal(String(5000))
    written_at: Mapped[datetime] = plain()
    written_by: Mapped[str] = personal(String(80))
