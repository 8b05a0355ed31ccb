"""The planner: how many moderations a month needs, and what the plan's number can and cannot show."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField
from wtforms.validators import InputRequired

from moderation import planner
from moderation.statistics.planning import reach
from moderation.statistics.target import Operator, Target
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Cycle
from qa_app.queries import samples
from qa_app.services import outlooks
from qa_app.web.forms import between

screen = Blueprint("planner", __name__)
USUAL: Final = {"target": 90, "truth": 95, "confidence": 95}
MOST_AUDITS, MOST_MODERATIONS = 100_000, 5_000
LOOKED_AT: Final = (12, 20, 35, 53, 100, 200, 300)


def _whole(label: str, lowest: int, highest: int, hint: str = "") -> IntegerField:
    said = f"{label}: enter a whole number from {lowest:,} to {highest:,}."
    return IntegerField(label, [InputRequired(said), between(lowest, highest, said)], description=hint)


class PlannerForm(Form):
    """What is to be shown, of how many audits, by how many moderations?"""

    audits = _whole("Audits in all", 1, MOST_AUDITS)
    moderations = _whole("Moderations", 1, MOST_MODERATIONS)
    target = _whole("Target: agreement of more than, in percent", 50, 99)
    truth = _whole("Agreement you expect, in percent", 50, 100, "What auditors and moderators would really agree on.")
    confidence = _whole("Confidence, in percent", 80, 99, "The figures of this service use 95.")


@dataclass(frozen=True)
class Answers:
    """What the planner answers to one form."""

    needed: tuple[planner.Needed, ...]
    chances: tuple[planner.Chance, ...]
    shows: str
    likely: int | None


@screen.get("/cycles/<uuid:cycle_id>/planner")
@needs(Can.MODERATION_RUN)
def show(cycle_id: UUID) -> tuple[str, int]:
    """What the month's plan can show, and how many moderations are needed for what is asked."""
    cycle = samples.cycle(session(), cycle_id)
    blind = samples.must_stay_blind(session(), actor(), cycle_id)
    planned = None if blind else outlooks.planned(session(), cycle)
    form = _form(cycle, planned)
    fine = form.validate()
    target = Target(Operator.ABOVE, form.target.data or USUAL["target"], 100) if fine else None
    answers = _answers(form, target) if target else None
    return render_template(
        "planner/show.html", cycle=cycle, blind=blind, planned=planned, form=form, answers=answers,
        spread=planner.spread(planned.month, form.moderations.data or 0) if planned and fine else (),
        words=planner.in_words, outlooks=_outlooks(form, planned, target) if planned and target else (),
    ), 200 if fine else 400  # fmt: skip


def _form(cycle: Cycle, planned: outlooks.Planned | None) -> PlannerForm:
    """The form as sent, with what the month has where nothing was."""
    audits = sum(one.audits for one in planned.month) if planned else samples.submitted(session(), cycle.id)
    moderations = sum(one.moderations for one in planned.month) if planned else 0
    start = {**USUAL, "audits": audits or 60, "moderations": moderations or 20}
    sent = {name: request.args[name][:20] for name in PlannerForm()._fields if name in request.args}
    return PlannerForm(MultiDict({**{name: str(value) for name, value in start.items()}, **sent}))


def _answers(form: PlannerForm, target: Target) -> Answers:
    n, truth, confidence = form.moderations.data or 1, (form.truth.data or 0) / 100, (form.confidence.data or 0) / 100
    return Answers(
        planner.needed_table(form.audits.data or 1, target, confidence),
        planner.chances(sorted({*LOOKED_AT, n}), truth, target, confidence),
        reach(n, target, confidence).text,
        planner.likely_enough(truth, target, confidence),
    )


def _outlooks(form: PlannerForm, planned: outlooks.Planned, target: Target) -> tuple[planner.Outlook, planner.Outlook]:
    """What the month's plan shows alone, and with the months before it."""
    truth, confidence = (form.truth.data or 0) / 100, (form.confidence.data or 0) / 100
    alone, more = (
        planner.outlook(strata, target, truth, confidence) for strata in (planned.month, planned.with_before)
    )
    return alone, more
