"""Mails made of what waits: one for each person with something urgent, and one digest a person and working day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Mail, Message
from qa_app.queries.absences import away
from qa_app.queries.recipients import for_digest
from qa_app.queries.waiting import waiting
from qa_app.services import settings
from qa_app.services.sending import OLDEST


def wanted(session: Session, day: date) -> tuple[UUID, ...]:
    """The people who get a digest of this day: those for whom something waits, or to whom something is to be told.

    Nobody who is away is sent one; what they were told comes when they are back.
    """
    absent = away(session, day)
    untouched = settings.number(session, "untouched_days")
    told = set(
        session.scalars(
            select(Message.person_id).where(
                Message.mail_id.is_(None), Message.urgent.is_(False), Message.not_before <= day,
                Message.not_before > day - OLDEST,
            )
        )
    )  # fmt: skip
    return tuple(
        actor.person_id
        for actor in for_digest(session)
        if actor.person_id not in absent
        and (actor.person_id in told or waiting(session, actor, today=day, untouched_days=untouched))
    )


def make_digests(session: Session, people: Iterable[UUID], *, day: date, at: datetime) -> int:
    """Queue a digest for each of these people who has none of this day yet; the answer is how many were made."""
    have = set(session.scalars(select(Mail.person_id).where(Mail.kind == "digest", Mail.day == day)))
    made = [
        Mail(person_id=person_id, kind="digest", day=day, queued_at=at, next_try_at=at)
        for person_id in people
        if person_id not in have
    ]
    session.add_all(made)
    session.flush()
    return len(made)


def make_urgent(session: Session, *, at: datetime) -> int:
    """Queue one mail for each person with urgent messages; the answer is how many. Runs side by side share them out."""
    rows = session.execute(
        select(Message.id, Message.person_id)
        .where(
            Message.urgent, Message.mail_id.is_(None), Message.not_before <= london_day(at),
            Message.not_before > london_day(at) - OLDEST,
        )
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    of: dict[UUID, list[UUID]] = defaultdict(list)
    for message_id, person_id in rows:
        of[person_id].append(message_id)
    for person_id, messages in of.items():
        mail = Mail(id=uuid4(), person_id=person_id, kind="urgent", day=london_day(at), queued_at=at, next_try_at=at)
        session.add(mail)
        session.flush()
        session.execute(update(Message).where(Message.id.in_(messages)).values(mail_id=mail.id))
    return len(of)
