"""Ten people at a month's audits, in thousands of orders: nothing acknowledged is lost and nothing illegal happens."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from qa_app import create_app
from qa_app.config import Settings
from qa_app.db import Database
from tests.conftest import AT, SECRETS
from tests.kept import empty, renew
from tests.life.council import Browser, Council
from tests.life.machine import LifeOfAudits

# QA_LIFE_RUNS=2000 is the long run whose figures stand in docs/reliability.md.
RUNS = int(os.environ.get("QA_LIFE_RUNS", "20"))
STEPS = 30


class Councils:
    """A new council for every run, the one before it gone."""

    def __init__(self, kind: str, request: pytest.FixtureRequest) -> None:
        self.kind, self.request = kind, request
        self.made = 0
        self.database: Database | None = None
        self.app: Flask | None = None  # the same one for every council, on another database each time

    def __call__(self) -> Council:
        self.clear()
        self.made += 1
        if self.kind == "postgresql":
            self.database = self.request.getfixturevalue("migrated_postgresql")
            self.begun_with = self.request.getfixturevalue("begun_with")
        else:
            self.database = self.request.getfixturevalue("standing_sqlite")
            renew(self.database, self.request.getfixturevalue("empty_sqlite"))
        url = self.database.url.render_as_string(hide_password=False)
        given = Settings(database_url=url, council="Testshire", https=False, clock=lambda: AT, **SECRETS)
        if self.app is None:
            self.app = create_app(given, self.database)
            self.app.test_client_class = Browser
        self.app.extensions["qa_database"] = self.database
        return Council(self.app, self.database, given, lambda: AT)

    def clear(self) -> None:
        if self.database is None:
            return
        if self.kind == "postgresql":
            empty(self.database, self.begun_with)
        else:
            self.database.dispose()


@pytest.fixture
def councils(engine_kind: str, request: pytest.FixtureRequest) -> Iterator[Councils]:
    made = Councils(engine_kind, request)
    yield made
    made.clear()


def test_whatever_ten_people_try_nothing_saved_is_lost_and_no_step_is_illegal(councils: Councils) -> None:
    LifeOfAudits.new_council = councils
    chosen = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate,),  # a failing run is told as it was: making it shorter would take minutes
        derandomize="QA_LIFE_RUNS" not in os.environ,  # the short run is the same on every machine
    )
    run_state_machine_as_test(LifeOfAudits, settings=chosen)  # type: ignore[no-untyped-call]
    assert councils.made >= RUNS
