"""Practice observations: how often each part of practice was seen as what. Nobody who was observed is named."""

from flask import Blueprint, render_template

from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import observations
from qa_app.queries.sources import Source, tally
from qa_app.web.source_pages import page, service_names, theme_rows

screen = Blueprint("observations", __name__, url_prefix="/observations")


@screen.get("")
@needs(Can.SOURCE_READ)
def show() -> tuple[str, int]:
    """By part of practice, by month and by service."""
    asked = page()
    found = observations.observations(session(), asked.reach, asked.span)
    return render_template(
        "observations/show.html", asked=asked, n=len(found), parts=observations.by_part(found),
        whole=observations.whole(found), months=observations.by_month(found),
        services=observations.by_service(found), names=service_names(),
        themes=theme_rows(tally(Source.OBSERVATIONS, (one.heard() for one in found))),
    ), asked.status  # fmt: skip
