"""Targets and dates of the plan changed on screen, each with a reason."""

from datetime import date
from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from moderation.statistics import months
from moderation.statistics.target import Operator
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import PlanAction, PlanMeasure
from qa_app.queries import plan as register
from qa_app.services import plan
from qa_app.services.plan import Asked, PlanRefused
from qa_app.web.forms import Form, line, naming_nobody, text
from qa_app.web.numbers import decimal_of, plain, version_in, whole_of

screen = Blueprint("plan_targets", __name__, url_prefix="/plan")

OPERATORS = {
    Operator.ABOVE: "More than", Operator.AT_LEAST: "At least", Operator.BELOW: "Less than",
    Operator.AT_MOST: "At most", Operator.ALL: "Exactly",
}  # fmt: skip
WHY = "It is shown with the change. Do not name children, families or staff."
MONTH = "The year and the month, such as 2026-12."


class TargetForm(Form):
    """What is asked of a measure, and why that changes."""

    operator = SelectField(
        "How is it held against the target?", choices=[SelectChoice(*one) for one in OPERATORS.items()]
    )
    target = line("Target", hint="A number, such as 85 or 8.45. With a reduction it is worked out for you.")
    baseline = line("Baseline", hint="Where it began, if the plan says so.")
    reduction_percent = line("Reduction on the baseline in percent", hint="Such as 35 for ‘35% below the baseline’.")
    consecutive_months = line("Months running", hint="How many months have to meet it one after the other, if so.")
    milestone = line("Milestone", hint=f"Only where it differs from the action’s date. {MONTH}")
    reason = text("Why does the target change?", naming_nobody, longest=500, hint=WHY)
    version = HiddenField()


class DateForm(Form):
    """When an action is due, and why that changes."""

    due = line("Due", hint=MONTH)
    reason = text("Why does the date change?", naming_nobody, longest=500, hint=WHY)
    version = HiddenField()


@screen.get("/measures/<string:key>/target")
@needs(Can.PLAN_EDIT)
def ask_target(key: str) -> str:
    """The target as it stands, to change."""
    measure = _measure(key)
    now_set = register.targets(session(), measure.key)[0]
    form = TargetForm(
        data={
            "operator": now_set.operator, "target": plain(now_set.target), "baseline": plain(now_set.baseline),
            "reduction_percent": plain(now_set.reduction_percent),
            "consecutive_months": str(now_set.consecutive_months or ""),
            "milestone": months.name(now_set.milestone) if now_set.milestone else "", "version": str(now_set.version),
        }
    )  # fmt: skip
    return _target_page(measure, form)


@screen.post("/measures/<string:key>/target")
@needs(Can.PLAN_EDIT)
def change_target(key: str) -> Response | tuple[str, int]:
    """Change the target, with the reason."""
    measure, form = _measure(key), TargetForm()
    asked = _asked(form) if form.validate() else None
    if asked is None:
        return _target_page(measure, form), 400
    try:
        plan.change_target(
            session(),
            measure,
            asked,
            version=version_in(form.version.data),
            reason=form.reason.data or "",
            by=actor().by,
            at=now(),
        )
    except PlanRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _target_page(measure, form), 400
    flash("The target is changed. The one before stays in the history.", "success")
    return redirect(url_for("plan.measure", key=measure.key))


@screen.get("/actions/<string:ref>/date")
@needs(Can.PLAN_EDIT)
def ask_date(ref: str) -> str:
    """The date as it stands, to change."""
    action = _action(ref)
    now_set = register.dates(session(), action.ref)[0]
    return _date_page(action, DateForm(data={"due": months.name(now_set.due), "version": str(now_set.version)}))


@screen.post("/actions/<string:ref>/date")
@needs(Can.PLAN_EDIT)
def change_date(ref: str) -> Response | tuple[str, int]:
    """Change the date, with the reason."""
    action, form = _action(ref), DateForm()
    due = _month(form, "due") if form.validate() else None
    if due is None:
        form.due.errors = form.due.errors or ["Write the month the action is due."]
        return _date_page(action, form), 400
    try:
        plan.change_date(
            session(),
            action,
            due,
            version=version_in(form.version.data),
            reason=form.reason.data or "",
            by=actor().by,
            at=now(),
        )
    except PlanRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _date_page(action, form), 400
    flash("The date is changed. The one before stays in the history.", "success")
    return redirect(url_for("plan.show"))


def _measure(key: str) -> PlanMeasure:
    """A measure that has a target; the others have none to change."""
    line = register.line(session(), key[:40])
    if line is None or line.target.target is None:
        abort(404)
    return line.measure


def _action(ref: str) -> PlanAction:
    return session().get(PlanAction, ref[:10]) or abort(404)


def _asked(form: TargetForm) -> Asked | None:
    """What the form asks; None with the fault beside the box it is in."""
    numbers: dict[str, Decimal | None] = {
        name: decimal_of(form[name]) for name in ("target", "baseline", "reduction_percent")
    }
    running, milestone = whole_of(form.consecutive_months, 1, 24), _month(form, "milestone")
    if form.errors:
        return None
    return Asked(Operator(form.operator.data), **numbers, consecutive_months=running, milestone=milestone)


def _month(form: Form, name: str) -> date | None:
    try:
        return months.read(form[name].data[:20]) if form[name].data else None
    except ValueError as fault:
        form[name].errors = [str(fault)]
        return None


def _target_page(measure: PlanMeasure, form: TargetForm) -> str:
    return render_template("plan/target.html", measure=measure, form=form)


def _date_page(action: PlanAction, form: DateForm) -> str:
    return render_template("plan/date.html", action=action, form=form)
