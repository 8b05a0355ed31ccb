"""The elimination log of a draw: which cases were left out and why, on a page and as a file."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Draw
from qa_app.queries import left_out
from qa_app.reports.left_out import left_out_csv

screen = Blueprint("left_out", __name__)


@screen.get("/cycles/<uuid:cycle_id>/draws/<uuid:draw_id>/left-out")
@needs(Can.CYCLE_READ)
def show(cycle_id: UUID, draw_id: UUID) -> str:
    """The cases a draw left out, of one reason or all."""
    draw = _draw(cycle_id, draw_id)
    reasons = left_out.by_reason(session(), draw.id)
    asked = request.args.get("reason", "")
    reason = asked if asked in reasons else ""
    found = left_out.page_of(session(), draw.id, reason=reason, page=request.args.get("page", 1, type=int))
    cycle = session().get_one(Cycle, cycle_id)
    return render_template(
        "cycles/left_out.html", cycle=cycle, draw=draw, reasons=reasons, reason=reason, found=found,
        unknown=bool(asked and not reason),
    )  # fmt: skip


@screen.get("/cycles/<uuid:cycle_id>/draws/<uuid:draw_id>/left-out.csv")
@needs(Can.CYCLE_READ)
def download(cycle_id: UUID, draw_id: UUID) -> Response:
    """The whole log as CSV."""
    draw = _draw(cycle_id, draw_id)
    name = f"left-out-{draw.drawn_at:%Y-%m-%d}.csv"
    return Response(
        left_out_csv(left_out.whole(session(), draw.id)), mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _draw(cycle_id: UUID, draw_id: UUID) -> Draw:
    draw = left_out.draw_of(session(), cycle_id, draw_id)
    if draw is None:
        raise OutOfScopeError
    return draw
