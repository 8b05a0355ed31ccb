"""Guidance: what was agreed on how to read one criterion of a tool, version by version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, personal, plain
from qa_app.models.calibration import Calibration


class Guidance(Base):
    """One version of the guidance beside one criterion, from the exercise it was agreed in. Insert-only."""

    __tablename__ = "guidance"
    __table_args__ = (UniqueConstraint("tool_key", "element", "version"),)
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tool_key: Mapped[str] = plain(String(40))
    element: Mapped[str] = plain(String(40))
    version: Mapped[int] = plain()
    words: Mapped[str] = plain(String(5000))
    calibration_id: Mapped[UUID] = plain(ForeignKey("calibration.id"), index=True)
    agreed_at: Mapped[datetime] = plain()
    agreed_by: Mapped[str] = personal(String(80))
    calibration: Mapped[Calibration] = relationship()
