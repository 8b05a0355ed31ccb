"""The kinds of question that are answered by choosing: from a list, on a scale, or a grade."""

from typing import Any, Final

from audit_forms.definition import Choice, Value
from audit_forms.fields import ChoiceField, ChoicesField
from audit_forms.grades import BEST_FIRST, Judged, NotGraded, judged
from audit_forms.kind import Kind, Stored, Unreadable, as_list, as_text, label_of

LONGEST_SCALE: Final = 10
"""Steps a scale of numbers may have, so that it fits on a line."""

_YES: Final = Choice("yes", "Yes")
_NO: Final = Choice("no", "No")


class OneOf(Kind):
    """One of the choices the question gives."""

    name = "choice"
    verb = "Choose an answer to"
    takes_choices = True

    def field(self, *validators: Any) -> Any:
        return ChoiceField(self.question, validators, options=self.options(), read=self._value)

    def restored(self, stored: object) -> Value:
        code = as_text(stored)
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


class Rating(OneOf):
    """One step of the tool's own scale, each with what it means. It is no grade, and nothing is judged by it."""

    name = "rating"
    verb = "Choose a rating for"


class Scale(OneOf):
    """A whole number on a scale from `least` to `most`, chosen rather than typed."""

    name = "scale"
    verb = "Choose a number for"
    takes_choices = False

    def options(self) -> tuple[Choice, ...]:
        return tuple(Choice(str(step), str(step)) for step in range(self.question.least, self.question.most + 1))

    def stored(self, value: Value) -> Stored:
        return value if isinstance(value, int) else str(value)

    def restored(self, stored: object) -> Value:
        if not isinstance(stored, int) or isinstance(stored, bool):
            raise Unreadable(f"‘{self.question.key}’ is answered with a number")
        if not self.question.least <= stored <= self.question.most:
            raise Unreadable(f"‘{self.question.key}’ has no step {stored}")
        return stored

    def display(self, value: Value) -> str:
        if not isinstance(value, int):
            return ""
        ends = dict(zip((self.question.least, self.question.most), self.question.ends, strict=False))
        meant = f" ({ends[value]})" if value in ends else ""
        return f"{value} on a scale from {self.question.least} to {self.question.most}{meant}"

    def _value(self, code: str) -> Value:
        return int(code)


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
        codes = {as_text(code) for code in as_list(stored)}
        if codes - {option.code for option in self.question.choices}:
            raise Unreadable(f"‘{self.question.key}’ offers no such answers")
        return tuple(option.code for option in self.question.choices if option.code in codes) or None

    def display(self, value: Value) -> str:
        return "; ".join(label_of(self.question.choices, code) for code in value) if isinstance(value, tuple) else ""
