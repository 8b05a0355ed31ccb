"""What was decided about words a child or family allowed us to use: shown, shown in other words, or not shown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, personal, plain


class QuotationRuling(Base):
    """One decision about the answer to one question; the newest counts, and the answer itself stays. Insert-only."""

    __tablename__ = "quotation_ruling"
    __table_args__ = (
        UniqueConstraint("audit_id", "question", "place"),
        CheckConstraint("ruling IN ('approved', 'redacted', 'refused')", name="ruling_known"),
        CheckConstraint("(ruling = 'redacted') = (words <> '')", name="words_when_redacted"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    audit_id: Mapped[UUID] = plain(ForeignKey("audit.id"))
    question: Mapped[str] = plain(String(40))
    place: Mapped[int] = plain()  # 1, 2, 3: two people cannot decide at the same moment
    ruling: Mapped[str] = plain(String(10))
    words: Mapped[str] = personal(String(2000), default="")  # shown in place of the original
    reason: Mapped[str] = personal(String(500), default="")
    decided_at: Mapped[datetime] = plain()
    decided_by: Mapped[str] = personal(String(80))
