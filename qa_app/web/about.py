"""Pages about the service itself, open to everybody."""

from flask import Blueprint, render_template

from qa_app.access.guard import needs
from qa_app.access.permissions import Can

screen = Blueprint("about", __name__)


@screen.get("/accessibility")
@needs(Can.SIGN_IN)
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("about/accessibility.html")
