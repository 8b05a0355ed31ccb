"""A further draw from what a draw of the month left: of one stratum, by a new seed, for a reason that is kept."""

import secrets
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired, InputRequired

from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Draw
from qa_app.queries import samples
from qa_app.services import sample_record, supplements
from qa_app.services.moderators import WrongState
from qa_app.services.supplements import CannotSupplement
from qa_app.web.forms import Form, between, naming_nobody, text

screen = Blueprint("supplements", __name__)
MOST = 500
HOW_MANY = f"Enter how many more, from 1 to {MOST}."


class MoreForm(Form):
    """How many more, of which stratum, and why?"""

    stratum = SelectField("Stratum", [DataRequired("Choose a stratum.")], validate_choice=False)
    extra = IntegerField("How many more", [InputRequired(HOW_MANY), between(1, MOST, HOW_MANY)])
    reason = text("Reason", DataRequired("Say why more audits are drawn."), naming_nobody, longest=500,
                  hint="Kept with the draw. For example, moderators have time for more. No names.")  # fmt: skip


@screen.get("/cycles/<uuid:cycle_id>/sample/draws/<uuid:draw_id>/more")
@needs(Can.MODERATION_RUN)
def ask(cycle_id: UUID, draw_id: UUID) -> str:
    """Ask how many more audits are drawn, of which stratum, and why."""
    return _page(_draw(cycle_id, draw_id), None)


@screen.post("/cycles/<uuid:cycle_id>/sample/draws/<uuid:draw_id>/more")
@needs(Can.MODERATION_RUN)
def draw(cycle_id: UUID, draw_id: UUID) -> Response | tuple[str, int]:
    """Draw further audits and give them to moderators."""
    first = _draw(cycle_id, draw_id)
    if _blind(first):
        return _page(first, None), 403
    form = MoreForm()
    if not form.validate():
        return _page(first, form), 400
    try:
        made = supplements.draw_further(
            session(), first, form.stratum.data, form.extra.data or 0, seed=secrets.token_hex(8),
            reason=form.reason.data or "", by=actor().by, at=now(),
        )  # fmt: skip
    except (CannotSupplement, WrongState) as fault:
        form.form_errors = [str(fault)]
        return _page(first, form), 409
    flash(f"{made.extra} more audit{' is' if made.extra == 1 else 's are'} drawn for moderation.", "success")
    return redirect(url_for("samples.show", cycle_id=cycle_id))


def _draw(cycle_id: UUID, draw_id: UUID) -> Draw:
    """One draw of this month that was made here.

    Raises:
        OutOfScopeError: there is none.
    """
    found = samples.draw(session(), cycle_id, draw_id)
    if found is None or not sample_record.is_verifiable(found):
        raise scope.OutOfScopeError
    return found


def _blind(first: Draw) -> bool:
    """Whether the reader may come to grade an audit of the month: then its stratum would tell them of its grade."""
    return samples.must_stay_blind(session(), actor(), first.cycle_id)


def _page(first: Draw, form: MoreForm | None) -> str:
    blind = _blind(first)
    left = () if blind else supplements.left(session(), first)
    form = form or MoreForm()
    words = [SelectChoice(name, f"{name.capitalize()} ({n} left)") for name, n in left]
    form.stratum.choices = words if len(words) == 1 else [SelectChoice("", "Choose a stratum"), *words]
    cycle = samples.cycle(session(), first.cycle_id)
    return render_template("samples/more.html", cycle=cycle, draw=first, form=form, blind=blind, left=left)
