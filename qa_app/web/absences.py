"""Absences as the QA lead confirms them, and arranges what is expected and what waits meanwhile."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Absence, Expectation
from qa_app.queries import absences as found
from qa_app.queries.auditors import waiting_for
from qa_app.services import absences, expectations, reallocations
from qa_app.services.absences import UnfitAbsence
from qa_app.services.audits import ReasonMissing
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.expectations import UnfitExpectation
from qa_app.services.reminders import counted
from qa_app.web import absence_form
from qa_app.web.absence_form import NOBODY, AwayForm, CoverForm
from qa_app.web.forms import Form, line

screen = Blueprint("absences", __name__)


class NewForm(AwayForm):
    """Who, when, why, and who agreed?"""

    person = SelectField("Who is away?", [InputRequired("Choose who is away.")])
    approver = line("Who agreed?", hint="Kept with the absence, and with what they are excused from because of it.")


class ConfirmForm(CoverForm):
    """Who covers, and who agreed?"""

    approver = line("Who agreed?", hint="Kept with the absence, and with what they are excused from because of it.")


class ReasonForm(Form):
    """Why do the audits go to others?"""

    reason = line("Reason", hint="No names. The reason is kept with each audit.")


@screen.get("/absences")
@needs(Can.CYCLE_RUN)
def index() -> str:
    """Who is away or will be."""
    rows = found.current(session(), london_day(now()))
    return render_template("absences/index.html", rows=rows, until=absences.until, reasons=absences.REASONS)


@screen.get("/absences/new")
@needs(Can.CYCLE_RUN)
def ask() -> str:
    """Ask who is away."""
    return render_template("absences/new.html", form=_with_people(NewForm()))


@screen.post("/absences/new")
@needs(Can.CYCLE_RUN)
def add() -> Response | tuple[str, int]:
    """Keep an absence, confirmed at once."""
    form = _with_people(NewForm())
    if form.validate() and (made := absence_form.say(form, form.person.data)) is not None:
        try:
            absences.confirm(
                session(), made, cover=absence_form.person(form.cover.data), approver=form.approver.data or "",
                by=actor().by, at=now(),
            )  # fmt: skip
        except UnfitAbsence as fault:
            form.approver.errors = [str(fault)]
        else:
            flash(f"{made.person.name} is away. See what is expected of them and what waits for them.", "success")
            return redirect(url_for("absences.show", absence_id=made.id))
    return render_template("absences/new.html", form=form), 400


@screen.get("/absences/<uuid:absence_id>")
@needs(Can.CYCLE_RUN)
def show(absence_id: UUID) -> str:
    """One absence: to confirm, or what is expected and what waits meanwhile."""
    return _page(_absence(absence_id))


@screen.post("/absences/<uuid:absence_id>/confirm")
@needs(Can.CYCLE_RUN)
def confirm(absence_id: UUID) -> Response | tuple[str, int]:
    """Let it count."""
    one = _absence(absence_id)
    form = absence_form.with_covers(ConfirmForm(), one.person_id)
    if form.validate():
        cover, approver = absence_form.person(form.cover.data), form.approver.data or ""
        try:
            absences.confirm(session(), one, cover=cover, approver=approver, by=actor().by, at=now())
        except UnfitAbsence as fault:
            form.approver.errors = [str(fault)]
        else:
            flash("The absence is confirmed.", "success")
            return redirect(url_for("absences.show", absence_id=one.id))
    return _page(one, confirming=form), 400


@screen.post("/absences/<uuid:absence_id>/excuse")
@needs(Can.CYCLE_RUN)
def excuse(absence_id: UUID) -> Response:
    """Excuse the person from one month."""
    one = _absence(absence_id)
    wanted = request.form.get("expectation", "")
    for _, expectation in absences.touched(session(), one):
        if str(expectation.id) == wanted:
            _excuse(expectation, one)
    return redirect(url_for("absences.show", absence_id=one.id))


@screen.post("/absences/<uuid:absence_id>/reallocate")
@needs(Can.CYCLE_RUN)
def reallocate(absence_id: UUID) -> Response | tuple[str, int]:
    """Give all that waits for the person to the cover or to others."""
    one, form = _absence(absence_id), ReasonForm()
    if form.validate():
        try:
            done = reallocations.reallocate_all(
                session(), one.person, form.reason.data or "", code="away", by=actor().by, at=now()
            )
        except (ReasonMissing, CycleRefused) as fault:
            form.reason.errors = [str(fault)]
        else:
            left = f" {counted(len(done.left))} stay: nobody else is free and independent." if done.left else ""
            flash(f"{counted(len(done.given))} given to others.{left}", "warning" if done.left else "success")
            return redirect(url_for("absences.show", absence_id=one.id))
    return _page(one, moving=form), 400


@screen.post("/absences/<uuid:absence_id>/end")
@needs(Can.CYCLE_RUN)
def end(absence_id: UUID) -> Response:
    """End it: the person is there again, or it was not to be."""
    one = _absence(absence_id)
    absence_form.end(one)
    return redirect(url_for("absences.index"))


def _excuse(expectation: Expectation, absence: Absence) -> None:
    try:
        expectations.excuse_absent(session(), expectation, absence, by=actor().by, at=now())
    except UnfitExpectation as fault:
        flash(str(fault), "warning")
    else:
        flash(f"{absence.person.name} is excused.", "success")


def _page(one: Absence, *, confirming: ConfirmForm | None = None, moving: ReasonForm | None = None) -> str:
    proposed = ConfirmForm(data={"cover": str(one.cover_id or "")})
    return render_template(
        "absences/show.html", one=one, until=absences.until(one), reason=absences.REASONS[one.reason],
        months=absences.touched(session(), one) if one.confirmed_at and not one.ended_at else (),
        waiting=waiting_for(session(), one.person_id) if one.confirmed_at and not one.ended_at else (),
        confirming=confirming or absence_form.with_covers(proposed, one.person_id),
        moving=moving or ReasonForm(),
    )  # fmt: skip


def _with_people(form: NewForm) -> NewForm:
    people = [SelectChoice(str(one.id), one.name) for one in absence_form.may_cover()]
    form.person.choices = [SelectChoice("", "Choose a person"), *people]
    form.cover.choices = [NOBODY, *people]
    return form


def _absence(absence_id: UUID) -> Absence:
    one = session().get(Absence, absence_id)
    if one is None:
        raise OutOfScopeError
    return one
