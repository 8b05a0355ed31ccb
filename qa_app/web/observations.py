"""Practice observations: how often each part of practice was seen as what. Nobody who was observed is named."""

from flask import Blueprint, render_template

from moderation.statistics import months
from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import observations
from qa_app.queries.sources import Source, tally
from qa_app.reports.dates import month_name
from qa_app.web.source_pages import answer_rows, behind, over_months, page, service_names, theme_rows

screen = Blueprint("observations", __name__, url_prefix="/observations")


@screen.get("")
@needs(Can.SOURCE_READ)
def show() -> tuple[str, int]:
    """By part of practice, by month and by service."""
    asked = page()
    found = observations.observations(session(), asked.reach, asked.span)
    leads, heard = behind(asked, Source.OBSERVATIONS), [one.heard() for one in found]
    by_part = observations.by_part(found)
    return render_template(
        "observations/show.html", asked=asked, n=len(found), whole=observations.whole(found),
        choices=by_part[0].choices, parts=[answer_rows(one, one.label, leads) for one in by_part if one.n],
        months=[
            answer_rows(one, month_name(month), leads, month=months.name(month))
            for month, one in observations.by_month(found)
        ],
        picture=over_months(asked, Source.OBSERVATIONS, heard),
        services=observations.by_service(found), names=service_names(),
        themes=theme_rows(tally(Source.OBSERVATIONS, heard), asked, Source.OBSERVATIONS),
    ), asked.status  # fmt: skip
