"""The mode of one moderation: blind unless the QA lead says otherwise, with a reason, before it is begun."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Moderation
from qa_app.queries import samples
from qa_app.services import modes
from qa_app.services.modes import Mode, ModeRefused
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("modes", __name__)


class ModeForm(Form):
    """How, and why?"""

    mode = RadioField(
        "How is it moderated?", [InputRequired("Choose how it is moderated.")],
        choices=[SelectChoice(one.value, one.label) for one in Mode],
    )  # fmt: skip
    reason = text("Reason", naming_nobody, longest=500, hint="For example, training. The reason is kept. No names.")


@screen.get("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/mode")
@needs(Can.MODERATION_RUN)
def ask(cycle_id: UUID, moderation_id: UUID) -> str:
    """Ask in which mode an audit is moderated, and why."""
    moderation = _find(cycle_id, moderation_id)
    return _page(moderation, ModeForm())


@screen.post("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/mode")
@needs(Can.MODERATION_RUN)
def choose(cycle_id: UUID, moderation_id: UUID) -> Response | tuple[str, int]:
    """Choose the mode of a moderation."""
    moderation, form = _find(cycle_id, moderation_id), ModeForm()
    if not form.validate():
        return _page(moderation, form), 400
    try:
        modes.choose(session(), moderation, Mode(form.mode.data), form.reason.data or "", by=actor().by, at=now())
    except ModeRefused as fault:
        form.form_errors.append(str(fault))
        return _page(moderation, form), 409
    flash(f"{moderation.audit.reference} is moderated {moderation.mode} from now on.", "success")
    return redirect(url_for("samples.show", cycle_id=cycle_id))


def _find(cycle_id: UUID, moderation_id: UUID) -> Moderation:
    """A moderation of this month; not of an audit its reader has to grade: nobody lifts their own blindness.

    Raises:
        OutOfScopeError: there is none.
    """
    found = samples.moderation(session(), cycle_id, moderation_id)
    if found.moderator_id == actor().person_id:
        raise scope.OutOfScopeError
    return found


def _page(moderation: Moderation, form: ModeForm) -> str:
    return render_template(
        "samples/mode.html", moderation=moderation, form=form, waits=moderation.state == "allocated",
        now_is=Mode(moderation.mode).label,
    )  # fmt: skip
