"""Overrides of independence: a QA lead asks with a reason, another person agrees or refuses."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired, InputRequired

from moderation.independence import Conflict
from qa_app.access import scope, seconds
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Moderation, Override
from qa_app.queries import overrides as queries
from qa_app.queries import samples
from qa_app.services import moderators, overrides
from qa_app.services.moderators import Offer
from qa_app.services.overrides import OverrideRefused
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("overrides", __name__)


class AskForm(Form):
    """Who, and why?"""

    moderator = RadioField("Moderator", [DataRequired("Choose a moderator.")], validate_choice=False)
    reason = text("Why can nobody independent do it?", DataRequired("Say why nobody independent can do it."),
                  naming_nobody, longest=500, hint="Who agrees reads this. No names of children.")  # fmt: skip


class AnswerForm(Form):
    """Yes or no, and why?"""

    answer = RadioField(
        "Your answer", [InputRequired("Choose your answer.")],
        choices=[SelectChoice("agree", "I agree"), SelectChoice("refuse", "I refuse")],
    )  # fmt: skip
    words = text("Why", DataRequired("Say why."), naming_nobody, longest=500, hint="It is kept. No names of children.")


@screen.get("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/override")
@needs(Can.MODERATION_RUN)
def ask(cycle_id: UUID, moderation_id: UUID) -> str:
    """Ask that somebody moderates who is tied to the audit."""
    moderation = _find(cycle_id, moderation_id)
    return _ask_page(moderation, *_ask_form(moderation))


@screen.post("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/override")
@needs(Can.MODERATION_RUN)
def send(cycle_id: UUID, moderation_id: UUID) -> Response | tuple[str, int]:
    """Ask for an override; a second person is told."""
    moderation = _find(cycle_id, moderation_id)
    form, tied = _ask_form(moderation)
    if not form.validate():
        return _ask_page(moderation, form, tied), 400
    chosen = next((one.moderator for one in tied if str(one.moderator.id) == form.moderator.data), None)
    if chosen is None:
        form.moderator.errors = ["Choose one of the moderators listed."]
        return _ask_page(moderation, form, tied), 400
    try:
        overrides.ask(session(), moderation, chosen, form.reason.data or "", by=actor().by, at=now())
    except OverrideRefused as fault:
        form.form_errors.append(str(fault))
        return _ask_page(moderation, form, tied), 409
    flash("The override is asked for. Nothing changes until a second person agrees.", "success")
    return redirect(url_for("samples.show", cycle_id=cycle_id))


@screen.get("/overrides")
@needs(Can.MODERATION_OVERRIDE)
def index() -> str:
    """The overrides that wait for a second person, and those answered."""
    return render_template("overrides/index.html", listed=queries.listed(session(), actor()), me=actor().by)


@screen.get("/overrides/<uuid:override_id>")
@needs(Can.MODERATION_OVERRIDE)
def show(override_id: UUID) -> str:
    """One override: who asked for whom and why, and what ties them to the audit."""
    return _page(seconds.override(session(), actor(), override_id), AnswerForm())


@screen.post("/overrides/<uuid:override_id>")
@needs(Can.MODERATION_OVERRIDE)
def answer(override_id: UUID) -> Response | tuple[str, int]:
    """Agree or refuse as the second person."""
    found, form = seconds.override(session(), actor(), override_id), AnswerForm()
    if not form.validate():
        return _page(found, form), 400
    agree = form.answer.data == "agree"
    try:
        overrides.answer(session(), found, agree=agree, words=form.words.data or "", by=actor().by, at=now())
    except OverrideRefused as fault:
        form.form_errors.append(str(fault))
        return _page(found, form), 409
    reference = found.moderation.audit.reference
    flash(f"You {'agree: ' if agree else 'refuse: '}{reference}. Your answer is kept.", "success")
    return redirect(url_for(".index"))


def _find(cycle_id: UUID, moderation_id: UUID) -> Moderation:
    """A moderation of this month whose ties may be told; not to somebody who may have to grade the audit.

    Raises:
        OutOfScopeError: there is none.
    """
    found = samples.moderation(session(), cycle_id, moderation_id)
    if scope.may_not_learn(session(), actor(), found.audit_id):
        raise scope.OutOfScopeError
    return found


def _ask_form(moderation: Moderation) -> tuple[AskForm, tuple[Offer, ...]]:
    form = AskForm()
    blind = moderation.mode == "blind"
    never = {Conflict.OWN_AUDIT, Conflict.HAS_READ}
    tied = tuple(
        one for one in moderators.offers(session(), moderation.audit, blind=blind)
        if one.conflicts and not never & set(one.conflicts)
    )  # fmt: skip
    form.moderator.choices = [SelectChoice(str(one.moderator.id), one.moderator.name) for one in tied]
    return form, tied


def _ask_page(moderation: Moderation, form: AskForm, tied: tuple[Offer, ...]) -> str:
    return render_template(
        "overrides/ask.html", moderation=moderation, form=form, tied=tied,
        ties={str(one.moderator.id): " ".join(each.sentence for each in one.conflicts) for one in tied},
        waits=moderation.state in moderators.IN_HAND, open_one=queries.open_of(session(), moderation.id),
    )  # fmt: skip


def _page(found: Override, form: AnswerForm) -> str:
    return render_template(
        "overrides/show.html", override=found, audit=found.moderation.audit, form=form,
        asked_by=queries.name_of(session(), found.asked_by),
        mine=actor().by in (found.asked_by, f"person:{found.moderator_id}"),
        answered_by=queries.name_of(session(), found.answered_by or ""),
        ties=[Conflict(one).sentence for one in found.conflicts],
    )  # fmt: skip
