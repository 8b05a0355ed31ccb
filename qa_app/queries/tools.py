"""The audit tool an audit was asked on: shipped with the product, or made by the council and kept in the database."""

import json
from contextlib import suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms import catalogue
from audit_forms.definition import Tool
from audit_forms.definition_file import canonical, read_definition, sha256_of
from qa_app.models import Audit, StoredTool


class ChangedTool(LookupError):  # noqa: N818 - named for the fault
    """A definition is not the one that was published, or not the one an audit was asked by."""


def tool(session: Session, key: str, version: int) -> Tool:
    """This version of a tool.

    Raises:
        KeyError: there is none.
        ChangedTool: its definition is no longer what its recorded hash says.
    """
    try:
        return catalogue.tool(key, version)
    except KeyError:
        found = session.execute(
            select(StoredTool.definition, StoredTool.definition_sha256).where(
                StoredTool.key == key, StoredTool.version == version
            )
        ).one_or_none()
    if found is None:
        raise KeyError(f"There is no version {version} of the tool ‘{key}’")
    return _parsed(key, version, found.definition, found.definition_sha256)


def tool_of(session: Session, audit: Audit) -> Tool:
    """The tool of an audit, as it was asked.

    Raises:
        ChangedTool: the definition is gone, or is not the one the audit was asked by.
    """
    try:
        found = tool(session, audit.tool_key, audit.tool_version)
    except KeyError as fault:
        raise ChangedTool(f"The questions {audit.reference} was asked by are not there any more.") from fault
    if audit.tool_sha256 not in ("", found.sha256):
        raise ChangedTool(
            f"{audit.reference} was asked by other questions than ‘{found.title}’, version {found.version}, has now."
        )
    return found


def live(session: Session) -> tuple[Tool, ...]:
    """The tools an audit can be begun on, by key: the newest shipped version of each, and the council's own live ones.

    A tool whose definition is no longer what was recorded is not among them.
    """
    shipped = {each.key: each for each in catalogue.tools()}  # by version: the newest comes last
    stored = session.execute(
        select(StoredTool.key, StoredTool.version, StoredTool.definition, StoredTool.definition_sha256).where(
            StoredTool.state == "live"
        )
    )
    own = {}
    for key, version, definition, recorded in stored:
        with suppress(ChangedTool):
            own[key] = _parsed(key, version, definition, recorded)
    return tuple(sorted((own | shipped).values(), key=lambda tool: tool.key))


def _parsed(key: str, version: int, definition: dict[str, Any], recorded: str) -> Tool:
    if sha256_of(definition) != recorded:
        raise ChangedTool(f"The definition of ‘{key}’, version {version}, is not the one that was recorded.")
    return _read(f"{key}, version {version}", canonical(definition))


@lru_cache(maxsize=256)
def _read(name: str, content: str) -> Tool:
    """The tool of a definition; the same definition is the same object, which forms are kept by."""
    return read_definition(name, json.loads(content))
