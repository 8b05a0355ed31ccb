"""Practice alerts on screen: one's own list, raising one, and answering, moving up and resolving it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from audit_forms.questions import kind_of
from qa_app.access import sources as seen
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.models import Case, Person, PracticeAlert, Team
from qa_app.queries import practice_alerts as found
from qa_app.queries import staff_numbers, themes
from qa_app.queries.practice_alerts import STAGES, UP, Kind
from qa_app.queries.starting import case_matching
from qa_app.services import practice_alerts
from qa_app.services.practice_alerts import NotTheirs, Raised, SteppedMeanwhile, UnfitStep
from qa_app.web.forms import Form, line, naming_nobody, text
from qa_app.web.source_pages import may_answer, teams_by_service

screen = Blueprint("practice_alerts", __name__, url_prefix="/practice-alerts")
WHOM = Question(
    "recipient", "person", "Who is to answer?",
    "The manager you raise it with; for good practice, who should hear of it. Their number, or part of their name",
)  # fmt: skip
WHOM_NOW = Question("recipient", "person", "Who is to answer now?")
UNKNOWN = "Nobody on the staff list has this number. Type the name and choose ‘Find’."
CANNOT = "This person has no role here in which they could answer. Choose somebody else."


class RaiseForm(Form):
    """What is raised?"""

    kind = RadioField(
        "What do you raise?", choices=[SelectChoice(one.value, one.label) for one in Kind], default="alert"
    )
    raised_on = DayField(Question("raised_on", "date", "When did you raise it?", "For example, 27 10 2026"))
    team = SelectField("Which team’s work is it about?")
    theme = SelectField("Theme")
    stage = SelectField("Stage", choices=[SelectChoice(*one) for one in STAGES.items()], default="informal")
    recipient: Any = kind_of(WHOM).field()
    words = text(
        "What is it about?", naming_nobody, longest=practice_alerts.LONGEST,
        hint="What you saw, and what should happen for the child. Use no names: ‘the child’, ‘the worker’.",
    )  # fmt: skip
    reference = line(
        "The child’s reference (optional)", longest=60,
        hint="Kept encrypted and not shown. Leave it empty if it is not about one child.",
    )  # fmt: skip


class AnswerForm(Form):
    """What was or will be done?"""

    place = HiddenField()
    words = text("What was done, or will be done by when?", naming_nobody, longest=practice_alerts.LONGEST)


class MoveForm(Form):
    """To which stage, and with whom?"""

    place = HiddenField()
    stage = SelectField("Stage it moves up to")
    recipient: Any = kind_of(WHOM_NOW).field()
    words = text("Why does it move up?", naming_nobody, longest=practice_alerts.LONGEST)


class ResolveForm(Form):
    """What came of it?"""

    place = HiddenField()
    words = text("What is different for the child?", naming_nobody, longest=practice_alerts.LONGEST)


@screen.get("")
@needs(Can.PRACTICE_ALERT_ANSWER)
def index() -> str:
    """Those one raised or is to answer."""
    today = london_day(now())
    mine = [
        one for one in found.listed(session(), actor(), today=today)
        if one.alert.raiser_id == actor().person_id
        or actor().person_id in {step.recipient_id for step in one.alert.steps}
    ]  # fmt: skip
    return render_template("practice_alerts/index.html", mine=mine, stages=STAGES, labels=themes.labels(session()))


@screen.get("/raise")
@needs(Can.PRACTICE_ALERT_RAISE)
def ask() -> str:
    """Ask what is raised."""
    form = _with_choices(RaiseForm())
    form.raised_on.typed_parts = {part: str(getattr(london_day(now()), part)) for part in form.raised_on.PARTS}
    return render_template("practice_alerts/raise.html", form=form)


@screen.post("/raise")
@needs(Can.PRACTICE_ALERT_RAISE)
def raise_() -> Response | str | tuple[str, int]:
    """Raise it."""
    form = _with_choices(RaiseForm())
    sound = form.validate()
    if request.form.get("find") == "recipient":
        form.recipient.seek()
        return render_template("practice_alerts/raise.html", form=form)
    case = _case(form) if sound else None
    if sound and _is_whole(form):
        try:
            raiser, what = session().get_one(Person, actor().person_id), _raised(form, case)
            made = practice_alerts.raise_(session(), what, raiser, by=actor().by, at=now())
        except UnfitStep as fault:
            form[fault.field].errors = [str(fault)]
        else:
            flash(f"{Kind(made.kind).label} {made.label} is raised.", "success")
            return redirect(url_for("practice_alerts.show", alert_id=made.id))
    return render_template("practice_alerts/raise.html", form=form), 400


@screen.get("/<uuid:alert_id>")
@needs(Can.PRACTICE_ALERT_ANSWER)
def show(alert_id: UUID) -> str:
    """One practice alert with its clock and its steps."""
    return _page(seen.practice_alert(session(), actor(), alert_id))


@screen.post("/<uuid:alert_id>/answer")
@needs(Can.PRACTICE_ALERT_ANSWER)
def answer(alert_id: UUID) -> Response | tuple[str, int]:
    """Answer it."""
    alert, form = seen.practice_alert(session(), actor(), alert_id), AnswerForm()
    return _taken(alert, "answering", form, "Your answer is kept.", lambda: practice_alerts.answer(
        session(), alert, form.words.data or "", place=_place(form), actor=actor(), at=now()))  # fmt: skip


@screen.post("/<uuid:alert_id>/move")
@needs(Can.PRACTICE_ALERT_ANSWER)
def move(alert_id: UUID) -> Response | str | tuple[str, int]:
    """Move it up a stage."""
    alert = seen.practice_alert(session(), actor(), alert_id)
    form = _with_stages(MoveForm(), alert)
    if request.form.get("find") == "recipient":
        form.recipient.seek()
        return _page(alert, moving=form)
    return _taken(alert, "moving", form, "It has moved up.", lambda: practice_alerts.move(
        session(), alert, form.stage.data or "", _person(form.recipient.data), form.words.data or "",
        place=_place(form), actor=actor(), at=now()))  # fmt: skip


@screen.post("/<uuid:alert_id>/resolve")
@needs(Can.PRACTICE_ALERT_ANSWER)
def resolve(alert_id: UUID) -> Response | tuple[str, int]:
    """Resolve it."""
    alert, form = seen.practice_alert(session(), actor(), alert_id), ResolveForm()
    return _taken(alert, "resolving", form, "It is resolved.", lambda: practice_alerts.resolve(
        session(), alert, form.words.data or "", place=_place(form), actor=actor(), at=now()))  # fmt: skip


def _taken(alert: PracticeAlert, name: str, form: Any, said: str, step: Any) -> Response | tuple[str, int]:
    """Take a step; where it cannot be taken the page says why, and what was typed stays."""
    if form.validate():
        try:
            step()
        except UnfitStep as fault:
            form[fault.field].errors = [str(fault)]
        except NotTheirs as fault:
            form.form_errors.append(str(fault))
        except SteppedMeanwhile as fault:
            form.form_errors.append(str(fault))
            form.place.data = str(len(alert.steps))
            return _page(alert, **{name: form}), 409
        else:
            flash(said, "success")
            return redirect(url_for("practice_alerts.show", alert_id=alert.id))
    return _page(alert, **{name: form}), 400


def _page(alert: PracticeAlert, **typed: Any) -> str:
    note_access("practice_alert.open", "practice_alert", alert.id)
    one = found.standing(alert, london_day(now()))
    place = str(len(alert.steps))
    forms: dict[str, Any] = {}
    if one.waits and practice_alerts.may_answer(alert, actor()):
        forms["answering"] = AnswerForm(formdata=None, data={"place": place})
    if one.is_open and practice_alerts.may_go_on(alert, actor()):
        forms["resolving"] = ResolveForm(formdata=None, data={"place": place})
        if one.step.stage != UP[-1]:
            forms["moving"] = _with_stages(MoveForm(formdata=None, data={"place": place}), alert)
    forms |= typed
    for name, form in forms.items():
        form.words.id = f"{name}-words"  # three forms stand on one page
    return render_template(
        "practice_alerts/show.html", one=one, alert=alert, theme=themes.labels(session())[alert.theme_code],
        stages=STAGES, form=next(iter(typed.values()), None),
        **{name: forms.get(name) for name in ("answering", "moving", "resolving")},
    )  # fmt: skip


def _with_choices(form: RaiseForm) -> RaiseForm:
    form.team.choices = [
        SelectChoice("", "Choose a team"),
        *(SelectChoice(*one) for one in teams_by_service(led=False)),
    ]
    form.theme.choices = [SelectChoice("", "Choose a theme")]
    form.theme.choices += [SelectChoice(theme.code, theme.label) for theme in themes.offered(session())]
    return form


def _with_stages(form: MoveForm, alert: PracticeAlert) -> MoveForm:
    above = UP[UP.index(alert.steps[-1].stage) + 1 :]
    form.stage.choices = [SelectChoice(stage, STAGES[stage]) for stage in above]
    return form


def _is_whole(form: RaiseForm) -> bool:
    """Whether everything is there that has to be; else with the faults on the form."""
    if not form.team.data:
        form.team.errors = ["Choose a team."]
    if form.raised_on.data is None:
        form.raised_on.errors = ["Enter the day you raised it."]
    if not form.theme.data:
        form.theme.errors = ["Choose a theme."]
    return not (form.team.errors or form.raised_on.errors or form.theme.errors or form.reference.errors)


def _raised(form: RaiseForm, case: Case | None) -> Raised:
    """What the form says.

    Raises:
        UnfitStep: whoever is to answer is not known, or could not.
    """
    team = session().get_one(Team, UUID(form.team.data))
    return Raised(
        Kind(form.kind.data), form.raised_on.data, team, form.theme.data, form.words.data or "",
        stage=form.stage.data, recipient=_person(form.recipient.data), case=case,
    )  # fmt: skip


def _case(form: RaiseForm) -> Case | None:
    reference = (form.reference.data or "").strip()
    case = case_matching(session(), CaseKeys(site().case_key).match(reference)) if reference else None
    if reference and case is None:
        form.reference.errors = ["No case on the case list has this reference. Check it, or leave it empty."]
    return case


def _person(number: str | None) -> Person | None:
    """Whom a staff number means, if they could answer on screen.

    Raises:
        UnfitStep: nobody, or somebody who could not.
    """
    if not number:
        return None
    found = staff_numbers.by_number(session(), number)
    if found is None:
        raise UnfitStep("recipient", UNKNOWN)
    if found.id not in {one.id for one in may_answer()}:
        raise UnfitStep("recipient", CANNOT)
    return found


def _place(form: Any) -> int:
    """How many steps there were when the page was drawn; -1 where that was not sent."""
    typed = form.place.data or ""
    return int(typed) if typed.isdecimal() and len(typed) < 6 else -1
