"""Links to a reflection for workers without a sign-in: used once, they become a pass for that one page.

A link and a pass are kept only as their SHA-256. Looking at a link changes nothing, for mail scanners look at links.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.mail_keys import MailKeys
from qa_app.models import Reflection
from qa_app.services import link_mail, settings
from qa_app.services.events import record

TOKEN_BYTES: Final = 32
NOT_AGAIN_WITHIN: Final = timedelta(minutes=15)
LATE: Final = timedelta(days=1)


class Stands(StrEnum):
    """How a link stands."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"


class Found(NamedTuple):
    """The reflection a link leads to, and whether the link still works."""

    reflection: Reflection
    stands: Stands


class SentAlready(ValueError):  # noqa: N818 - named for the fault
    """A link was sent a few minutes ago."""


class NoAddress(ValueError):  # noqa: N818 - named for the fault
    """The person has no email address, or is no longer active."""


def send(session: Session, reflection: Reflection, *, keys: MailKeys, by: str, at: datetime) -> None:
    """Send a new link to the person's known address; the one before it stops working.

    Raises:
        NoAddress: there is no address to send it to.
        SentAlready: one was sent a few minutes ago.
    """
    if not reflection.person.email or not reflection.person.active:
        raise NoAddress("We have no email address to send a link to. Ask the QA lead.")
    if reflection.link_sent_at is not None and at - reflection.link_sent_at < NOT_AGAIN_WITHIN:
        raise SentAlready("A link was sent a few minutes ago. Look in your mail, and in the folder for junk mail.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    reflection.link_sha256, reflection.link_sent_at, reflection.link_used_at = _sha256(token), at, None
    reflection.link_ends_at = at + timedelta(days=settings.number(session, "link_days"))
    session.flush()
    link_mail.queue(
        session, reflection.person_id, "reflection.link", keys=keys, at=at, token=token,
        reference=reflection.audit.reference, days=str(settings.number(session, "link_days")),
    )  # fmt: skip
    record(session, "reflection.link_sent", "reflection", reflection.id, by=by, at=at)


def find(session: Session, token: str, *, at: datetime) -> Found | None:
    """The reflection a link leads to; None for a link that was replaced, made up or is no longer anybody's."""
    found = session.scalar(select(Reflection).where(Reflection.link_sha256 == _sha256(token)))
    if found is None or not found.person.active:
        return None
    if found.link_used_at is not None:
        return Found(found, Stands.USED)
    ends = found.link_ends_at
    return Found(found, Stands.GOOD if ends is not None and at < ends else Stands.EXPIRED)


def use(session: Session, token: str, *, at: datetime) -> tuple[Reflection, str] | None:
    """Use a link, if it still works: the reflection, and the token of a pass that is kept nowhere but in a cookie."""
    used = session.execute(
        update(Reflection)
        .where(
            Reflection.link_sha256 == _sha256(token), Reflection.link_used_at.is_(None), Reflection.link_ends_at > at
        )
        .values(link_used_at=at)
    )  # of two at the same moment one finds it used
    if not used.rowcount:  # type: ignore[attr-defined]
        return None
    found = session.scalars(select(Reflection).where(Reflection.link_sha256 == _sha256(token))).one()
    session.refresh(found)
    if not found.person.active:
        return None
    made = secrets.token_urlsafe(TOKEN_BYTES)
    found.pass_sha256 = _sha256(made)
    found.pass_ends_at = at + timedelta(hours=settings.number(session, "pass_hours"))
    session.flush()
    record(session, "reflection.link_used", "reflection", found.id, by=f"person:{found.person_id}", at=at)
    return found, made


def by_pass(session: Session, token: str, *, at: datetime, lapsed: bool = False) -> Reflection | None:
    """The reflection a pass opens, while it lasts; `lapsed`: also of one that ended less than a day ago.

    A lapsed pass may only keep what was typed before it ended, never show anything.
    """
    still = at - LATE if lapsed else at
    found = session.scalar(
        select(Reflection).where(Reflection.pass_sha256 == _sha256(token), Reflection.pass_ends_at > still)
    )
    return found if found is not None and found.person.active else None


def end_pass(session: Session, token: str) -> None:
    """End a pass, for every copy of its cookie: what was opened with it needs a new link."""
    session.execute(
        update(Reflection)
        .where(Reflection.pass_sha256 == _sha256(token))
        .values(pass_sha256=None, pass_ends_at=None)
        .execution_options(synchronize_session=False)
    )


def end(reflection: Reflection) -> None:
    """Let no link and no pass of before open this reflection any more."""
    reflection.link_sha256 = reflection.link_sent_at = reflection.link_ends_at = reflection.link_used_at = None
    reflection.pass_sha256 = reflection.pass_ends_at = None


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
