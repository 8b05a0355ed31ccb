"""The one list of themes, in its order, and which of its themes the words of the shipped tools stand for."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Theme

OTHER: Final = "other"
# Where a tool has its own word for a theme of the list: tool -> its code -> the code of the list. All other codes of
# the tools are on the list as they are.
_CHILDS: Final = {"listening": "voice", "trust": "followed", "worker": "workers", "plan": "planning",
                  "family": "family_time", "school": "education"}  # fmt: skip
STANDS_FOR: Final[Mapping[str, Mapping[str, str]]] = {
    "feedback_young": _CHILDS,
    "feedback_older": _CHILDS,
    "feedback_carer": _CHILDS | {"listening": "listening"},
}

# The part of practice that case file audits grade and that a theme of the list is about: the one place that says so.
# A theme without one is heard in audits only where somebody ticked it.
GRADED_AS: Final[Mapping[str, str]] = {
    "voice": "voice", "child": "voice", "listening": "voice", "chronology": "chronology", "risk": "assessment",
    "plans": "plan", "specific": "plan", "contingency": "plan", "planning": "plan", "relationship": "visits",
    "partnership": "partnership", "drift": "review", "progress": "review", "permanence": "permanence",
    "supervision": "supervision", "reflective": "supervision", "regular": "supervision", "recording": "recording",
    "outcomes": "impact",
}  # fmt: skip


def known(session: Session) -> tuple[Theme, ...]:
    """Every theme in its order, the retired ones among them: what carries one keeps it."""
    return tuple(session.scalars(select(Theme).order_by(Theme.position, Theme.code)))


def offered(session: Session, keeping: Collection[str | None] = ()) -> tuple[Theme, ...]:
    """The themes that may be chosen now, and those that what is written on carries already."""
    return tuple(theme for theme in known(session) if theme.retired_at is None or theme.code in keeping)


def labels(session: Session) -> dict[str, str]:
    """What each theme is called now, by its code, in their order."""
    return {theme.code: theme.label for theme in known(session)}


def meant(tool_key: str, code: str) -> str:
    """The theme of the list that a tool's own code stands for."""
    return STANDS_FOR.get(tool_key, {}).get(code, code)
