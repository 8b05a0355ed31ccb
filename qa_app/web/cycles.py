"""Cycles: the list of months, opening one, looking a draw through, releasing it, and following it while it runs."""

from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit_forms.definition import Question
from audit_forms.fields import MonthField
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day, month_of
from qa_app.models import Cycle, Step
from qa_app.queries import cycles as found
from qa_app.queries.candidates import DRAWN
from qa_app.services import cycle_steps, cycles
from qa_app.services.audits import BACK_FOR
from qa_app.services.cycles import CycleRefused
from qa_app.web.forms import Form
from qa_app.web.rendering import month_name

screen = Blueprint("cycles", __name__)
LATER = "Shown once you have graded"
# How an audit came about, where it was not drawn at random from all cases.
STREAMS = {
    "stratified": "By service and plan", "thematic": "Thematic", "closure": "Closure", "targeted": "Targeted",
    "re_audit": "Re-audit",
}  # fmt: skip


class OpenForm(Form):
    """Which month?"""

    month = MonthField(Question("month", "month", "Month to open", "For example, 12 2026"))


class Standing(NamedTuple):
    """One auditor of a month: what is expected of them and what they have."""

    name: str
    job_title: str
    team: str
    expected: int
    given: int
    from_teams: str


@screen.get("/cycles")
@needs(Can.CYCLE_READ)
def index() -> str:
    """Every month, newest first."""
    form = OpenForm(data={"month": _suggested()})
    return render_template("cycles/index.html", months=found.months(session()), form=form)


@screen.post("/cycles")
@needs(Can.CYCLE_RUN)
def open_month() -> Response | tuple[str, int]:
    """Open a month."""
    form = OpenForm()
    if form.validate() and form.month.data is None:
        form.month.errors = ["Enter a month and a year, for example 12 2026."]
    if not form.errors:
        try:
            made = cycles.open_month(session(), form.month.data, by=actor().by, at=now())
        except CycleRefused as fault:
            form.month.errors = [str(fault)]
        else:
            flash(f"{month_name(made.month)} is open. Check what is expected of whom, then draw the cases.", "success")
            return redirect(url_for("cycles.show", cycle_id=made.id))
    return render_template("cycles/index.html", months=found.months(session()), form=form), 400


@screen.get("/cycles/<uuid:cycle_id>")
@needs(Can.CYCLE_READ)
def show(cycle_id: UUID) -> str:
    """One month: its next step, the cases drawn, how far each audit is."""
    cycle = _find(cycle_id)
    allotted = found.allotted(session(), actor(), cycle.id)
    asked = found.asked(session(), cycle.id)
    draws = found.draws(session(), cycle.id)
    return render_template(
        "cycles/show.html", cycle=cycle, allotted=allotted, standings=_standings(asked, allotted), draws=draws,
        latest=next((one for one in draws if one.rule.get("what") in ("draw", "redraw")), None),
        expected=sum(one.expected for one in asked if not one.excused_reason),
        excused=sum(bool(one.excused_reason) for one in asked),
        counts=Counter(one.state.value for one in allotted), today=london_day(now()),
        submitted=sum(one.state.is_submitted for one in allotted),
        live=sum(one.state not in found.GONE for one in allotted),
        steps=_steps(cycle), calendar=_calendar(cycle), back_for=BACK_FOR, streams=STREAMS,
        drawn_streams=DRAWN,
    )  # fmt: skip


@screen.get("/cycles/<uuid:cycle_id>/release")
@needs(Can.CYCLE_RUN)
def ask_release(cycle_id: UUID) -> str:
    """Ask once more before the audits reach the auditors."""
    cycle = _find(cycle_id)
    allotted = found.allotted(session(), actor(), cycle.id)
    return render_template(
        "cycles/release.html", cycle=cycle, audits=len(allotted), people=len({one.auditor_id for one in allotted}),
        today=london_day(now()),
    )  # fmt: skip


@screen.post("/cycles/<uuid:cycle_id>/release")
@needs(Can.CYCLE_RUN)
def release(cycle_id: UUID) -> Response:
    """Release a month."""
    cycle = _find(cycle_id)
    try:
        audits = cycles.release(session(), cycle, by=actor().by, at=now())
    except CycleRefused as fault:
        flash(str(fault), "warning")
    else:
        flash(f"{month_name(cycle.month)} is released: {audits} audits are on the auditors’ lists.", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle.id))


def _find(cycle_id: UUID) -> Cycle:
    """The cycle with this id; whoever may run cycles sees all of them.

    Raises:
        OutOfScopeError: there is none.
    """
    cycle = session().get(Cycle, cycle_id)
    if cycle is None or cycle.on_demand:
        raise OutOfScopeError
    return cycle


def _steps(cycle: Cycle) -> list[tuple[str, str]]:
    """The words and addresses of what follows the audits, once a month is released."""
    if cycle.state == "planned":
        return []
    closing = ("Figures as reported", "reported") if cycle.state == "closed" else ("Close the month", "show")
    return [
        ("The sample to moderate", url_for("samples.show", cycle_id=cycle.id)),
        (closing[0], url_for(f"closing.{closing[1]}", cycle_id=cycle.id)),
    ]


def _calendar(cycle: Cycle) -> list[tuple[Step, str, date]]:
    """Each step of the month's calendar with its words and its day; an imported month has none."""
    if cycle.batch_id is not None:
        return []
    return [(step, cycle_steps.NAMES[step], on) for step, on in cycle_steps.calendar(session(), cycle).items()]


def _standings(asked: tuple[found.Asked, ...], allotted: tuple[found.Allotted, ...]) -> list[Standing]:
    teams: dict[UUID, Counter[str]] = {}
    # What is left of the teams would tell whose the audits are that the reader has yet to grade.
    blind = any(one.blind for one in allotted)
    for one in allotted:
        if one.state not in found.GONE:
            teams.setdefault(one.auditor_id, Counter())[one.team] += 1
    return [
        Standing(
            one.name,
            one.job_title,
            one.team,
            one.expected,
            one.given,
            LATER if blind else _words(teams.get(one.person_id, Counter())),
        )
        for one in asked
        if not one.excused_reason and (one.expected or one.given)
    ]


def _words(teams: Counter[str] | None) -> str:
    return ", ".join(team if n == 1 else f"{team} ({n})" for team, n in sorted((teams or Counter()).items()))


def _suggested() -> date:
    """The month after the newest one, or this month where there is none yet."""
    known = [one.month for one in found.months(session())]
    if not known:
        return month_of(london_day(now()))
    newest = max(known)
    return date(newest.year + newest.month // 12, newest.month % 12 + 1, 1)
