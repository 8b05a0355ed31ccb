"""The council's settings: one table of what can be changed, its default and its bounds; each change is an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qa_app.models import Setting
from qa_app.services.events import record


class UnfitValueError(ValueError):
    """A setting was given a value it cannot have; the message says which values it takes."""


@dataclass(frozen=True)
class Choice:
    """One setting: a whole number between bounds, or one of a few words."""

    key: str
    label: str
    hint: str
    default: int | str
    lowest: int = 0
    highest: int = 0
    words: tuple[tuple[str, str], ...] = ()

    @property
    def takes(self) -> str:
        """The values it takes, in words."""
        if self.words:
            return " or ".join(label for _, label in self.words)
        return f"{self.lowest} to {self.highest}"

    def said(self, value: Any) -> str:
        """One of its values as people read it."""
        return dict(self.words).get(value, str(value)) if self.words else str(value)

    def check(self, value: Any) -> int | str:
        """The value as it is kept.

        Raises:
            UnfitValueError: it is not one this setting takes.
        """
        if self.words:
            if value not in [word for word, _ in self.words]:
                raise UnfitValueError(f"{self.label}: choose {' or '.join(label for _, label in self.words)}.")
            return str(value)
        text = str(value).strip()
        if not text.isdecimal() or len(text) > 9 or not self.lowest <= int(text) <= self.highest:
            raise UnfitValueError(f"{self.label}: enter a whole number from {self.lowest} to {self.highest}.")
        return int(text)


OFF_ON = (("off", "Off"), ("on", "On"))

SETTINGS = {
    choice.key: choice
    for choice in (
        Choice(
            "expected_audits",
            "Audits expected of each auditor a month",
            "Can be changed for a person in a cycle.",
            1,
            0,
            20,
        ),
        Choice("due_day", "Day of the month audits are due", "", 15, 1, 28),
        Choice(
            "audited_within_months",
            "Leave out children audited in the last months",
            "Counted in cycle months.",
            12,
            0,
            36,
        ),
        Choice(
            "moderated_percent",
            "Share of other audits to moderate, in percent",
            "Inadequate ones are always moderated.",
            15,
            1,
            100,
        ),
        Choice("moderated_at_least", "Moderate at least this many of them", "", 4, 0, 100),
        Choice(
            "supervision_gap",
            "A month without a supervision judgement",
            "Whether it ends the run of months.",
            "break",
            words=(("break", "Ends the run"), ("hold", "Holds the run")),
        ),
        Choice(
            "supervision_least",
            "Fewest supervision judgements a month may have",
            "Below it the month is 'too few'.",
            1,
            1,
            50,
        ),
        Choice(
            "supervision_unseen",
            "Not enough evidence of supervision or chronology",
            "An unrecorded supervision is a finding.",
            "not_good",
            words=(("not_good", "Counts as not good"), ("left_out", "Is left out")),
        ),
        Choice(
            "demographics",
            "Ask for sex, ethnicity group, disability and language",
            "Only where your data protection officer agrees.",
            "off",
            words=OFF_ON,
        ),
        Choice(
            "smallest_shown",
            "Hide counts up to this number outside the service",
            "For figures of single services and teams that go to the board, to other services or outside. "
            "This version gives nobody such figures: the dashboard shows people their own services, and the scorecard "
            "the whole council. 0 shows everything.",
            5,
            0,
            10,
        ),
    )
}


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
