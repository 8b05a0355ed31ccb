"""Complaints and compliments on screen: the list with its clocks, entering one, and every later fact as a step."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access import sources as seen
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Complaint, Team
from qa_app.queries import complaints as found
from qa_app.queries import themes
from qa_app.queries.complaints import COMPLIMENT, STAGES, UPHELD, WHATS, StageCount, Standing
from qa_app.queries.doers import doer
from qa_app.queries.sources import Source
from qa_app.services import complaints
from qa_app.services.complaints import Facts, SteppedMeanwhile, UnfitFact
from qa_app.web.forms import Form, line, naming_nobody, text
from qa_app.web.source_pages import Cell, behind, linked, over_months, page, teams_by_service, theme_rows

screen = Blueprint("complaints", __name__, url_prefix="/complaints")


class FactsForm(Form):
    """Where does it stand?"""

    stage = SelectField("Stage", choices=[SelectChoice(*one) for one in STAGES.items()], default="one")
    begun_on = DayField(Question("begun_on", "date", "When did this stage begin?", "For example, 27 10 2026"))
    extended = BooleanField("The time to answer is extended")
    answered_on = DayField(
        Question("answered_on", "date", "When was it answered?", "Leave this empty while it is open")
    )
    upheld = SelectField(
        "Outcome", choices=[SelectChoice("", "None yet"), *(SelectChoice(*one) for one in UPHELD.items())]
    )
    theme = SelectField("Theme")
    learning = text(
        "What is learnt from it?", naming_nobody, longest=complaints.LONGEST,
        hint="For the council, not for one child. Use no names.",
    )  # fmt: skip


class EnterForm(FactsForm):
    """What was received?"""

    kind = RadioField(
        "What was received?", default="complaint",
        choices=[SelectChoice("complaint", "A complaint"), SelectChoice(COMPLIMENT, "A compliment")],
    )  # fmt: skip
    reference = line(
        "Your own reference (optional)", naming_nobody, longest=60,
        hint="From your complaints system. With it, an import later knows this again. Never a name.",
    )  # fmt: skip
    received_on = DayField(Question("received_on", "date", "When was it received?", "For example, 27 10 2026"))
    team = SelectField("Which team is it about?")


class StepForm(FactsForm):
    """What is new?"""

    place = HiddenField()


@screen.get("")
@needs(Can.SOURCE_READ)
def index() -> tuple[str, int]:
    """The open ones first, whatever the period; then what the period holds, in counts and as a list."""
    asked = page()
    every = found.listed(session(), actor(), today=london_day(now()), reach=asked.reach, span=asked.span)
    within = [one for one in every if found.within_span(one, asked.span)]
    return render_template(
        "complaints/index.html", asked=asked, open=[one for one in every if one.is_open], stages=STAGES,
        done=[one for one in within if not one.is_open], labels=themes.labels(session()),
        by_stage=[_stage(one, behind(asked, Source.COMPLAINTS)) for one in found.by_stage(within)],
        compliments=sum(one.is_compliment for one in within), n=len(within),
        themes=theme_rows(found.counts(session(), asked.reach, asked.span), asked, Source.COMPLAINTS),
        picture=over_months(asked, Source.COMPLAINTS, found.heard(session(), asked.reach, asked.span)),
    ), asked.status  # fmt: skip


def _stage(one: StageCount, leads: Callable[..., str]) -> tuple[str | Cell, ...]:
    """The complaints that reached a stage, leading to them."""
    name = STAGES[one.stage]
    reached = linked(one.n, leads(stage=one.stage, **{"as": "worry"}), f"{name}, reached it")
    return (name, reached, one.answered, one.in_time, one.upheld, one.partly, one.not_upheld)


@screen.get("/new")
@needs(Can.SOURCE_RECORD)
def ask() -> str:
    """Ask what was received."""
    return render_template("complaints/new.html", form=_with_choices(EnterForm()))


@screen.post("/new")
@needs(Can.SOURCE_RECORD)
def enter() -> Response | tuple[str, int]:
    """Keep it."""
    form = _with_choices(EnterForm())
    if form.validate() and _is_whole(form):
        team = session().get_one(Team, UUID(form.team.data))
        kind = form.kind.data or ""
        what = complaints.received(kind, form.received_on.data, team, form.reference.data or "")
        facts = _facts(form, begun=form.begun_on.data or form.received_on.data, kind=kind)
        try:
            made = complaints.enter(session(), what, facts, by=actor().by, at=now())
        except UnfitFact as fault:
            form[fault.field].errors = [str(fault)]
        else:
            flash("The compliment is kept." if kind == COMPLIMENT else "The complaint is kept.", "success")
            return redirect(url_for("complaints.show", complaint_id=made.id))
    return render_template("complaints/new.html", form=form), 400


@screen.get("/<uuid:complaint_id>")
@needs(Can.SOURCE_READ)
def show(complaint_id: UUID) -> str:
    """One complaint or compliment: where it stands, and every step that led there."""
    return _page(seen.complaint(session(), actor(), complaint_id), None)


@screen.post("/<uuid:complaint_id>")
@needs(Can.SOURCE_RECORD)
def add_step(complaint_id: UUID) -> Response | tuple[str, int]:
    """Add what is new."""
    one = seen.complaint(session(), actor(), complaint_id)
    form = _with_choices(StepForm())
    if not form.validate():
        return _page(one, form), 400
    typed = form.place.data or ""
    facts = _facts(form, begun=form.begun_on.data or one.now.begun_on, kind=one.kind)
    try:
        what = complaints.note(
            session(), one, facts, place=int(typed) if typed.isdecimal() and len(typed) < 6 else -1, by=actor().by,
            at=now(),
        )  # fmt: skip
    except UnfitFact as fault:
        form[fault.field].errors = [str(fault)]
        return _page(one, form), 400
    except SteppedMeanwhile as fault:
        form.form_errors.append(str(fault))
        form.place.data = str(len(one.steps))
        return _page(one, form), 409
    flash("It is kept as a new step." if what else "Nothing is new: no step was added.", "success")
    return redirect(url_for("complaints.show", complaint_id=one.id))


def _page(one: Complaint, form: StepForm | None) -> str:
    note_access("complaint.open", "complaint", one.id)
    step = one.now
    if form is None:
        kept = complaints.facts_of(step)
        data = {name: getattr(kept, name) for name in Facts.__slots__} | {"place": str(len(one.steps))}
        form = _with_choices(StepForm(formdata=None, data=data | {"theme": kept.theme or ""}), keeps=kept.theme)
    return render_template(
        "complaints/show.html", one=Standing(one, step, london_day(now())), form=form, stages=STAGES, upheld=UPHELD,
        whats=WHATS, labels=themes.labels(session()), in_time=found.is_in_time,
        steps=[(each, doer(session(), each.taken_by)) for each in reversed(one.steps)],
    )  # fmt: skip


def _with_choices(form: Any, *, keeps: str | None = None) -> Any:
    """The form with the themes that are offered, and the one it carries where that is retired."""
    form.theme.choices = [SelectChoice("", "None yet")]
    form.theme.choices += [
        SelectChoice(theme.code, theme.label) for theme in themes.offered(session(), (keeps or form.theme.data,))
    ]
    if "team" in form:
        form.team.choices = [
            SelectChoice("", "Choose a team"),
            *(SelectChoice(*one) for one in teams_by_service(led=True)),
        ]
    return form


def _is_whole(form: EnterForm) -> bool:
    """Whether everything is there that has to be; else with the faults on the form."""
    if not form.team.data:
        form.team.errors = ["Choose a team."]
    if form.received_on.data is None:
        form.received_on.errors = ["Enter the day it was received."]
    return not (form.team.errors or form.received_on.errors)


def _facts(form: FactsForm, *, begun: date, kind: str) -> Facts:
    """What the form says; a compliment has no stage, whatever stands in the boxes of one."""
    theme, learning = form.theme.data or None, (form.learning.data or "").strip()
    if kind == COMPLIMENT:
        return Facts(begun, "", theme=theme, learning=learning)
    return Facts(
        begun, form.stage.data or "", bool(form.extended.data), form.answered_on.data, form.upheld.data or "", theme,
        learning,
    )  # fmt: skip
