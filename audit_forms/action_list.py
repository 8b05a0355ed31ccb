"""The form for a list of actions: rows that may be added, each checked only when something is in it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wtforms import FieldList, Form, FormField

from audit_forms.actions import FOR_WHOM, MOST, PRIORITIES, Action, lacks
from audit_forms.definition import Choice, Question, Value
from audit_forms.fields import Asked, ChoiceField, DayField, TextField, TypedField
from audit_forms.text import clean, clean_line

_LONGEST_ACTION: Final = 1_000
_LONGEST_CODE: Final = 200
OWNER_HINT: Final = "A member of staff by name, email address or employee number, or a role. Never a child’s name"
DUE_HINT: Final = "Leave this blank to take the date that goes with how soon"

if TYPE_CHECKING:
    Rows = FieldList[Any]
else:
    Rows = FieldList  # generic only in the stubs


def _read_long(text: str) -> Value:
    return clean(text, longest=_LONGEST_ACTION)


def _options(words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in words.items())


def _text(label: str, hint: str, *, long: bool) -> Any:
    asked = Question(key="", kind="text" if long else "line", label=label, hint=hint)
    return (TextField if long else TypedField)(asked, read=_read_long if long else clean_line, write=str)


def _choice(label: str, options: tuple[Choice, ...]) -> Any:
    return ChoiceField(Question(key="", kind="choice", label=label), options=options, read=str)


class OfferedField(ChoiceField):
    """Choices that hang on what is stored elsewhere: the page offers them afterwards, so any short code is read."""

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        sent = [value for value in valuelist if isinstance(value, str)]
        self.data = clean_line(sent[0])[:_LONGEST_CODE] or None if sent else None

    def offer(self, *options: Choice) -> None:
        """What there is to choose from."""
        self.options = options


def _offered(label: str, hint: str = "") -> Any:
    return OfferedField(Question(key="", kind="choice", label=label, hint=hint), options=(), read=str)


def _day(code: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(code)
    except ValueError:
        return None


def row_form(themes: tuple[Choice, ...], elements: tuple[Choice, ...]) -> type[Form]:
    """The form of one action; `themes` are the themes it may carry, `elements` the parts it may answer.

    `meant` and `due_instead` are kept nowhere: what is chosen there takes the place of the owner and the date typed.
    """

    class ActionForm(Form):
        link = _offered("Is this a new action?", "An action that is open already can answer this part as well")
        element = _choice("Which part of practice does it answer?", elements)
        what = _text("What needs to happen", "One step that somebody could tick off", long=True)
        whom = _choice("Who or what is it for?", _options(FOR_WHOM))
        owner = _text("Who will do it?", OWNER_HINT, long=False)
        meant = _offered("Who do you mean?")
        priority = _choice("How soon?", _options(PRIORITIES))
        due = DayField(Question(key="", kind="date", label="By when?", hint=DUE_HINT))
        due_instead = _offered("Take this date instead?")
        theme = _choice("Theme", themes)
        evidence = _text("How will you know it is done?", "What someone would see on the record", long=True)

        def action(self) -> Action:
            said = {name: value for name, value in self.data.items() if value}
            owner, due = said.pop("meant", None), _day(said.pop("due_instead", ""))
            return Action(**said | ({"owner": owner} if owner else {}) | ({"due": due} if due else {}))

    return ActionForm


class ActionsField(Asked, Rows):
    """A list of actions; rows left blank are passed over. `data` is a tuple of Action, or None when there is none."""

    def __init__(self, question: Question, validators: Sequence[Any] = (), *, complete: bool, **kw: Any) -> None:
        self.complete = complete
        self._too_many = False
        rows = FormField(row_form(question.choices, question.elements))
        super().__init__(question, validators, unbound_field=rows, min_entries=1, max_entries=MOST, **kw)

    @property
    def data(self) -> tuple[Action, ...] | None:  # type: ignore[override] # None is no answer here
        actions = (entry.form.action() for entry in self.entries)
        return tuple(action for action in actions if not action.is_blank) or None

    def add_row(self) -> None:
        """Show one more blank row, if the list may still grow."""
        if len(self.entries) < MOST:
            self.append_entry()

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """The numbers of the rows sent; WTForms' own reading fails on digits that int() does not know."""
        found = {
            int(number)
            for key in formdata
            if key.startswith(f"{prefix}-")
            and (number := key[len(prefix) + 1 :].split("-", 1)[0]).isascii()
            and number.isdigit()
            and len(number) <= 3
        }
        self._too_many = len(found) > MOST
        yield from found

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        sound = super().validate(form, extra_validators)
        if self._too_many:
            self.errors = [*self.errors, f"Keep this list to {MOST} actions. Join some of them, or leave some out."]
            return False
        if self.complete:
            closing = bool(self.question.elements)
            unfinished = [_finish(entry.form, closing=closing) for entry in self.entries]
            if any(unfinished):
                self.errors = [entry.form.errors for entry in self.entries]
                return False
        return sound


def _finish(row: Any, *, closing: bool) -> bool:
    """Ask for what an action cannot do without; whether anything was asked for. A blank row is no action."""
    if row.action().is_blank and not row.errors:
        return False
    asked = False
    for name, sentence in lacks(row.action(), closing=closing):
        if not row[name].errors:
            row[name].errors = [sentence]
            asked = True
    return asked
