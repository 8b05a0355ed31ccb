"""What every kind of question has: a field, words for an answer, and the form it is stored in."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from audit_forms.definition import Choice, Question, Value

Stored: TypeAlias = str | int | list[str] | list[dict[str, str]]
"""What JSON holds for an answer; a question without an answer is not in it at all."""


class Unreadable(ValueError):  # noqa: N818 - named for the fault
    """A stored answer is not one this kind of question can have."""


@dataclass(frozen=True)
class Kind(ABC):
    """A question as one kind of question. A new kind is one class, a line in KINDS, and one template of its name.

    `complete`: the answer is to be submitted, so a list also asks for what its rows lack; a draft may hold them.
    """

    question: Question
    complete: bool = False

    name: ClassVar[str]
    verb: ClassVar[str] = "Enter an answer to"
    takes_choices: ClassVar[bool] = False
    takes_length: ClassVar[bool] = False

    @abstractmethod
    def field(self, *validators: Any) -> Any:
        """The unbound WTForms field, which refuses what cannot be kept."""

    @abstractmethod
    def restored(self, stored: object) -> Value:
        """The answer that was stored so. Raises Unreadable, or the ValueError of the kind, if it cannot have been."""

    def stored(self, value: Value) -> Stored:
        """The JSON form of an answer (never of None)."""
        return str(value)

    def display(self, value: Value) -> str:
        """The answer in words for a page or a report; empty for no answer."""
        return label_of(self.options(), value)

    def options(self) -> tuple[Choice, ...]:
        """What there is to choose from, if this kind offers choices."""
        return self.question.choices

    def unfinished(self, value: Value) -> str | None:  # noqa: ARG002 - most kinds cannot be half answered
        """What must still be done to this answer before it can be submitted, in a sentence; None if nothing."""
        return None


def words_of(value: Value) -> str:
    return "" if value is None else str(value)


def label_of(options: tuple[Choice, ...], value: object) -> str:
    return next((option.label for option in options if option.code == value), "")


def as_text(stored: object) -> str:
    """What is stored, which must be text. Raises Unreadable if it is not."""
    if not isinstance(stored, str):
        raise Unreadable("This answer is stored as text")
    return stored


def as_list(stored: object) -> list[object]:
    """What is stored, which must be a list. Raises Unreadable if it is not."""
    if not isinstance(stored, list):
        raise Unreadable("This answer is stored as a list")
    return stored
