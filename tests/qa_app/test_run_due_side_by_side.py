"""Real runs of `qa run-due` side by side, and runs that are killed: every mail arrives, and none twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from qa_app.config import ROOT
from qa_app.db import Database
from qa_app.models import Mail, Message
from tests.conftest import SECRETS
from tests.post import MailServer
from tests.world import World

MAILS = 40


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer().start()
    yield made
    made.stop()


@pytest.fixture
def many(database: Database, world: World) -> Database:
    """Mails to many people; the clock of the runs is the machine's own."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    with database.writing() as session, session.begin():
        for n in range(MAILS):
            person = world.person(session, f"reader_{n}", "Care", (), at)
            mail = Mail(id=uuid4(), person_id=person.id, kind="urgent", day=at.date(), queued_at=at, next_try_at=at)
            session.add(mail)
            session.flush()
            told = {"moderations": "2 moderations wait"}
            session.add(
                Message(
                    person_id=person.id, kind="waiting.grade", detail=told, urgent=True, not_before=at.date(),
                    queued_at=at, mail_id=mail.id,
                )
            )  # fmt: skip
    return database


def start(database: Database, server: MailServer) -> "subprocess.Popen[str]":
    environment = {
        **os.environ, "QA_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "QA_SECRET_KEY": SECRETS["secret_key"], "QA_CASE_KEY": SECRETS["case_key"],
        "QA_PUBLIC_URL": "https://qa.testshire.example", "QA_MAIL": "smtp", "QA_MAIL_HOST": "127.0.0.1",
        "QA_MAIL_PORT": str(server.port), "QA_MAIL_SECURITY": "none", "QA_MAIL_FROM": "audit@testshire.example",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "qa_app", "run-due"], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(map(tuple, session.execute(select(Mail.state, func.count()).group_by(Mail.state))))


def test_runs_side_by_side_send_each_mail_once(many: Database, server: MailServer) -> None:
    server.slow = 0.02
    runs = [start(many, server) for _ in range(3)]
    ended = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], ended
    assert len(server.ids) == MAILS
    assert len(set(server.ids)) == MAILS
    assert states(many) == {"sent": MAILS}
    assert sum(f" {MAILS} sent" in out for out, _ in ended) == 0  # they did share the work


def test_a_killed_run_loses_no_mail_and_can_double_only_the_one_it_held(many: Database, server: MailServer) -> None:
    server.slow = 0.02
    kills = 0
    while kills < 3:
        run = start(many, server)
        before = len(server.ids)
        while len(server.ids) < before + 5 and run.poll() is None:
            time.sleep(0.005)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        kills += 1
    held = states(many).get("sending", 0)
    assert held <= kills
    with many.writing() as session, session.begin():  # as if the quarter of an hour were over
        session.execute(update(Mail).where(Mail.state == "sending").values(claimed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    done = start(many, server)
    words = done.communicate(timeout=120)
    assert done.returncode == 0, words
    assert states(many) == {"sent": MAILS}
    times = Counter(server.ids)
    assert len(times) == MAILS
    assert sum(n - 1 for n in times.values()) <= held
    assert max(times.values()) <= 2
