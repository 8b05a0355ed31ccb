"""The audit tools there are: every shipped version of each, read once from its definition file and checked."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from audit_forms.definition import Choice, Condition, Element, Question, Section, Tool
from audit_forms.definition_file import BadTool, read_definition

__all__ = [
    "BadTool",
    "Choice",
    "Condition",
    "Element",
    "Question",
    "Section",
    "Tool",
    "latest",
    "load",
    "published",
    "tool",
    "tools",
]

_SHIPPED: Final = files("audit_forms.tools")
_RECORD: Final = "PUBLISHED.toml"


def load(path: Path) -> Tool:
    """The tool defined in this file.

    Raises:
        BadTool: the file is not TOML, or what it says cannot be used; with every fault named.
    """
    return _read(path.name, path.read_bytes())


@cache
def tools() -> tuple[Tool, ...]:
    """Every shipped tool, by key and version."""
    definitions = (_read(name, _SHIPPED.joinpath(name).read_bytes()) for name in published())
    return tuple(sorted(definitions, key=lambda tool: (tool.key, tool.version)))


@cache
def tool(key: str, version: int) -> Tool:
    """This version of a tool; KeyError if none is shipped."""
    for each in tools():
        if (each.key, each.version) == (key, version):
            return each
    raise KeyError(f"There is no version {version} of the tool ‘{key}’")


def latest(key: str) -> Tool:
    """The newest version of a tool; KeyError if there is no such tool."""
    versions = [each for each in tools() if each.key == key]
    if not versions:
        raise KeyError(f"There is no tool ‘{key}’")
    return versions[-1]


@cache
def published() -> dict[str, str]:
    """File name -> the sha256 it was published with: a published version never changes."""
    return dict(tomllib.loads(_SHIPPED.joinpath(_RECORD).read_text("utf-8"))["sha256"])


def _read(name: str, content: bytes) -> Tool:
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadTool(name, [f"It is not TOML: {fault}."]) from fault
    return read_definition(name, raw)
