"""The kinds of question: the field each is asked with, the words its answer reads as, and the form it is stored in."""

import datetime
from typing import Any, Final

from audit_forms import actions
from audit_forms.action_list import ActionsField
from audit_forms.actions import Action
from audit_forms.chosen import AnyOf, Graded, OneOf, Rating, Scale, YesNo, YesPartlyNo
from audit_forms.definition import Question, Value
from audit_forms.fields import DayField, MonthField, TypedField
from audit_forms.kind import Kind, Stored, Unreadable, as_list, as_text, words_of
from audit_forms.written import Line, PersonCode, Text

__all__ = ["KINDS", "Kind", "Stored", "Unreadable", "kind_of"]


class Day(Kind):
    """A date."""

    name = "date"
    verb = "Enter the date:"

    def field(self, *validators: Any) -> Any:
        return DayField(self.question, validators)

    def restored(self, stored: object) -> Value:
        return datetime.date.fromisoformat(as_text(stored))

    def display(self, value: Value) -> str:
        return f"{value.day} {value:%B %Y}" if isinstance(value, datetime.date) else ""


class Month(Kind):
    """A month; the answer is its first day, stored as 2026-03."""

    name = "month"
    verb = "Enter the month:"

    def field(self, *validators: Any) -> Any:
        return MonthField(self.question, validators)

    def stored(self, value: Value) -> Stored:
        return str(value)[:7]

    def restored(self, stored: object) -> Value:
        return datetime.date.fromisoformat(f"{as_text(stored)}-01")

    def display(self, value: Value) -> str:
        return f"{value:%B %Y}" if isinstance(value, datetime.date) else ""


class Number(Kind):
    """A whole number between the question's `least` and `most`."""

    name = "number"
    verb = "Enter a number for"

    def field(self, *validators: Any) -> Any:
        def read(typed: str) -> Value:
            digits = typed.strip().replace(",", "")
            if digits.isascii() and digits.isdigit() and len(digits) <= 10:
                number = int(digits)
                if self.question.least <= number <= self.question.most:
                    return number
            raise ValueError(f"Enter a whole number from {self.question.least:,} to {self.question.most:,}.")

        return TypedField(self.question, validators, read=read, write=words_of)

    def stored(self, value: Value) -> Stored:
        return value if isinstance(value, int) else str(value)

    def restored(self, stored: object) -> Value:
        if not isinstance(stored, int) or isinstance(stored, bool):
            raise Unreadable(f"‘{self.question.key}’ is answered with a number")
        return stored

    def display(self, value: Value) -> str:
        return f"{value:,}" if isinstance(value, int) else ""


class Actions(Kind):
    """A list of actions."""

    name = "actions"
    verb = "Add at least one action to"
    takes_choices = True

    def field(self, *validators: Any) -> Any:
        return ActionsField(self.question, validators, complete=self.complete)

    def stored(self, value: Value) -> Stored:
        return [actions.store(action) for action in _actions(value)]

    def restored(self, stored: object) -> Value:
        return tuple(actions.restore(row) for row in as_list(stored)) or None

    def display(self, value: Value) -> str:
        themes = {theme.code: theme.label for theme in self.question.choices}
        elements = {element.code: element.label for element in self.question.elements}
        return "\n".join(actions.in_words(action, themes, elements) for action in _actions(value))

    def unfinished(self, value: Value) -> str | None:
        return actions.unfinished(_actions(value), closing=bool(self.question.elements))


KINDS: Final[dict[str, type[Kind]]] = {
    kind.name: kind
    for kind in (
        Graded, Rating, Scale, YesNo, YesPartlyNo, Text, Line, OneOf, AnyOf, Day, Month, Number, PersonCode, Actions,
    )
}  # fmt: skip


def kind_of(question: Question, *, complete: bool = False) -> Kind:
    """The question with what its kind knows about it."""
    return KINDS[question.kind](question, complete=complete)


def _actions(value: Value) -> tuple[Action, ...]:
    return tuple(each for each in value if isinstance(each, Action)) if isinstance(value, tuple) else ()
