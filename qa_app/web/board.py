"""The board's page: figures of closed months as published, the council's in full, services and teams protected."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from moderation.statistics import months
from moderation.statistics.figures import Figures, ShareFigure
from moderation.statistics.periods import Period
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.charts.picture import Picture
from qa_app.queries.asked import WINDOWS
from qa_app.queries.sight import sight
from qa_app.reports import breakdowns, pictures, wording
from qa_app.reports.dates import span
from qa_app.services import published, revised

screen = Blueprint("board", __name__, url_prefix="/board")


@screen.get("")
@needs(Can.BOARD_READ)
def show() -> tuple[str, int]:
    """The same page for everybody who may read it, so that what is printed from it may go anywhere."""
    seen = sight(session(), actor())
    offered = [month for month in published.closed_months(session()) if seen.until(month) == month]
    if not offered:
        return render_template("board/empty.html", why=seen.why), 200
    until, window, period, faults = _asked(offered)
    found = published.figures_for(session(), until=until, period=period)
    figures = found.figures
    over = dict(figures.agreement.windows.items())[window]
    return render_template(
        "board/show.html",
        faults=faults,
        why=seen.why,
        selects=_selects(offered, found, window),
        found=found,
        figures=figures,
        window=window,
        over=over,
        cards=[card for card in wording.cards(figures, window) if card.key != "expectations"],
        rows=breakdowns.council_rows(figures, window),
        headers=breakdowns.COUNCIL_HEADERS,
        pictures=_months(figures),
        agreement=pictures.agreement(over),
        tables=breakdowns.pictures_of(found.breakdown) if found.breakdown else [],
        key=breakdowns.key_words(found.rules.suppress_up_to),
        moved=revised.moved(session(), figures),
        period=breakdowns.period_words(found.breakdown.period) if found.breakdown else "",
        wording=wording,
        span=span,
    ), 400 if faults else 200


def _months(figures: Figures) -> dict[str, Picture]:
    """The council's shares month by month; a month that was still open is not published."""
    shown = [
        replace(one, months=tuple(m for m in one.months if not m.open))
        for one in figures.all
        if isinstance(one, ShareFigure)
    ]
    return {
        one.measure.key: pictures.by_month(
            one,
            counted="All four" if one.measure.questions else "Good or better",
            of="Children" if one.measure.questions else "Audits",
        )
        for one in shown
    }


def _asked(offered: list[date]) -> tuple[date, str, Period | None, list[str]]:
    """The month, the window and the period of the address; what makes no sense is said and left at its default."""
    words, faults = request.args, []
    until = next((month for month in offered if months.name(month) == words.get("until")), None)
    if words.get("until") and until is None:
        faults.append("The month in the address is not published. Choose one from the list.")
    window = words.get("window") or "last_3"
    if window not in WINDOWS:
        window = "last_3"
        faults.append("The period in the address is not one of those in the list.")
    until = until or offered[-1]
    periods = published.periods(session(), until=until)
    period = next((one for one in periods if one.name == words.get("tables")), None)
    if words.get("tables") and period is None:
        faults.append("The tables in the address are not published with this month, so the newest are shown.")
    return until, window, period, faults


def _selects(offered: list[date], found: published.Published, window: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {
            "name": "until",
            "label": "Figures up to",
            "value": months.name(found.until),
            "options": [(months.name(month), f"{month:%B %Y}") for month in reversed(offered)],
        },
        {"name": "window", "label": "Period", "value": window, "options": list(wording.WINDOWS.items())},
    ]
    if found.breakdown is not None:
        options = [(one.name, breakdowns.period_words(one)) for one in found.offered]
        value = found.breakdown.period.name
        made.append({"name": "tables", "label": "Services and teams in", "value": value, "options": options})
    return made
