"""What the pages of a moderator's and of a third reader's own grades share: the last question, the check, refusals."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, jsonify, render_template, request
from wtforms import BooleanField, HiddenField

from audit_forms import answers
from audit_forms.completeness import Blank, sections_asked
from audit_forms.definition import Section, Tool
from audit_forms.marked import Marked, hard
from qa_app.services.submission import Check, Identifying, Incomplete, Unacknowledged
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.section_pages import first_box


class GradesForm(Form):
    """The last question before one's own grades are given."""

    version = HiddenField()
    identifiers_reason = text(
        "If it stays as it is, why?", naming_nobody, longest=500, hint="Do not repeat it here. The reason is kept."
    )
    acknowledged = BooleanField("I have read this and my grades stand")
    certain = BooleanField("I know that my grades cannot change afterwards")


def confirmed(form: GradesForm) -> bool:
    """Whether the form is sound, and says that the grades cannot change afterwards."""
    sound = form.validate()
    if sound and not form.certain.data:
        form.certain.errors = ["Confirm that you know your grades cannot change afterwards."]
    return sound and bool(form.certain.data)


def refuse(form: GradesForm, fault: Exception) -> int:
    """Say on the form why grades were not given, at the box it is about; the status of the page that shows it."""
    if isinstance(fault, Identifying):
        form.identifiers_reason.errors = [str(fault)]
    elif isinstance(fault, Unacknowledged):
        form.acknowledged.errors = [str(fault)]
    elif not isinstance(fault, Incomplete):
        form.form_errors = [str(fault)]
    return 400 if isinstance(fault, Incomplete) else 409


def no_longer(heading: str, fault: Exception) -> tuple[str, int] | tuple[Response, int]:
    """The answer where grades can no longer be written: a page, or JSON for what saves by itself."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=str(fault)), 409
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def section_asked(tool: Tool, key: str) -> Section:
    """The section of a tool with this key; a page that is not found where nothing is asked under it."""
    found = next((each for each in sections_asked(tool) if each.key == key), None)
    if found is None:
        abort(404)
    return found


def on_check(checked: Check, address_of: Callable[[Section], str]) -> dict[str, Any]:
    """What the check of a whole draft shows: the answers in words, and what is to do or marked with its box."""

    def link(place: Blank | Marked) -> str:
        return f"{address_of(place.section)}#{first_box(place.question)}"

    said = answers.in_words(checked.tool, checked.stored)
    return {
        "prompts": checked.prompts,
        "anchor": first_box,
        "to_do": [(one, link(one)) for one in checked.to_do],
        "marked": [(one, link(one)) for one in checked.marked],
        "must_answer": bool(hard(checked.marked)),
        "sections": [(each, [one for one in said if one.section is each]) for each in sections_asked(checked.tool)],
        "address_of": address_of,
    }
