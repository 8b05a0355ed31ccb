"""The one list of themes kept: added to, renamed, retired and put in order. A theme's code never changes."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.models import Theme
from qa_app.queries import themes
from qa_app.services.events import record

LONGEST: Final = 80
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


class UnfitTheme(ValueError):  # noqa: N818 - named for the fault
    """A theme cannot be called, retired or moved like this; the message says why."""


def add(session: Session, label: str, *, by: str, at: datetime) -> Theme:
    """Put a new theme at the end of the list, before 'something else' where that is last.

    Raises:
        UnfitTheme: no name, too long a one, or one that is taken.
    """
    called = _fit(session, label)
    made = Theme(code=_code(session, called), label=called, position=_last(session) + 1)
    session.add(made)
    session.flush()
    if (other := session.get(Theme, themes.OTHER)) is not None and other.position == made.position - 1:
        other.position, made.position = made.position, other.position
        session.flush()
    record(session, "theme.added", "theme", made.code, by=by, at=at)
    return made


def rename(session: Session, theme: Theme, label: str, *, by: str, at: datetime) -> bool:
    """Call a theme otherwise, everywhere and for all months; tells whether anything changed.

    Raises:
        UnfitTheme: no name, too long a one, or one that is taken.
    """
    called = _fit(session, label, own=theme)
    if called == theme.label:
        return False
    theme.label = called
    session.flush()
    record(session, "theme.renamed", "theme", theme.code, by=by, at=at)
    return True


def retire(session: Session, theme: Theme, *, by: str, at: datetime) -> None:
    """Offer a theme no more; what carries it keeps it.

    Raises:
        UnfitTheme: it is retired, or is the one for what fits no other.
    """
    if theme.code == themes.OTHER:
        raise UnfitTheme("This theme is for what fits no other. It stays.")
    if theme.retired_at is not None:
        raise UnfitTheme("This theme is retired already.")
    theme.retired_at, theme.retired_by = at, by
    session.flush()
    record(session, "theme.retired", "theme", theme.code, by=by, at=at)


def bring_back(session: Session, theme: Theme, *, by: str, at: datetime) -> None:
    """Offer a retired theme again.

    Raises:
        UnfitTheme: it is not retired.
    """
    if theme.retired_at is None:
        raise UnfitTheme("This theme is not retired.")
    theme.retired_at = theme.retired_by = None
    session.flush()
    record(session, "theme.brought_back", "theme", theme.code, by=by, at=at)


def move(session: Session, theme: Theme, *, up: bool, by: str, at: datetime) -> bool:
    """Move a theme one place up or down among those that are offered; tells whether it moved.

    Raises:
        UnfitTheme: it is retired.
    """
    listed = list(themes.offered(session))
    if theme not in listed:
        raise UnfitTheme("Only themes that are offered have a place.")
    here = listed.index(theme)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(listed):
        return False
    listed[here], listed[there] = listed[there], listed[here]
    retired = [one for one in themes.known(session) if one.retired_at is not None]
    for place, one in enumerate((*listed, *retired), 1):
        one.position = place
    session.flush()
    record(session, "theme.moved", "theme", theme.code, by=by, at=at, place=there + 1)
    return True


def _fit(session: Session, label: str, own: Theme | None = None) -> str:
    called = " ".join(label.split())
    if not called:
        raise UnfitTheme("Enter what the theme is called.")
    if len(called) > LONGEST:
        raise UnfitTheme(f"Shorten the name to {LONGEST} characters or fewer. It has {len(called)}.")
    taken = session.scalar(select(Theme).where(func.lower(Theme.label) == called.lower()))
    if taken is not None and taken is not own:
        retired = " It is retired: bring it back." if taken.retired_at is not None else ""
        raise UnfitTheme(f"There is a theme of this name already.{retired}")
    return called


def _code(session: Session, label: str) -> str:
    """A code made from the first name, with a number where it is taken."""
    start = _BETWEEN.sub("_", label.casefold()).strip("_")[:30] or "theme"
    codes = {theme.code for theme in themes.known(session)}
    return next(code for n in range(1, len(codes) + 2) if (code := start if n == 1 else f"{start}_{n}") not in codes)


def _last(session: Session) -> int:
    return session.scalar(select(func.max(Theme.position))) or 0
