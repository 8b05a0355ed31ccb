"""What a journey begins with: the application served, a browser, and people who open windows of their own."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from qa_app.access import sessions
from qa_app.db import Database
from qa_app.models import Person
from tests.conftest import SteppingClock
from tests.journeys.browser import chromium
from tests.journeys.server import serving
from tests.journeys.visitor import DESKTOP, Eyes, Seen, Visitor

PERIOD = timedelta(hours=12)
PATIENCE = 60_000  # milliseconds; a busy machine may take some of them


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def eyes(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Eyes:
    """What was looked at closely by any process of this run is not looked at so again."""
    base = tmp_path_factory.getbasetemp()
    return Eyes(Seen((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seen"), browser.new_page())


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application answers while the test lasts."""
    with serving(app) as found:
        yield found


@pytest.fixture
def visit(
    browser: Browser, address: str, eyes: Eyes, database: Database, clock: SteppingClock
) -> Iterator[Callable[..., Visitor]]:
    """Open a window: of somebody signed in, or of nobody yet. `like` shares another window's cookies: a second tab."""
    contexts = []
    visitors = []

    def arrive(
        person: Person | None = None,
        *,
        scripts: bool = True,
        width: int = DESKTOP["width"],
        like: Visitor | None = None,
    ) -> Visitor:
        if like is not None:
            context = like.context
        else:
            size = {"width": width, "height": DESKTOP["height"]}
            context = browser.new_context(java_script_enabled=scripts, viewport=size, accept_downloads=True)
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        if person is not None:
            token = sessions.begin(database, person.id, at=clock(), lasting=PERIOD)
            context.add_cookies([{"name": "qa", "value": token, "url": address}])
        visitors.append(Visitor(context, address, eyes, scripts=scripts))
        return visitors[-1]

    yield arrive
    for context in contexts:
        context.close()
    left = [fault for visitor in visitors for fault in visitor.faults]
    assert not left, left
