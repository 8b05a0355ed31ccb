"""The one list of themes that audits, voice, IRO information, complaints, learning and training all speak of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, paired, personal, plain


class Theme(Base):
    """A theme by the code that tools and imports use. A retired one is offered no more and keeps what it has."""

    __tablename__ = "theme"
    __table_args__ = (CheckConstraint(paired("retired_at", "retired_by"), name="retired_paired"),)
    code: Mapped[str] = plain(String(40), primary_key=True)
    label: Mapped[str] = plain(String(80), unique=True)
    position: Mapped[int] = plain()
    retired_at: Mapped[datetime | None] = plain()
    retired_by: Mapped[str | None] = personal(String(80))
