"""Giving an action to another owner: who, found as they are typed, and why."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access import actions as seen
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Action, Person
from qa_app.queries import owners
from qa_app.services import action_owners
from qa_app.services.action_owners import OwnerRefused
from qa_app.services.actions import LONGEST_REASON, ActionRefused, SayMore
from qa_app.web.forms import Form, line, naming_nobody, text

screen = Blueprint("action_owners", __name__)


class GiveForm(Form):
    """To whom, and why?"""

    owner = line(
        "Who does it now?", hint="A full name, an email address or an employee number from the staff list.",
    )  # fmt: skip
    meant = RadioField("Who do you mean?", choices=[], validate_choice=False)
    reason = text(
        "Why does somebody else do it?", naming_nobody, longest=LONGEST_REASON,
        hint="For example: she has moved to another team. No names of children or family members.",
    )  # fmt: skip


@screen.get("/actions/<uuid:action_id>/give")
@needs(Can.ACTION_GIVE)
def ask(action_id: UUID) -> str:
    """Ask who does the action instead."""
    return _page(_action(action_id), GiveForm())


@screen.post("/actions/<uuid:action_id>/give")
@needs(Can.ACTION_GIVE)
def give(action_id: UUID) -> Response | tuple[str, int]:
    """Give the action to another owner."""
    action, form = _action(action_id), GiveForm()
    sound, person = form.validate(), _person(form)
    if not sound or person is None:
        return _page(action, form), 400
    try:
        action_owners.give(session(), action, person, form.reason.data or "", by=actor().by, at=now())
    except SayMore as fault:
        form.reason.errors = [str(fault)]
        return _page(action, form), 400
    except OwnerRefused as fault:
        form.owner.errors = [str(fault)]
        return _page(action, form), 400
    except ActionRefused as fault:
        form.form_errors.append(str(fault))
        return _page(action, form), 409
    flash(f"The action is given to {person.name}.", "success")
    still = session().scalar(seen.visible_actions(actor()).where(Action.id == action.id))
    return redirect(url_for("actions.show", action_id=action.id) if still else url_for("actions.index"))


def _person(form: GiveForm) -> Person | None:
    """The one person who is meant; else the form says what is wrong and offers who may be."""
    typed = form.meant.data or form.owner.data or ""
    if not typed:
        form.owner.errors = ["Enter who does it now."]
        return None
    meant = owners.directory(session()).meant(typed, or_role=False)
    if meant.person_id is not None:
        form.owner.data = typed  # a choice among several stays made where something else is wrong
        return session().get_one(Person, meant.person_id)
    form.owner.errors = [meant.fault]
    form.meant.choices = [SelectChoice(one.code, one.label) for one in meant.candidates]
    return None


def _action(action_id: UUID) -> Action:
    """An action this person may see and give away."""
    action = seen.visible_action(session(), actor(), action_id)
    note_access("audit.actions", "audit", action.audit_id)
    if not seen.standing(session(), actor(), action).gives:
        abort(404)
    return action


def _page(action: Action, form: GiveForm) -> str:
    return render_template("actions/give.html", action=action, form=form)
