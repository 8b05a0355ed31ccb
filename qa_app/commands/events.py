"""`qa events`: the code of the record of changes, and whether the record still has the code a pack was printed with."""

import click

from qa_app.commands import place
from qa_app.commands.faults import CommandFault


@click.group()
def events() -> None:
    """Check that the record of changes is whole."""


@events.command()
def head() -> None:
    """Say how many events there are, and the sha256 over all of them."""
    from qa_app.services.events import head as newest

    with place.database() as database, database.reading() as session:
        found = newest(session)
    click.echo(f"{found.count} events, sha256 {found.sha256}")


@events.command()
@click.argument("count", type=click.IntRange(0))
@click.argument("sha256")
def verify(count: int, sha256: str) -> None:
    """Check the first COUNT events against the SHA256 that a board pack names on its last page."""
    from qa_app.services.events import head as first

    with place.database() as database, database.reading() as session:
        found = first(session, most=count)
    if found.count < count:
        raise CommandFault(f"There are only {found.count} events, so some that the pack counted are missing.")
    if found.sha256 != sha256.strip().lower():
        raise CommandFault("The record differs from what it was then: an event was changed, added or taken away.")
    click.echo(f"The first {count} events are as they were.")
