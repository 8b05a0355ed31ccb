"""A mail written at the moment it is sent, from its messages and from what waits for its person then."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.mail_keys import MailKeys
from qa_app.models import Mail, Message
from qa_app.queries.waiting import waiting
from qa_app.reports import mails
from qa_app.reports.mails import Line, Rank, Words
from qa_app.reports.messages import words
from qa_app.services import link_mail, settings
from qa_app.services.sending import Taken

# Messages that say of a month what is said of each of its audits where some wait.
SAID_ANYWAY: Final = frozenset(("audits.late", "audits.reminder"))


def written(
    session: Session, mail: Taken, reader: Actor, *, keys: MailKeys, site: str, council: str, today: date
) -> Words | None:
    """The words of a mail; None when nothing is left to say.

    Raises:
        WrongMailKey: what a link mail holds cannot be opened any more.
    """
    if mail.kind == "link":
        kind, detail = link_mail.opened(session.get_one(Mail, mail.mail_id), keys)
        sentence = words(kind, detail)
        return mails.link(Line(Rank.NEWS, sentence.text, sentence.path), site=site, council=council)
    if mail.kind == "urgent":
        lines = list(_messages(session, mail, Rank.ALERT))
        return mails.urgent(lines, site=site, council=council) if lines else None
    lines = list(_digest(session, mail, reader, today))
    return mails.digest(lines, site=site, council=council) if lines else None


def _digest(session: Session, mail: Taken, reader: Actor, today: date) -> Iterator[Line]:
    untouched = settings.number(session, "untouched_days")
    waits = waiting(session, reader, today=today, untouched_days=untouched)
    for one in waits:
        sentence = words(one.kind, one.detail)
        yield Line(one.rank, sentence.text, sentence.path)
    audits = any(one.kind in ("waiting.audit_due", "waiting.audit_late") for one in waits)
    yield from _messages(session, mail, Rank.NEWS, without=SAID_ANYWAY if audits else frozenset())


def _messages(session: Session, mail: Taken, rank: Rank, *, without: frozenset[str] = frozenset()) -> Iterator[Line]:
    rows = session.scalars(
        select(Message).where(Message.mail_id == mail.mail_id).order_by(Message.queued_at, Message.id)
    )
    for one in rows:
        if one.kind in without:
            continue
        try:
            sentence = words(one.kind, one.detail)
        except KeyError:  # one bad message keeps no other from being told
            structlog.get_logger().error("message.without_words", message=str(one.id), kind=one.kind)
            continue
        yield Line(rank, sentence.text, sentence.path)
