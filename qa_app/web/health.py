"""Whether the site is up, for a load balancer and whoever watches it, and when `qa run-due` was last called."""

from flask import Blueprint

from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import outbox

screen = Blueprint("health", __name__)


@screen.get("/health")
@needs(Can.HEALTH)
def show() -> tuple[str, int, dict[str, str]]:
    """Say that process and database answer; without the database it is the page of a fault, with status 503.

    A `run-due` that is not called any more is said and changes no status: the site itself works without it.
    """
    ran = outbox.last_run(session())
    said = f"{ran:%Y-%m-%dT%H:%M:%SZ}" if ran else "never"
    return f"ok\nrun-due last ran: {said}\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
