"""WTForms fields that read what was typed, keep it when it is wrong, and say in a sentence what to do."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from wtforms import Field, RadioField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.widgets import TextArea, TextInput

from audit_forms.definition import Choice, Question, Value
from audit_forms.text import without_unstorable

Read = Callable[[str], Value]

EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2100
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def only(values: Sequence[object]) -> str:
    """The one value that was sent.

    Raises:
        ValueError: several were sent, or something that is not text (a file).
    """
    if len(values) > 1:
        raise ValueError("This was answered twice on one page. Answer it once, then save again.")
    if not isinstance(values[0], str):
        raise ValueError("Type an answer here. A file cannot be added.")  # noqa: TRY004 - WTForms shows ValueErrors
    return values[0]


class Asked:
    """What every field of a tool has: the question it asks, and what was typed, fit to be shown again."""

    question: Question
    data: Any
    raw_data: Any
    typed: str = ""

    def __init__(self, question: Question, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        self.question = question
        super().__init__(label=question.label, validators=list(validators), description=question.hint, **kwargs)  # type: ignore[call-arg]


class TypedField(Asked, Field):
    """One box; `read` turns what was typed into the answer, `write` turns an answer into what would be typed."""

    widget: Any = TextInput()

    def __init__(
        self,
        question: Question,
        validators: Sequence[Any] = (),
        *,
        read: Read,
        write: Callable[[Value], str],
        **kw: Any,
    ) -> None:
        super().__init__(question, validators, **kw)
        self._read, self._write = read, write

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = None
        if not valuelist:
            return
        self.typed = without_unstorable(valuelist[0]) if isinstance(valuelist[0], str) else ""
        text = only(valuelist)
        self.data = self._read(text) if text.strip() else None

    def _value(self) -> str:
        """What the box shows: what was typed if it was refused, else the answer."""
        return self.typed if self.data is None else self._write(self.data)


class TextField(TypedField):
    """A box of several lines."""

    widget = TextArea()


class PersonField(TypedField):
    """A box for a staff number; a page may offer people to choose from beside it, whose choice comes before the box.

    `sought`: the page was asked to look for whoever was typed.
    """

    sought: bool = False

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        self._chosen = [each for each in formdata.getlist(f"{self.name}-found") if each] if formdata else []
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        super().process_formdata(self._chosen or valuelist)

    def seek(self) -> None:
        """Look for whoever was typed instead of refusing it."""
        self.sought = True
        self.errors = []


class ChoiceField(Asked, RadioField):
    """One of the choices; `to_value` turns its code into the answer."""

    def __init__(
        self, question: Question, validators: Sequence[Any] = (), *, options: Sequence[Choice], read: Read, **kw: Any
    ) -> None:
        self.options = tuple(options)
        self._read = read
        choices = [SelectChoice(option.code, option.label) for option in options]
        super().__init__(question, validators, choices=choices, validate_choice=False, coerce=_same, **kw)

    @property
    def chosen(self) -> str:
        """The code of the answer, as a page marks it."""
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = None
        if not valuelist:
            return
        code = only(valuelist)
        if not code:
            return
        if code not in {option.code for option in self.options}:
            raise ValueError("Choose one of the answers listed.")
        self.data = self._read(code)


class ChoicesField(Asked, SelectMultipleField):
    """Any of the choices, kept in the order the question gives them."""

    def __init__(
        self, question: Question, validators: Sequence[Any] = (), *, options: Sequence[Choice], **kw: Any
    ) -> None:
        self.options = tuple(options)
        choices = [SelectChoice(option.code, option.label) for option in options]
        super().__init__(question, validators, choices=choices, validate_choice=False, coerce=_same, **kw)

    def process_data(self, value: Any) -> None:
        self.data = tuple(value) if value else None

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        ticked = {value for value in valuelist if isinstance(value, str) and value}
        known = tuple(option.code for option in self.options if option.code in ticked)
        self.data = known or None
        if len(known) < len(ticked) or not all(isinstance(value, str) for value in valuelist):
            raise ValueError("Choose only from the answers listed.")


class PartedField(Asked, Field):
    """A date typed in parts, each in a box of its own named after the field: `seen-day`, `seen-month`, `seen-year`.

    A whole date in ISO form under the field's own name is read as well. `typed_parts` is what the boxes show;
    `wrong_parts` names the boxes at fault.
    """

    widget = TextInput()
    PARTS: tuple[str, ...] = ("day", "month", "year")

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        self.wrong_parts: tuple[str, ...] = ()
        self.typed_parts = dict.fromkeys(self.PARTS, "")
        self._sent = _sent_parts(formdata, self.name, self.PARTS) if formdata is not None else {}
        super().process(formdata, *args, **kwargs)
        if self.data is not None:
            self.typed_parts = {part: str(getattr(self.data, part)) for part in self.PARTS}

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = None
        if valuelist:
            self.typed = without_unstorable(valuelist[0]) if isinstance(valuelist[0], str) else ""
            self.data = self._from_iso(only(valuelist).strip())
            return
        self.typed_parts = {
            part: without_unstorable(texts[0]).strip() if isinstance(texts[0], str) else ""
            for part, texts in self._sent.items()
        }
        for texts in self._sent.values():
            only(texts)
        if any(self.typed_parts.values()):
            self.data = self._from_parts()

    def _from_iso(self, text: str) -> datetime.date | None:
        if not text:
            return None
        pieces = text.split("-")
        if len(pieces) != len(self.PARTS):
            raise ValueError(self._advice())
        self.typed_parts = dict(zip(reversed(self.PARTS), pieces, strict=True))
        return self._from_parts()

    def _from_parts(self) -> datetime.date:
        absent = tuple(part for part in self.PARTS if not self.typed_parts.get(part))
        if absent:
            self.wrong_parts = absent
            raise ValueError(f"Add the {' and the '.join(absent)}, {self._example()}.")
        numbers = {part: _whole(part, self.typed_parts[part]) for part in self.PARTS}
        self.wrong_parts = tuple(part for part, number in numbers.items() if number is None)
        try:
            return datetime.date(numbers["year"] or 0, numbers["month"] or 0, numbers.get("day", 1) or 0)
        except ValueError:
            self.wrong_parts = self.wrong_parts or self.PARTS
            raise ValueError(self._advice()) from None

    def _example(self) -> str:
        return "for example 27 3 2026" if "day" in self.PARTS else "for example 3 2026"

    def _advice(self) -> str:
        return f"Enter a real {'date' if 'day' in self.PARTS else 'month'}, {self._example()}."

    def _value(self) -> str:
        return self.typed if self.data is None else str(self.data)


class DayField(PartedField):
    """A day."""


class MonthField(PartedField):
    """A month; the answer is its first day."""

    PARTS = ("month", "year")


def _same(value: Any) -> Any:
    return value


def _sent_parts(formdata: Any, name: str, parts: Sequence[str]) -> Mapping[str, Sequence[object]]:
    sent: Iterator[tuple[str, Sequence[object]]] = (
        (part, formdata.getlist(f"{name}-{part}")) for part in parts if f"{name}-{part}" in formdata
    )
    return dict(sent)


def _whole(part: str, text: str) -> int | None:
    """The number typed for this part of a date, or None if it cannot be one; months may be named."""
    named = [number for number, name in enumerate(_MONTHS, 1) if text.casefold() in (name, name[:3])]
    if part == "month" and named:
        return named[0]
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    number = int(text)
    lowest, highest = {"day": (1, 31), "month": (1, 12), "year": (EARLIEST_YEAR, LATEST_YEAR)}[part]
    return number if lowest <= number <= highest else None
