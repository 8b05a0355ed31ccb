"""A form made as WTForms' tutorials make one: a class for each request, drawn by its own widgets in nested macros."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from wtforms import (
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from audit_forms.definition import Question
from audit_forms.questions import kind_of

PAGE = Path(__file__).with_suffix(".html")


class ActionForm(Form):
    """A row of the list of actions."""

    what = StringField("What")
    owner = StringField("Who")
    due = DateField("By when", validators=[Optional()])


class TickBoxes(SelectMultipleField):
    """Several of the choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def page() -> Template:
    """The template of a form."""
    return Environment(autoescape=True).from_string(PAGE.read_text(encoding="utf-8"))


def draw(template: Template, questions: list[Question], data: dict[str, Any]) -> str:
    """One request's form: declared, filled and drawn."""
    fields = {question.key: _field(question) for question in questions}
    form = type("SectionForm", (Form,), fields)(data=data)
    return template.render(form=form)


def _field(question: Question) -> Any:
    said: dict[str, Any] = {"label": question.label, "description": question.hint}
    kind = question.kind
    choices = [(option.code, option.label) for option in kind_of(question).options()]
    if kind == "actions":
        return FieldList(FormField(ActionForm), min_entries=1, label=question.label)
    if kind == "choices":
        return TickBoxes(choices=choices, **said)
    if choices:
        return RadioField(choices=choices, validators=[Optional()], **said)
    made: dict[str, type[Field]] = {"text": TextAreaField, "number": IntegerField, "date": DateField}
    return made.get(kind, StringField)(validators=[Optional(), Length(max=5000)] if kind == "text" else [], **said)
