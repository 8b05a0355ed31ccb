"""The figures of the teams a manager answers for, beside the whole council's: what changed, and what is at risk."""

from typing import Any, Final

from flask import Blueprint, render_template, request

from moderation.statistics.comparison import compared
from moderation.statistics.figures import Figures, ShareFigure
from qa_app.access import sources
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.queries import actions
from qa_app.queries.asked import Asked, asked_of_teams
from qa_app.queries.facts import Reach, collect
from qa_app.queries.sources import span_of
from qa_app.reports import outlook, pictures, wording
from qa_app.reports.dates import day_name, span
from qa_app.services import comparisons
from qa_app.services import figures as live
from qa_app.services.heard import COUNTS
from qa_app.web.figure_pages import team_selects

screen = Blueprint("team", __name__, url_prefix="/team")

SHOWN: Final = ("supervision", "cases", "plans", "chronology")
FEWEST: Final = 5  # under so many audits a percentage says less than the count


@screen.get("")
@needs(Can.FIGURES_TEAM)
def show() -> tuple[str, int]:
    """A manager's teams; somebody who manages none is told whose page this is."""
    led = sources.own_teams(session(), actor())
    if not led:
        return render_template("team/none.html"), 200
    wanted = asked_of_teams(session(), actor(), request.args, led)
    status = 400 if wanted.faults else 200
    if wanted.until is None:
        return render_template("team/none.html", waits=True), status
    facts = collect(session(), wanted.reach)
    figures = live.figures(session(), until=wanted.until, facts=facts)
    whole = live.figures(session(), reach=Reach(open_months=False), until=wanted.until)
    over = dict(figures.cases.windows.items())[wanted.window]
    pairs = [one for one in comparisons.since_before(session(), facts, figures) if one.measure.key in SHOWN]
    changed, unchanged = outlook.changes(pairs)
    return render_template(
        "team/show.html",
        wanted=wanted, selects=team_selects(wanted), place=_place(wanted), over=over, span=span, wording=wording,
        beside=[one for one in compared(figures, whole, wanted.window, wanted.window, apart=False)
                if one.measure.key in SHOWN],
        words=outlook, changed=changed, unchanged=unchanged, fewest=FEWEST,
        at_risk=[one for one in outlook.risks(figures, wanted.window) if one.key in SHOWN],
        pictures=_pictures(figures), open_months=[one.month for one in figures.cases.months if one.open],
        waits=actions.counts(session(), actor(), today=london_day(now())),
        overdue_of=actions.widest(actor()), heard=_heard(wanted),
    ), status  # fmt: skip


def _heard(wanted: Asked) -> list[tuple[str, int, int, int, str]]:
    """What each other source said of these teams: true counts of one's own team, and nothing of what is behind them."""
    span = span_of(wanted, london_day(now()))
    made = []
    for source, count in COUNTS.items():
        one = next(iter(count(session(), wanted.reach, span, by=())), None)
        newest = day_name(one.newest) if one else "Nothing heard"
        made.append((source.label, one.n if one else 0, one.k if one else 0, one.good if one else 0, newest))
    return made


def _place(wanted: Asked) -> str:
    names = {key: name for key, name, _ in wanted.choices.teams}
    return names[wanted.team] if wanted.team is not None else ", ".join(names.values())


def _pictures(figures: Figures) -> list[tuple[str, Any]]:
    """A chart by month of each measure that a team has."""
    return [
        (one.measure.key, pictures.by_month(one, counted=counted, of=of))
        for one in figures.all
        if isinstance(one, ShareFigure) and one.measure.key in SHOWN
        for counted, of in [("All four", "Children") if one.measure.questions else ("Good or better", "Audits")]
    ]
