"""The guidance beside each criterion: the version that stands, and those before it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from audit_forms.definition import Tool
from qa_app.models import Guidance


class Beside(NamedTuple):
    """A criterion with the versions of its guidance, the one that stands first."""

    tool_key: str
    element: str
    title: str
    tool: str
    versions: tuple[Guidance, ...]


def current(session: Session, tool_key: str, element: str) -> Guidance | None:
    """The guidance that stands beside a criterion; None where nothing was agreed."""
    return session.scalar(_of(tool_key, element).limit(1))


def history(session: Session, tool_key: str, element: str) -> Sequence[Guidance]:
    """Every version of it, the one that stands first."""
    return session.scalars(_of(tool_key, element).options(joinedload(Guidance.calibration))).all()


def everything(session: Session, tools: Sequence[Tool]) -> tuple[Beside, ...]:
    """Every criterion with guidance, tool by tool in the order it is asked."""
    found: dict[tuple[str, str], list[Guidance]] = {}
    for one in session.scalars(select(Guidance).order_by(Guidance.version.desc())):
        found.setdefault((one.tool_key, one.element), []).append(one)
    return tuple(
        Beside(tool.key, element.key, element.title, tool.title, tuple(found[tool.key, element.key]))
        for tool in tools
        for element in tool.elements
        if (tool.key, element.key) in found
    )


def _of(tool_key: str, element: str) -> Select[Guidance]:
    return (
        select(Guidance)
        .where(Guidance.tool_key == tool_key, Guidance.element == element)
        .order_by(Guidance.version.desc())
    )
