"""`qa serve`: your own database, served by waitress with production's checks."""

import os
import signal
import socket
from typing import TYPE_CHECKING, NoReturn

import click

from qa_app.commands.faults import CommandFault

if TYPE_CHECKING:
    from flask import Flask

    from qa_app.config import Settings
    from qa_app.db import Database


# The server keeps a whole request before the application sees it: past this it is cut off, and under it the application
# answers with a page that says what is too large.
MOST_BYTES = 32 * 1024 * 1024


@click.command()
@click.option("--host", help="The address to listen on; else QA_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; else QA_PORT.")
def serve(host: str | None, port: int | None) -> None:
    """Serve your own database until stopped (Ctrl-C or SIGTERM).

    The secrets must be in the environment, and the tables at their newest version.
    """
    from qa_app.commands.place import open_database
    from qa_app.config import from_environment

    asked = {name: str(value) for name, value in (("QA_HOST", host), ("QA_PORT", port)) if value is not None}
    settings = from_environment({**os.environ, **asked}, production=True)
    database = open_database(settings)
    try:
        check_tables(database)
        from qa_app import create_app

        run(create_app(settings, database), settings)
    finally:
        database.dispose()


def check_tables(database: "Database") -> None:
    """See that the tables are at the newest version.

    Raises:
        CommandFault: they are not.
    """
    from qa_app import migrate

    if migrate.current(database) != migrate.head():
        raise CommandFault("The tables are not at the newest version. Run: ./run qa db upgrade")


def run(app: "Flask", settings: "Settings") -> None:
    """Print the address and answer requests until SIGTERM or Ctrl-C; requests under way are finished first."""
    from waitress.server import create_server

    signal.signal(signal.SIGTERM, _stop)
    listener = listen(settings.host, settings.port)
    server = create_server(
        app, sockets=[listener], threads=settings.threads, ident=None, max_request_body_size=MOST_BYTES,
        # With proxies in front their headers must reach the application, which counts the hops; without, nobody's do.
        clear_untrusted_proxy_headers=not settings.proxies,
    )  # fmt: skip
    click.echo(f"Serving {settings.council} on {address(settings)} (stop with Ctrl-C)")
    if settings.https:
        click.echo("Put an HTTPS proxy in front; to try it on this machine without one, set QA_HTTPS=no.")
    try:
        server.run()  # waitress turns SystemExit and Ctrl-C into a quiet end
    finally:
        server.close()
    click.echo("Stopped.")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        CommandFault: it cannot be had, often because the port is in use.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else "there is no such address"
        raise CommandFault(f"Cannot listen on {host} port {port}: {why}. Choose another with --port.") from fault


def address(settings: "Settings") -> str:
    """Where a browser on this machine finds the site."""
    host = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/"


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
