"""`qa db`: which version of its tables the database is at, and moving it to another."""

import click

from qa_app.commands import place


@click.group()
def db() -> None:
    """Move the database to a version of its tables."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to the newest version. What is in them stays."""
    from qa_app import migrate

    with place.database() as database:
        before = migrate.current(database)
        if before == migrate.head():
            click.echo(f"The tables are already at version {before}.")
            return
        migrate.upgrade(database)
    click.echo(f"The tables are at version {migrate.head()} now, before: {before or 'none'}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Going down deletes what the older tables have no place for. Go on?")
def downgrade(revision: str) -> None:
    """Take the tables down to an older REVISION ('base' removes them all). Back up first."""
    from qa_app import migrate

    with place.database() as database:
        migrate.downgrade(database, revision)
        after = migrate.current(database)
    click.echo(f"The tables are at version {after or 'none'} now.")


@db.command()
def current() -> None:
    """Say which version the tables are at, and which is the newest."""
    from qa_app import migrate

    with place.database() as database:
        at = migrate.current(database)
    click.echo(f"At version {at or 'none'}; the newest is {migrate.head()}.")
