"""The moderation sample of a month: drawing it, proving it, giving audits to moderators, choosing one by hand."""

import secrets
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired

from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Audit, Cycle, Draw, Moderation, Person
from qa_app.queries import readings, samples, sampling_frames
from qa_app.services import moderators, sample_proof, sampling, sampling_plans
from qa_app.services.moderators import NotIndependent, Offer, WrongState
from qa_app.services.sampling import NothingToDraw
from qa_app.web.forms import Form, text

screen = Blueprint("samples", __name__)
LONGEST = 500


class GiveForm(Form):
    """Who, and why?"""

    moderator = RadioField("Moderator", [DataRequired("Choose a moderator.")], validate_choice=False)
    reason = text("Reason", DataRequired("Say why it is given to somebody else."), longest=LONGEST,
                  hint="For example, leave or a conflict. No names of children.")  # fmt: skip


class ChooseForm(Form):
    """Which, and why?"""

    audit = SelectField("Audit", [DataRequired("Choose an audit.")], validate_choice=False)
    reason = text("Reason", DataRequired("Say why this audit is moderated."), longest=LONGEST,
                  hint="For example, a new auditor. No names of children.")  # fmt: skip


class Unheld(NamedTuple):
    """An audit without a moderator, and why nobody can moderate it."""

    one: samples.Held
    reasons: tuple[str, ...]


@screen.get("/cycles/<uuid:cycle_id>/sample")
@needs(Can.MODERATION_RUN)
def show(cycle_id: UUID) -> str:
    """The rule, what waits to be drawn, the draws with their strata, and who moderates what."""
    cycle = samples.cycle(session(), cycle_id)
    held = samples.held(session(), cycle_id)
    blind = samples.must_stay_blind(session(), actor(), cycle_id)
    draws = samples.draws(session(), cycle_id)
    return render_template(
        "samples/show.html", cycle=cycle, plan=sampling_plans.in_force(session(), cycle), held=held, blind=blind,
        waiting=sampling_frames.waiting(session(), cycle) if cycle.state == "released" else 0,
        draws=[(one, *_strata(one, blind=blind)) for one in draws],
        unheld=[_unheld(one) for one in held if not one.moderator and one.waits],
        readings=readings.of_month(session(), actor(), cycle_id),
        choosable=bool(cycle.state == "released" and samples.choosable(session(), actor(), cycle_id)),
    )  # fmt: skip


@screen.post("/cycles/<uuid:cycle_id>/sample")
@needs(Can.MODERATION_RUN)
def draw(cycle_id: UUID) -> Response:
    """Draw the sample from what is submitted, by a new seed."""
    cycle = samples.cycle(session(), cycle_id)
    try:
        sample = sampling.draw_sample(session(), cycle, seed=secrets.token_hex(8), by=actor().by, at=now())
    except (NothingToDraw, WrongState) as fault:
        flash(str(fault), "warning")
        return redirect(url_for(".show", cycle_id=cycle_id))
    drawn = sum(one[2] for one in sample.strata)
    flash(f"{drawn} of {sum(one[1] for one in sample.strata)} audits are drawn for moderation.", "success")
    return redirect(url_for(".show", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/sample/draws/<uuid:draw_id>")
@needs(Can.MODERATION_RUN)
def proof(cycle_id: UUID, draw_id: UUID) -> str:
    """One draw, drawn again from its kept seed and frame."""
    kept = samples.draw(session(), cycle_id, draw_id)
    if kept is None:
        raise scope.OutOfScopeError
    verifiable = sample_proof.is_verifiable(kept)
    blind = samples.must_stay_blind(session(), actor(), cycle_id)
    strata, further = _strata(kept, blind=blind)
    return render_template(
        "samples/proof.html", cycle=samples.cycle(session(), cycle_id), draw=kept, verifiable=verifiable,
        faults=sample_proof.faults(session(), kept) if verifiable else (),
        blind=blind, strata=strata, further=further,
    )  # fmt: skip


@screen.get("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/give")
@needs(Can.MODERATION_RUN)
def ask_give(cycle_id: UUID, moderation_id: UUID) -> str:
    """Ask to whom a moderation is given, and why."""
    moderation = samples.moderation(session(), cycle_id, moderation_id)
    return _give_page(moderation, *_give_form(moderation))


@screen.post("/cycles/<uuid:cycle_id>/sample/<uuid:moderation_id>/give")
@needs(Can.MODERATION_RUN)
def give(cycle_id: UUID, moderation_id: UUID) -> Response | tuple[str, int]:
    """Give a moderation to another moderator."""
    moderation = samples.moderation(session(), cycle_id, moderation_id)
    form, offers = _give_form(moderation)
    free = {str(one.moderator.id): one.moderator for one in offers if not one.conflicts}
    if not form.validate():
        return _give_page(moderation, form, offers), 400
    chosen: Person | None = free.get(form.moderator.data)
    if chosen is None:
        form.moderator.errors = ["Choose one of the moderators listed."]
        return _give_page(moderation, form, offers), 400
    try:
        moderators.give(session(), moderation, chosen, reason=form.reason.data or "", by=actor().by, at=now())
    except (NotIndependent, WrongState) as fault:
        form.form_errors = [str(fault)]
        return _give_page(moderation, form, offers), 409
    flash(f"{moderation.audit.reference} is given to {chosen.name}.", "success")
    return redirect(url_for(".show", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/sample/choose")
@needs(Can.MODERATION_RUN)
def ask_choose(cycle_id: UUID) -> str:
    """Ask which audit is moderated that nobody drew, and why."""
    cycle = samples.cycle(session(), cycle_id)
    return render_template("samples/choose.html", cycle=cycle, form=_choose_form(cycle))


@screen.post("/cycles/<uuid:cycle_id>/sample/choose")
@needs(Can.MODERATION_RUN)
def choose(cycle_id: UUID) -> Response | tuple[str, int]:
    """Have an audit moderated that nobody drew."""
    cycle = samples.cycle(session(), cycle_id)
    form = _choose_form(cycle)
    open_ones = {str(one.audit_id): one for one in samples.choosable(session(), actor(), cycle_id)}
    if form.validate() and form.audit.data not in open_ones:
        form.audit.errors = ["Choose one of the audits listed. It may have been drawn since this page was opened."]
    if form.errors or cycle.state != "released":
        return render_template("samples/choose.html", cycle=cycle, form=form), 400
    one = open_ones[form.audit.data]
    audit = session().get_one(Audit, one.audit_id)
    made = sampling.choose(
        session(), audit, reason=form.reason.data or "", seed=secrets.token_hex(8), by=actor().by, at=now()
    )
    whose = made.moderator.name if made.moderator else "nobody yet: no moderator is independent of it"
    flash(f"{one.reference} is chosen for moderation and given to {whose}.", "success")
    return redirect(url_for(".show", cycle_id=cycle_id))


def _strata(draw: Draw, *, blind: bool) -> tuple[tuple[samples.StratumCount, ...], tuple[samples.Further, ...]]:
    """The strata of a draw and what was drawn further; nothing for whoever must stay blind."""
    if blind:
        return (), ()
    order = [rule["name"] for rule in draw.rule.get("rules", ())]
    strata = sorted(samples.strata(session(), draw.id), key=lambda one: order.index(one.name) if order else 0)
    return tuple(strata), samples.further(session(), draw.id)


def _unheld(one: samples.Held) -> Unheld:
    offers = moderators.offers(session(), session().get_one(Audit, one.audit_id))
    if not offers:
        return Unheld(one, ("There are no moderators. Ask the administrator to grant the role.",))
    if any(not offer.conflicts for offer in offers):
        return Unheld(one, ("A moderator is independent of it now. Give it to them.",))
    return Unheld(
        one,
        tuple(f"{o.moderator.name}: {' '.join(conflict.sentence for conflict in o.conflicts)}" for o in offers),
    )


def _give_form(moderation: Moderation) -> tuple[GiveForm, tuple[Offer, ...]]:
    form = GiveForm()
    others = tuple(
        one for one in moderators.offers(session(), moderation.audit) if one.moderator.id != moderation.moderator_id
    )
    form.moderator.choices = [
        SelectChoice(str(one.moderator.id), one.moderator.name) for one in others if not one.conflicts
    ]
    return form, others


def _give_page(moderation: Moderation, form: GiveForm, offers: tuple[Offer, ...]) -> str:
    return render_template(
        "samples/give.html", moderation=moderation, form=form,
        free=[one for one in offers if not one.conflicts], tied=[one for one in offers if one.conflicts],
        waits=moderation.state in moderators.IN_HAND,
        # Their ties to an auditor would tell somebody who has yet to grade this audit who that is.
        blind=scope.may_not_learn(session(), actor(), moderation.audit_id),
        in_hand={str(one.moderator.id): _load(moderation, one) for one in offers if not one.conflicts},
    )  # fmt: skip


def _load(moderation: Moderation, one: Offer) -> str:
    """What somebody has in hand, and how often they had this auditor's audits; not said to who must stay blind."""
    if scope.may_not_learn(session(), actor(), moderation.audit_id):
        return f"{one.in_hand} in hand"
    return f"{one.in_hand} in hand, {one.times} of this auditor’s in twelve months"


def _by(one: samples.Choosable) -> str:
    return f"by {one.auditor}" if one.auditor else ""


def _choose_form(cycle: Cycle) -> ChooseForm:
    form = ChooseForm()
    form.audit.choices = [
        SelectChoice("", "Choose an audit"),
        *(
            SelectChoice(str(one.audit_id), ", ".join(filter(None, (one.reference, one.team, _by(one)))))
            for one in samples.choosable(session(), actor(), cycle.id)
        ),
    ]
    return form
