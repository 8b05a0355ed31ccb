"""Feedback letters: those one may read, each as a page and as a PDF."""

from uuid import UUID

from flask import Blueprint, Response, render_template, url_for

from qa_app.access import feedback
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import feedback as lists
from qa_app.services import settings
from qa_app.web import letter_page

screen = Blueprint("letters", __name__)


@screen.get("/letters")
@needs(Can.LETTER_READ)
def index() -> str:
    """The letters of one's own work, one's line's, one's service's; and the way to one's own reflections."""
    decides = actor().may(Can.REFLECTION_DECIDE)
    days = settings.number(session(), "dispute_days")
    return render_template(
        "letters/index.html", letters=lists.letters(session(), actor()),
        asked=lists.asked_of(session(), actor()) if actor().may(Can.REFLECTION_GIVE) else (),
        disputes=lists.disputed(session(), actor(), days=days) if decides else (), decides=decides,
    )  # fmt: skip


@screen.get("/audits/<uuid:audit_id>/letter")
@needs(Can.LETTER_READ)
def show(audit_id: UUID) -> str:
    """The letter of one audit."""
    audit = feedback.letter(session(), actor(), audit_id)
    mine = lists.reflection_of(session(), audit, actor().person_id)
    may = mine is not None and actor().may(Can.REFLECTION_GIVE)
    return letter_page.page(
        audit,
        pdf=url_for(".pdf", audit_id=audit.id),
        back=url_for(".index"),
        reflect=url_for("reflections.show", reflection_id=mine) if may else "",
    )


@screen.get("/audits/<uuid:audit_id>/letter.pdf")
@needs(Can.LETTER_READ)
def pdf(audit_id: UUID) -> Response:
    """The letter of one audit as a PDF."""
    return letter_page.pdf(feedback.letter(session(), actor(), audit_id))
