"""Training sessions: what caused each, how many came from which service, and, for the QA lead, who attended."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import CpdSession, Team
from qa_app.queries import cpd, themes
from qa_app.queries import evidence as entries
from qa_app.services import cpd as courses
from qa_app.services.cpd import Course, CpdRefused
from qa_app.web.forms import Form, line, naming_nobody, text
from qa_app.web.source_pages import teams_by_service

screen = Blueprint("cpd", __name__, url_prefix="/cpd")

NEWEST = 30  # entries of evidence that are offered


class CourseForm(Form):
    """What the session was, and what caused it."""

    title = line("What was it about?", naming_nobody, hint="For example: the child’s voice in plans")
    held_on = DayField(Question("held_on", "date", "When was it held?", "For example, 2 11 2026"))
    themes = SelectMultipleField("Themes that caused it")
    evidence = SelectMultipleField("Entries of evidence that caused it")
    feedback = text("What did those who came say of it?", naming_nobody, longest=2000, hint="Name nobody.")


class AttendForm(Form):
    """Who of a team attended."""

    people = SelectMultipleField("Who attended?")


class WithdrawForm(Form):
    """Why a session is withdrawn."""

    reason = text("Why is it withdrawn?", naming_nobody, longest=500, hint="It is kept with the session.")


@screen.get("")
@needs(Can.EVIDENCE_READ)
def index() -> str:
    """Every session, the newest first."""
    return render_template("cpd/index.html", sessions=cpd.listed(session()), called=themes.labels(session()))


@screen.get("/new")
@needs(Can.CPD_RUN)
def new() -> str:
    """The page to record a session."""
    return _page(_offered(CourseForm()))


@screen.post("/new")
@needs(Can.CPD_RUN)
def make() -> Response | tuple[str, int]:
    """Record a session."""
    form = _offered(CourseForm())
    said = _said(form)
    if said is not None:
        try:
            made = courses.make(session(), said, by=actor().by, at=now(), today=london_day(now()))
        except CpdRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            flash("The session is recorded. Now note who attended, team by team.", "success")
            return redirect(url_for(".attendance", course_id=made.id))
    return _page(form), 400


@screen.get("/<uuid:course_id>")
@needs(Can.EVIDENCE_READ)
def show(course_id: UUID) -> str:
    """One session: what caused it, how many came from each service, and what they said."""
    course = cpd.one(session(), course_id)
    linked = {one.evidence_id for one in course.evidence}
    return render_template(
        "cpd/show.html", held=cpd.held(course), called=themes.labels(session()),
        entries=[one for one in entries.listed(session(), actor()) if one.evidence_id in linked],
    )  # fmt: skip


@screen.get("/<uuid:course_id>/change")
@needs(Can.CPD_RUN)
def ask_change(course_id: UUID) -> str:
    """A session as it stands, to put right."""
    course = cpd.one(session(), course_id)
    data = {
        "title": course.title, "held_on": course.held_on, "feedback": course.feedback,
        "themes": [one.theme_code for one in course.themes],
        "evidence": [str(one.evidence_id) for one in course.evidence],
    }  # fmt: skip
    return _page(_offered(CourseForm(data=data), course), course)


@screen.post("/<uuid:course_id>/change")
@needs(Can.CPD_RUN)
def change(course_id: UUID) -> Response | tuple[str, int]:
    """Put right what is said of a session."""
    course = cpd.one(session(), course_id)
    form = _offered(CourseForm(), course)
    said = _said(form)
    if said is not None:
        try:
            courses.change(session(), course, said, by=actor().by, at=now(), today=london_day(now()))
        except CpdRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            flash("The session is changed.", "success")
            return redirect(url_for(".show", course_id=course.id))
    return _page(form, course), 400


@screen.get("/<uuid:course_id>/attendance")
@needs(Can.CPD_RUN)
def attendance(course_id: UUID) -> str:
    """Who attended, and the people of one team to tick."""
    course = cpd.one(session(), course_id)
    return _attendance(course, _ticks(course, _team()))


@screen.post("/<uuid:course_id>/attendance")
@needs(Can.CPD_RUN)
def attend(course_id: UUID) -> Response | tuple[str, int]:
    """Note who of a team attended, and strike out who did not."""
    course, team = cpd.one(session(), course_id), _team()
    form = _ticks(course, team, sent=True)
    if team is None or not form.validate():
        return _attendance(course, form), 400
    people = frozenset(UUID(one) for one in form.people.data or ())
    among = [one.id for one in cpd.people_of(session(), team.id, course)]
    noted, struck = courses.attend(session(), course, people, among=among, by=actor().by, at=now())
    flash(f"{team.name}: {noted} noted, {struck} struck out.", "success")
    return redirect(url_for(".attendance", course_id=course.id))


@screen.get("/<uuid:course_id>/withdraw")
@needs(Can.CPD_RUN)
def ask_withdraw(course_id: UUID) -> str:
    """Whether a session is to count no more."""
    return render_template("cpd/withdraw.html", course=cpd.one(session(), course_id), form=WithdrawForm())


@screen.post("/<uuid:course_id>/withdraw")
@needs(Can.CPD_RUN)
def withdraw(course_id: UUID) -> Response | tuple[str, int]:
    """Withdraw a session, with the reason."""
    course, form = cpd.one(session(), course_id), WithdrawForm()
    if form.validate():
        try:
            courses.withdraw(session(), course, reason=form.reason.data or "", by=actor().by, at=now())
        except CpdRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            flash("The session is withdrawn. It counts nowhere any more.", "success")
            return redirect(url_for(".index"))
    return render_template("cpd/withdraw.html", course=course, form=form), 400


def _offered(form: CourseForm, course: CpdSession | None = None) -> CourseForm:
    """The form with the themes and the newest entries, and whatever the session has already."""
    has = {one.theme_code for one in course.themes} if course else set()
    linked = {one.evidence_id for one in course.evidence} if course else set()
    form.themes.choices = [SelectChoice(one.code, one.label) for one in themes.offered(session(), has)]
    found = entries.listed(session(), actor())
    form.evidence.choices = [
        SelectChoice(str(one.evidence_id), one.changed[:100])
        for place, one in enumerate(found)
        if place < NEWEST or one.evidence_id in linked
    ]
    return form


def _said(form: CourseForm) -> Course | None:
    """What the form says; None with the fault beside the box it is in."""
    form.validate()
    if form.held_on.data is None and not form.held_on.errors:
        form.held_on.errors = ["Enter the day, month and year of the session."]
    if form.errors:
        return None
    linked = frozenset(UUID(one) for one in form.evidence.data or ())
    return Course(
        form.title.data or "", form.held_on.data, frozenset(form.themes.data or ()), linked, form.feedback.data or ""
    )


def _team() -> Team | None:
    try:
        return session().get(Team, UUID(request.args.get("team", "")))
    except ValueError:
        return None


def _ticks(course: CpdSession, team: Team | None, *, sent: bool = False) -> AttendForm:
    came = {one.person_id for one in course.attendance if one.struck_at is None}
    people = cpd.people_of(session(), team.id, course) if team is not None else []
    form = AttendForm() if sent else AttendForm(data={"people": [str(one.id) for one in people if one.id in came]})
    form.people.choices = [
        SelectChoice(str(one.id), f"{one.name}, {one.job_title}" if one.job_title else one.name) for one in people
    ]
    return form


def _attendance(course: CpdSession, form: AttendForm) -> str:
    came = sorted((one for one in course.attendance if one.struck_at is None), key=lambda one: one.person.name)
    return render_template(
        "cpd/attendance.html", course=course, came=came, form=form, team=_team(),
        teams=[("", "Choose a team"), *teams_by_service(led=False)],
    )  # fmt: skip


def _page(form: CourseForm, course: CpdSession | None = None) -> str:
    return render_template("cpd/write.html", form=form, course=course)
