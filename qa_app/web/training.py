"""Recording training: for one person or several at once, and taking back what was recorded wrongly."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Person, Training
from qa_app.queries.development import KINDS, listed
from qa_app.services import training
from qa_app.services.training import Held, TrainingRefused
from qa_app.web.forms import Form, line, naming_nobody, text

screen = Blueprint("training", __name__, url_prefix="/development/training")


class TrainingForm(Form):
    """Who was trained in what."""

    kind = RadioField("What kind of training was it?", choices=[SelectChoice(*one) for one in KINDS.items()])
    held_on = DayField(
        Question("held_on", "date", "When was it?", "For example, 27 10 2026. The last day, if it had several")
    )
    provider = line(
        "Who gave it?",
        naming_nobody,
        longest=training.LONGEST,
        hint="A team or an organisation. For example, Practice team",
    )
    people = SelectMultipleField("Who took part?")


class WithdrawForm(Form):
    """Why training is withdrawn."""

    reason = text("Why is it withdrawn?", naming_nobody, longest=500, hint="It is kept with it.")


@screen.get("/new")
@needs(Can.DEVELOPMENT_RUN)
def ask() -> str:
    """Ask who was trained."""
    chosen = request.args.get("person", "")
    return render_template("training/new.html", form=_offered(TrainingForm(data={"people": [chosen]})))


@screen.post("/new")
@needs(Can.DEVELOPMENT_RUN)
def add() -> Response | tuple[str, int]:
    """Record it for everybody who took part."""
    form = _offered(TrainingForm())
    sound = form.validate()
    if form.held_on.data is None and not form.held_on.errors:
        form.held_on.errors = ["Write the day, month and year it was held."]
    elif sound:
        people = [session().get_one(Person, UUID(one)) for one in form.people.data or ()]
        held = Held(form.kind.data or "", form.held_on.data, form.provider.data or "")
        try:
            new = training.add(session(), people, held, by=actor().by, at=now(), today=london_day(now()))
        except TrainingRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            known = len(people) - new
            flash(f"Recorded for {new}{f'; {known} had it already' if known else ''}.", "success")
            return redirect(url_for("development.index"))
    return render_template("training/new.html", form=form), 400


@screen.get("/<uuid:training_id>/withdraw")
@needs(Can.DEVELOPMENT_RUN)
def ask_withdraw(training_id: UUID) -> str:
    """Whether training is to count no more."""
    return render_template("training/withdraw.html", one=_standing(training_id), form=WithdrawForm(), kinds=KINDS)


@screen.post("/<uuid:training_id>/withdraw")
@needs(Can.DEVELOPMENT_RUN)
def withdraw(training_id: UUID) -> Response | tuple[str, int]:
    """Withdraw it, with the reason."""
    one, form = _standing(training_id), WithdrawForm()
    if form.validate():
        try:
            training.withdraw(session(), one, reason=form.reason.data or "", by=actor().by, at=now())
        except TrainingRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            flash("The training is withdrawn. It counts no more.", "success")
            return redirect(url_for("development.show", person_id=one.person_id))
    return render_template("training/withdraw.html", one=one, form=form, kinds=KINDS), 400


def _standing(training_id: UUID) -> Training:
    found = session().get(Training, training_id)
    if found is None or found.withdrawn_at is not None:
        raise OutOfScopeError
    return found


def _offered(form: TrainingForm) -> TrainingForm:
    form.people.choices = [
        SelectChoice(str(one.person_id), f"{one.name}, {one.job_title or one.team}")
        for one in listed(session(), actor(), months=0)
    ]
    return form
