"""Actions: the lists, one action with what happened to it, and each step that can be taken with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.actions import FOR_WHOM, PRIORITIES
from audit_forms.definition import Question
from audit_forms.fields import DayField
from audit_forms.text import without_unstorable
from qa_app.access import actions as seen
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Action, Audit
from qa_app.queries import actions as found
from qa_app.queries import tools
from qa_app.queries.actions import Wanted
from qa_app.services import actions
from qa_app.services.actions import ActionRefused, SayMore
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("actions", __name__)

LONGEST_NUMBER = 5
SAYS = {"done": "evidence", "check": "said", "due": "reason", "cancel": "reason"}  # the box of each page with the words
NO_NAMES = "No names of children or family members. It is kept with the action."


class DoneForm(Form):
    """What shows that it is done?"""

    evidence = text(
        "What shows that it is done?", naming_nobody, longest=actions.LONGEST_EVIDENCE,
        hint=f"Where on the record can somebody else see it, and since when? {NO_NAMES}",
    )  # fmt: skip


class CheckForm(Form):
    """Does it?"""

    decision = RadioField(
        "Does this show that it is done?",
        choices=[SelectChoice("close", "Yes, close the action"), SelectChoice("send_back", "No, send it back")],
        validate_choice=False,
    )
    said = text("What did you see, or what is missing?", naming_nobody, longest=actions.LONGEST_REASON, hint=NO_NAMES)


class DueForm(Form):
    """By when, and why?"""

    due = DayField(Question(key="due", kind="date", label="New date", hint="For example 27 3 2027"))
    reason = text("Why does the date change?", naming_nobody, longest=actions.LONGEST_REASON, hint=NO_NAMES)


class CancelForm(Form):
    """Why not?"""

    reason = text("Why is it not needed any more?", naming_nobody, longest=actions.LONGEST_REASON, hint=NO_NAMES)


@screen.get("/actions")
@needs(Can.ACTION_OWN)
def index() -> str:
    """The actions of one list, narrowed as the address says."""
    today = london_day(now())
    offered = found.choices(actor())
    asked = _wanted(offered)
    page = found.page_of(session(), actor(), asked, today=today)
    for audit_id in {one.audit_id for one in page.actions}:
        note_access("audit.actions", "audit", audit_id)
    return render_template(
        "actions/index.html", page=page, wanted=asked, states=found.STATES,
        whose=[(code, found.WHOSE[code]) for code in offered], themes=found.themes(session(), actor(), asked.whose),
        teams=found.teams(session(), actor(), asked.whose), narrowed=asked != Wanted(whose=asked.whose),
        href=lambda number: url_for(".index", **{**request.args.to_dict(), "page": number}),
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>")
@needs(Can.ACTION_OWN)
def show(action_id: UUID) -> str:
    """One action: what is to be done, how it stands, and what happened to it."""
    action = _action(action_id)
    audit = action.audit
    tool = tools.tool_of(session(), audit)
    may_read = scope.readable_audits(actor()).where(Audit.id == audit.id)
    return render_template(
        "actions/show.html", action=action, today=london_day(now()), states=found.STATES,
        standing=seen.standing(session(), actor(), action), part=found.part_words(tool, action.element),
        theme=found.theme_words(tool, action.theme), whom=FOR_WHOM.get(action.whom, ""),
        priority=PRIORITIES.get(action.priority, ""), history=found.history(session(), action),
        links=found.linked_from(session(), actor(), action), readable=session().scalar(may_read) is not None,
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>/done")
@needs(Can.ACTION_OWN)
def ask_done(action_id: UUID) -> str:
    """Ask the owner what shows that it is done."""
    action = _action(action_id, lambda stands: stands.owns)
    return _form_page("done", action, DoneForm(data={"evidence": action.evidence}))


@screen.post("/actions/<uuid:action_id>/done")
@needs(Can.ACTION_OWN)
def done(action_id: UUID) -> Response | tuple[str, int]:
    """Say that an action is done."""
    action = _action(action_id, lambda stands: stands.owns)
    form = DoneForm()
    return _take(
        "done", action, form, "Thank you. Somebody else now checks what you wrote, then closes it.",
        lambda said: actions.finish(session(), action, said, by=actor().by, at=now()),
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>/check")
@needs(Can.ACTION_CLOSE)
def ask_check(action_id: UUID) -> str:
    """Show a second person what the owner wrote, and ask whether it is enough."""
    return _form_page("check", _action(action_id, lambda stands: stands.checks), CheckForm())


@screen.post("/actions/<uuid:action_id>/check")
@needs(Can.ACTION_CLOSE)
def check(action_id: UUID) -> Response | tuple[str, int]:
    """Close an action, or send it back."""
    action = _action(action_id, lambda stands: stands.checks)
    form = CheckForm()
    if form.decision.data not in ("close", "send_back"):
        form.validate()
        form.decision.errors = ["Say whether this shows that the action is done."]
        return _form_page("check", action, form), 400
    verb, sentence = (
        (actions.close, "The action is closed.")
        if form.decision.data == "close"
        else (actions.send_back, "The action is sent back. Its owner is told.")
    )
    return _take(
        "check", action, form, sentence,
        lambda said: verb(session(), action, said, by=actor().by, at=now()),
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>/due")
@needs(Can.ACTION_CLOSE)
def ask_due(action_id: UUID) -> str:
    """Ask for another date and the reason."""
    return _form_page("due", _action(action_id, lambda stands: stands.checks), DueForm())


@screen.post("/actions/<uuid:action_id>/due")
@needs(Can.ACTION_CLOSE)
def due(action_id: UUID) -> Response | tuple[str, int]:
    """Give an action another date."""
    action = _action(action_id, lambda stands: stands.checks)
    form = DueForm()
    if form.validate() and form.due.data is None:
        form.due.errors = ["Enter the new date."]
        return _form_page("due", action, form), 400
    return _take(
        "due", action, form, "The date is changed.",
        lambda said: actions.change_due(session(), action, form.due.data, said, by=actor().by, at=now()),
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>/cancel")
@needs(Can.ACTION_CLOSE)
def ask_cancel(action_id: UUID) -> str:
    """Ask why an action is cancelled."""
    return _form_page("cancel", _action(action_id, lambda stands: stands.cancels), CancelForm())


@screen.post("/actions/<uuid:action_id>/cancel")
@needs(Can.ACTION_CLOSE)
def cancel(action_id: UUID) -> Response | tuple[str, int]:
    """Cancel an action for good."""
    action = _action(action_id, lambda stands: stands.cancels)
    form = CancelForm()
    return _take(
        "cancel", action, form, "The action is cancelled.",
        lambda said: actions.cancel(session(), action, said, by=actor().by, at=now()),
    )  # fmt: skip


@screen.post("/actions/<uuid:action_id>/keep")
@needs(Can.ACTION_CLOSE)
def keep(action_id: UUID) -> Response:
    """Keep an action although the answer it came from has changed."""
    action = _action(action_id, lambda stands: stands.checks or stands.cancels)
    try:
        actions.keep(session(), action, by=actor().by, at=now())
    except ActionRefused as fault:
        flash(str(fault), "error")
    else:
        flash("The action is kept.", "success")
    return redirect(url_for(".show", action_id=action.id))


def _action(action_id: UUID, may: Callable[[seen.Standing], bool] = lambda _stands: True) -> Action:
    """An action this person may see, and do this with."""
    action = seen.visible_action(session(), actor(), action_id)
    note_access("audit.actions", "audit", action.audit_id)
    if not may(seen.standing(session(), actor(), action)):
        abort(404)
    return action


def _take(
    page: str, action: Action, form: Any, sentence: str, act: Callable[[str], None]
) -> Response | tuple[str, int]:
    """Take a step with what was said; back to the action, or to the form with what is wrong."""
    if not form.validate():
        return _form_page(page, action, form), 400
    field = form[SAYS[page]]
    try:
        act(field.data or "")
    except SayMore as fault:
        field.errors = [str(fault)]
        return _form_page(page, action, form), 400
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _form_page(page, action, form), 409
    flash(sentence, "success")
    return redirect(url_for(".show", action_id=action.id))


def _form_page(page: str, action: Action, form: Any) -> str:
    return render_template(f"actions/{page}.html", action=action, form=form)


def _wanted(offered: tuple[str, ...]) -> Wanted:
    """What the address asks for; what it says wrongly is left out."""
    said = request.args
    whose, state, number = said.get("whose", ""), said.get("state", "live"), said.get("page", "")
    return Wanted(
        whose=whose if whose in offered else offered[0],
        state=state if state in ("", "live", *found.STATES) else "live",
        overdue=said.get("overdue") == "yes",
        theme=without_unstorable(said.get("theme", ""))[:40],
        team_id=said.get("team", type=UUID),
        page=int(number) if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER else 1,
    )
