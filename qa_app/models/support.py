"""How staff of each service are supported: annual conversations, group supervision, supervision held, in counts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, personal, plain
from qa_app.models.person import Service


class SupportCount(Base):
    """k of n in one service over a month or a quarter, with where it is from. Insert-only.

    A correction is a row of its own that names the one it corrects; one without `k` takes the count back.
    """

    __tablename__ = "support_count"
    __table_args__ = (
        CheckConstraint("kind IN ('conversations', 'group', 'supervision')", name="kind_known"),
        CheckConstraint("period_from <= period_to", name="period_forward"),
        CheckConstraint("(k IS NULL) = (n IS NULL)", name="count_whole"),
        CheckConstraint("k IS NULL OR (k >= 0 AND k <= n)", name="count_sensible"),
        CheckConstraint("k IS NOT NULL OR corrects_id IS NOT NULL", name="only_a_correction_takes_back"),
        CheckConstraint("corrects_id IS NULL OR reason <> ''", name="correction_has_reason"),
        # Whatever is said later of the same service and period is a correction of the first.
        Index(
            "uq_support_count_first",
            "service_id",
            "kind",
            "period_from",
            "period_to",
            unique=True,
            sqlite_where=text("corrects_id IS NULL"),
            postgresql_where=text("corrects_id IS NULL"),
        ),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"), index=True)
    kind: Mapped[str] = plain(String(15))
    period_from: Mapped[date] = plain()
    period_to: Mapped[date] = plain()
    k: Mapped[int | None] = plain()
    n: Mapped[int | None] = plain()
    origin: Mapped[str] = plain(String(200))  # where the count is from, such as 'HR system'
    dated: Mapped[date] = plain()  # the day of that source
    corrects_id: Mapped[int | None] = plain(ForeignKey("support_count.id"), unique=True)
    reason: Mapped[str] = personal(String(500), default="")
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
    service: Mapped[Service] = relationship(lazy="joined")
