"""How audits are chosen for moderation: the plans that were made, and further draws with the audits they drew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, identity, personal, plain


class SamplingPlan(Base):
    """A plan as it was saved: the council's standing one, or a cycle's own. The newest counts. Insert-only.

    A cycle's plan without strata says that the cycle follows the standing plan again.
    """

    __tablename__ = "sampling_plan"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        Index(
            "uq_sampling_plan_standing",
            "number",
            unique=True,
            sqlite_where=text("cycle_id IS NULL"),
            postgresql_where=text("cycle_id IS NULL"),
        ),
        CheckConstraint("number >= 1", name="number_positive"),
    )
    id: Mapped[UUID] = identity()
    cycle_id: Mapped[UUID | None] = plain(ForeignKey("cycle.id"))
    number: Mapped[int] = plain()  # counted up for each cycle, and for the standing plans
    strata: Mapped[list[dict[str, Any]]] = plain(JSON)
    sha256: Mapped[str] = plain(String(64))
    reason: Mapped[str] = personal(String(500))
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))


class Supplement(Base):
    """A further draw from one stratum of a draw, with its own seed, reason and frame. Insert-only.

    The chance is that of each audit of its frame over all draws of the stratum together.
    """

    __tablename__ = "supplement"
    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        CheckConstraint("extra >= 1", name="extra_positive"),
        CheckConstraint("chance_numerator BETWEEN 0 AND chance_denominator", name="chance_within_one"),
    )
    id: Mapped[UUID] = identity()
    draw_id: Mapped[UUID] = plain(ForeignKey("draw.id"))
    number: Mapped[int] = plain()  # in the order they were drawn
    stratum: Mapped[str] = plain(String(60))
    seed: Mapped[str] = plain(String(40))
    extra: Mapped[int] = plain()
    reason: Mapped[str] = personal(String(500))
    chance_numerator: Mapped[int] = plain()
    chance_denominator: Mapped[int] = plain()
    frame_sha256: Mapped[str] = plain(String(64))
    frame: Mapped[list[str]] = personal(JSON)  # the ids of the audits it was drawn from
    drawn_at: Mapped[datetime] = plain()
    drawn_by: Mapped[str] = personal(String(80))


class SupplementMember(Base):
    """An audit a further draw took, of those its first draw left. Insert-only."""

    __tablename__ = "supplement_member"
    supplement_id: Mapped[UUID] = plain(ForeignKey("supplement.id"), index=True)
    audit_id: Mapped[UUID] = plain(ForeignKey("frame_member.audit_id"), primary_key=True)
