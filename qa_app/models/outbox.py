"""The outbox: what people are to be told, and the mails it became. No child and no grade is ever named here."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, personal, plain
from qa_app.models.person import Person


class Mail(Base):
    """One mail to one person: a day's digest, or something that cannot wait for it."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("kind IN ('digest', 'urgent', 'link')", name="kind_known"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'given_up', 'dropped')", name="state_known"),
        Index(
            "uq_mail_digest",
            "person_id",
            "day",
            unique=True,
            sqlite_where=text("kind = 'digest'"),
            postgresql_where=text("kind = 'digest'"),
        ),
        Index("ix_mail_state_next", "state", "next_try_at"),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    kind: Mapped[str] = plain(String(10))
    day: Mapped[date] = plain()
    state: Mapped[str] = plain(String(10), default="queued")
    attempts: Mapped[int] = plain(default=0)
    unsure: Mapped[int] = plain(default=0)  # how often nobody could tell whether it had arrived
    queued_at: Mapped[datetime] = plain()
    next_try_at: Mapped[datetime] = plain()
    claimed_at: Mapped[datetime | None] = plain()
    sent_at: Mapped[datetime | None] = plain()
    fault: Mapped[str] = plain(String(200), default="")  # what went wrong the last time, without addresses or words
    # What only this mail holds and nothing else keeps, such as the address of a link used once; sealed, and gone once
    # the mail is sent or given up.
    sealed: Mapped[str] = personal(String(2000), default="")
    person: Mapped[Person] = relationship()


class Message(Base):
    """One thing a person is to be told; it goes with their next digest, or at once when it is urgent.

    `kind` names a sentence of `qa_app/reports/messages.py`; `detail` holds references and dates for it, no free text.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_waiting", "person_id", "mail_id", "not_before"),
        Index("ix_message_about", "about_kind", "about_id", "kind"),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    kind: Mapped[str] = plain(String(40))
    about_kind: Mapped[str] = plain(String(20), default="")
    about_id: Mapped[UUID | None] = plain()
    detail: Mapped[dict[str, Any]] = plain(JSON, default=dict)
    urgent: Mapped[bool] = plain(default=False)
    not_before: Mapped[date] = plain()
    queued_at: Mapped[datetime] = plain()
    mail_id: Mapped[UUID | None] = plain(ForeignKey("mail.id"), index=True)
    # Said once: a second message of the same words about the same thing to the same person is not queued again.
    said_once: Mapped[str | None] = plain(String(120), unique=True)
    person: Mapped[Person] = relationship()


class MailChoice(Base):
    """What mail a person wants: a digest a day unless they say no. Urgent mails and links always come."""

    __tablename__ = "mail_choice"
    __table_args__ = (CheckConstraint("digest IN ('daily', 'none')", name="digest_known"),)
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = personal(String(10), default="daily")
    changed_at: Mapped[datetime] = plain()


class DueJob(Base):
    """One of the jobs of `qa run-due`: when it last ran to its end, and what went wrong the last time it did not."""

    __tablename__ = "due_job"
    name: Mapped[str] = plain(String(40), primary_key=True)
    tried_at: Mapped[datetime | None] = plain()
    done_at: Mapped[datetime | None] = plain()
    faults: Mapped[int] = plain(default=0)  # in a row, up to now
    fault: Mapped[str] = plain(String(200), default="")
    next_try_at: Mapped[datetime | None] = plain()  # not before this, after a fault


class CalendarFeed(Base):
    """The secret address of a person's calendar of due dates, kept only as its SHA-256."""

    __tablename__ = "calendar_feed"
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), unique=True)
    token_sha256: Mapped[str] = plain(String(64), unique=True)
    changed_at: Mapped[datetime] = plain()
    person: Mapped[Person] = relationship()
