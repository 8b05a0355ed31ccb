"""Handing a moderation back: a conflict of interest declared, or another reason; it goes to somebody else."""

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
from qa_app.models import Person
from qa_app.queries import moderations
from qa_app.services import moderators
from qa_app.services.moderators import IN_HAND, ReasonMissing, WrongState
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("hand_backs", __name__)
CODES = {
    "conflict": "I have a conflict of interest with this child, family or worker",
    "away": "I am away or have no time",
    "other": "Something else",
}


class BackForm(Form):
    """Why?"""

    code = RadioField(
        "Why do you hand it back?", [InputRequired("Choose why you hand it back.")],
        choices=[SelectChoice(code, words) for code, words in CODES.items()],
    )  # fmt: skip
    reason = text("Reason", naming_nobody, longest=500, hint="The QA lead can read it. It is kept. No names.")


@screen.get("/moderations/<uuid:moderation_id>/hand-back")
@needs(Can.MODERATION_GRADE)
def ask(moderation_id: UUID) -> str:
    """Ask why a moderation is handed back."""
    return _page(moderation_id, BackForm())


@screen.post("/moderations/<uuid:moderation_id>/hand-back")
@needs(Can.MODERATION_GRADE)
def send(moderation_id: UUID) -> Response | tuple[str, int]:
    """Hand a moderation back."""
    moderation, form = scope.own_moderation(session(), actor(), moderation_id), BackForm()
    if not form.validate():
        return _page(moderation_id, form), 400
    me = session().get_one(Person, actor().person_id)
    try:
        after = moderators.hand_back(
            session(), moderation, me, form.code.data, form.reason.data or "", by=actor().by, at=now()
        )
    except ReasonMissing as fault:
        form.reason.errors = [str(fault)]
        return _page(moderation_id, form), 400
    except WrongState as fault:
        return render_template(
            "errors/error.html", heading="This cannot be handed back", sentence=str(fault), reference=""
        ), 409
    whose = "Another moderator has it now" if after else "Nobody else is independent of it yet"
    flash(f"You handed {moderation.audit.reference} back. {whose}, and the QA lead is told.", "success")
    return redirect(url_for("moderations.index"))


def _page(moderation_id: UUID, form: BackForm) -> str:
    task = moderations.task(session(), actor(), moderation_id)
    if task.state not in IN_HAND:
        raise scope.OutOfScopeError
    return render_template("moderations/hand_back.html", task=task, form=form)
