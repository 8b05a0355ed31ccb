"""docs/tools.md: how a tool is made in a workbook, with the tables of the layout as the check itself reads them."""

from collections.abc import Callable, Sequence
from importlib.resources import files

from qa_app.intake.tools import layout

Table = Callable[[tuple[str, ...], list[tuple[str, ...]]], str]


def tools_page(table: Table) -> str:
    """The page: what tools_page.txt says, with the tables printed from the layout."""
    told = files("qa_app.commands").joinpath("tools_page.txt").read_text("utf-8")
    marked = [(f"`{each.name}`", each.means, _xlsform(own=each.own)) for each in layout.TYPES]
    groups = [
        (f"`{layout.BEGIN}`", "Opens a section: a page with `label` as its title and `hint` at its top.", "yes"),
        (f"`{layout.END}`", "Closes it.", "yes"),
    ]
    types = "## The types\n\n" + table(("Type", "What it asks", "XLSForm has it"), [*groups, *marked])
    sheets = "\n".join(
        f"## The sheet {name}\n\n" + table(("Column", "What to write", "XLSForm has it"), _columns(columns))
        for name, columns in layout.COLUMNS.items()
    )
    return told.replace("[[types]]\n", types).replace("[[sheets]]\n", "\n" + sheets + "\n")


def _columns(columns: Sequence[layout.Column]) -> list[tuple[str, ...]]:
    return [(f"`{each.name}`", each.means, _xlsform(own=each.own)) for each in columns]


def _xlsform(*, own: bool) -> str:
    return "no" if own else "yes"
