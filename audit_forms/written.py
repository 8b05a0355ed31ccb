"""The kinds of question that are answered in writing: a line, a text, a staff number."""

from typing import Any, Final

from audit_forms import text
from audit_forms.definition import Value
from audit_forms.fields import PersonField, TextField, TypedField
from audit_forms.kind import Kind, as_text, words_of

LONGEST_NUMBER: Final = 40


class Line(Kind):
    """One line of text."""

    name = "line"

    def field(self, *validators: Any) -> Any:
        return TypedField(self.question, validators, read=self._read, write=words_of)

    def restored(self, stored: object) -> Value:
        return as_text(stored)

    def display(self, value: Value) -> str:
        return words_of(value)

    @staticmethod
    def _read(typed: str) -> Value:
        return text.clean_line(typed) or None


class Text(Line):
    """Text of several lines, with a limit in words or characters where the question sets one; a draft may run over."""

    name = "text"
    takes_length = True

    def field(self, *validators: Any) -> Any:
        def read(typed: str) -> Value:
            return text.clean(typed) or None

        return TextField(self.question, validators, read=read, write=words_of)

    def unfinished(self, value: Value) -> str | None:
        said = words_of(value)
        for limit, length, unit in (
            (self.question.words, text.words_in(said), "words"),
            (self.question.characters, len(said), "characters"),
        ):
            if limit and length > limit:
                return f"Shorten this to {limit:,} {unit} or fewer. It has {length:,}."
        return None


class PersonCode(Line):
    """A member of staff by their staff number; who that is, the staff list knows and not the tool."""

    name = "person"
    verb = "Enter a staff number for"

    def field(self, *validators: Any) -> Any:
        return PersonField(self.question, validators, read=_staff_number, write=words_of)


def _staff_number(typed: str) -> Value:
    number = text.clean_line(typed, longest=LONGEST_NUMBER)
    if " " in number or not any(sign.isdigit() for sign in number):
        raise ValueError("Enter a staff number, not a name. If you do not know it, type the name and choose ‘Find’.")
    return number
