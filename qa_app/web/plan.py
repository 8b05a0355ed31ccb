"""Priority 2 of the improvement plan: every action and measure on one page, and each measure with its history."""

from flask import Blueprint, abort, render_template, url_for

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import PlanMeasure, RecordedValue
from qa_app.queries import evidence, plan
from qa_app.queries.doers import doer
from qa_app.queries.plan import Line
from qa_app.queries.sight import sight
from qa_app.reports import pictures, plan_words
from qa_app.services import plan_states

screen = Blueprint("plan", __name__, url_prefix="/plan")


@screen.get("")
@needs(Can.PLAN_READ)
def show() -> str:
    """The whole plan."""
    found = plan_states.whole(session(), actor(), today=london_day(now()))
    links = {one.measure.key: _down(one) for action, _ in found.actions for one in action.lines}
    trends = {
        action.action.ref: [
            picture
            for one in action.lines
            if (figure := found.figure(one)) is not None and (picture := pictures.trend(figure)) is not None
        ]
        for action, _ in found.actions
    }
    return render_template("plan/show.html", plan=found, links=links, trends=trends)


@screen.get("/measures/<string:key>")
@needs(Can.PLAN_READ)
def measure(key: str) -> str:
    """One measure: where it stands, its targets and values over time, and the evidence for it."""
    line = plan.line(session(), key[:40]) or abort(404)
    state, figure = plan_states.of_measure(session(), actor(), line, today=london_day(now()))
    picture = pictures.trend(figure) if figure is not None else None
    values = _values(line.measure)
    return render_template(
        "plan/measure.html", line=line, state=state, picture=picture, link=_down(line),
        targets=[(one, _target_words(line, one), doer(session(), one.set_by)) for one in plan.targets(session(), key)],
        dates=[(one, doer(session(), one.set_by)) for one in plan.dates(session(), line.measure.action_ref)],
        values=values, entries=evidence.listed(session(), actor(), measure=key),
        tally=evidence.tallies(session()).get(key),
    )  # fmt: skip


def _down(line: Line) -> tuple[str, str]:
    """The address and the words of what stands under a measure, where this person may go there."""
    if line.computed is not None and actor().may(Can.FIGURES_READ):
        return url_for("dashboard.show", _anchor=line.computed), "Open its figures and audits"
    if line.measure.source == "narrative" and actor().may(Can.EVIDENCE_READ):
        return url_for("evidence.index", measure=line.measure.key), "Read the entries"
    if line.measure.source == "product" and actor().may(Can.FIGURES_READ):
        return url_for("dashboard.show"), "Open the dashboard"
    return url_for("plan.measure", key=line.measure.key), "See its history"


def _target_words(line: Line, target: object) -> str:
    aim = plan.aim(line.measure, target)  # type: ignore[arg-type]
    return aim.text if aim else "No target"


def _values(measure: PlanMeasure) -> list[dict[str, object]]:
    """Every value ever recorded, the newest entry first, with what became of it."""
    rows = plan.value_history(session(), measure.key)
    if not actor().may(Can.PLAN_RECORD):  # who reads what is published reads values of closed months
        until = plan_states.last_closed(session(), sight(session(), actor()))
        rows = [row for row in rows if until is not None and row.period_to <= plan.last_day(until)]
    after = {row.corrects_id: row for row in rows if row.corrects_id is not None}
    aim = plan.aim(measure, plan.targets(session(), measure.key)[0])
    found: list[dict[str, object]] = []
    for row in rows:
        words = period = ""
        if row.numerator is not None:
            value = plan.as_value(row)
            made_of = plan_words.counted_words(value).rstrip(", ")
            words = plan_words.value_words(value, measure.unit, aim) + (f" ({made_of})" if made_of else "")
            period = plan_words.period_words(value)
        found.append(
            {"row": row, "words": words or "Taken back", "period": period or _period(row),
             "stands": row.id not in after and row.numerator is not None, "by": doer(session(), row.recorded_by)}
        )  # fmt: skip
    return found


def _period(row: RecordedValue) -> str:
    return f"{row.period_from.day} {row.period_from:%B %Y} to {row.period_to.day} {row.period_to:%B %Y}"
