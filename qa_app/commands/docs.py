"""`qa docs` and `qa settings`: the pages and tables the code itself tells, so that they cannot grow stale."""

from pathlib import Path

import click

INTRODUCTION = """\
# Settings

This page is written by `./run qa docs`; a test fails when it is out of date.

## From the environment

`./run serve` reads these from the environment and refuses to start where a secret is missing, short or an example.
Every other command makes the two secrets itself, once, and keeps them in `instance/secrets`.

"""

ON_SCREEN = """
## On screen

The QA lead changes these under Settings, with a reason; each change is kept with who made it and when.
Published figures keep the rule they were published under.

"""


def settings_page() -> str:
    """docs/settings.md, made from the two tables of settings."""
    from qa_app.config import VARIABLES
    from qa_app.services.choices import SETTINGS

    environment = _table(
        ("Variable", "Default", "What it is for"), [(f"`{v.name}`", v.default, v.meaning) for v in VARIABLES]
    )
    screen = _table(
        ("Setting", "Default", "Takes", "What it means"),
        [(one.label, one.said(one.default), one.takes, one.hint) for one in SETTINGS.values()],
    )
    return INTRODUCTION + environment + ON_SCREEN + screen


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def measures_page() -> str:
    """docs/measures.md, printed from the registry of measures under the default rules."""
    from moderation.statistics.data_notes import as_markdown
    from moderation.statistics.rules import Rules

    return as_markdown(Rules())


def tools_page() -> str:
    """docs/tools.md, printed from the layout of a tool's workbook."""
    from qa_app.commands import tool_docs

    return tool_docs.tools_page(_table)


def agreement_page() -> str:
    """docs/agreement.md, its examples computed."""
    from qa_app.commands import agreement_docs

    return agreement_docs.agreement_page(_table)


PAGES = {
    "docs/agreement.md": agreement_page,
    "docs/measures.md": measures_page,
    "docs/settings.md": settings_page,
    "docs/tools.md": tools_page,
}


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is out of date.")
def docs(*, check: bool) -> int:
    """Write the pages of docs/ that the code itself tells."""
    from qa_app.config import ROOT

    stale = 0
    for name, page in PAGES.items():
        path: Path = ROOT / name
        fresh = page()
        if path.exists() and path.read_text(encoding="utf-8") == fresh:
            continue
        stale += 1
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(fresh, encoding="utf-8")
        click.echo(f"{name} {'is out of date: run ./run qa docs' if check else 'is written.'}")
    return 1 if check and stale else 0


@click.command()
def settings() -> None:
    """Show the settings the environment gives: name, default and meaning; secrets are never shown."""
    import os

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from qa_app.config import VARIABLES

    table = Table(title="Settings from the environment", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("Variable", "Now", "Default", "What it is for"):
        table.add_column(heading, overflow="fold")
    for variable in VARIABLES:
        given = os.environ.get(variable.name, "")
        hidden = "KEY" in variable.name or variable.name in ("QA_DATABASE_URL", "QA_MAIL_PASSWORD")
        now = ("set" if hidden else given) if given else "default"
        table.add_row(*(Text(text) for text in (variable.name, now, variable.default, variable.meaning)))
    Console(markup=False, highlight=False).print(table)
