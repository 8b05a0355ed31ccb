"""Starting an audit on a tool whose cases are not drawn: the choice of a tool, then of the child or member of staff."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField

from audit_forms.definition import About, Question, Tool
from audit_forms.questions import kind_of
from qa_app.access.current import actor, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.case_keys import CaseKeys
from qa_app.models import Case, Person
from qa_app.queries import staff_numbers
from qa_app.queries.starting import case_matching, startable, startable_tool
from qa_app.services import starting
from qa_app.services.starting import BegunAlready, CannotStart, Whom
from qa_app.web.forms import Form, line

screen = Blueprint("starting", __name__)

UNKNOWN_CHILD = (
    "No child on the case list has this reference. Check it against the case system. If the case is new, ask the QA "
    "lead to import the case list again."
)
UNKNOWN_PERSON = "Nobody on the staff list has this number. Type the name and choose ‘Find’."
SUBJECT = Question("subject", "person", "Who is it about?")
ORDINALS = ("first", "second", "third")


class ChildForm(Form):
    """Which child?"""

    reference = line("The child’s reference in the case system", longest=60, hint="A reference, never a name")
    again = BooleanField("Start another one all the same")


class StaffForm(Form):
    """Which member of staff?"""

    subject: Any = kind_of(SUBJECT).field()
    again = BooleanField("Start another one all the same")


@screen.get("/audits/start")
@needs(Can.AUDIT_START)
def choose() -> str:
    """The tools an audit can be started on, with what each is for."""
    return render_template("starting/choose.html", tools=startable(session(), actor().roles))


@screen.get("/audits/start/<string:tool_key>")
@needs(Can.AUDIT_START)
def ask(tool_key: str) -> str:
    """Ask whom the audit is about."""
    tool = _tool(tool_key)
    return _page(tool, _form(tool))


@screen.post("/audits/start/<string:tool_key>")
@needs(Can.AUDIT_START)
def start(tool_key: str) -> Response | str | tuple[str, int]:
    """Start the audit, and go to its list of sections."""
    tool = _tool(tool_key)
    form = _form(tool)
    sound = form.validate()
    if request.form.get("find") == "subject" and "subject" in form:
        form.subject.seek()
        return _page(tool, form)
    whom = _whom(tool, form) if sound else None
    if whom is None:
        return _page(tool, form), 400
    try:
        audit = starting.start(
            session(), tool, session().get_one(Person, actor().person_id), whom, again=bool(form.again.data),
            by=actor().by, at=now(),
        )  # fmt: skip
    except BegunAlready as fault:
        return _page(tool, form, begun=fault), 409
    except CannotStart as fault:
        form.form_errors.append(str(fault))
        return _page(tool, form), 409
    flash(f"{audit.reference} is started. It stays on your list until you submit it.", "success")
    return redirect(url_for("recording.show", audit_id=audit.id))


def _tool(key: str) -> Tool:
    return startable_tool(session(), actor().roles, key) or abort(404)


def _form(tool: Tool) -> Any:
    """The form that asks for a child, or for a member of staff and as many children as the tool is made from."""
    if tool.about is About.CHILD:
        return ChildForm()
    fields = {
        f"child_{n}": line(f"Reference of the {ORDINALS[n - 1]} child", longest=60, hint=_child_hint(n))
        for n in range(1, tool.children + 1)
    }
    return type("StaffAndChildrenForm", (StaffForm,), fields)()


def _child_hint(place: int) -> str:
    return "A child this person works with. A reference, never a name" if place == 1 else "Leave this blank if fewer"


def _whom(tool: Tool, form: Any) -> Whom | None:
    """Whom the form names; None where it names nobody known, with the faults on the form."""
    if tool.about is About.CHILD:
        case = _case(form.reference, "Enter the child’s reference.")
        return Whom(case=case) if case else None
    number = form.subject.data
    subject = staff_numbers.by_number(session(), number) if number else None
    if subject is None:
        form.subject.errors = [
            UNKNOWN_PERSON if number else "Enter a staff number, or type the name and choose ‘Find’."
        ]
    boxes = [form[f"child_{n}"] for n in range(1, tool.children + 1)]
    asked = [box for box in boxes if (box.data or "").strip()] or boxes[:1]
    cases = [_case(box, "Enter the reference of at least one child.") for box in asked]
    for place, (box, case) in enumerate(zip(asked, cases, strict=True)):
        if case is not None and case in cases[:place]:
            box.errors = ["This is the same child as above. Enter another reference, or leave this blank."]
    if subject is None or any(box.errors for box in boxes):
        return None
    return Whom(subject=subject, children=tuple(case for case in cases if case is not None))


def _case(box: Any, missing: str) -> Case | None:
    reference = (box.data or "").strip()
    found = case_matching(session(), CaseKeys(site().case_key).match(reference)) if reference else None
    if found is None:
        box.errors = [UNKNOWN_CHILD if reference else missing]
    return found


def _page(tool: Tool, form: Any, *, begun: BegunAlready | None = None) -> str:
    own = [audit for audit in begun.audits if audit.auditor_id == actor().person_id] if begun else []
    return render_template(
        "starting/ask.html", tool=tool, form=form, begun=begun, own=own, subject=SUBJECT,
        children=[form[f"child_{n}"] for n in range(1, tool.children + 1)],
    )  # fmt: skip
