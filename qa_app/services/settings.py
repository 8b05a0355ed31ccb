"""The council's settings as they are now, changed from their defaults one by one; each change is an event."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qa_app.models import Setting
from qa_app.services.choices import SETTINGS
from qa_app.services.events import record

_ONE = select(Setting.value).where(Setting.key == bindparam("asked"))  # every page asks it: built once


def value(session: Session, key: str) -> Any:
    """What a setting is now: as changed, or its default."""
    kept = session.execute(_ONE, {"asked": key}).first()
    return SETTINGS[key].default if kept is None else kept.value


def values(session: Session) -> dict[str, Any]:
    """Every setting as it is now, asked for once."""
    changed = {row.key: row.value for row in session.execute(select(Setting.key, Setting.value))}
    return {key: changed.get(key, choice.default) for key, choice in SETTINGS.items()}


def number(session: Session, key: str) -> int:
    """A setting that is a whole number."""
    return int(value(session, key))


def asks_demographics(session: Session) -> bool:
    """Whether the council asks for sex, ethnicity group, disability and language."""
    return bool(value(session, "demographics") == "on")


def change(session: Session, key: str, new: Any, *, reason: str = "", by: str, at: datetime) -> bool:
    """Change a setting; tells whether anything changed. Published figures keep the rule they were published under.

    Raises:
        UnfitValueError: the setting does not take this value.
    """
    fitting = SETTINGS[key].check(new)
    old = value(session, key)
    if fitting == old:
        return False
    kept = session.get(Setting, key) or Setting(key=key)
    kept.value, kept.changed_at, kept.changed_by = fitting, at, by
    session.add(kept)
    session.flush()
    record(session, "setting.changed", "setting", key, by=by, at=at, old=old, new=fitting, reason=reason)
    return True
