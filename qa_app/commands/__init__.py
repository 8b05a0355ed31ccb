"""The product's command line: which commands there are; each is imported only when it is called."""

from importlib import import_module
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """One command: its name, the module and object that hold it, and its line in the help."""

    name: str
    where: str
    summary: str


COMMANDS = (
    Entry("admin", "qa_app.commands.admin:admin", "Make the first administrator."),
    Entry("agreement", "qa_app.commands.agreement:agreement", "Analyse pairs of grades in a CSV file; no database."),
    Entry("db", "qa_app.commands.db:db", "Move the database to a version of its tables."),
    Entry("demo", "qa_app.commands.demo:demo", "Make the demo council and serve it."),
    Entry("docs", "qa_app.commands.docs:docs", "Write the pages of docs/ that the code itself tells."),
    Entry("events", "qa_app.commands.events:events", "Check that the record of changes is whole."),
    Entry("figures", "qa_app.commands.figures:figures", "Print every figure, as a table or as JSON."),
    Entry("import", "qa_app.commands.imports:imports", "Bring in a staff list, a case list or an audit register."),
    Entry("run-due", "qa_app.commands.run_due:run_due", "Do what is due and send the mail; call it every minute."),
    Entry("scorecard", "qa_app.commands.figures:scorecard", "Write the scorecard of a month as a PDF."),
    Entry("serve", "qa_app.commands.serve:serve", "Serve your own database."),
    Entry("settings", "qa_app.commands.docs:settings", "Show the settings the environment gives."),
    Entry("verify-sample", "qa_app.commands.samples:verify_sample", "Draw a month's sample again and compare."),
)


class Commands(click.Group):
    """The group `qa`: lists its commands without importing them, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command's name, in order."""
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, imported now; None when there is none."""
        for entry in COMMANDS:
            if entry.name == cmd_name:
                module, _, name = entry.where.partition(":")
                command: click.Command = getattr(import_module(module), name)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands with their lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])


@click.command("qa", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def qa() -> None:
    """Case file audit, blind moderation and the figures that follow.

    Each command explains itself: qa import --help
    """
