"""One page on which every part of a tool is graded, each with a reason: its form, and what it says as it is kept."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from wtforms import HiddenField

from audit_forms.definition import Element, Tool
from audit_forms.grades import judged
from audit_forms.questions import kind_of
from qa_app.web.forms import Form, naming_nobody, text

WORDS: Final = "_words"
NO_NAMES: Final = "Say where it shows. No names."


class Part(NamedTuple):
    """One part as the page asks it: the grade and the reason."""

    element: Element
    grade: Any
    words: Any


class NoteForm(Form):
    """What was said when an exercise was talked through?"""

    words = text("What was said when you talked it through?", naming_nobody, hint="No names. It is kept as it is.")


def form_class(tool: Tool) -> type[Form]:
    """The form of a whole tool, graded part by part; what was asked besides the grades is left out."""
    made: type[Form] = _made(tool)
    return made


@cache
def _made(tool: Tool) -> Any:
    fields: dict[str, Any] = {"version": HiddenField()}
    for element in tool.elements:
        fields[element.key] = kind_of(tool.question(element.key)).field()
        fields[element.key + WORDS] = text(f"{element.title}: why this grade?", longest=5000, hint=NO_NAMES)
    metaclass: Any = type(Form)
    return metaclass("GradeSheet", (Form,), fields)


def filled(tool: Tool, said: Mapping[str, str], version: str = "") -> Any:
    """The form filled with what is kept, whatever the request posts."""
    data: dict[str, Any] = {"version": version}
    for element in tool.elements:
        data[element.key] = judged(said[element.key]) if said.get(element.key) else None
        data[element.key + WORDS] = said.get(element.key + WORDS, "")
    return form_class(tool)(formdata=None, data=data)


def parts(form: Any, tool: Tool) -> Sequence[Part]:
    """The parts of a form in the order they are asked."""
    return [Part(one, form[one.key], form[one.key + WORDS]) for one in tool.elements]


def said(form: Any, tool: Tool, before: Mapping[str, str]) -> dict[str, str]:
    """What a validated page says, blanks left out: where something was refused, what was kept before stays."""
    found: dict[str, str] = {}
    for part in parts(form, tool):
        for field in (part.grade, part.words):
            typed = field.data.value if field is part.grade and field.data is not None else field.data
            answer = before.get(field.name, "") if field.errors else typed
            if answer:
                found[field.name] = str(answer)
    return found


def differences(tool: Tool, here: Mapping[str, str], there: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was kept from another tab and differs from what this page says, in words."""
    found = []
    for element in tool.elements:
        if there.get(element.key, "") != here.get(element.key, ""):
            kept = there.get(element.key)
            found.append((element.title, judged(kept).label if kept else ""))
        key = element.key + WORDS
        if there.get(key, "") != here.get(key, ""):
            found.append((f"{element.title}: why this grade?", there.get(key, "")))
    return found
