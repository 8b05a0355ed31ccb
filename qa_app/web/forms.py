"""The base of every small form: CSRF on, carried out once; a file, and text that is refused if it cannot be stored."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError

from audit_forms.text import clean, without_unstorable
from qa_app.access.once import key_in
from qa_app.services.free_text import NamesSomebody, refuse


class OnceField(HiddenField):
    """The key by which a form sent twice is carried out once: a new one each time the form is drawn afresh."""

    def _value(self) -> str:
        return str(key_in(self.data) or uuid4())


class Form(FlaskForm):
    """A form of this application; audits' own forms are made by audit_forms with this as their base."""

    once = OnceField()

    class Meta(FlaskForm.Meta):
        """How what was sent reaches the fields."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, with files only in fields that ask for one: no other field can hold them."""
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            asked = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in asked]
            return CombinedMultiDict((MultiDict(files), request.form))


def storable(longest: int) -> Any:
    """A validator that tidies text, and refuses text that is too long or cannot be stored."""

    def check(_form: Any, field: Field) -> None:
        if not isinstance(field.data, str):
            return
        try:
            field.data = clean(field.data, longest=longest)
        except ValueError as fault:
            field.data = without_unstorable(field.data)
            raise ValidationError(str(fault)) from fault

    return check


def naming_nobody(_form: Any, field: Field) -> None:
    """A validator for a text that is kept as it stands: no numbers, addresses or dates of birth of anybody."""
    if isinstance(field.data, str):
        try:
            refuse(field.data)
        except NamesSomebody as fault:
            raise ValidationError(str(fault)) from fault


def between(lowest: int, highest: int, sentence: str) -> Callable[[Any, Field], None]:
    """A validator for a whole number within limits, however many digits are sent."""

    def check(_form: Any, field: Field) -> None:
        if field.data is None or not lowest <= field.data <= highest:
            raise ValidationError(sentence)

    return check


def chosen_file(label: str, *, hint: str, accept: str, missing: str = "Choose a file.") -> FileField:
    """A file to bring in; `accept` are the endings a browser offers."""
    return FileField(label, [FileRequired(missing)], description=hint, render_kw={"accept": accept})


def line(label: str, *validators: Any, longest: int = 200, hint: str = "") -> StringField:
    """A one-line text field."""
    return StringField(label, [storable(longest), *validators], description=hint)


def text(label: str, *validators: Any, longest: int = 5000, hint: str = "") -> TextAreaField:
    """A field of several lines."""
    return TextAreaField(label, [storable(longest), *validators], description=hint)
