"""Keys of forms sent: the same form sent twice is carried out once and answered the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from qa_app.models.base import Base, personal, plain


class OnceKey(Base):
    """A form that was carried out, in the same transaction as what it did."""

    __tablename__ = "once_key"
    key: Mapped[UUID] = plain(primary_key=True)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    endpoint: Mapped[str] = plain(String(80))
    body_sha256: Mapped[str] = plain(String(64))
    location: Mapped[str] = plain(String(500), default="")
    done_at: Mapped[datetime] = plain(index=True)
