"""The audit tools there are, version by version: shipped and the council's own, each with how often it is used."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms import catalogue
from audit_forms.definition import Tool
from audit_forms.definition_file import sha256_of
from qa_app.models import Audit, StoredTool


class Version(NamedTuple):
    """One version of a tool; `id` is None where it comes with the product. `changed`: not as it was recorded."""

    id: UUID | None
    key: str
    version: int
    title: str
    state: str  # 'draft', 'live', 'archived'; of those that come with the product 'shipped' or 'superseded'
    sha256: str
    uses: int
    since: datetime | None
    changed: bool = False


class Versions(NamedTuple):
    """Every version: of the council's own tools, and of those that come with the product; the newest first."""

    own: tuple[Version, ...]
    shipped: tuple[Version, ...]


def versions(session: Session) -> Versions:
    """Every version of every tool, by title, the newest of each first."""
    counted = session.execute(
        select(Audit.tool_key, Audit.tool_version, func.count()).group_by(Audit.tool_key, Audit.tool_version)
    )
    uses = {(key, version): n for key, version, n in counted}
    own = session.scalars(select(StoredTool).order_by(StoredTool.title, StoredTool.key, StoredTool.version.desc()))
    newest = {tool.key: tool.version for tool in catalogue.tools()}
    return Versions(
        tuple(_own(stored, uses.get((stored.key, stored.version), 0)) for stored in own),
        tuple(
            _shipped(tool, uses.get((tool.key, tool.version), 0), newest=newest[tool.key] == tool.version)
            for tool in sorted(catalogue.tools(), key=lambda tool: (tool.title, -tool.version))
        ),
    )


def uses(session: Session, key: str, version: int) -> int:
    """How many audits were begun on this version."""
    return session.scalar(select(func.count()).where(Audit.tool_key == key, Audit.tool_version == version)) or 0


def stored(session: Session, tool_id: UUID) -> StoredTool | None:
    """A version of a tool of the council's own."""
    return session.get(StoredTool, tool_id)


def live_version(session: Session, key: str) -> int | None:
    """The version audits are begun on now, if there is one."""
    return session.scalar(select(StoredTool.version).where(StoredTool.key == key, StoredTool.state == "live"))


def is_changed(stored_tool: StoredTool) -> bool:
    """Whether the definition is not the one that was recorded."""
    return sha256_of(stored_tool.definition) != stored_tool.definition_sha256


def _own(found: StoredTool, used: int) -> Version:
    since = found.archived_at or found.published_at or found.made_at
    return Version(
        found.id, found.key, found.version, found.title, found.state, found.definition_sha256, used, since,
        changed=is_changed(found),
    )  # fmt: skip


def _shipped(tool: Tool, used: int, *, newest: bool) -> Version:
    state = "shipped" if newest else "superseded"
    return Version(None, tool.key, tool.version, tool.title, state, tool.sha256, used, None)
