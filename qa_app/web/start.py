"""The start page: what this person can do, and what waits for them."""

from flask import Blueprint, render_template

from qa_app.access.current import actor
from qa_app.access.guard import needs
from qa_app.access.permissions import DUTIES, Can

screen = Blueprint("start", __name__)


@screen.get("/")
@needs(Can.ACCOUNT_OWN)
def show() -> str:
    """The start page."""
    duties = [(role.label, DUTIES[role]) for role in sorted(actor().roles)]
    return render_template("start/show.html", duties=duties)
