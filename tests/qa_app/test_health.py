"""What the site says to whoever watches it: that it is up, and when `qa run-due` last ran."""

from pathlib import Path

import pytest
from flask import Flask

from qa_app import create_app
from qa_app.commands.run_due import Run
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.services import due
from tests.conftest import SteppingClock
from tests.post import free_port


def asked(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/health")
    return answer.status_code, answer.get_data(as_text=True)


def test_it_says_when_run_due_last_ran_and_nothing_else(
    app: Flask, database: Database, settings: Settings, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(app) == (200, "ok\nrun-due last ran: never\n")
    Run(database, settings).everything()
    said = f"ok\nrun-due last ran: {clock():%Y-%m-%dT%H:%M:%SZ}\n"
    assert asked(app) == (200, said)
    clock.move(days=30)
    assert asked(app) == (200, said), "a run that is not called any more is not the site's own fault"

    def breaks(*_session: object, **_at: object) -> int:
        raise ValueError("a name")

    monkeypatch.setattr(due, "JOBS", (due.Job("alerts", "", breaks),))
    Run(database, settings).everything()
    assert asked(app) == (200, f"ok\nrun-due last ran: {clock():%Y-%m-%dT%H:%M:%SZ}\n"), "a run that failed ran"


@pytest.mark.one_database
@pytest.mark.parametrize("url", ["sqlite:///{folder}", "postgresql+psycopg://nobody:x@127.0.0.1:{port}/none"])
def test_without_the_database_the_site_is_not_up(settings: Settings, tmp_path: Path, url: str) -> None:
    away = Database(url.format(folder=tmp_path, port=free_port()))
    app = create_app(settings, away)
    status, said = asked(app)
    assert (status, "nobody" in said, "run-due" in said) == (503, False, False)
    away.dispose()
