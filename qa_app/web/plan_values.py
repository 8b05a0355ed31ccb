"""Values of the plan's measures that come from elsewhere: entered, corrected and taken back."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import PlanMeasure, RecordedValue
from qa_app.queries import plan
from qa_app.services import recorded_values
from qa_app.services.recorded_values import Given, ValueRefused
from qa_app.web.forms import Form, line, naming_nobody, text
from qa_app.web.numbers import decimal_of, plain

screen = Blueprint("plan_values", __name__, url_prefix="/plan")

WHY = "It is kept in the history. Do not name children, families or staff."


class ValueForm(Form):
    """A value, its period and where it is from."""

    numerator = line("Number", hint="For a percentage, how many: 9 of 10 people.")
    denominator = line("Out of", hint="For a percentage, out of how many. Else leave it empty.")
    period_from = DayField(Question("period_from", "date", "First day of the period", "For example, 1 7 2026"))
    period_to = DayField(Question("period_to", "date", "Last day of the period", "For example, 30 9 2026"))
    origin = line("Where is it from?", naming_nobody, hint="Such as: Workforce team, quarter 2. No names of people.")
    dated = DayField(Question("dated", "date", "Date of that source", "For example, 5 10 2026"))


class CorrectForm(ValueForm):
    """The same, with the reason for correcting what was recorded."""

    reason = text("Why is it corrected?", naming_nobody, longest=500, hint=WHY)


class TakeBackForm(Form):
    """Why a value counts no more."""

    reason = text("Why is it taken back?", naming_nobody, longest=500, hint=WHY)


@screen.get("/measures/<string:key>/values/new")
@needs(Can.PLAN_RECORD)
def new(key: str) -> str:
    """The page to enter a value."""
    return _page(_measure(key), ValueForm())


@screen.post("/measures/<string:key>/values/new")
@needs(Can.PLAN_RECORD)
def enter(key: str) -> Response | tuple[str, int]:
    """Record a value."""
    measure, form = _measure(key), ValueForm()
    given = _given(form)
    if given is None:
        return _page(measure, form), 400
    try:
        recorded_values.enter(session(), measure, given, by=actor().by, at=now(), today=london_day(now()))
    except ValueRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _page(measure, form), 400
    flash("The value is recorded.", "success")
    return redirect(url_for("plan.measure", key=measure.key))


@screen.get("/values/<int:value_id>/correct")
@needs(Can.PLAN_RECORD)
def ask_correct(value_id: int) -> str:
    """A value as it stands, to correct or take back."""
    row = _standing(value_id)
    form = CorrectForm(
        data={
            "numerator": plain(row.numerator), "denominator": plain(row.denominator), "period_from": row.period_from,
            "period_to": row.period_to, "origin": row.origin, "dated": row.dated,
        }
    )  # fmt: skip
    return _page(_measure(row.measure_key), form, row)


@screen.post("/values/<int:value_id>/correct")
@needs(Can.PLAN_RECORD)
def correct(value_id: int) -> Response | tuple[str, int]:
    """Put another value in its place."""
    row, form = _standing(value_id), CorrectForm()
    measure, given = _measure(row.measure_key), _given(form)
    if given is None:
        return _page(measure, form, row), 400
    try:
        recorded_values.correct(
            session(), row, given, reason=form.reason.data or "", by=actor().by, at=now(), today=london_day(now())
        )
    except ValueRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _page(measure, form, row), 400
    flash("The value is corrected. The one before stays in the history.", "success")
    return redirect(url_for("plan.measure", key=measure.key))


@screen.post("/values/<int:value_id>/take-back")
@needs(Can.PLAN_RECORD)
def take_back(value_id: int) -> Response | tuple[str, int]:
    """Say that it should never have been recorded."""
    row, form = _standing(value_id), TakeBackForm()
    if form.validate():
        try:
            recorded_values.take_back(session(), row, reason=form.reason.data or "", by=actor().by, at=now())
        except ValueRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            flash("The value is taken back. It stays in the history.", "success")
            return redirect(url_for("plan.measure", key=row.measure_key))
    return render_template("plan/take_back.html", measure=_measure(row.measure_key), row=row, form=form), 400


@screen.get("/values/<int:value_id>/take-back")
@needs(Can.PLAN_RECORD)
def ask_take_back(value_id: int) -> str:
    """Whether a value should never have been recorded."""
    row = _standing(value_id)
    return render_template("plan/take_back.html", measure=_measure(row.measure_key), row=row, form=TakeBackForm())


def _measure(key: str) -> PlanMeasure:
    measure = session().get(PlanMeasure, key[:40])
    if measure is None or measure.source != "record":
        abort(404)
    return measure


def _standing(value_id: int) -> RecordedValue:
    """A value that stands; what was corrected or taken back is in the history only."""
    row = session().get(RecordedValue, value_id) if value_id < 2**31 else None
    if row is None or row not in plan.standing_values(session(), (row.measure_key,)).get(row.measure_key, []):
        abort(404)
    return row


def _given(form: ValueForm) -> Given | None:
    """What the form says; None with the fault beside the box it is in."""
    form.validate()
    number, out_of = decimal_of(form.numerator), decimal_of(form.denominator)
    if number is None and not form.numerator.errors:
        form.numerator.errors = ["Write the number."]
    for day in (form.period_from, form.period_to, form.dated):
        if day.data is None and not day.errors:
            day.errors = ["Write the day, month and year."]
    if form.errors or number is None:
        return None
    return Given(
        number, out_of, form.period_from.data, form.period_to.data, form.origin.data or "", form.dated.data
    )  # fmt: skip


def _page(measure: PlanMeasure, form: ValueForm, row: RecordedValue | None = None) -> str:
    return render_template("plan/value.html", measure=measure, form=form, row=row, percent=plan.PERCENT)
