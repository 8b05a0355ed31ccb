"""An action agreed in an audit: what is to be done, by whom, by when, and how anyone will know; or a link to one."""

import datetime
from collections.abc import Mapping, Sequence
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

    `whom` is a code of FOR_WHOM, `priority` one of PRIORITIES, `theme` a code the question offers. Without `due` the
    priority sets the date. `element` is the graded part it answers, asked only where the list belongs to none.
    `link` is the id of an action that is open already: then the line makes no new one.
    """

    what: str = ""
    whom: str = ""
    owner: str = ""
    due: datetime.date | None = None
    priority: str = ""
    theme: str = ""
    evidence: str = ""
    element: str = ""
    link: str = ""

    @property
    def is_blank(self) -> bool:
        return self == Action()

    @property
    def is_dated(self) -> bool:
        """Whether it says by when: by a date, or by how soon."""
        return self.due is not None or bool(self.priority)


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


WHAT: Final = "Say what needs to happen"
OWNER: Final = "Say who will do it"
DUE: Final = "Give the date it is due, or say how soon"
PART: Final = "Say which part of practice the action you link to answers"
ONE_OF_TWO: Final = "Link to an open action or describe a new one, not both in one row"


def lacks(action: Action, *, closing: bool) -> tuple[tuple[str, str], ...]:
    """(name, sentence) for each thing this action cannot be submitted without; `closing`: its list belongs to no part.

    A blank row lacks nothing: it is no action.
    """
    if action.link:
        unsaid = (("element", PART),) if closing and not action.element else ()
        return (("link", ONE_OF_TWO),) if action.what or action.owner else unsaid
    if action.is_blank:
        return ()
    said = (("what", bool(action.what), WHAT), ("owner", bool(action.owner), OWNER), ("due", action.is_dated, DUE))
    return tuple((name, sentence) for name, there, sentence in said if not there)


def unfinished(actions: Sequence[Action], *, closing: bool) -> str | None:
    """What must still be done before these actions can be submitted, in a sentence; None if nothing."""
    found = {sentence: None for action in actions for _, sentence in lacks(action, closing=closing)}
    return f"Finish each action: {'; '.join(one[0].lower() + one[1:] for one in found)}." if found else None


def in_words(action: Action, themes: Mapping[str, str], elements: Mapping[str, str]) -> str:
    """The action on one line; `themes` and `elements` are the labels of their codes."""
    if action.link:
        part = elements.get(action.element, "")
        return f"An action that is open already{f', for {part}' if part else ''}"
    due = f"by {action.due.day} {action.due:%B %Y}" if action.due else ""
    said = (
        action.what,
        FOR_WHOM.get(action.whom, ""),
        action.owner,
        due,
        PRIORITIES.get(action.priority, ""),
        themes.get(action.theme, ""),
        elements.get(action.element, ""),
        action.evidence,
    )
    return "; ".join(part.rstrip(".") for part in said if part)
