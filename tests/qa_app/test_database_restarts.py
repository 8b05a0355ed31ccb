"""The database is restarted while somebody types: the text is saved when it is sent again, and is there once."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Audit, Draft, DraftAside, Person
from qa_app.services import case_draws, cycles
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

TYPED = "What was typed while the database was away"


@pytest.fixture
def page(database: Database, world: World, sign_in: Callable[[Person], PageClient]) -> "Open":
    with database.writing() as session, session.begin():
        cycle = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="test", at=AT)
        cycles.release(session, cycle, by="test", at=AT)
        audit = session.scalars(select(Audit).order_by(Audit.number)).first()
        assert audit is not None
        path, auditor = f"/audits/{audit.id}/sections/story", audit.auditor
    return Open(sign_in(auditor), path)


class Open:
    """A section open in a browser."""

    def __init__(self, client: PageClient, path: str) -> None:
        self.client, self.path = client, path
        html = client.get(path).get_data(as_text=True)
        self.version = html.split('name="version" value="')[1].split('"')[0]

    def saves(self, status: int = 200) -> str:
        """Send the text as the page does by itself."""
        sent = {"version": self.version, "story_now": TYPED}
        answer = self.client.send(f"{self.path}/autosave", sent, status, headers={"Accept": "application/json"})
        return answer.get_data(as_text=True)


def cut(database: Database) -> None:
    """End every connection as a restart of the database does."""
    if database.sqlite:
        database.dispose()
        return
    other = Database(database.url.render_as_string(hide_password=False))
    ended = text(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'"
    )
    with other.engine.begin() as connection:
        assert connection.scalar(ended)
    other.dispose()


@contextmanager
def cut_at_the_commit(database: Database) -> Iterator[None]:
    """The database goes away at the worst moment of the next request that writes."""

    commits = []

    def goes(session: Session) -> None:
        commits.append(session)
        if len(commits) > 1:
            return
        cut(database)
        if database.sqlite:  # nothing cuts a file off; what comes nearest is that it cannot be written
            raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    event.listen(Session, "before_commit", goes)
    yield
    event.remove(Session, "before_commit", goes)
    assert commits


def check_there_once(database: Database) -> None:
    with database.reading() as session:
        assert [one["story_now"] for one in session.scalars(select(Draft.answers))] == [TYPED]
        assert session.scalar(select(func.count()).select_from(DraftAside)) == 0


def test_a_restart_between_typing_and_saving_is_not_even_noticed(database: Database, page: Open) -> None:
    cut(database)
    page.saves()
    check_there_once(database)


def test_a_restart_while_saving_is_told_and_the_same_sent_again_is_saved_once(database: Database, page: Open) -> None:
    with cut_at_the_commit(database):
        assert "Try again in a minute" in page.saves(503)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
    page.saves()
    check_there_once(database)


def test_a_restart_after_saving_loses_nothing_and_the_same_sent_again_changes_nothing(
    database: Database, page: Open
) -> None:
    first = json.loads(page.saves())
    cut(database)
    assert json.loads(page.saves())["version"] == first["version"]
    check_there_once(database)
