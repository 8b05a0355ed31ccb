"""`qa demo`: a made-up council in a database of this machine, with a sign-in for each role, served at once."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_app.commands import place
from qa_app.commands.faults import CommandFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa_app.config import Settings
    from qa_app.db import Database
    from qa_app.demo.council import SignIn

COUNCIL = "Harbourshire Council (demo)"


@click.command()
@click.option("--fresh", is_flag=True, help="Begin again: what the demo's database holds is deleted.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; else QA_PORT, else 8000.")
@click.option("--no-serve", is_flag=True, help="Make the demo council and stop.")
def demo(*, fresh: bool, port: int | None, no_serve: bool) -> None:
    """Make the demo council and serve it on this machine.

    A second start keeps what is there. Everybody in it, and every child, is made up.
    """
    settings = _settings(port)
    if fresh:
        _begin_again(settings)

    from qa_app import migrate
    from qa_app.db import Database

    database = Database(settings.database_url)
    migrate.upgrade(database)
    _fill_if_empty(database, settings)
    _tell(database, settings)
    if not no_serve:
        from qa_app import create_app
        from qa_app.commands.serve import run

        run(create_app(settings, database), settings)
    database.dispose()


def _settings(port: int | None) -> "Settings":
    """This machine's settings, for this machine alone: plain HTTP on loopback."""
    settings = place.settings()
    council = settings.council if os.environ.get("QA_COUNCIL") else COUNCIL
    return replace(settings, https=False, host="127.0.0.1", council=council, port=port or settings.port)


def _begin_again(settings: "Settings") -> None:
    from sqlalchemy import make_url

    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise CommandFault(
            "--fresh only deletes a SQLite file. Empty this database yourself, or unset QA_DATABASE_URL."
        )
    for ending in ("", "-wal", "-shm"):
        Path(url.database + ending).unlink(missing_ok=True)
    _password_file(settings).unlink(missing_ok=True)


def _fill_if_empty(database: "Database", settings: "Settings") -> None:
    from sqlalchemy import select

    from qa_app.case_keys import CaseKeys
    from qa_app.commands.imports import counting
    from qa_app.demo import council
    from qa_app.models import Person

    with database.writing() as session:
        if session.scalar(select(Person.id).limit(1)) is not None:
            return
        at = place.now()
        council.fill(session, CaseKeys(settings.case_key), counting=counting, at=at)
        password = council.new_password()
        council.give_sign_ins(session, password, at=at)
        session.commit()
    kept = _password_file(settings)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(f"{password}\n")


def _tell(database: "Database", settings: "Settings") -> None:
    from qa_app.demo import council

    kept = _password_file(settings)
    if not kept.exists():
        raise CommandFault(
            "This database was not made by the demo, so the demo has no sign-ins for it."
            " Serve it with ./run serve, or point QA_DATABASE_URL at another file."
        )
    with database.reading() as session:
        _show(council.sign_ins(session), kept.read_text().strip())


def _show(people: "Sequence[SignIn]", password: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Role", title="Sign in as", title_justify="left")
    table.add_column("Email address", no_wrap=True)  # to be copied whole, however narrow the window
    for one in people:
        table.add_row(one.role, one.email)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Password for all of them: {password}\n")


def _password_file(settings: "Settings") -> Path:
    from sqlalchemy import make_url

    from qa_app.config import INSTANCE

    database = make_url(settings.database_url)
    if database.get_backend_name() == "sqlite" and database.database:
        return Path(f"{database.database}.demo-password")
    return INSTANCE / "demo-password"
