"""`qa run-due`: does what is due and sends the mail, each mail once however many runs there are side by side."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from qa_app.commands import place

if TYPE_CHECKING:
    from qa_app.config import Settings
    from qa_app.db import Database
    from qa_app.services.due import Job


@click.command("run-due")
def run_due() -> int:
    """Do what is due now: reminders up the line, the day's digests, and every mail that waits.

    Call it every minute or five from cron or a systemd timer. It is safe to call it twice, or while another one runs.
    The exit status is 1 when something went wrong that somebody has to look at.
    """
    from qa_app import logs
    from qa_app.commands.serve import check_tables

    logs.configure()
    settings = place.settings()
    with place.database() as database:
        check_tables(database)
        run = Run(database, settings)
        run.everything()
    click.echo(run.summary())
    return 1 if run.faults else 0


class Run:
    """One run: what it did, counted, and what went wrong."""

    def __init__(self, database: "Database", settings: "Settings") -> None:
        self._database, self._settings, self._clock = database, settings, settings.clock
        self.did: Counter[str] = Counter()
        self.faults: list[str] = []

    def everything(self) -> None:
        """The jobs, then the mails they make."""
        from qa_app.services import due

        with self._database.writing() as session, session.begin():
            due.note_names(session)
        for job in due.JOBS:
            self._safely(job.name, partial(self._do, job))
        if self._settings.mail.is_on:
            self._safely(due.SEND, self._tidy)
            self._safely(due.DIGESTS, self._make_digests)
            self._safely(due.SEND, self._send)
        self._safely(due.TABLES, self._make_tables)  # last, for it takes the longest

    def summary(self) -> str:
        """What was done in a line, and each fault in one of its own."""
        done = ", ".join(f"{n} {what}" for what, n in self.did.items() if n) or "Nothing was due"
        off = "" if self._settings.mail.is_on else " Mail is not set up (QA_MAIL)."
        return "\n".join((f"{done}.{off}", *self.faults))

    def _safely(self, name: str, act: Callable[[], None]) -> None:
        """Do one thing; whatever goes wrong in it is noted and keeps nothing else from being done."""
        from qa_app import logs
        from qa_app.post.outgoing import Unavailable
        from qa_app.services import due

        try:
            act()
        except Exception as fault:  # a mistake in one job must not stop an alert's mail
            if isinstance(fault, Unavailable):
                told = str(fault)
            else:
                logs.fault(fault, request_id=f"run-due:{name}")
                told = f"It ended with {type(fault).__name__}. The log says where."
            self.faults.append(f"{name}: {told}")
            with self._database.writing() as session, session.begin():
                due.broke(due.row(session, name), told, at=self._clock())

    def _do(self, job: "Job") -> None:
        """One job in a transaction of its own, by one run at a time."""
        from qa_app.services import due

        with self._database.writing() as session, session.begin():
            at = self._clock()
            mine = due.turn(session, job.name, at=at)
            if mine is not None:
                self.did[job.did] += job.verb(session, at=at)
                due.done(mine, at=at)

    def _make_digests(self) -> None:
        """The day's digests, once a day; who gets one is found before the database is kept from others."""
        from qa_app.services import due, making

        with self._database.reading() as session:
            day = due.digest_day(session, at=self._clock())
            people = () if day is None else making.wanted(session, day)
        if day is not None:
            self._do(due.Job(due.DIGESTS, "digests made", partial(making.make_digests, people=people, day=day)))

    def _make_tables(self) -> None:
        """Decide what the board's tables hide, where a month closed; before the database is kept from others."""
        from qa_app.services import due, protected, published

        with self._database.reading() as session:
            rows = protected.decide(session, published.years(session))
        if rows:
            self._do(due.Job(due.TABLES, "of the board's tables made", partial(protected.keep, rows=rows)))

    def _tidy(self) -> None:
        """Take up what a run that died has left, and end what has outlived its use; first, so that its news goes on."""
        from qa_app.services import sending

        with self._database.writing() as session, session.begin():
            at = self._clock()
            self.did["taken up again"] += sending.take_up_dead(session, at=at)
            sending.tidy(session, at=at)

    def _send(self) -> None:
        """Make the urgent mails, and hand over whatever is due."""
        from qa_app.commands.posting import Posting
        from qa_app.services import due, making

        with self._database.writing() as session, session.begin():
            at = self._clock()
            self.did["urgent mails made"] += making.make_urgent(session, at=at)
            rests = due.row(session, due.SEND).next_try_at
        if rests is not None and rests > at:
            self.faults.append(f"{due.SEND}: the carrier was away a moment ago and is tried again in a few minutes.")
            return
        posting = Posting(self._database, self._settings)
        try:
            posting.all()
        finally:
            posting.close()
            self.did.update(posting.did)
            self.faults += posting.faults
        with self._database.writing() as session, session.begin():
            due.done(due.row(session, due.SEND), at=self._clock())
