"""The PDF of a whole audit, for those who may read it; each is on the access log."""

from uuid import UUID

from flask import Blueprint, Response

from qa_app.access import scope
from qa_app.access.current import actor, note_access, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import audit_papers, feedback
from qa_app.queries.feedback import WorkerSide
from qa_app.reports.audit_paper import audit_pdf
from qa_app.reports.dates import day_name
from qa_app.web.reflection_pages import given_words

screen = Blueprint("audit_paper", __name__)


@screen.get("/audits/<uuid:audit_id>/audit.pdf")
@needs(Can.AUDIT_READ)
def show(audit_id: UUID) -> Response:
    """The whole audit; the name of the file says nothing about anybody."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    note_access("audit.export", "audit", audit.id)
    side = feedback.worker_side(session(), audit)
    paper = audit_papers.audit_paper(
        session(), audit, council=settings().council, about_reflection=_about(side),
        reflection=tuple(given_words(side.given)) if side.given else (),
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{audit.reference}.pdf"'}
    return Response(audit_pdf(paper), content_type="application/pdf", headers=headers)


def _about(side: WorkerSide) -> str:
    if side.given and side.given.given_at:
        view = "sees something differently" if side.given.position == "disputes" else "accepts the findings"
        answer = f" The QA lead answered: {side.given.decision_note}" if side.given.decision else ""
        return f"Given on {day_name(side.given.given_at.date())}. The worker {view}.{answer}"
    return side.why_nobody or "Asked, and not given yet."
