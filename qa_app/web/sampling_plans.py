"""Sampling plans on screen: the standing one and a month's own, stratum by stratum, each version with its reason."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from moderation.plans import PlanFault, StratumRule, asked_of, moved
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Cycle
from qa_app.queries import samples
from qa_app.queries import sampling_plans as found
from qa_app.queries.sampling_frames import NEW_AUDITOR
from qa_app.services import sampling_plans, settings
from qa_app.services.sampling_plans import Plan, PlanChanged, PlanFixed
from qa_app.web import plan_forms
from qa_app.web.plan_forms import NumbersForm, ReasonForm

screen = Blueprint("sampling_plans", __name__)


@screen.get("/sampling-plan")
@screen.get("/cycles/<uuid:cycle_id>/sampling-plan")
@needs(Can.MODERATION_RUN)
def show(cycle_id: UUID | None = None) -> str:
    """The plan in force, stratum by stratum, and how it came to be."""
    cycle = _cycle(cycle_id)
    plan, known = sampling_plans.in_force(session(), cycle), found.names(session())
    alone = len(plan.rules) == 1
    return render_template(
        "sampling_plans/show.html", cycle=cycle, plan=plan, history=found.history(session(), cycle),
        strata=[(rule, found.belongs(rule, known, alone=alone)) for rule in plan.rules],
        fixed=sampling_plans.is_fixed(session(), cycle) if cycle else "",
        asks_new=NEW_AUDITOR in asked_of(plan.rules), new_below=settings.number(session(), "new_auditor_audits"),
    )  # fmt: skip


@screen.get("/sampling-plan/strata/<int:place>")
@screen.get("/cycles/<uuid:cycle_id>/sampling-plan/strata/<int:place>")
@needs(Can.MODERATION_RUN)
def ask_stratum(place: int, cycle_id: UUID | None = None) -> str | Response:
    """Ask what belongs to a stratum and how many are drawn; the place after the last is a new one."""
    cycle = _cycle(cycle_id)
    if cycle and sampling_plans.is_fixed(session(), cycle):
        return _back(cycle)
    plan = sampling_plans.in_force(session(), cycle)
    rule = _rule(plan, place)
    return _page(cycle, plan, place, plan_forms.filled(rule, _others(plan, place), _names(), was=plan.sha256))


@screen.post("/sampling-plan/strata/<int:place>")
@screen.post("/cycles/<uuid:cycle_id>/sampling-plan/strata/<int:place>")
@needs(Can.MODERATION_RUN)
def change_stratum(place: int, cycle_id: UUID | None = None) -> Response | tuple[str, int]:
    """Save the plan with this stratum as it is said to be."""
    cycle = _cycle(cycle_id)
    plan = sampling_plans.in_force(session(), cycle)
    form = plan_forms.sent(_rule(plan, place), _others(plan, place), _names())
    rule = plan_forms.said(form)
    if rule is None:
        return _page(cycle, plan, place, form), 400
    try:
        changed = sampling_plans.save(
            session(), cycle, moved(plan.rules, place - 1, rule, plan_forms.place_of(form)), was=form.was.data or "",
            reason=form.reason.data or "", by=actor().by, at=now(),
        )  # fmt: skip
    except PlanFault as fault:
        form.form_errors = [str(fault)]
        return _page(cycle, plan, place, form), 400
    except (PlanChanged, PlanFixed) as fault:
        form.form_errors = [str(fault)]
        return _page(cycle, plan, place, form), 409
    flash("The plan is saved." if changed else "Nothing was changed: the plan is as it was.", "success")
    return _back(cycle)


@screen.get("/sampling-plan/strata/<int:place>/take-away")
@screen.get("/cycles/<uuid:cycle_id>/sampling-plan/strata/<int:place>/take-away")
@needs(Can.MODERATION_RUN)
def ask_take_away(place: int, cycle_id: UUID | None = None) -> str | Response:
    """Ask why a stratum is taken away."""
    cycle = _cycle(cycle_id)
    plan = sampling_plans.in_force(session(), cycle)
    if cycle and sampling_plans.is_fixed(session(), cycle):
        return _back(cycle)
    return _take_away_page(cycle, _inner(plan, place), place, ReasonForm(data={"was": plan.sha256}))


@screen.post("/sampling-plan/strata/<int:place>/take-away")
@screen.post("/cycles/<uuid:cycle_id>/sampling-plan/strata/<int:place>/take-away")
@needs(Can.MODERATION_RUN)
def take_away(place: int, cycle_id: UUID | None = None) -> Response | tuple[str, int]:
    """Save the plan without this stratum: its audits fall to those after it."""
    cycle, form = _cycle(cycle_id), ReasonForm()
    plan = sampling_plans.in_force(session(), cycle)
    rule = _inner(plan, place)
    if not form.validate():
        return _take_away_page(cycle, rule, place, form), 400
    try:
        sampling_plans.save(
            session(), cycle, moved(plan.rules, place - 1, None), was=form.was.data or "",
            reason=form.reason.data or "", by=actor().by, at=now(),
        )  # fmt: skip
    except (PlanChanged, PlanFixed) as fault:
        form.form_errors = [str(fault)]
        return _take_away_page(cycle, rule, place, form), 409
    flash(f"‘{rule.name}’ is taken away from the plan.", "success")
    return _back(cycle)


@screen.get("/cycles/<uuid:cycle_id>/sampling-plan/standing")
@needs(Can.MODERATION_RUN)
def ask_standing(cycle_id: UUID) -> str | Response:
    """Ask why the month follows the standing plan again."""
    cycle = samples.cycle(session(), cycle_id)
    plan = sampling_plans.in_force(session(), cycle)
    if plan.source != "own":
        return _back(cycle)
    return _standing_page(cycle, ReasonForm(data={"was": plan.sha256}))


@screen.post("/cycles/<uuid:cycle_id>/sampling-plan/standing")
@needs(Can.MODERATION_RUN)
def follow_standing(cycle_id: UUID) -> Response | tuple[str, int]:
    """Let the month follow the standing plan again."""
    cycle, form = samples.cycle(session(), cycle_id), ReasonForm()
    if not form.validate():
        return _standing_page(cycle, form), 400
    try:
        sampling_plans.follow_standing(
            session(), cycle, was=form.was.data or "", reason=form.reason.data or "", by=actor().by, at=now()
        )
    except (PlanChanged, PlanFixed) as fault:
        form.form_errors = [str(fault)]
        return _standing_page(cycle, form), 409
    flash("The month follows the standing plan.", "success")
    return _back(cycle)


def _page(cycle: Cycle | None, plan: Plan, place: int, form: NumbersForm) -> str:
    rule = _rule(plan, place)
    return render_template(
        "sampling_plans/stratum.html", cycle=cycle, place=place, form=form, rule=rule,
        last=rule is not None and rule.takes_everything_else,
        new_below=settings.number(session(), "new_auditor_audits"),
    )  # fmt: skip


def _take_away_page(cycle: Cycle | None, rule: StratumRule, place: int, form: ReasonForm) -> str:
    return render_template("sampling_plans/take_away.html", cycle=cycle, rule=rule, place=place, form=form)


def _standing_page(cycle: Cycle, form: ReasonForm) -> str:
    standing = sampling_plans.in_force(session(), None)
    return render_template("sampling_plans/standing.html", cycle=cycle, form=form, rules=standing.rules)


def _cycle(cycle_id: UUID | None) -> Cycle | None:
    return None if cycle_id is None else samples.cycle(session(), cycle_id)


def _back(cycle: Cycle | None) -> Response:
    return redirect(url_for(".show", cycle_id=cycle and cycle.id))


def _rule(plan: Plan, place: int) -> StratumRule | None:
    """The stratum at a place counted from 1, or None for a new one.

    Raises:
        OutOfScopeError: there is no such place.
    """
    if not 1 <= place <= len(plan.rules) + 1:
        raise scope.OutOfScopeError
    return plan.rules[place - 1] if place <= len(plan.rules) else None


def _inner(plan: Plan, place: int) -> StratumRule:
    """A stratum that can be taken away: any but the one that takes everything else.

    Raises:
        OutOfScopeError: it is that one, or there is none at this place.
    """
    rule = _rule(plan, place)
    if rule is None or rule.takes_everything_else:
        raise scope.OutOfScopeError
    return rule


def _others(plan: Plan, place: int) -> list[str]:
    """The names of the other strata but the last, in order: before them a stratum can stand."""
    return [rule.name for at, rule in enumerate(plan.rules[:-1], 1) if at != place]


def _names() -> found.Names:
    return found.names(session())
