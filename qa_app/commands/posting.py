"""Sending: one mail after the other is taken, written, handed over and settled, each step in a short transaction."""

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys, WrongMailKey
from qa_app.post.outgoing import Outgoing, Refused, Unavailable, Unsure, carrier
from qa_app.queries.recipients import recipient
from qa_app.services import sending
from qa_app.services.sending import Taken
from qa_app.services.writing import written

if TYPE_CHECKING:
    from qa_app.config import Settings
    from qa_app.db import Database

# What happened to a mail must be noted even while the database is busy: else it would count as unknown.
BUSY_TRIES: Final = 5


class Posting:
    """The mails of one run."""

    def __init__(self, database: "Database", settings: "Settings") -> None:
        self._database, self._settings, self._clock = database, settings, settings.clock
        self._keys = MailKeys(settings.secret_key)
        self._carrier = carrier(settings.mail, name=f"Beyond Auditing, {settings.council}")
        self.did: Counter[str] = Counter()
        self.faults: list[str] = []

    def all(self) -> None:
        """Every mail that is due.

        Raises:
            Unavailable: the carrier takes none now; the mail it was asked with last waits like the others.
        """
        while True:
            with self._database.writing() as session, session.begin():
                mail = sending.take(session, at=self._clock())
            if mail is None:
                return
            self._one(mail)

    def close(self) -> None:
        """Let the carrier go."""
        self._carrier.close()

    def _one(self, mail: Taken) -> None:
        try:
            outgoing = self._written(mail)
            if outgoing is None:
                self._settle(mail, "dropped", lambda session: sending.drop(session, mail))
                return
            if not (mail.unsure and self._is_there_already(mail)):
                self._carrier.send(outgoing)
        except Refused as fault:
            self._failed(mail, str(fault), final=fault.final)
        except Unsure as fault:
            self._failed(mail, str(fault), unsure=True)
        except Unavailable as fault:
            sentence = str(fault)
            self._settle(mail, "put back", lambda session: sending.put_back(session, mail, fault=sentence))
            raise
        else:
            self._settle(mail, "sent", lambda session: sending.sent(session, mail, at=self._clock()))

    def _written(self, mail: Taken) -> Outgoing | None:
        at = self._clock()
        with self._database.reading() as session:
            reader = recipient(session, mail.person_id)
            if isinstance(reader, str):
                raise Refused(reader, final=True)
            try:
                words = written(
                    session, mail, reader.actor, keys=self._keys, site=self._settings.mail.public_url,
                    council=self._settings.council, today=london_day(at),
                )  # fmt: skip
            except WrongMailKey as fault:
                raise Refused("The secret key has changed since this mail was queued.", final=True) from fault
        if words is None:
            return None
        return Outgoing(mail.mail_id, reader.email, words.subject, words.body, at)

    def _is_there_already(self, mail: Taken) -> bool:
        """Whether a mail whose fate is unknown has arrived after all.

        Raises:
            Refused: nobody can tell, and it was sent once more already.
        """
        known = self._carrier.has_taken(mail.mail_id)
        if known is None and mail.unsure > sending.MOST_UNSURE:
            raise Refused("It was handed over twice without an answer, so it may have arrived.", final=True)
        return bool(known)

    def _failed(self, mail: Taken, fault: str, *, final: bool = False, unsure: bool = False) -> None:
        ended: list[bool] = []

        def settle(session: Session) -> None:
            given_up = sending.failed(session, mail, fault=fault, final=final, unsure=unsure, at=self._clock())
            ended.append(given_up)

        self._settle(mail, "failed", settle)
        if ended[-1]:
            self.faults.append(f"mail {mail.mail_id} is given up: {fault}")

    def _settle(self, mail: Taken, what: str, note: Callable[[Session], None]) -> None:
        for left in reversed(range(BUSY_TRIES)):
            try:
                with self._database.writing() as session, session.begin():
                    note(session)
                break
            except OperationalError:
                if not left:
                    raise
                time.sleep(1)
        self.did[what] += 1
        structlog.get_logger().info("mail", mail=str(mail.mail_id), kind=mail.kind, attempt=mail.attempt, outcome=what)
