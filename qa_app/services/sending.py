"""Each mail is taken by one run, handed over, and settled: sent, to be tried again, or given up.

A mail is taken by an UPDATE that only one run can make, and every later change of it names the attempt it belongs to:
a run that was thought dead and was not cannot change what another has done since.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Mail, Message
from qa_app.services.events import record

BY: Final = "os:run-due"
WAITING: Final = ("queued", "failed")
# Minutes until the next try, after the first, second … that failed; after the last one the mail is given up.
WAITS: Final = (1, 5, 15, 60, 240, 720, 1440)
# A run that has not settled a mail after this long is taken for dead; no step of sending may take nearly as long.
DEAD_AFTER: Final = timedelta(minutes=15)
# How often a mail whose fate is unknown is sent once more where the carrier cannot be asked.
MOST_UNSURE: Final = 1
# What nobody was sent after so long is not told any more: it would be news of another month.
OLDEST: Final = timedelta(days=14)
# A link works for some days only; kept sealed for longer, its address would wait for nobody.
LINKS_WAIT: Final = timedelta(days=14)


class Taken(NamedTuple):
    """A mail that is this run's to send."""

    mail_id: UUID
    person_id: UUID
    kind: str
    attempt: int
    unsure: int


def take(session: Session, *, at: datetime) -> Taken | None:
    """Take the mail that is most urgent; None when nothing is due. Two runs never take the same one."""
    due = (Mail.state.in_(WAITING), Mail.next_try_at <= at)
    for _ in range(100):  # another run may be faster each time, but not for ever
        mail_id = session.scalar(
            select(Mail.id)
            .where(*due)
            .order_by(case((Mail.kind == "digest", 1), else_=0), Mail.next_try_at, Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail_id is None:
            return None
        taken = session.execute(
            update(Mail)
            .where(Mail.id == mail_id, *due)
            .values(state="sending", claimed_at=at, attempts=Mail.attempts + 1)
            .returning(Mail.id, Mail.person_id, Mail.kind, Mail.attempts, Mail.unsure)
        ).one_or_none()
        if taken is not None:
            if taken.kind == "digest":
                gather(session, mail_id, taken.person_id, at=at)
            return Taken(*taken)
    return None


def gather(session: Session, mail_id: UUID, person_id: UUID, *, at: datetime) -> None:
    """Put into a digest what waits for its person."""
    session.execute(
        update(Message)
        .where(
            Message.person_id == person_id, Message.mail_id.is_(None), Message.urgent.is_(False),
            Message.not_before <= london_day(at), Message.not_before > london_day(at) - OLDEST,
        )
        .values(mail_id=mail_id)
    )  # fmt: skip


def sent(session: Session, mail: Taken, *, at: datetime) -> None:
    """The carrier has it."""
    _settle(session, mail, state="sent", sent_at=at, sealed="", fault="")


def put_back(session: Session, mail: Taken, *, fault: str) -> None:
    """The carrier takes nothing now: this mail was not to blame, so the try does not count against it."""
    _settle(session, mail, state="queued" if mail.attempt == 1 else "failed", attempts=mail.attempt - 1, fault=fault)


def failed(
    session: Session, mail: Taken, *, fault: str, final: bool = False, unsure: bool = False, at: datetime
) -> bool:
    """It was refused, or nobody knows (`unsure`): try again after a while, longer each time, or give it up.

    `final` gives it up at once. The answer is whether it was given up.
    """
    if final or mail.attempt > len(WAITS):
        give_up(session, mail, fault=fault, at=at)
        return True
    again = at + timedelta(minutes=WAITS[mail.attempt - 1])
    _settle(session, mail, state="failed", next_try_at=again, fault=fault, unsure=mail.unsure + unsure)
    return False


def give_up(session: Session, mail: Taken, *, fault: str, at: datetime) -> None:
    """It is tried no more; what a link held is gone, and a digest's messages go with the next day's."""
    if _settle(session, mail, state="given_up", sealed="", fault=fault):
        release(session, mail.mail_id, kind=mail.kind)
        record(session, "mail.given_up", "mail", mail.mail_id, by=BY, at=at, kind=mail.kind, attempts=mail.attempt)


def drop(session: Session, mail: Taken) -> None:
    """A digest that has nothing left to say, because its things were done meanwhile."""
    _settle(session, mail, state="dropped", fault="Nothing was left to say: it was done meanwhile.")


def release(session: Session, mail_id: UUID, *, kind: str) -> None:
    """Let the messages of a digest go with the next one."""
    if kind == "digest":
        session.execute(update(Message).where(Message.mail_id == mail_id).values(mail_id=None))


def take_up_dead(session: Session, *, at: datetime) -> int:
    """Let mails be tried again whose run has died; whether they had gone is not known. The answer is how many."""
    rows = session.execute(
        select(Mail.id, Mail.person_id, Mail.kind, Mail.attempts, Mail.unsure).where(
            Mail.state == "sending", Mail.claimed_at < at - DEAD_AFTER
        )
    ).all()
    done = 0
    for row in rows:
        fault = "A run ended while this mail was handed over, so it may have arrived."
        done += _settle(session, Taken(*row), state="failed", next_try_at=at, unsure=row.unsure + 1, fault=fault)
    return done


def tidy(session: Session, *, at: datetime) -> None:
    """End what has outlived its use: digests of days gone by, and links nobody could be sent in time."""
    stale = select(Mail.id, Mail.kind).where(
        Mail.state.in_(WAITING),
        ((Mail.kind == "digest") & (Mail.day < london_day(at)))
        | ((Mail.kind == "link") & (Mail.queued_at < at - LINKS_WAIT)),
    )
    for mail_id, kind in session.execute(stale).all():
        fault = (
            "Its day was over. What it had to say goes with the next one." if kind == "digest" else "It was too old."
        )
        done = _change(session, (Mail.id == mail_id, Mail.state.in_(WAITING)), state="given_up", sealed="", fault=fault)
        if done:
            release(session, mail_id, kind=kind)


def _settle(session: Session, mail: Taken, **values: object) -> bool:
    still = (Mail.id == mail.mail_id, Mail.state == "sending", Mail.attempts == mail.attempt)
    return _change(session, still, **values)


def _change(session: Session, where: Sequence[ColumnElement[bool]], **values: object) -> bool:
    done = session.execute(update(Mail).where(*where).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]
