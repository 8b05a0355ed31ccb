"""An action agreed in an audit: what is to be done, by whom, by when, and how anyone will know."""

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

MOST: Final = 20
"""Actions one list may hold."""

FOR_WHOM: Final = {"child": "The child", "worker": "The worker", "team": "The team", "service": "The service"}
PRIORITIES: Final = {
    "immediate": "Immediately",
    "five_days": "Within 5 working days",
    "twenty_days": "Within 20 working days",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One line of a list of actions. Texts are empty, and `due` None, where nothing was entered.

    `whom` is a code of FOR_WHOM, `priority` one of PRIORITIES, `theme` a code the question offers.
    """

    what: str = ""
    whom: str = ""
    owner: str = ""
    due: datetime.date | None = None
    priority: str = ""
    theme: str = ""
    evidence: str = ""

    @property
    def is_blank(self) -> bool:
        return self == Action()


def store(action: Action) -> dict[str, str]:
    """The action for JSON, without what is blank."""
    filled = {name: value for name, value in asdict(action).items() if value}
    return {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in filled.items()}


def restore(stored: object) -> Action:
    """The action that was stored so.

    Raises:
        ValueError: it holds a name no action has, something other than text, or an impossible date.
    """
    if not isinstance(stored, dict):
        raise ValueError("An action is stored as names and texts")  # noqa: TRY004 - one kind of fault for callers
    unknown = stored.keys() - {field.name for field in fields(Action)}
    if unknown:
        raise ValueError(f"No action has {', '.join(sorted(unknown))}")
    texts: dict[str, str] = {}
    for name, value in stored.items():
        if not isinstance(value, str):
            raise ValueError(f"‘{name}’ of an action is text")  # noqa: TRY004 - one kind of fault for callers
        texts[name] = value
    due = texts.pop("due", "")
    return Action(due=datetime.date.fromisoformat(due) if due else None, **texts)


def in_words(action: Action, themes: Mapping[str, str]) -> str:
    """The action on one line; `themes` are the labels of the theme codes."""
    due = f"by {action.due.day} {action.due:%B %Y}" if action.due else ""
    said = (
        action.what,
        FOR_WHOM.get(action.whom, ""),
        action.owner,
        due,
        PRIORITIES.get(action.priority, ""),
        themes.get(action.theme, ""),
        action.evidence,
    )
    return "; ".join(part for part in said if part)
