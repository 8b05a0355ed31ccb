"""Which pages of figures are noted as opened, on the access log: the use of dashboards is counted from there."""

from typing import Final

from flask import Flask, Response, request

from qa_app.access.current import SAFE_METHODS, actor_or_none, note_access
from qa_app.queries.viewed import OPENED

NOTED: Final = {
    "dashboard.show": "dashboard",
    "comparisons.show": "compare",
    "team.show": "team",
    "plan.show": "plan",
    "agreement_figures.show": "agreement",
    "board.show": "published",
    "triangulation.index": "triangulation",
    "triangulation.show": "triangulation",
    "voice.show": "voice",
    "iro.show": "iro",
    "complaints.index": "complaints",
    "observations.show": "observations",
    "learning.index": "learning",
    "learning.show": "learning",
}


def install(app: Flask) -> None:
    """Note each of these pages that somebody opened."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    page = NOTED.get(request.endpoint or "")
    if page and request.method in SAFE_METHODS and response.status_code < 400 and actor_or_none() is not None:
        note_access(OPENED, "page", page)
    return response
