"""A tool as a WTForms form: as a draft, which takes anything that can be kept, or complete, as it is submitted."""

from functools import cache
from typing import Any, NamedTuple, TypeVar, overload

from wtforms import Form, ValidationError

from audit_forms.completeness import broken_rules, lacking, questions_asked, sections_asked
from audit_forms.definition import Question, Tool, Value
from audit_forms.fields import PartedField
from audit_forms.questions import kind_of
from audit_forms.regrading import moderator_sections, moderator_tool

__all__ = ["Problem", "form_class", "moderator_sections", "moderator_tool", "problems"]

AnyForm = TypeVar("AnyForm", bound=Form)


class Problem(NamedTuple):
    """An error on a form: the id of the box to go to, and what to do there."""

    target: str
    sentence: str


@overload
def form_class(
    tool: Tool, *, section: str | None = None, complete: bool = False, demographics: bool = False
) -> type[Form]: ...
@overload
def form_class(
    tool: Tool, *, section: str | None = None, complete: bool = False, demographics: bool = False, base: type[AnyForm]
) -> type[AnyForm]: ...
def form_class(
    tool: Tool,
    *,
    section: str | None = None,
    complete: bool = False,
    demographics: bool = False,
    base: type[Form] = Form,
) -> type[Form]:
    """The form of a tool, or of one of its sections; the same arguments give the same class.

    A draft takes any subset of answers and refuses only what cannot be kept; what was typed stays in the field.
    `complete` also asks for what is required and holds the grades against each other. Every field has a `question`.
    Fill it with `data=answers.values(tool, stored)`. Raises KeyError for a section the tool does not have.
    """
    made: type[Form] = _made(tool, section, complete, demographics, base)
    return made


@cache
def _made(tool: Tool, section: str | None, complete: bool, demographics: bool, base: type[Form]) -> Any:  # noqa: FBT001
    asked = [
        question
        for each in sections_asked(tool, section)
        for question in questions_asked(each, demographics=demographics)
    ]
    checks = (_nothing_lacking,) if complete else ()
    fields = {question.key: kind_of(question, complete=complete).field(*checks) for question in asked}
    rules = {"validate": _validate_with_rules(tool, base)} if complete else {}
    metaclass: Any = type(base)
    return metaclass(f"{tool.key.title().replace('_', '')}Form", (base,), {**fields, **rules})


def problems(form: Form) -> tuple[Problem, ...]:
    """Every error of a validated form in the order of its fields, each with the id of the box to link to."""
    return tuple(Problem(*found) for field in form for found in _problems(field))


def _nothing_lacking(form: Form, field: Any) -> None:
    """Ask for what is required, unless the field has something to say already."""
    question: Question = field.question
    if any(field.errors):
        return
    if field.data is None and any(condition.key not in form for condition in question.conditions):
        return  # it hangs on an answer in another section; the check of the whole audit asks for it
    known: dict[str, Value] = {question.key: field.data}
    known |= {one.key: form[one.key].data for one in question.conditions if one.key in form}
    sentence = lacking(question, known)
    if sentence:
        raise ValidationError(sentence)


def _validate_with_rules(tool: Tool, base: type[Form]) -> Any:
    """The form's validate(): its fields' checks, then the rules that hold between the grades."""

    def validate(self: Any, extra_validators: Any = None) -> bool:
        sound = base.validate(self, extra_validators)
        known = {name: field.data for name, field in self._fields.items() if hasattr(field, "question")}
        for key, sentence in broken_rules(tool, known):
            if key in self and not self[key].errors:
                self[key].errors = [sentence]
                sound = False
        return sound

    return validate


def _problems(field: Any) -> list[tuple[str, str]]:
    if hasattr(field, "entries"):
        own = [(f"{field.id}-0-what", error) for error in field.errors if isinstance(error, str)]
        rows = [found for entry in field.entries for inner in entry.form for found in _problems(inner)]
        return rows + own
    target = f"{field.id}-{(field.wrong_parts or field.PARTS)[0]}" if isinstance(field, PartedField) else field.id
    return [(target, error) for error in field.errors]
