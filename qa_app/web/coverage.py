"""Coverage: a month's audits and moderations by grade, team and auditor, and what that does to the agreement figure."""

from uuid import UUID

from flask import Blueprint, render_template

from moderation.statistics.figures import AgreementWindow
from moderation.statistics.share import percent
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Cycle, Step
from qa_app.queries import coverage, samples
from qa_app.queries.coverage import Tally
from qa_app.services import cycle_steps, figures

screen = Blueprint("coverage", __name__)


@screen.get("/cycles/<uuid:cycle_id>/coverage")
@needs(Can.MODERATION_RUN)
def show(cycle_id: UUID) -> str:
    """What of a month was drawn and moderated, and how much of it the figure covers."""
    cycle = samples.cycle(session(), cycle_id)
    blind = samples.must_stay_blind(session(), actor(), cycle_id)
    audits = coverage.covered(session(), cycle_id)
    whole = sum((one.tally for one in audits), Tally())
    due = None if cycle.batch_id else cycle_steps.calendar(session(), cycle).get(Step.MODERATION_ENDS)
    late = due is not None and due < london_day(now())
    left = "Not done" if cycle.state == "closed" else "Late" if late else "Due"
    return render_template(
        "coverage/show.html", cycle=cycle, blind=blind, whole=whole, due=due, left=left,
        teams=coverage.by_team(audits), grades={} if blind else coverage.by_grade(audits),
        auditors={} if blind else coverage.by_auditor(audits),
        effect=() if blind or not whole.drawn else _effect(cycle, whole),
    )  # fmt: skip


def _effect(cycle: Cycle, whole: Tally) -> tuple[str, ...]:
    """What the state of the moderations does to the month's agreement figure, in sentences."""
    window = figures.month_agreement(session(), cycle.month)
    covers = _covers(window, whole)
    return (covers,) if window.estimate is None else (covers, *window.notes)


def _covers(window: AgreementWindow, whole: Tally) -> str:
    done = f"{whole.blind} of {whole.drawn} done blind."
    share = window.covered.fraction
    if window.estimate is None or share is None:
        return f"{done} There is no agreement figure of this month yet."
    of = f"{percent(share, window.covered.n)} of its audits ({window.covered.k} of {window.covered.n})"
    return f"{done} The agreement figure of this month covers {of}."
