"""Running a calibration exercise, for the QA lead: making it, its files and people, its start, and the reveal."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access import calibrations as rights
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Calibration
from qa_app.queries import tools
from qa_app.services import calibration_ends, calibrations
from qa_app.web.forms import Form, line, naming_nobody, text

screen = Blueprint("calibration_runs", __name__, url_prefix="/calibrations")
Answer = Response | tuple[str, int]
_KEPT = "It is kept. No names."
UNENDED = ("preparing", "open")


class PeopleForm(Form):
    """Who takes part?"""

    people = SelectMultipleField(
        "Who takes part?", description="Each grades alone. Nobody sees anything of the others before the reveal."
    )


class NewForm(PeopleForm):
    """What is it called, with which tool is it graded, until when, and who takes part?"""

    title = line("Title", InputRequired("Give it a title."), naming_nobody, hint="Such as: Voice of the child, autumn")
    tool = SelectField("Tool", [InputRequired("Choose a tool.")])
    until = DayField(Question("until", "date", "Last day to grade", "For example, 18 12 2026"))


class FileForm(Form):
    """A record in which everybody has another name."""

    name = line("Name of the file", InputRequired("Give the file a name."), longest=120, hint="Such as: The K family")
    content = text(
        "The record", InputRequired("Paste the record."), longest=calibrations.LONGEST_FILE,
        hint="Give everybody another name first, and take out numbers, addresses and dates of birth.",
    )  # fmt: skip
    reason = text("If it stays as it is, why?", naming_nobody, longest=500, hint="Do not repeat it. It is kept.")


class LaterForm(Form):
    """Until when, and why?"""

    until = DayField(Question("until", "date", "New last day", "For example, 18 12 2026"))
    reason = text("Reason", InputRequired("Say why the last day moves."), naming_nobody, longest=500, hint=_KEPT)


class OffForm(Form):
    """Why?"""

    reason = text("Reason", InputRequired("Say why it is called off."), naming_nobody, longest=500, hint=_KEPT)


@screen.get("/new")
@needs(Can.CALIBRATION_RUN)
def ask() -> str:
    """Ask what the exercise is."""
    return render_template("calibrations/new.html", form=_with_choices(NewForm()))


@screen.post("/new")
@needs(Can.CALIBRATION_RUN)
def make() -> Answer:
    """Make it; its files come next."""
    form = _with_choices(NewForm())
    sound = form.validate()
    until = form.until.data
    if sound and until is None:
        form.until.errors = ["Enter the last day to grade."]
        sound = False
    if not sound:
        return render_template("calibrations/new.html", form=form), 400
    key, _, version = str(form.tool.data).rpartition(":")
    try:
        made = calibrations.make(
            session(), form.title.data or "", tools.tool(session(), key, int(version)), until,
            [UUID(one) for one in form.people.data or ()], by=actor().by, at=now(),
        )  # fmt: skip
    except calibrations.CalibrationRefused as fault:
        form.form_errors.append(str(fault))
        return render_template("calibrations/new.html", form=form), 400
    return redirect(url_for(".ask_file", calibration_id=made.id))


@screen.get("/<uuid:calibration_id>/files/new")
@needs(Can.CALIBRATION_RUN)
def ask_file(calibration_id: UUID) -> str | Response:
    """Ask for a file."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibration.state != "preparing":
        return redirect(_shown(calibration))
    return render_template("calibrations/file.html", calibration=calibration, form=FileForm(), places=())


@screen.post("/<uuid:calibration_id>/files/new")
@needs(Can.CALIBRATION_RUN)
def add_file(calibration_id: UUID) -> Answer:
    """Add a file; what may name somebody is pointed out first."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    form = FileForm()
    places: tuple[tuple[str, str], ...] = ()
    if form.validate():
        try:
            calibrations.add_file(
                session(), calibration, form.name.data or "", form.content.data or "", reason=form.reason.data or "",
                by=actor().by, at=now(),
            )  # fmt: skip
        except calibrations.NamesSomebody as fault:
            whole = f"{form.name.data}\n{form.content.data}"
            places = tuple((one.kind.label, whole[one.start : one.end]) for one in fault.found)
            form.content.errors = [str(fault)]
        else:
            flash("The file is added.", "success")
            return redirect(_shown(calibration))
    return render_template("calibrations/file.html", calibration=calibration, form=form, places=places), 400


@screen.post("/files/<uuid:file_id>/remove")
@needs(Can.CALIBRATION_RUN)
def remove_file(file_id: UUID) -> Response:
    """Take a file out again, before the start."""
    file = rights.file_to_run(session(), actor(), file_id)
    calibration = file.calibration
    calibrations.remove_file(session(), file, by=actor().by, at=now())
    flash("The file is taken out.", "success")
    return redirect(_shown(calibration))


@screen.get("/<uuid:calibration_id>/people")
@needs(Can.CALIBRATION_RUN)
def ask_people(calibration_id: UUID) -> str:
    """Ask who takes part."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    there = [str(one.person_id) for one in calibrations.takers(session(), calibration)]
    return render_template("calibrations/people.html", calibration=calibration, form=_with_people(there))


@screen.post("/<uuid:calibration_id>/people")
@needs(Can.CALIBRATION_RUN)
def choose_people(calibration_id: UUID) -> Answer:
    """Keep who takes part; once it has started, people are only added."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    form = _with_people()
    if form.validate():
        try:
            calibrations.choose_people(
                session(), calibration, [UUID(one) for one in form.people.data or ()], by=actor().by, at=now()
            )
        except calibrations.CalibrationRefused as fault:
            form.people.errors = [str(fault)]
        else:
            flash("Who takes part is kept.", "success")
            return redirect(_shown(calibration))
    return render_template("calibrations/people.html", calibration=calibration, form=form), 400


@screen.post("/<uuid:calibration_id>/start")
@needs(Can.CALIBRATION_RUN)
def start(calibration_id: UUID) -> Response:
    """Ask everybody to grade."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibrations.start(session(), calibration, by=actor().by, at=now()):
        flash("The exercise has started. Everybody is told with their next mail.", "success")
    return redirect(_shown(calibration))


@screen.get("/<uuid:calibration_id>/last-day")
@needs(Can.CALIBRATION_RUN)
def ask_later(calibration_id: UUID) -> str | Response:
    """Ask for a later last day, and why."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibration.state not in UNENDED:
        return redirect(_shown(calibration))
    return render_template("calibrations/last_day.html", calibration=calibration, form=LaterForm())


@screen.post("/<uuid:calibration_id>/last-day")
@needs(Can.CALIBRATION_RUN)
def move_last_day(calibration_id: UUID) -> Answer:
    """Give everybody longer."""
    calibration, form = rights.to_run(session(), actor(), calibration_id), LaterForm()
    sound = form.validate()
    if sound and form.until.data is None:
        form.until.errors = ["Enter the new last day."]
        sound = False
    if sound:
        try:
            calibration_ends.move_last_day(
                session(), calibration, form.until.data, form.reason.data or "", by=actor().by, at=now()
            )
        except calibrations.CalibrationRefused as fault:
            form.until.errors = [str(fault)]
        else:
            flash("The last day is moved. Those who have not given their grades are told.", "success")
            return redirect(_shown(calibration))
    return render_template("calibrations/last_day.html", calibration=calibration, form=form), 400


@screen.get("/<uuid:calibration_id>/call-off")
@needs(Can.CALIBRATION_RUN)
def ask_call_off(calibration_id: UUID) -> str | Response:
    """Ask before an exercise is called off: it cannot be undone."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibration.state not in UNENDED:
        return redirect(_shown(calibration))
    return render_template("calibrations/call_off.html", calibration=calibration, form=OffForm())


@screen.post("/<uuid:calibration_id>/call-off")
@needs(Can.CALIBRATION_RUN)
def call_off(calibration_id: UUID) -> Answer:
    """End an exercise without showing anybody's grades."""
    calibration, form = rights.to_run(session(), actor(), calibration_id), OffForm()
    if not form.validate():
        return render_template("calibrations/call_off.html", calibration=calibration, form=form), 400
    if calibration_ends.call_off(session(), calibration, form.reason.data or "", by=actor().by, at=now()):
        flash("The exercise is called off. Everybody who was asked is told.", "success")
    return redirect(_shown(calibration))


@screen.get("/<uuid:calibration_id>/reveal")
@needs(Can.CALIBRATION_RUN)
def ask_reveal(calibration_id: UUID) -> str | Response:
    """Ask before everybody's grades are shown: it cannot be undone."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibration.state != "open":
        return redirect(_shown(calibration))
    takers = calibrations.takers(session(), calibration)
    return render_template(
        "calibrations/reveal.html", calibration=calibration, takers=takers,
        may_reveal=calibrations.may_be_revealed(session(), calibration, today=london_day(now())),
    )  # fmt: skip


@screen.post("/<uuid:calibration_id>/reveal")
@needs(Can.CALIBRATION_RUN)
def reveal(calibration_id: UUID) -> Response:
    """Show everybody's grades to all who take part."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    if calibrations.reveal(session(), calibration, by=actor().by, at=now()):
        flash("The grades are revealed. Everybody who takes part is told.", "success")
    return redirect(_shown(calibration))


@screen.errorhandler(calibrations.CalibrationRefused)
def _refused(fault: calibrations.CalibrationRefused) -> tuple[str, int]:
    heading = "This cannot be done now"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _with_choices(form: NewForm) -> NewForm:
    graded = [one for one in tools.live(session()) if one.elements]
    form.tool.choices = [
        SelectChoice(f"{one.key}:{one.version}", f"{one.title}, version {one.version}") for one in graded
    ]
    form.people.choices = _people()
    return form


def _with_people(there: list[str] | None = None) -> PeopleForm:
    data: dict[str, Any] = {} if there is None else {"formdata": None, "data": {"people": there}}
    form = PeopleForm(**data)
    form.people.choices = _people()
    return form


def _people() -> list[SelectChoice]:
    listed = calibrations.may_take_part(session())
    return [SelectChoice(str(one.id), f"{one.name}, {one.job_title}" if one.job_title else one.name) for one in listed]


def _shown(calibration: Calibration) -> str:
    return url_for("calibrations.show", calibration_id=calibration.id)
