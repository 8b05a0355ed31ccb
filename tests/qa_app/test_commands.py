"""The command line: what it prints, its exit status, and that no foreseen fault shows a trace."""

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from qa_app.__main__ import main
from qa_app.access import passwords
from qa_app.commands import COMMANDS, qa
from qa_app.config import ROOT
from qa_app.db import Database
from qa_app.models import Account, Batch, Event, Person
from qa_app.services.roles import held_roles

SECRETS = {"QA_SECRET_KEY": "kZ3v-9fQxB7mTn2LwRj8cYhD5sGpAe6U", "QA_CASE_KEY": "Wq8-Jt4xNc7vHb2mZs9kRf3yLd6gPa5E"}
STAFF = (
    "employee_id,name,email,job_title,service,team,line_manager,fte,active\n"
    "E1,Ada North,ada@c.example,Head of Service,Care,Duty,,1.0,Y\n"
    "E2,Ben Hill,ben@c.example,Team Manager,Care,Duty,E1,1.0,Y\n"
)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: Database) -> Run:
    """The command line in this process, on the test's database."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QA_DATABASE_URL", database.url.render_as_string(hide_password=False))

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


def test_every_command_of_the_list_that_is_there_is_a_command() -> None:
    names = [entry.name for entry in COMMANDS]
    assert names == sorted(names)
    for entry in COMMANDS:
        module, _, name = entry.where.partition(":")
        if importlib.util.find_spec(module):
            assert hasattr(importlib.import_module(module), name)


def test_help_lists_the_commands_without_importing_them() -> None:
    words = (
        "import sys, qa_app.__main__ as m; m.main(['--help']); "
        "print('sqlalchemy' in sys.modules, 'flask' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "import " in done.stdout
    assert done.stdout.endswith("False False\n")


def test_an_unknown_command_is_refused_in_a_sentence(run: Run) -> None:
    status, _, words = run("impotr")
    assert status == 2
    assert "No such command" in words


def test_a_staff_list_comes_in_and_a_second_time_changes_nothing(run: Run, tmp_path: Path, database: Database) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(STAFF)
    status, words, _ = run("import", "staff", str(file))
    assert (status, words.splitlines()[-1]) == (0, "2 added, 0 changed, 0 as before, 0 refused.")
    assert "Ada North" in words
    status, words, _ = run("import", "staff", str(file))
    assert (status, words) == (0, "0 added, 0 changed, 2 as before, 0 refused.\n")
    with database.reading() as session:
        assert sorted(one.added for one in session.scalars(select(Batch))) == [0, 2]


def test_the_record_of_changes_is_verified_and_a_row_that_was_tampered_with_is_found(
    run: Run, tmp_path: Path, database: Database
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(STAFF)
    run("import", "staff", str(file))
    status, words, _ = run("events", "head")
    counted, _, code = words.strip().partition(" events, sha256 ")
    assert (status, len(code)) == (0, 64)
    assert int(counted) > 0
    assert run("events", "verify", counted, code)[:2] == (0, f"The first {counted} events are as they were.\n")
    assert run("events", "verify", counted, code.upper())[0] == 0
    status, _, told = run("events", "verify", str(int(counted) + 1), code)
    assert (status, f"There are only {counted} events" in told) == (1, True)
    with database.writing() as session, session.begin():
        unlocked = (
            "DROP TRIGGER event_no_update" if session.get_bind().dialect.name == "sqlite"
            else "ALTER TABLE event DISABLE TRIGGER event_kept"
        )  # fmt: skip
        session.execute(text(unlocked))
        first = session.scalars(select(Event.id).limit(1)).one()
        session.execute(update(Event).where(Event.id == first).values(action="person.left"))
    status, words, told = run("events", "verify", counted, code)
    assert (status, words) == (1, "")
    assert "an event was changed, added or taken away" in told
    if database.engine.dialect.name == "postgresql":
        with database.writing() as session, session.begin():
            session.execute(text("ALTER TABLE event ENABLE TRIGGER event_kept"))


def test_refused_rows_are_printed_with_number_and_reason_and_the_status_is_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(STAFF + "E3,[bold]Eve[/bold],,,Care,,,,Y\n")
    status, words, _ = run("import", "staff", str(file))
    assert status == 1
    assert "This cell is empty and must be filled in." in words
    assert words.splitlines()[-1] == "2 added, 0 changed, 0 as before, 1 refused."


def test_a_trial_saves_nothing(run: Run, tmp_path: Path, database: Database) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(STAFF)
    status, words, _ = run("import", "staff", str(file), "--dry-run")
    assert status == 0
    assert "nothing was saved" in words
    with database.reading() as session:
        assert session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"a,b\n1,2\n", "not look like a staff list")])
def test_a_file_that_cannot_be_read_is_one_sentence(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_bytes(content)
    status, _, told = run("import", "staff", str(file))
    assert status == 1
    assert words in told
    assert "Traceback" not in told


def test_a_file_that_is_not_there_is_refused(run: Run) -> None:
    status, _, told = run("import", "staff", "nowhere.csv")
    assert status == 2
    assert "nowhere.csv" in told


def test_the_first_administrator_is_made_with_a_password_shown_once(run: Run, database: Database) -> None:
    status, words, _ = run("admin", "create", "ann@c.example", "Ann Admin")
    assert status == 0
    word = words.strip().rpartition(" ")[2]
    with database.reading() as session:
        account = session.scalars(select(Account)).one()
        assert {role.value for role in held_roles(account.person)} == {"administrator"}
        assert account.must_change
        assert passwords.fits(account.password_hash, word)
        assert all(one.granted_by and one.granted_by.startswith("os:") for one in account.person.grants)


def test_an_administrators_password_can_come_from_standard_input(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("heron copper lantern\n"))
    status, words, _ = run("admin", "create", "ann@c.example", "Ann Admin", "--password-stdin")
    assert status == 0
    assert "heron" not in words
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    status, _, told = run("admin", "create", "bob@c.example", "Bob Admin", "--password-stdin")
    assert (status, "at least 12 characters" in told) == (1, True)
    with database.reading() as session:
        assert session.scalars(select(Person.email)).all() == ["ann@c.example"]


def test_an_auditor_cannot_be_made_administrator(run: Run, database: Database, tmp_path: Path) -> None:
    from qa_app.access.permissions import Role
    from qa_app.services import roles
    from tests.conftest import AT

    file = tmp_path / "staff.csv"
    file.write_text(STAFF)
    run("import", "staff", str(file))
    with database.writing() as session, session.begin():
        person = session.scalars(select(Person).where(Person.employee_id == "E2")).one()
        roles.grant(session, person, Role.AUDITOR, by="test", at=AT)
    status, _, told = run("admin", "create", "BEN@c.example", "Ben Hill")
    assert (status, "at the same time" in told) == (1, True)


@pytest.mark.parametrize(("email", "name"), [("nobody", "Ann"), ("a b@c.example", "Ann"), ("a@c.example", "  ")])
def test_an_administrator_needs_a_name_and_an_address(run: Run, email: str, name: str) -> None:
    status, _, told = run("admin", "create", email, name)
    assert status == 1
    assert told.startswith("Write the ")


def test_the_tables_go_up_and_say_where_they_are(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert run("db", "current")[1].startswith("At version none")
    file = tmp_path / "staff.csv"
    file.write_text(STAFF)
    told = run("import", "staff", str(file))[2]
    assert "./run qa db upgrade" in told
    assert "before: none" in run("db", "upgrade")[1]
    assert "already at version" in run("db", "upgrade")[1]
    assert run("db", "downgrade", "base", "--yes")[1] == "The tables are at version none now.\n"
    assert run("db", "downgrade", "nonsense", "--yes")[0] == 1


@pytest.mark.parametrize("address", ["nonsense", "oracle://x/y", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_wrong_database_address_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("QA_DATABASE_URL", address)
    status, _, told = run("db", "current")
    assert status in (1, 2)
    assert "QA_DATABASE_URL" in told


def test_the_settings_are_shown_and_the_secrets_are_not(run: Run) -> None:
    words = run("settings")[1]
    assert "QA_TRUSTED_HOSTS" in words
    assert not any(secret in words for secret in SECRETS.values())


def test_serving_without_secrets_is_refused_with_status_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_CASE_KEY")
    status, _, told = run("serve")
    assert status == 2
    assert told.startswith("QA_CASE_KEY is not set.")


def test_serving_old_tables_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    status, _, told = run("serve")
    assert (status, "./run qa db upgrade" in told) == (1, True)


def test_the_server_says_where_it_is_answers_and_stops_when_told(database: Database) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | SECRETS | {"QA_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "qa_app", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            assert f"http://localhost:{port}/" in server.stdout.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                assert answer.read() == b"ok\nrun-due last ran: never\n"
        finally:
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            rest, _ = server.communicate(timeout=20)
    assert (server.returncode, rest.splitlines()[-1]) == (0, "Stopped.")
    assert time.monotonic() - began < 10


def test_a_port_in_use_is_one_sentence(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, _, told = run("serve", "--port", str(taken.getsockname()[1]))
    assert status == 1
    assert "Choose another with --port." in told


def test_the_group_explains_itself() -> None:
    assert qa.help
    assert "moderation" in qa.help
