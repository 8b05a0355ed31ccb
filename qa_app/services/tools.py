"""Tools of the council's own: a draft is kept, replaced or deleted; once published it is live, and one day archived."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms import catalogue
from audit_forms.definition import Cases, Tool
from audit_forms.definition_file import read_definition
from qa_app.models import StoredTool
from qa_app.queries import tools
from qa_app.services.events import record


class ToolRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be done to a tool now; the message says why and what to do."""


class Brought(NamedTuple):
    """A definition as it came in: what it says, the file it was read from, and which kind of file that is."""

    definition: Mapping[str, Any]
    uploaded: bytes
    source: str  # 'workbook' or 'file'


def misfits(session: Session, tool: Tool) -> Iterator[tuple[str, str]]:
    """(setting, sentence) for what keeps this tool from standing beside those there are already."""
    if tool.key in {each.key for each in catalogue.tools()}:
        yield "key", f"‘{tool.key}’ is the key of a tool that comes with the product. Choose another key."
    if tool.cases is Cases.DRAWN:
        yield (
            "cases",
            "Cases are drawn for the case file audit alone. Auditors begin their audits on others: ‘started’.",
        )
    published = session.scalar(
        select(func.max(StoredTool.version)).where(StoredTool.key == tool.key, StoredTool.state != "draft")
    )
    if published is not None and tool.version <= published:
        yield (
            "version",
            f"Version {published} of ‘{tool.key}’ can no longer change. Give this one the version {published + 1}.",
        )


def draft_of(session: Session, key: str) -> StoredTool | None:
    """The version of this tool that is in the making, if there is one."""
    return session.scalar(select(StoredTool).where(StoredTool.key == key, StoredTool.state == "draft"))


def keep_draft(session: Session, brought: Brought, *, by: str, at: datetime) -> StoredTool:
    """Keep a definition as the draft of its tool, in place of the draft there is.

    Raises:
        BadTool: the definition cannot be used.
        ToolRefused: it does not fit beside the tools there are.
    """
    tool = read_definition("The definition", brought.definition)
    for _, sentence in misfits(session, tool):
        raise ToolRefused(sentence)
    before = draft_of(session, tool.key)
    if before is not None:
        session.delete(before)
        session.flush()
    kept = StoredTool(
        key=tool.key,
        version=tool.version,
        title=tool.title,
        definition=dict(brought.definition),
        definition_sha256=tool.sha256,
        source=brought.source,
        uploaded=brought.uploaded,
        made_at=at,
        made_by=by,
    )
    session.add(kept)
    session.flush()
    _note(session, "tool.drafted" if before is None else "tool.redrafted", kept, by=by, at=at)
    return kept


def delete_draft(session: Session, stored: StoredTool, *, by: str, at: datetime) -> None:
    """Delete a version that was never published.

    Raises:
        ToolRefused: it was published.
    """
    _lock(session, stored)
    if stored.state != "draft":
        raise ToolRefused("This version was published, so it is kept. Archive it if nobody should begin audits on it.")
    _note(session, "tool.draft_deleted", stored, by=by, at=at)
    session.delete(stored)
    session.flush()


def publish(session: Session, stored: StoredTool, *, by: str, at: datetime) -> None:
    """Make a draft the version audits are begun on, and archive the one that was; it can never change after this.

    Raises:
        ToolRefused: it is no draft any more, or does not fit beside the tools there are now.
        ChangedTool: the definition is not the one that was checked.
    """
    _lock(session, stored)
    if stored.state != "draft":
        raise ToolRefused(f"Version {stored.version} of {stored.title} is {stored.state} already.")
    for _, sentence in misfits(session, tools.tool(session, stored.key, stored.version)):
        raise ToolRefused(sentence)
    for before in session.scalars(select(StoredTool).where(StoredTool.key == stored.key, StoredTool.state == "live")):
        archive(session, before, by=by, at=at)
    stored.state, stored.published_at, stored.published_by = "live", at, by
    session.flush()
    _note(session, "tool.published", stored, by=by, at=at)


def archive(session: Session, stored: StoredTool, *, by: str, at: datetime) -> None:
    """Let nobody begin an audit on this version any more; audits that were begun on it go on as they are.

    Raises:
        ToolRefused: it is not live.
    """
    _lock(session, stored)
    if stored.state != "live":
        raise ToolRefused("Only a version that is live can be archived.")
    stored.state, stored.archived_at, stored.archived_by = "archived", at, by
    session.flush()
    _note(session, "tool.archived", stored, by=by, at=at)


def _lock(session: Session, stored: StoredTool) -> None:
    """Let nobody else change this version meanwhile, and see it as it is now."""
    session.refresh(stored, with_for_update=True)


def _note(session: Session, action: str, stored: StoredTool, *, by: str, at: datetime) -> None:
    record(
        session, action, "tool", stored.id, by=by, at=at, key=stored.key, version=stored.version,
        sha256=stored.definition_sha256,
    )  # fmt: skip
