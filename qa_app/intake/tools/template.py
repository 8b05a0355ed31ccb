"""The template to download: the workbook of an example, which itself passes the check."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from audit_forms.definition import Choice
from audit_forms.definition_file import read_definition
from qa_app.intake.tools.rows import Names
from qa_app.intake.tools.writing import workbook_of


@cache
def example() -> dict[str, Any]:
    """The definition of the example."""
    return tomllib.loads(files("qa_app.intake.tools").joinpath("example.toml").read_text("utf-8"))


@cache
def template() -> bytes:
    """The workbook of the example, with its lists called as its definition calls them."""
    return workbook_of(read_definition("example.toml", example()), named_lists(example()))


def named_lists(definition: dict[str, Any]) -> Names:
    """What the lists of choices of a definition are called in it."""
    return {tuple(Choice(*each) for each in choices): name for name, choices in definition.get("choices", {}).items()}
