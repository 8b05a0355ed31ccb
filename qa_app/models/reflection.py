"""The worker's side of an audit: their reflection, and whether they accept or dispute what was found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.audit import Audit
from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person


class Reflection(Base):
    """One worker asked about one audit: invited, answered once, and a dispute decided by the QA lead.

    A worker without a sign-in comes by a link: used once, it becomes a pass for this one page that soon expires. Both
    are kept only as their SHA-256.
    """

    __tablename__ = "reflection"
    __table_args__ = (
        CheckConstraint("position IN ('', 'accepts', 'disputes')", name="position_known"),
        CheckConstraint("helped IN ('', 'yes', 'partly', 'no', 'not_applicable')", name="helped_known"),
        CheckConstraint("decision IN ('', 'moderate', 'stands', 'resolved')", name="decision_known"),
        CheckConstraint(paired("invited_at", "invited_by"), name="invited_paired"),
        CheckConstraint(paired("decided_at", "decided_by"), name="decided_paired"),
    )
    id: Mapped[UUID] = identity()
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"), unique=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    invited_at: Mapped[datetime] = plain()
    invited_by: Mapped[str] = personal(String(80))
    link_sent_at: Mapped[datetime | None] = plain()
    link_sha256: Mapped[str | None] = plain(String(64), unique=True)
    link_ends_at: Mapped[datetime | None] = plain()
    link_used_at: Mapped[datetime | None] = plain()
    pass_sha256: Mapped[str | None] = plain(String(64), unique=True)
    pass_ends_at: Mapped[datetime | None] = plain()
    draft: Mapped[dict[str, Any]] = personal(JSON, default=dict)  # what they are writing, saved as they go
    proud: Mapped[str] = personal(String(5000), default="")
    in_the_way: Mapped[str] = personal(String(5000), default="")
    needs: Mapped[str] = personal(String(5000), default="")
    helped: Mapped[str] = personal(String(20), default="")  # supervision and training helped their practice
    helped_how: Mapped[str] = personal(String(5000), default="")
    position: Mapped[str] = personal(String(10), default="")
    dispute: Mapped[str] = personal(String(5000), default="")
    asks_moderation: Mapped[bool] = personal(default=False)
    given_at: Mapped[datetime | None] = plain()
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[str | None] = personal(String(80))
    decision: Mapped[str] = personal(String(10), default="")
    decision_note: Mapped[str] = personal(String(2000), default="")
    audit: Mapped[Audit] = relationship()
    person: Mapped[Person] = relationship()
