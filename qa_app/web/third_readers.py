"""Asking for a third reader of an audit, giving the reading to somebody else, and calling it off."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired

from qa_app.access import scope, seconds
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Moderation, Reading
from qa_app.queries import readings as queries
from qa_app.services import readings
from qa_app.services.moderators import NotIndependent, Offer, WrongState
from qa_app.services.readings import ReadingRefused
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("third_readers", __name__)
LONGEST = 500


class ReasonForm(Form):
    """Why?"""

    reason = text("Reason", naming_nobody, longest=LONGEST, hint="No names. The reason is kept.")


class GiveForm(Form):
    """Who, and why?"""

    reader = RadioField("Third reader", [DataRequired("Choose a reader.")], validate_choice=False)
    reason = text("Reason", DataRequired("Say why it is given to somebody else."), naming_nobody, longest=LONGEST,
                  hint="For example, leave. No names of children.")  # fmt: skip


@screen.get("/moderations/<uuid:moderation_id>/third-reader")
@needs(Can.MODERATION_GRADE)
def ask(moderation_id: UUID) -> str:
    """Ask why a third reader is needed; or, where one is asked, why it is called off."""
    return _page(_own(moderation_id), ReasonForm())


@screen.post("/moderations/<uuid:moderation_id>/third-reader")
@needs(Can.MODERATION_GRADE)
def send(moderation_id: UUID) -> Response | tuple[str, int]:
    """Ask for a third reader, or call the third reading off."""
    moderation, form = _own(moderation_id), ReasonForm()
    if not form.validate():
        return _page(moderation, form), 400
    standing = readings.standing(session(), moderation.audit_id)
    reason = form.reason.data or ""
    try:
        if standing is None:
            made = readings.ask(session(), moderation, reason, by=actor().by, at=now())
            told = "They are told." if made.reader_id else "Nobody is independent yet, so the QA lead is told."
            flash(f"A third reader is asked for. {told}", "success")
        else:
            readings.end(session(), standing, reason, by=actor().by, at=now())
            flash("The third reading is called off.", "success")
    except (ReadingRefused, WrongState) as fault:
        form.reason.errors = [str(fault)]
        return _page(moderation, form), 400 if isinstance(fault, ReadingRefused) else 409
    return redirect(url_for("agreement.show", moderation_id=moderation_id))


@screen.get("/readings/<uuid:reading_id>/give")
@needs(Can.MODERATION_RUN)
def ask_give(reading_id: UUID) -> str:
    """Ask to whom a third reading is given, and why."""
    reading = seconds.run_reading(session(), actor(), reading_id)
    return _give_page(reading, *_give_form(reading))


@screen.post("/readings/<uuid:reading_id>/give")
@needs(Can.MODERATION_RUN)
def give(reading_id: UUID) -> Response | tuple[str, int]:
    """Give a third reading to somebody else."""
    reading = seconds.run_reading(session(), actor(), reading_id)
    form, offers = _give_form(reading)
    chosen = next((one.moderator for one in offers if str(one.moderator.id) == form.reader.data), None)
    if not form.validate():
        return _give_page(reading, form, offers), 400
    if chosen is None:
        form.reader.errors = ["Choose one of the readers listed."]
        return _give_page(reading, form, offers), 400
    try:
        readings.give(session(), reading, chosen, form.reason.data or "", by=actor().by, at=now())
    except (NotIndependent, WrongState) as fault:
        form.form_errors = [str(fault)]
        return _give_page(reading, form, offers), 409
    flash(f"{reading.audit.reference} is given to {chosen.name} to read.", "success")
    return redirect(url_for("samples.show", cycle_id=reading.audit.cycle_id))


def _own(moderation_id: UUID) -> Moderation:
    """A moderation of one's own whose final grades are being agreed.

    Raises:
        OutOfScopeError: it is not there, not theirs, or not graded yet.
    """
    found = scope.own_moderation(session(), actor(), moderation_id)
    if found.state not in scope.GRADED:
        raise scope.OutOfScopeError
    return found


def _page(moderation: Moderation, form: ReasonForm) -> str:
    return render_template(
        "moderations/third_reader.html", moderation=moderation, form=form,
        standing=readings.standing(session(), moderation.audit_id),
    )  # fmt: skip


def _give_form(reading: Reading) -> tuple[GiveForm, tuple[Offer, ...]]:
    form = GiveForm()
    offers = tuple(
        one for one in readings.offers(session(), queries.moderation_of(session(), reading))
        if not one.conflicts and one.moderator.id != reading.reader_id
    )  # fmt: skip
    form.reader.choices = [SelectChoice(str(one.moderator.id), one.moderator.name) for one in offers]
    return form, offers


def _give_page(reading: Reading, form: GiveForm, offers: tuple[Offer, ...]) -> str:
    return render_template(
        "readings/give.html", reading=reading, form=form, free=offers, waits=reading.state in readings.AT_WORK
    )
