"""The audit tools there are, version by version: shipped and the council's own, each with how often it is used."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms import catalogue
from audit_forms.definition import Tool
from audit_forms.definition_file import sha256_of
from qa_app.models import Audit, Cycle, StoredTool
from qa_app.queries.reach import TOOL
from qa_app.queries.tools import tool


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
    newest = {each.key: each.version for each in catalogue.tools()}
    return Versions(
        tuple(_own(stored, uses.get((stored.key, stored.version), 0)) for stored in own),
        tuple(
            _shipped(each, uses.get((each.key, each.version), 0), newest=newest[each.key] == each.version)
            for each in sorted(catalogue.tools(), key=lambda each: (each.title, -each.version))
        ),
    )


class AskedWith(NamedTuple):
    """A version of the tool that figures come from, and the months whose audits were asked with it, oldest first."""

    title: str
    version: int
    months: tuple[date, ...]


def asked_with(
    session: Session, *, until: date | None = None, months: Collection[date] | None = None
) -> tuple[AskedWith, ...]:
    """The versions behind the figures of these months, of all months up to one, or of all there are."""
    rows = session.execute(
        select(Cycle.tool_version, Cycle.month)
        .where(Cycle.tool_key == TOOL, Cycle.state.in_(("released", "closed")))
        .order_by(Cycle.month)
    )
    found: dict[int, list[date]] = {}
    for version, month in rows:
        if (until is None or month <= until) and (months is None or month in months):
            found.setdefault(version, []).append(month)
    return tuple(
        AskedWith(tool(session, TOOL, version).title, version, tuple(its)) for version, its in sorted(found.items())
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


def _shipped(found: Tool, used: int, *, newest: bool) -> Version:
    state = "shipped" if newest else "superseded"
    return Version(None, found.key, found.version, found.title, state, found.sha256, used, None)
