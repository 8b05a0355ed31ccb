"""The life of an audit: its states, and which state may follow which."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an audit stands between its allocation and the close of its month."""

    ALLOCATED = "allocated"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SELECTED = "selected"
    MODERATING = "moderating"
    MODERATED = "moderated"
    AGREED = "agreed"
    CLOSED = "closed"
    HANDED_BACK = "handed_back"
    WITHDRAWN = "withdrawn"
    NOT_DONE = "not_done"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_final(self) -> bool:
        """Nothing can follow."""
        return not MAY_FOLLOW[self]

    @property
    def is_submitted(self) -> bool:
        """The auditor's judgements are fixed and still count (a withdrawn audit has left the frame)."""
        return self in _SUBMITTED


_LABELS: Final = {
    State.ALLOCATED: "Not started",
    State.DRAFT: "Draft",
    State.SUBMITTED: "Submitted",
    State.SELECTED: "Selected",
    State.MODERATING: "Being moderated",
    State.MODERATED: "Moderated, not yet agreed",
    State.AGREED: "Agreed",
    State.CLOSED: "Closed",
    State.HANDED_BACK: "Handed back",
    State.WITHDRAWN: "Withdrawn",
    State.NOT_DONE: "Not done",
}

_SUBMITTED: Final = frozenset(
    {State.SUBMITTED, State.SELECTED, State.MODERATING, State.MODERATED, State.AGREED, State.CLOSED}
)

# Nothing is unlocked: no state leads back to draft. Work accepted late after a month has closed leaves 'not done'
# behind as its own record and is allocated anew, so 'not done' is an end as well.
MAY_FOLLOW: Final[dict[State, frozenset[State]]] = {
    State.ALLOCATED: frozenset({State.DRAFT, State.HANDED_BACK, State.NOT_DONE}),
    State.DRAFT: frozenset({State.SUBMITTED, State.HANDED_BACK, State.NOT_DONE}),
    State.SUBMITTED: frozenset({State.SELECTED, State.CLOSED, State.WITHDRAWN}),
    State.SELECTED: frozenset({State.MODERATING, State.CLOSED}),
    State.MODERATING: frozenset({State.MODERATED, State.CLOSED}),
    State.MODERATED: frozenset({State.AGREED, State.CLOSED}),
    State.AGREED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.HANDED_BACK: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.NOT_DONE: frozenset(),
}

_REFUSALS: Final = {
    (State.SELECTED, State.WITHDRAWN): (
        "This audit has been chosen for moderation, so it can no longer be withdrawn. Moderate it as it stands."
    ),
    (State.SUBMITTED, State.HANDED_BACK): (
        "This audit has been submitted, so it cannot be handed back. Ask the QA lead to withdraw it and do a new one."
    ),
    (State.SUBMITTED, State.DRAFT): (
        "This audit has been submitted and can no longer change. Ask the QA lead to withdraw it and do a new one."
    ),
    (State.DRAFT, State.WITHDRAWN): "Only a submitted audit can be withdrawn. Hand this one back with a reason.",
    (State.ALLOCATED, State.WITHDRAWN): "Only a submitted audit can be withdrawn. Hand this one back with a reason.",
}


class WrongMove(ValueError):  # noqa: N818 - named for the fault
    """An audit was asked to go where it cannot; the message is a sentence for the person who asked."""

    def __init__(self, before: State, after: State) -> None:
        self.before, self.after = before, after
        super().__init__(_REFUSALS.get((before, after)) or _refusal(before, after))


def may_follow(before: State, after: State) -> bool:
    return after in MAY_FOLLOW[before]


def check_move(before: State, after: State) -> None:
    """Let an audit go from one state to the next.

    Raises:
        WrongMove: that state cannot follow this one.
    """
    if not may_follow(before, after):
        raise WrongMove(before, after)


def _refusal(before: State, after: State) -> str:
    if before is after:
        return f"This audit is already ‘{before.label.lower()}’. Reload the page to see how it stands."
    now = f"This audit is ‘{before.label.lower()}’"
    if not MAY_FOLLOW[before]:
        return f"{now} and can no longer change."
    return f"{now}, so it cannot become ‘{after.label.lower()}’. Reload the page to see how it stands."
