"""The scorecard of a month as a PDF: as published where the month is closed, provisional where it is open."""

from flask import Blueprint, Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation.statistics import months
from qa_app.access.current import actor, note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.queries.sight import sight
from qa_app.reports.scorecard import scorecard
from qa_app.services.scorecards import NoSuchMonth, month_card

screen = Blueprint("scorecard", __name__, url_prefix="/dashboard/scorecard")


@screen.get("/<string:month>")
@needs(Can.FIGURES_READ)
def show(month: str) -> AnyResponse:
    """The PDF of a month; somebody with grades still to give gets no month they could learn from."""
    seen = sight(session(), actor())
    try:
        wanted = months.read(month)
        card = month_card(session(), wanted, council=settings().council, on=london_day(now()))
    except (ValueError, NoSuchMonth):
        raise OutOfScopeError from None
    if seen.until(wanted) != wanted or (card.provisional and not seen.open_months):
        flash(seen.why, "warning")
        return redirect(url_for("dashboard.show"))
    note_access("scorecard.open", "month", months.name(wanted))
    headers = {"Content-Disposition": f'attachment; filename="scorecard-{months.name(wanted)}.pdf"'}
    return Response(scorecard(card), content_type="application/pdf", headers=headers)
