"""`qa admin`: making the first administrator, who then gives everybody else their sign-in and roles."""

import sys

import click

from qa_app.commands import place
from qa_app.commands.faults import CommandFault


@click.group()
def admin() -> None:
    """Make an administrator from this machine, where nobody can sign in yet."""


@admin.command()
@click.argument("email")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
def create(email: str, name: str, *, password_stdin: bool) -> None:
    """Make a person with the role administrator and a sign-in.

    Prints a temporary password once; it must be changed at the first sign-in.
    """
    from qa_app.access import passwords
    from qa_app.services import accounts, roles

    email, name = email.strip(), " ".join(name.split())
    chosen = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if chosen is not None and (fault := passwords.fault(chosen, about=f"{name} {email}")):
        raise CommandFault(fault)
    by, at = place.by(), place.now()
    try:
        with place.writing() as session:
            person = roles.make_administrator(session, email, name, by=by, at=at)
            word = accounts.give_sign_in(session, person, by=by, at=at, password=chosen)
    except ValueError as fault:
        raise CommandFault(str(fault)) from fault
    click.echo(f"{name} is an administrator and signs in as {email}.")
    if chosen is None:
        click.echo(f"Temporary password, shown only now: {word}")
