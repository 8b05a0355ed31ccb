"""How long it takes until there is an application or a command line."""

import os
import subprocess
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory

from tests.benchmarks.tables import Line, Table
from tests.benchmarks.timing import in_turns

APPLICATION = (
    "from qa_app import create_app; from qa_app.config import Settings;"
    "create_app(Settings(database_url='sqlite://', secret_key='x' * 40, case_key='y' * 40))"
)


def starting(*, rounds: int) -> Table:
    """A new process each time, beside a Python that does nothing."""
    table = Table(
        "Starting",
        "A new process each time, from its start to its end, with the modules compiled before. The command line "
        "imports only the command that is called.",
    )
    with TemporaryDirectory(prefix="qa-bench-") as compiled:
        took = in_turns(
            {
                "python": _process(compiled, "-c", "pass"),
                "help": _process(compiled, "-m", "qa_app", "--help"),
                "app": _process(compiled, "-c", APPLICATION),
            },
            rounds=rounds,
            most_seconds=12,
        )
    beside = "Python that does nothing"
    table.lines.append(Line("qa --help", "new process", took["help"], beside, took["python"]))
    table.lines.append(Line("Make the application", "new process", took["app"], beside, took["python"]))
    return table


def _process(compiled: str, *arguments: str) -> Callable[[], object]:
    """A process that finds its modules compiled, as a second start does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = compiled
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
