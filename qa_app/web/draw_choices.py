"""Other ways to choose cases than at random from all: by service and plan type, a theme, closed cases, by hand."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Draw, Person
from qa_app.queries import candidates, people
from qa_app.queries.references import matched
from qa_app.queries.ties import holders
from qa_app.services import audits, case_draws, reaudit_draws, settings
from qa_app.services.case_draws import NothingToDraw
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.draw_frames import Choice, available
from qa_app.services.expectations import MOST_EXPECTED
from qa_app.web.forms import Form, line, text
from qa_app.web.import_flow import keys

screen = Blueprint("draw_choices", __name__)
REFUSALS = (CycleRefused, NothingToDraw)
WHY = "Needed when cases were drawn before. No names. The reason is kept with the draw."
ONE_A_LINE = "One on each line. They are matched and not kept."


class ReasonForm(Form):
    """Why is it drawn again?"""

    reason = text("Reason", longest=audits.LONGEST_REASON, hint=WHY)


class ThemeForm(ReasonForm):
    """What is it about, and which cases are of it?"""

    title = line("What is the theme?", longest=120, hint="Such as ‘Neglect of young children’. No names.")
    services = SelectMultipleField("Services", description="None chosen means all.")
    plan_types = SelectMultipleField("Plan types", description="None chosen means all.")
    age_bands = SelectMultipleField("Ages", description="None chosen means all.")
    references = text("Only these case references", longest=20_000, hint=ONE_A_LINE)


class PickForm(Form):
    """Which cases, for whom, and why?"""

    references = text("Case references", longest=20_000, hint=ONE_A_LINE)
    auditor = SelectField("Who audits?", default="", description="Nobody gets a case they are tied to.")
    reason = text("Reason", longest=audits.LONGEST_REASON, hint="No names. The reason is kept with the draw.")


class Box(NamedTuple):
    """One service and plan type: how many cases could be drawn, and how many are wanted at least, as typed."""

    stratum: str
    cases: int
    typed: str
    error: str

    @property
    def wanted(self) -> int:
        return int(self.typed or 0)


@screen.get("/cycles/<uuid:cycle_id>/draw/by-service-and-plan")
@needs(Can.CYCLE_RUN)
def ask_strata(cycle_id: UUID) -> str:
    """Ask how many of each service and plan type."""
    cycle = _planned(cycle_id)
    return render_template("cycles/draw_strata.html", cycle=cycle, form=ReasonForm(), boxes=_boxes(cycle, {}))


@screen.post("/cycles/<uuid:cycle_id>/draw/by-service-and-plan")
@needs(Can.CYCLE_RUN)
def draw_strata(cycle_id: UUID) -> Response | tuple[str, int]:
    """Draw the month with a number of cases for each service and plan type."""
    cycle, form = _planned(cycle_id), ReasonForm()
    boxes = _boxes(cycle, request.form)
    form.validate()
    if not any(box.error for box in boxes):
        wanted = {box.stratum: box.wanted for box in boxes if box.wanted}
        if not wanted:
            form.form_errors.append("Enter how many cases of at least one service and plan type.")
        elif not form.errors and (kept := _draw(cycle, form, Choice("stratified", quotas=wanted))) is not None:
            return _drawn(cycle, kept)
    return render_template("cycles/draw_strata.html", cycle=cycle, form=form, boxes=boxes), 400


@screen.get("/cycles/<uuid:cycle_id>/draw/theme")
@needs(Can.CYCLE_RUN)
def ask_theme(cycle_id: UUID) -> str:
    """Ask for a theme."""
    return render_template("cycles/draw_theme.html", cycle=_planned(cycle_id), form=_theme_form())


@screen.post("/cycles/<uuid:cycle_id>/draw/theme")
@needs(Can.CYCLE_RUN)
def draw_theme(cycle_id: UUID) -> Response | tuple[str, int]:
    """Draw the month from the cases of a theme."""
    cycle, form = _planned(cycle_id), _theme_form()
    form.validate()
    if not form.title.errors and not form.title.data:
        form.title.errors = ["Say what the theme is."]
    if not form.errors and (choice := _theme(form)) is not None and (kept := _draw(cycle, form, choice)) is not None:
        return _drawn(cycle, kept)
    return render_template("cycles/draw_theme.html", cycle=cycle, form=form), 400


@screen.get("/cycles/<uuid:cycle_id>/draw/closed-cases")
@needs(Can.CYCLE_RUN)
def ask_closure(cycle_id: UUID) -> str:
    """Ask whether to draw closed cases."""
    days = settings.number(session(), "closed_within_days")
    return render_template("cycles/draw_closure.html", cycle=_planned(cycle_id), form=ReasonForm(), days=days)


@screen.post("/cycles/<uuid:cycle_id>/draw/closed-cases")
@needs(Can.CYCLE_RUN)
def draw_closure(cycle_id: UUID) -> Response | tuple[str, int]:
    """Draw the month from cases that were closed lately."""
    cycle, form = _planned(cycle_id), ReasonForm()
    days = settings.number(session(), "closed_within_days")
    if form.validate():
        lens = candidates.Lens(closed_since=now() - timedelta(days=days))
        choice = Choice("closure", lens, rule={"closed_within_days": days})
        if (kept := _draw(cycle, form, choice)) is not None:
            return _drawn(cycle, kept)
    return render_template("cycles/draw_closure.html", cycle=cycle, form=form, days=days), 400


@screen.get("/cycles/<uuid:cycle_id>/pick")
@needs(Can.CYCLE_RUN)
def ask_pick(cycle_id: UUID) -> str:
    """Ask which cases are picked by hand."""
    return render_template("cycles/pick.html", cycle=_open(cycle_id), form=_pick_form())


@screen.post("/cycles/<uuid:cycle_id>/pick")
@needs(Can.CYCLE_RUN)
def pick(cycle_id: UUID) -> Response | tuple[str, int]:
    """Add audits of cases picked by hand."""
    cycle, form = _open(cycle_id), _pick_form()
    if form.validate() and (cases := _matched(form.references)) is not None:
        auditor = session().get(Person, UUID(form.auditor.data)) if form.auditor.data else None
        try:
            kept = case_draws.pick(
                session(), cycle, cases, auditor, seed=secrets.token_hex(16), reason=form.reason.data or "",
                by=actor().by, at=now(),
            )  # fmt: skip
        except REFUSALS as fault:
            form.reason.errors = [str(fault)]
        else:
            left = len(cases) - kept.rule["given"]
            more = f" {left} could go to nobody: see the cases left out." if left else ""
            flash(f"Picked by hand: {kept.rule['given']} of {len(cases)}.{more}", "warning" if left else "success")
            return redirect(url_for("cycles.show", cycle_id=cycle.id))
    return render_template("cycles/pick.html", cycle=cycle, form=form), 400


def _draw(cycle: Cycle, form: ReasonForm, choice: Choice) -> Draw | None:
    """Draw the month; None with the fault on the form."""
    try:
        return case_draws.draw_month(
            session(), cycle, seed=secrets.token_hex(16), reason=form.reason.data or "", choice=choice, by=actor().by,
            at=now(),
        )  # fmt: skip
    except REFUSALS as fault:
        form.reason.errors = [str(fault)]
        return None


def _drawn(cycle: Cycle, kept: Draw) -> Response:
    given = kept.rule["quotas_given"]
    short = [
        f"{name}: {given[name]} of {wanted}" for name, wanted in kept.rule["quotas"].items() if given[name] < wanted
    ]
    if short:
        flash(f"The cases are drawn, fewer than you asked for of {'; '.join(short)}.", "warning")
    else:
        flash("The cases are drawn. Look them through, then release the month.", "success")
    if left := reaudit_draws.said_waiting(reaudit_draws.left(session(), actor(), cycle)):
        flash(left, "warning")
    return redirect(url_for("cycles.show", cycle_id=cycle.id))


def _theme(form: ThemeForm) -> Choice | None:
    """The choice a theme makes; None with the fault on the form."""
    services, plans, ages = form.services.data or [], form.plan_types.data or [], form.age_bands.data or []
    listed = None
    if form.references.data:
        listed = _matched(form.references)
        if listed is None:
            return None
    if not (services or plans or ages or listed):
        form.form_errors.append("Choose what the cases have in common, or enter their references.")
        return None
    lens = candidates.Lens(frozenset(UUID(one) for one in services), frozenset(plans), frozenset(ages), listed=listed)
    rule = {"services": services, "plan_types": plans, "age_bands": ages, "listed": len(listed or ())}
    return Choice("thematic", lens, rule={"theme": rule}, title=form.title.data or "")


def _matched(field: TextAreaField) -> frozenset[UUID] | None:
    """The cases of the references in a box; None with the fault on it."""
    try:
        found = matched(session(), keys(), field.data or "")
    except ValueError as fault:
        field.errors = [str(fault)]
        return None
    if found.unknown:
        field.errors = [f"Not in the case list: {', '.join(found.unknown[:10])}. Correct or remove them."]
        return None
    if not found.cases:
        field.errors = ["Enter at least one case reference."]
        return None
    return found.cases


def _boxes(cycle: Cycle, sent: Mapping[str, str]) -> list[Box]:
    return [_box(stratum, cases, sent) for stratum, cases in available(session(), cycle).items()]


def _box(stratum: str, cases: int, sent: Mapping[str, str]) -> Box:
    typed = sent.get(f"quota-{stratum}", "").strip()[:20].replace("\x00", "")
    sound = not typed or (typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) <= MOST_EXPECTED)
    error = "" if sound else f"{stratum}: enter a whole number from 0 to {MOST_EXPECTED}."
    return Box(stratum, cases, typed, error)


def _theme_form() -> ThemeForm:
    form = ThemeForm()
    plans, ages = candidates.kinds(session())
    form.services.choices = [SelectChoice(str(one.id), one.name) for one in people.services(session())]
    form.plan_types.choices = [SelectChoice(one, one) for one in plans]
    form.age_bands.choices = [SelectChoice(one, one) for one in ages]
    return form


def _pick_form() -> PickForm:
    form = PickForm()
    auditors = holders(session(), Role.AUDITOR)
    drawn = SelectChoice("", "Drawn among those who audit this month")
    form.auditor.choices = [drawn, *(SelectChoice(str(one.id), one.name) for one in auditors)]
    return form


def _planned(cycle_id: UUID) -> Cycle:
    """A month whose cases can be drawn.

    Raises:
        OutOfScopeError: there is none, or it is released.
    """
    cycle = _open(cycle_id)
    if cycle.state != "planned":
        raise OutOfScopeError
    return cycle


def _open(cycle_id: UUID) -> Cycle:
    cycle = session().get(Cycle, cycle_id)
    if cycle is None or cycle.state not in ("planned", "released"):
        raise OutOfScopeError
    return cycle
