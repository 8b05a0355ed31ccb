"""A child's case: its reference as a keyed hash and a sealed value, and where it is held. No name has a place here."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, personal, plain
from qa_app.models.person import Person, Team


def case_label(case_id: UUID) -> str:
    """A case's name from its identity, such as C-3F2A9C1D; it says nothing about the child."""
    return f"C-{case_id.hex[:8].upper()}"


class Case(Base):
    """One child's open record; `listed` is false for a case known only by the reference in an imported register."""

    __tablename__ = "case_file"
    __table_args__ = (CheckConstraint("length(reference_key) = 64", name="reference_key_whole"),)
    id: Mapped[UUID] = identity()
    reference_key: Mapped[str] = personal(String(64), unique=True)
    reference_sealed: Mapped[bytes] = personal(LargeBinary)
    key_version: Mapped[int] = plain(default=1)
    listed: Mapped[bool] = plain(default=True)
    open: Mapped[bool] = personal(default=True)
    team_id: Mapped[UUID | None] = personal(ForeignKey("team.id"), index=True)
    worker_id: Mapped[UUID | None] = personal(ForeignKey("person.id"), index=True)
    reviewer_id: Mapped[UUID | None] = personal(ForeignKey("person.id"))  # the IRO or chair
    plan_type: Mapped[str] = personal(String(60), default="")
    legal_status: Mapped[str] = personal(String(60), default="")
    age_band: Mapped[str] = personal(String(20), default="")
    sex: Mapped[str | None] = personal(String(20))  # only where the council has switched demographics on
    family_key: Mapped[str | None] = personal(String(64), index=True)
    opened_on: Mapped[date | None] = personal()
    changed_at: Mapped[datetime] = plain()
    team: Mapped[Team | None] = relationship()
    worker: Mapped[Person | None] = relationship(foreign_keys=[worker_id])

    @property
    def label(self) -> str:
        """What this case is called where its reference is not shown."""
        return case_label(self.id)
