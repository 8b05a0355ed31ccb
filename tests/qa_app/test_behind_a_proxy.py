"""The real server with and without a reverse proxy in front: whose headers count, and how much it takes in."""

import http.client
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa_app.config import ROOT
from qa_app.db import Database
from tests.conftest import SECRETS

COUNCIL = "audits.council.example"


@contextmanager
def serving(database: Database, **settings: str) -> Iterator[int]:
    """The port of `qa serve` in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {f"QA_{name.upper()}": value for name, value in (SECRETS | settings).items()}
    env["QA_DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "qa_app", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert str(port) in server.stdout.readline()
        try:
            yield port
        finally:
            server.terminate()
            server.communicate(timeout=20)


def status(port: int, method: str = "GET", **headers: str) -> int:
    """What the sign-in page answers to these headers."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.putrequest(method, "/sign-in", skip_host=True)
        for name, value in {"Host": "10.0.0.1", **headers}.items():
            asked.putheader(name.replace("_", "-"), value)
        asked.endheaders()
        return asked.getresponse().status
    finally:
        asked.close()


@pytest.mark.parametrize(("proxies", "answer"), [("0", 400), ("1", 200)])
def test_forwarded_headers_count_only_where_a_proxy_is_said_to_stand(
    database: Database, proxies: str, answer: int
) -> None:
    with serving(database, proxies=proxies, trusted_hosts=COUNCIL) as port:
        assert status(port, Host=COUNCIL) == 200
        assert status(port) == 400
        assert status(port, X_Forwarded_Host=COUNCIL) == answer
        # A body that no page takes is refused by what it declares, before any of it is kept.
        assert status(port, "POST", Host=COUNCIL, Content_Length=str(200 * 1024 * 1024)) == 413


def test_a_new_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'new' / 'qa.sqlite3'}")
    with made.writing() as session, session.begin():
        session.connection().exec_driver_sql("CREATE TABLE one (id INTEGER)")
    files = list((tmp_path / "new").iterdir())
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    made.dispose()
