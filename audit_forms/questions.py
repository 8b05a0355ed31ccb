"""The kinds of question: the field each is asked with, the words its answer reads as, and the form it is stored in."""

import datetime
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

from audit_forms import actions, text
from audit_forms.action_list import UNFINISHED, ActionsField, lacks_something
from audit_forms.actions import Action
from audit_forms.definition import Choice, Question, Value
from audit_forms.fields import ChoiceField, ChoicesField, DayField, MonthField, TextField, TypedField
from audit_forms.grades import BEST_FIRST, Judged, NotGraded, judged

Stored: TypeAlias = str | int | list[str] | list[dict[str, str]]
"""What JSON holds for an answer; a question without an answer is not in it at all."""

_YES: Final = Choice("yes", "Yes")
_NO: Final = Choice("no", "No")


class Unreadable(ValueError):  # noqa: N818 - named for the fault
    """A stored answer is not one this kind of question can have."""


@dataclass(frozen=True)
class Kind(ABC):
    """A question as one kind of question. A new kind is one class here, in KINDS, and one template of its name.

    `complete`: the answer is to be submitted, so a list also asks for what its rows lack; a draft may hold them.
    """

    question: Question
    complete: bool = False

    name: ClassVar[str]
    verb: ClassVar[str] = "Enter an answer to"
    takes_choices: ClassVar[bool] = False

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
        return _label(self.options(), value)

    def options(self) -> tuple[Choice, ...]:
        """What there is to choose from, if this kind offers choices."""
        return self.question.choices

    def unfinished(self, value: Value) -> str | None:  # noqa: ARG002 - most kinds cannot be half answered
        """What must still be done to this answer before it can be submitted, in a sentence; None if nothing."""
        return None


class Line(Kind):
    """One line of text."""

    name = "line"

    def field(self, *validators: Any) -> Any:
        return TypedField(self.question, validators, read=self._read, write=_words)

    def restored(self, stored: object) -> Value:
        return _as_text(stored)

    def display(self, value: Value) -> str:
        return _words(value)

    @staticmethod
    def _read(typed: str) -> Value:
        return text.clean_line(typed) or None


class Text(Line):
    """Text of several lines, with a limit in words where the question sets one (a draft may run over it)."""

    name = "text"
    longest: ClassVar[int] = text.LONGEST

    def field(self, *validators: Any) -> Any:
        def read(typed: str) -> Value:
            return text.clean(typed, longest=self.longest) or None

        return TextField(self.question, validators, read=read, write=_words)

    def unfinished(self, value: Value) -> str | None:
        limit, words = self.question.words, text.words_in(_words(value))
        return f"Shorten this to {limit} words or fewer. It has {words}." if limit and words > limit else None


class OneOf(Kind):
    """One of the choices the question gives."""

    name = "choice"
    verb = "Choose an answer to"
    takes_choices = True

    def field(self, *validators: Any) -> Any:
        return ChoiceField(self.question, validators, options=self.options(), read=self._value)

    def restored(self, stored: object) -> Value:
        code = _as_text(stored)
        if code not in {option.code for option in self.options()}:
            raise Unreadable(f"‘{self.question.key}’ offers no answer ‘{code}’")
        return self._value(code)

    def _value(self, code: str) -> Value:
        return code


class YesNo(OneOf):
    """Yes or no."""

    name = "yes_no"
    takes_choices = False

    def options(self) -> tuple[Choice, ...]:
        return (_YES, _NO)


class YesPartlyNo(OneOf):
    """Yes, partly, no, or does not apply."""

    name = "yes_partly_no"
    takes_choices = False

    def options(self) -> tuple[Choice, ...]:
        not_applicable = NotGraded.NOT_APPLICABLE
        return (_YES, Choice("partly", "Partly"), _NO, Choice(not_applicable.value, not_applicable.label))


class Graded(OneOf):
    """One of the four grades, or one of the ways of not grading that the question allows."""

    name = "grade"
    verb = "Choose a grade for"
    takes_choices = False

    def options(self) -> tuple[Choice, ...]:
        offered: tuple[Judged, ...] = (*BEST_FIRST, *self.question.allow)
        here = dict[Judged, str](self.question.descriptors)
        return tuple(Choice(each.value, each.label, here.get(each, each.descriptor)) for each in offered)

    def _value(self, code: str) -> Value:
        return judged(code)


class AnyOf(Kind):
    """Any of the choices the question gives."""

    name = "choices"
    verb = "Choose at least one answer to"
    takes_choices = True

    def field(self, *validators: Any) -> Any:
        return ChoicesField(self.question, validators, options=self.question.choices)

    def stored(self, value: Value) -> Stored:
        return [str(code) for code in value] if isinstance(value, tuple) else []

    def restored(self, stored: object) -> Value:
        codes = {_as_text(code) for code in _as_list(stored)}
        if codes - {option.code for option in self.question.choices}:
            raise Unreadable(f"‘{self.question.key}’ offers no such answers")
        return tuple(option.code for option in self.question.choices if option.code in codes) or None

    def display(self, value: Value) -> str:
        return "; ".join(_label(self.question.choices, code) for code in value) if isinstance(value, tuple) else ""


class Day(Kind):
    """A date."""

    name = "date"
    verb = "Enter the date:"

    def field(self, *validators: Any) -> Any:
        return DayField(self.question, validators)

    def restored(self, stored: object) -> Value:
        return datetime.date.fromisoformat(_as_text(stored))

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
        return datetime.date.fromisoformat(f"{_as_text(stored)}-01")

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

        return TypedField(self.question, validators, read=read, write=_words)

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
        return tuple(actions.restore(row) for row in _as_list(stored)) or None

    def display(self, value: Value) -> str:
        themes = {theme.code: theme.label for theme in self.question.choices}
        return "\n".join(actions.in_words(action, themes) for action in _actions(value))

    def unfinished(self, value: Value) -> str | None:
        return UNFINISHED if lacks_something(_actions(value)) else None


KINDS: Final[dict[str, type[Kind]]] = {
    kind.name: kind for kind in (Graded, YesNo, YesPartlyNo, Text, Line, OneOf, AnyOf, Day, Month, Number, Actions)
}


def kind_of(question: Question, *, complete: bool = False) -> Kind:
    """The question with what its kind knows about it."""
    return KINDS[question.kind](question, complete=complete)


def _words(value: Value) -> str:
    return "" if value is None else str(value)


def _label(options: tuple[Choice, ...], value: object) -> str:
    return next((option.label for option in options if option.code == value), "")


def _actions(value: Value) -> tuple[Action, ...]:
    return tuple(each for each in value if isinstance(each, Action)) if isinstance(value, tuple) else ()


def _as_text(stored: object) -> str:
    if not isinstance(stored, str):
        raise Unreadable("This answer is stored as text")
    return stored


def _as_list(stored: object) -> list[object]:
    if not isinstance(stored, list):
        raise Unreadable("This answer is stored as a list")
    return stored
