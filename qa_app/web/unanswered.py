"""What is still unanswered in an audit: the list of it by section, and one press to the next, across sections."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit_forms.completeness import Blank, following
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Audit
from qa_app.services import audits, settings, submission
from qa_app.services.submission import Check
from qa_app.web.section_pages import first_box

screen = Blueprint("unanswered", __name__)


@screen.get("/audits/<uuid:audit_id>/unanswered")
@needs(Can.AUDIT_RECORD)
def show(audit_id: UUID) -> str | Response:
    """Everything that still has to be answered, by section."""
    audit = scope.own_audit(session(), actor(), audit_id)
    if not audits.is_open(audit):
        return redirect(url_for("audits.show", audit_id=audit.id))
    note_access("audit.open", "audit", audit.id)
    by_section: dict[str, list[tuple[Blank, str]]] = {}
    for blank in _checked(audit).to_do:
        by_section.setdefault(blank.section.title, []).append((blank, _address(audit, blank)))
    return render_template(
        "audits/unanswered.html", audit=audit, parts=by_section, count=sum(map(len, by_section.values()))
    )


@screen.get("/audits/<uuid:audit_id>/unanswered/next")
@needs(Can.AUDIT_RECORD)
def find(audit_id: UUID) -> Response:
    """Go to the next unanswered question, after the one or the section one comes from; to the check if none is left."""
    audit = scope.own_audit(session(), actor(), audit_id)
    if not audits.is_open(audit):
        return redirect(url_for("audits.show", audit_id=audit.id))
    checked = _checked(audit)
    after, within = request.args.get("after", ""), request.args.get("within", "")
    blank = following(checked.to_do, checked.tool, after=after, within=within)
    return redirect(url_for("submission.check", audit_id=audit.id) if blank is None else _address(audit, blank))


def _checked(audit: Audit) -> Check:
    asks = settings.asks_demographics(session())
    return submission.check(session(), audit, demographics=asks, today=london_day(now()))


def _address(audit: Audit, blank: Blank) -> str:
    """The page of a question, with its box; the page then knows where the next press begins."""
    key, question = blank.section.key, blank.question
    place = url_for("recording.section", audit_id=audit.id, section_key=key, question=question.key)
    return f"{place}#{first_box(question)}"
