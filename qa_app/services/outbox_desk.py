"""What an administrator does with a mail that does not arrive: try it again now, give it up, or set it aside."""

from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Mail
from qa_app.services import sending
from qa_app.services.events import record


class NotForThisMail(ValueError):  # noqa: N818 - named for the fault
    """This mail is not in a state for that; the message says why and what to do."""


class Tried(Protocol):
    """What has to be known of a mail to say whether trying again can help."""

    @property
    def state(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def day(self) -> date: ...


def may_retry(mail: Tried, *, at: datetime) -> bool:
    """Whether trying again can help: not once its link is gone, nor a digest of another day."""
    if mail.state == "failed":
        return True
    fresh = mail.kind == "urgent" or (mail.kind == "digest" and mail.day == london_day(at))
    return mail.state == "given_up" and fresh


def retry(session: Session, mail: Mail, *, by: str, at: datetime) -> None:
    """Let the next run try it again, as if for the first time.

    Raises:
        NotForThisMail: it is on its way or sent, or what it held is gone.
    """
    _locked(session, mail)
    if not may_retry(mail, at=at):
        raise NotForThisMail("This mail cannot be tried again: it was sent meanwhile, or what it held is gone.")
    mail.state, mail.attempts, mail.unsure, mail.next_try_at = "queued", 0, 0, at
    session.flush()
    record(session, "mail.retried", "mail", mail.id, by=by, at=at, kind=mail.kind)


def give_up(session: Session, mail: Mail, *, by: str, at: datetime) -> None:
    """Try it no more, or set aside one that was given up, so that nobody is reminded of it.

    Raises:
        NotForThisMail: it is on its way, sent or set aside.
    """
    _locked(session, mail)
    if mail.state not in (*sending.WAITING, "given_up"):
        raise NotForThisMail("This mail is on its way or sent, or somebody has set it aside.")
    mail.state, mail.sealed = "dropped", ""
    session.flush()
    sending.release(session, mail.id, kind=mail.kind)
    record(session, "mail.set_aside", "mail", mail.id, by=by, at=at, kind=mail.kind)


def _locked(session: Session, mail: Mail) -> None:
    """Read it again, and keep runs from it until the transaction ends."""
    session.refresh(mail, with_for_update=True)
