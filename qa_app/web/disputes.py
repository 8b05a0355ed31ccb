"""Disputes: what workers see differently, each answered once by the QA lead with a note."""

import secrets
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from qa_app.access import feedback
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Reflection
from qa_app.queries import feedback as lists
from qa_app.services import disputes, reflections, settings
from qa_app.services.disputes import Decision
from qa_app.web.forms import Form, text
from qa_app.web.reflection_pages import given_words

screen = Blueprint("disputes", __name__, url_prefix="/disputes")


class DecisionForm(Form):
    """What do you decide?"""

    decision = RadioField("What do you decide?", [InputRequired("Choose what you decide.")])
    note = text(
        "Your answer to the worker",
        InputRequired("Write your answer to the worker."),
        longest=2000,
        hint="Say what you looked at and why you decide so. The worker and the auditor read it. No names of children.",
    )


@screen.get("")
@needs(Can.REFLECTION_DECIDE)
def index() -> str:
    """The disputes to answer, and those answered."""
    days = settings.number(session(), "dispute_days")
    found = lists.disputed(session(), actor(), days=days)
    return render_template("disputes/index.html", disputes=found, today=_today())


@screen.get("/<uuid:reflection_id>")
@needs(Can.REFLECTION_DECIDE)
def show(reflection_id: UUID) -> str:
    """One dispute: what the worker says, and what can be decided."""
    found = feedback.dispute(session(), actor(), reflection_id)
    note_access("audit.open", "audit", found.audit_id)
    return _page(found, _form(found))


@screen.post("/<uuid:reflection_id>")
@needs(Can.REFLECTION_DECIDE)
def decide(reflection_id: UUID) -> Response | tuple[str, int]:
    """Answer a dispute."""
    found = feedback.dispute(session(), actor(), reflection_id)
    form = _form(found)
    if not form.validate():
        return _page(found, form), 400
    try:
        disputes.decide(
            session(), found, Decision(form.decision.data), form.note.data or "", seed=secrets.token_hex(16),
            by=actor().by, at=now(),
        )  # fmt: skip
    except disputes.DisputeRefused as fault:
        form.form_errors.append(str(fault))
        return _page(found, form), 409
    flash("The dispute is answered. The worker is told with their next mail.", "success")
    return redirect(url_for(".index"))


def _form(found: Reflection) -> DecisionForm:
    form = DecisionForm()
    possible = [one for one in Decision if one is not Decision.MODERATE or not disputes.why_not_moderated(found.audit)]
    form.decision.choices = [SelectChoice(one.value, one.label) for one in possible]
    return form


def _page(found: Reflection, form: DecisionForm) -> str:
    return render_template(
        "disputes/show.html", reflection=found, audit=found.audit, form=form, said=given_words(found),
        decision=Decision(found.decision).label if found.decision else "", today=_today(),
        why_not=disputes.why_not_moderated(found.audit), answer_by=reflections.decide_by(session(), found),
    )  # fmt: skip


def _today() -> date:
    return london_day(now())
