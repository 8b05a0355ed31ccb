"""The months of audits: which are open, closed, or revised since they were reported."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, render_template

from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import months
from qa_app.queries.facts import Reach
from qa_app.queries.sight import sight
from qa_app.services import figures as live
from qa_app.services import plan_states, revised
from qa_app.services.revised import Moved

screen = Blueprint("months", __name__, url_prefix="/months")


@screen.get("")
@needs(Can.PLAN_READ)
def index() -> str:
    """Every month, the newest first."""
    return render_template("months/index.html", months=months.listed(session()), moved=_moved())


def _moved() -> Mapping[date, list[Moved]]:
    """What moved since it was reported, for those who read figures as they stand now."""
    until = plan_states.last_closed(session(), sight(session(), actor()))
    if until is None or not actor().may(Can.FIGURES_READ):
        return {}
    return revised.by_month(
        revised.moved(session(), live.figures(session(), reach=Reach(open_months=False), until=until))
    )
