"""Whether the site is up, for a load balancer."""

from flask import Blueprint

from qa_app.access.guard import needs
from qa_app.access.permissions import Can

screen = Blueprint("health", __name__)


@screen.get("/health")
@needs(Can.HEALTH)
def show() -> tuple[str, int, dict[str, str]]:
    """Say that the process answers; it asks nothing of the database."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
