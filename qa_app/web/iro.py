"""IROs and chairs: their checks of practice by month, and their practice alerts, disputes and good practice."""

from flask import Blueprint, render_template

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.queries import chair_checks, practice_alerts, themes
from qa_app.queries.practice_alerts import STAGES, Kind
from qa_app.queries.sources import Source, tally
from qa_app.web.source_pages import page, theme_rows

screen = Blueprint("iro", __name__, url_prefix="/iro")


@screen.get("")
@needs(Can.SOURCE_READ)
def show() -> tuple[str, int]:
    """Open practice alerts first, whatever the period; then what the period holds."""
    asked, today = page(), london_day(now())
    every = practice_alerts.listed(session(), actor(), today=today, reach=asked.reach)
    first, last = asked.span.days
    within = [one for one in every if first <= one.alert.raised_on <= last]
    found = chair_checks.checks(session(), asked.reach, asked.span)
    return render_template(
        "iro/show.html", asked=asked, open=[one for one in every if one.is_open], within=within, kinds=Kind,
        done=[one for one in within if not one.is_open], stages=STAGES, labels=themes.labels(session()),
        by_stage=practice_alerts.by_kind_and_stage(within), months=chair_checks.by_month(found),
        check_themes=theme_rows(tally(Source.CHECKS, (one.heard() for one in found))),
        alert_themes=theme_rows(practice_alerts.counts(session(), asked.reach, asked.span)),
    ), asked.status  # fmt: skip
