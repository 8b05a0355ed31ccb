"""Changing the day of one step of a month's calendar, with a reason."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Step
from qa_app.services import cycle_steps
from qa_app.services.cycle_steps import CycleRefused
from qa_app.web.forms import Form, line

screen = Blueprint("cycle_steps", __name__)
STEP = f"/cycles/<uuid:cycle_id>/steps/<any({', '.join(Step)}):step>"


class StepForm(Form):
    """Which day, and why?"""

    on = DayField(Question("on", "date", "New day", "For example, 15 12 2026"))
    reason = line("Reason for the change", longest=cycle_steps.LONGEST_REASON, hint="No names. The reason is kept.")


@screen.get(STEP)
@needs(Can.CYCLE_RUN)
def ask(cycle_id: UUID, step: str) -> str:
    """Ask for another day."""
    return _page(_cycle(cycle_id), Step(step), StepForm())


@screen.post(STEP)
@needs(Can.CYCLE_RUN)
def change(cycle_id: UUID, step: str) -> Response | tuple[str, int]:
    """Give the step another day."""
    cycle, form = _cycle(cycle_id), StepForm()
    form.validate()
    if not form.on.errors and form.on.data is None:
        form.on.errors = ["Enter a day, a month and a year, for example 15 12 2026."]
    if not form.reason.errors and not form.reason.data:
        form.reason.errors = ["Say why the date changes. The reason is kept."]
    if not form.errors:
        try:
            cycle_steps.move(
                session(), cycle, Step(step), form.on.data, reason=form.reason.data or "", by=actor().by, at=now()
            )
        except CycleRefused as fault:
            form.on.errors = [str(fault)]
        else:
            flash("The day is changed.", "success")
            return redirect(url_for("cycles.show", cycle_id=cycle.id))
    return _page(cycle, Step(step), form), 400


def _page(cycle: Cycle, step: Step, form: StepForm) -> str:
    on = cycle_steps.calendar(session(), cycle)[step]
    return render_template(
        "cycles/step.html", cycle=cycle, step=step.value, words=cycle_steps.NAMES[step], on=on, form=form
    )


def _cycle(cycle_id: UUID) -> Cycle:
    """The cycle with this id; an imported one has no calendar.

    Raises:
        OutOfScopeError: there is none.
    """
    cycle = session().get(Cycle, cycle_id)
    if cycle is None or cycle.on_demand or cycle.batch_id is not None:
        raise OutOfScopeError
    return cycle
