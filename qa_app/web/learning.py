"""The learning loop: each chain from a theme to the later measure, and which pages of figures were looked at."""

from uuid import UUID

from flask import Blueprint, render_template, request

from qa_app.access import evidence as seen
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.queries import cpd, themes, viewed
from qa_app.queries import evidence as entries
from qa_app.reports import learning as words
from qa_app.services import learning

screen = Blueprint("learning", __name__, url_prefix="/learning")

WEEKS = 12


@screen.get("")
@needs(Can.EVIDENCE_READ)
def index() -> str:
    """The chains, the newest first; of one theme where the address says so."""
    called = themes.labels(session())
    theme = request.args.get("theme", "")[:40]
    theme = theme if theme in called else ""
    found = [one for one in entries.listed(session(), actor(), theme=theme) if one.evidence.withdrawn_at is None]
    return render_template(
        "learning/index.html", found=found, called=called, theme=theme, place=learning.place, led_by=learning.LED_BY,
        watched=learning.WATCHED, sessions=cpd.listed(session(), theme=theme)[:10],
        offered=[("", "All themes"), *called.items()],
    )  # fmt: skip


@screen.get("/<uuid:evidence_id>")
@needs(Can.EVIDENCE_READ)
def show(evidence_id: UUID) -> str:
    """One chain: theme, learning, change in practice, training, and the same measure before and after."""
    entry = seen.readable_evidence(session(), actor(), evidence_id)
    stands = entry.current
    return render_template(
        "learning/show.html", entry=entry, stands=stands, called=entries.names(session()), words=words,
        place=learning.place(entry), led_by=learning.LED_BY, watched=learning.WATCHED,
        later=learning.later(session(), actor(), entry), may_correct=seen.may_correct(actor(), entry),
        sessions=cpd.listed(session(), evidence=entry.id),
    )  # fmt: skip


@screen.get("/use")
@needs(Can.EVIDENCE_READ)
def use() -> str:
    """Which pages of figures were opened, by role and week; never by whom."""
    found = viewed.use(session(), until=london_day(now()), weeks=WEEKS)
    return render_template(
        "learning/use.html", found=found, pages=viewed.PAGES, fewest=viewed.FEWEST, weeks=WEEKS
    )  # fmt: skip
