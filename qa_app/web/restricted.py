"""What an audit says of a member of staff's own supervision, for their line and the auditor alone."""

from uuid import UUID

from flask import Blueprint, render_template

from audit_forms import answers
from qa_app.access import restricted
from qa_app.access.current import actor, note_access, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import tools

screen = Blueprint("restricted", __name__)


@screen.get("/audits/<uuid:audit_id>/restricted")
@needs(Can.AUDIT_READ)
def show(audit_id: UUID) -> str:
    """The restricted answers of an audit; every opening is logged."""
    audit, kept = restricted.restricted_answers(session(), actor(), audit_id)
    note_access("restricted.open", "audit", audit.id)
    tool = tools.tool_of(session(), audit)
    said = answers.in_words(tool, kept.answers)
    return render_template("restricted/show.html", audit=audit, tool=tool, kept=kept, said=said)
