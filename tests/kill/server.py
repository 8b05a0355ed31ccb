"""The real server, which can be told to kill itself at the worst moment: when a form is kept and not yet answered."""

import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from qa_app import create_app
from qa_app.commands.place import open_database
from qa_app.commands.serve import run
from qa_app.config import from_environment
from tests.conftest import AT

# Each signal waits for a form whose address has this in it.
AS_IT_STARTS, AS_IT_SUBMITS = signal.SIGUSR1, signal.SIGUSR2
FORMS = {AS_IT_STARTS: "/audits/start/", AS_IT_SUBMITS: "/submit"}


class DiesBeforeAnswering:
    """An application that, once told to, ends with `kill -9` after the commit of the next form of a kind."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._form = ""
        for each in FORMS:
            signal.signal(each, self._armed)

    def _armed(self, number: int, _frame: object) -> None:
        self._form = FORMS[signal.Signals(number)]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        statuses = []

        def noted(status: str, *more: Any) -> object:
            statuses.append(status)
            return start_response(status, *more)

        answer = self._app(environ, noted)
        sought = self._form and environ["REQUEST_METHOD"] == "POST" and self._form in environ["PATH_INFO"]
        if sought and statuses[0].startswith("302"):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def main() -> None:
    """Serve as `qa serve` does; the clock stands still, so that no answer becomes too old for the tests."""
    settings = replace(from_environment(os.environ, production=True), clock=lambda: AT)
    app: Flask = create_app(settings, open_database(settings))
    app.wsgi_app = DiesBeforeAnswering(app.wsgi_app)  # type: ignore[method-assign]
    run(app, settings)


def serve(environment: dict[str, str], log: str) -> None:
    """Do so in this process, which was forked for it: under these settings, with what it says in that file."""
    os.environ.clear()
    os.environ.update(environment)
    with Path(log).open("ab") as kept:
        os.dup2(kept.fileno(), 1)
        os.dup2(kept.fileno(), 2)
    main()
