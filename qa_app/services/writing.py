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
from qa_app.queries.untold import untold
from qa_app.queries.waiting import waiting
from qa_app.reports import mails
from qa_app.reports.mails import Line, Rank, Words
from qa_app.reports.messages import words
from qa_app.services import link_mail, settings
from qa_app.services.sending import Taken

# Messages that say of several things what is said of each one where some wait.
SAID_ANYWAY: Final = {
    "audits.late": "waiting.audit_late", "audits.reminder": "waiting.audit_due",
    "actions.overdue": "waiting.action_late",
}  # fmt: skip


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
        lines = list(_messages(session, mail, reader, Rank.ALERT))
        return mails.urgent(lines, site=site, council=council) if lines else None
    lines = list(_digest(session, mail, reader, today))
    return mails.digest(lines, site=site, council=council) if lines else None


def _digest(session: Session, mail: Taken, reader: Actor, today: date) -> Iterator[Line]:
    untouched = settings.number(session, "untouched_days")
    waits = waiting(session, reader, today=today, untouched_days=untouched)
    for one in waits:
        sentence = words(one.kind, one.detail)
        yield Line(one.rank, sentence.text, sentence.path)
    said = {one.kind for one in waits}
    without = frozenset(kind for kind, anyway in SAID_ANYWAY.items() if anyway in said)
    yield from _messages(session, mail, reader, Rank.NEWS, without=without)


def _messages(
    session: Session, mail: Taken, reader: Actor, rank: Rank, *, without: frozenset[str] = frozenset()
) -> Iterator[Line]:
    blind = untold(session, reader, mail.mail_id)
    rows = session.scalars(
        select(Message).where(Message.mail_id == mail.mail_id).order_by(Message.queued_at, Message.id)
    )
    for one in rows:
        if one.kind in without or one.id in blind:
            continue
        try:
            sentence = words(one.kind, one.detail)
        except KeyError:  # one bad message keeps no other from being told
            structlog.get_logger().error("message.without_words", message=str(one.id), kind=one.kind)
            continue
        yield Line(rank, sentence.text, sentence.path)
