"""One run: a council at work, processes killed in a given order, then what was acknowledged is sought."""

import shutil
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from qa_app import migrate
from qa_app.access import sessions
from qa_app.access.permissions import Role
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Answers, Audit, Draft, Event, Judgement
from tests.benchmarks.databases import POSTGRESQL
from tests.conftest import AT, SECRETS
from tests.kill.processes import PostgreSQL, Server, wait
from tests.kill.server import AS_IT_STARTS, AS_IT_SUBMITS
from tests.kill.writers import Desk, Writer
from tests.months import ELEMENTS, TOOL, released_month
from tests.qa_app.audit_answers import stored
from tests.world import World

WRITERS = 8
ANY_MOMENT, STARTING, SUBMITTING = "server", "server, an audit started", "server, an audit submitted"
AT_THE_COMMIT = {STARTING: AS_IT_STARTS, SUBMITTING: AS_IT_SUBMITS}
FIRST_TEXT = "Nobody has typed here yet"
LOST, DOUBLED, HALF, UNANSWERED = "lost", "doubled", "half done", "not answered"


@dataclass
class Outcome:
    """What came of one run."""

    kind: str
    acknowledged: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    wrong: list[tuple[str, str]] = field(default_factory=list)  # (what kind of wrong, a sentence)

    def count(self, kind: str) -> int:
        """How many things went wrong in this way."""
        return sum(one == kind for one, _ in self.wrong)


def run(
    kind: str,
    folder: Path,
    kills: Iterable[str],
    *,
    pause: float = 0.0,
    audits: int = 8,
    keyed: bool = True,
    migrated: Path | None = None,
) -> Outcome:
    """Eight people at work while processes are killed in this order, some work and a pause between two.

    `migrated` is an SQLite file with its tables, to begin with a copy of.
    """
    postgresql = PostgreSQL(folder) if kind == POSTGRESQL else None
    if postgresql is not None:
        postgresql.start()
    url = postgresql.url if postgresql is not None else f"sqlite:///{folder / 'killed.sqlite3'}"
    if postgresql is None and migrated is not None:
        shutil.copy(migrated, folder / "killed.sqlite3")
    server = Server(url, folder)
    writers: list[Writer] = []
    outcome = Outcome(kind)
    try:
        desks = council(url, audits)
        server.start()
        writers += [Writer(server.port, desk, keyed=keyed) for desk in desks]
        began = time.monotonic()
        for writer in writers:
            writer.start()
        for what in kills:
            _let_work(writers, pause)
            outcome.killed[what] += 1
            _kill(what, server, postgresql)
        _let_work(writers, pause)
        _finish(writers, outcome)
        outcome.seconds = time.monotonic() - began
        server.kill()
        judge(url, writers, outcome)
    finally:
        for writer in writers:
            writer.stop.set()
        server.kill()
        if postgresql is not None:
            postgresql.stop()
    return outcome


def council(url: str, audits: int) -> list[Desk]:
    """A month on which eight auditors are at work, signed in, each with so many audits that lack nothing."""
    database = Database(url)
    migrate.upgrade(database)
    with database.writing() as session, session.begin():
        world = World.build(session, Settings(database_url="", https=False, **SECRETS), at=AT)
        cycle = released_month(session, world, at=AT)
        whole = stored(TOOL, story_now=FIRST_TEXT)
        people = [
            world.person(session, f"writer_{n}", "Practice", (Role.AUDITOR,), AT, manager="qa_lead")
            for n in range(WRITERS)
        ]
        made: dict[int, list[Audit]] = {n: [] for n in range(WRITERS)}
        for number in range(WRITERS * audits):
            writer, case = people[number % WRITERS], world.cases[number % len(world.cases)]
            team = next(one for one in world.teams.values() if one.id == case.team_id)
            audit = Audit(
                number=number + 1, cycle_id=cycle.id, month=cycle.month, case_id=case.id, auditor_id=writer.id,
                tool_key=TOOL.key, tool_version=TOOL.version, service_id=team.service_id, team_id=team.id,
                worker_id=case.worker_id, plan_type="Child in Need", state="draft", allocated_at=AT,
            )  # fmt: skip
            session.add(audit)
            session.flush()
            session.add(Draft(audit_id=audit.id, stage="auditor", person_id=writer.id, answers=whole, saved_at=AT))
            made[number % WRITERS].append(audit)
    desks = [
        Desk(
            sessions.begin(database, person.id, at=AT, lasting=timedelta(hours=12)),
            tuple(audit.id for audit in made[n]),
            f"90{n:04d}",
        )
        for n, person in enumerate(people)
    ]
    database.dispose()
    return desks


def _let_work(writers: list[Writer], pause: float) -> None:
    """Let some more be acknowledged, and the pause go by."""
    enough = sum(writer.done.total for writer in writers) + WRITERS
    time.sleep(pause)
    wait(
        lambda: (
            sum(writer.done.total for writer in writers) >= enough or not any(writer.is_alive() for writer in writers)
        )
    )


def _kill(what: str, server: Server, postgresql: PostgreSQL | None) -> None:
    """Kill it and start it again."""
    if what == POSTGRESQL:
        assert postgresql is not None
        postgresql.kill()
        postgresql.start()
    elif what in AT_THE_COMMIT:
        server.end(AT_THE_COMMIT[what])
        server.start()
    else:
        server.kill()
        server.start()


def _finish(writers: list[Writer], outcome: Outcome) -> None:
    """Let everybody end what they began, and add up what they were told."""
    for writer in writers:
        writer.stop.set()
    for writer in writers:
        writer.join(200)
        done = writer.done
        outcome.wrong += [(UNANSWERED, f"{writer.name}: {fault}") for fault in done.faults]
        if writer.is_alive():
            outcome.wrong.append((UNANSWERED, f"{writer.name} still waits"))
        outcome.acknowledged.update(
            saved=done.saved, submitted=len(done.submitted), started=len(done.started), again=done.again,
            from_key=done.from_key, unavailable=done.unavailable,
        )  # fmt: skip


def judge(url: str, writers: list[Writer], outcome: Outcome) -> None:
    """What is not as it was acknowledged."""
    database = Database(url)
    with database.reading() as session:
        for writer in writers:
            for audit_id in writer.desk.audits:
                _judge_audit(session, session.get_one(Audit, audit_id), writer, outcome)
        _judge_started(session, writers, outcome)
        if database.sqlite and (state := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            outcome.wrong.append((HALF, f"integrity: {state}"))
    database.dispose()


def _judge_audit(session: Session, audit: Audit, writer: Writer, outcome: Outcome) -> None:
    """Either whole as a draft or whole as submitted, with the text that was acknowledged last."""
    drafts = session.scalars(select(Draft.answers).where(Draft.audit_id == audit.id)).all()
    given = session.scalars(select(Answers.answers).where(Answers.audit_id == audit.id)).all()
    graded = sorted(session.scalars(select(Judgement.element).where(Judgement.audit_id == audit.id)))
    events = session.scalar(
        select(func.count()).where(Event.action == "audit.submitted", Event.object_id == str(audit.id))
    )
    is_submitted = audit.id in writer.done.submitted
    rows = (audit.state, len(drafts), len(given), len(graded), events)
    whole = ("submitted", 0, 1, len(ELEMENTS), 1) if is_submitted else ("draft", 1, 0, 0, 0)
    if rows != whole:
        missing = is_submitted and rows == ("draft", 1, 0, 0, 0)
        double = max(len(drafts), len(given), events or 0) > 1 or len(graded) > len(ELEMENTS)
        outcome.wrong.append((LOST if missing else DOUBLED if double else HALF, f"{audit.reference}: {rows}"))
    elif is_submitted and graded != sorted(ELEMENTS):
        outcome.wrong.append((HALF, f"{audit.reference}: judged are {graded}"))
    told = writer.done.texts.get(audit.id, FIRST_TEXT)
    kept = [answers.get("story_now") for answers in (*drafts, *given)]
    if kept != [told]:
        outcome.wrong.append((LOST, f"{audit.reference}: told ‘{told}’, kept {kept}"))


def _judge_started(session: Session, writers: list[Writer], outcome: Outcome) -> None:
    """Every start that was acknowledged made one audit with its event, and no other was made."""
    there = {f"/audits/{one}/record" for one in session.scalars(select(Audit.id).where(Audit.tool_key == "plan"))}
    told = {place for writer in writers for place in writer.done.started}
    outcome.wrong += [(LOST, f"{place} is not there") for place in told - there]
    outcome.wrong += [(DOUBLED, f"{place} is an audit nobody was told of") for place in there - told]
    events = session.scalar(select(func.count()).where(Event.action == "audit.started")) or 0
    if events != len(there):
        outcome.wrong.append((HALF, f"{len(there)} audits started, {events} events"))
