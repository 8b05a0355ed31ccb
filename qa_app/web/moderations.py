"""Moderations: what this person has to grade again, what they have graded, and the case reference of a task."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit_forms import answers
from audit_forms.completeness import Status, progress
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.models import Audit
from qa_app.queries import moderations, readings
from qa_app.queries.moderations import GRADED
from qa_app.services import regrading, settings

screen = Blueprint("moderations", __name__)
PAGE = 25


@screen.get("/moderations")
@needs(Can.MODERATION_GRADE)
def index() -> str:
    """What is to be graded, and what was graded: to be agreed first."""
    due = moderations.tasks(session(), actor())
    graded = moderations.graded(session(), actor())
    pages = max(1, -(-len(graded) // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "moderations/index.html", due=[(one, *_standing(one)) for one in due],
        graded=graded[(page - 1) * PAGE : page * PAGE], page=page, pages=pages, today=london_day(now()),
        readings=readings.tasks(session(), actor()),
    )  # fmt: skip


@screen.get("/moderations/<uuid:moderation_id>")
@needs(Can.MODERATION_GRADE)
def show(moderation_id: UUID) -> str | Response:
    """One audit to grade again: its sections with how far each is. Once graded, both sides."""
    task = moderations.task(session(), actor(), moderation_id)
    if task.state in GRADED:
        return redirect(url_for("agreement.show", moderation_id=moderation_id))
    note_access("moderation.open", "moderation", moderation_id)
    tool = regrading.tool_of(session(), task.tool_key, task.tool_version)
    stands = progress(tool, answers.values(tool, task.answers))
    done = sum(one.status is Status.COMPLETE for one in stands)
    beside = moderations.beside(session(), actor(), task)
    hidden = settings.value(session(), "auditor_hidden") == "on" and beside is None
    return render_template(
        "moderations/show.html", task=task, tool=tool, stands=stands, done=done, beside=beside,
        auditor="" if hidden else moderations.auditor_of(session(), task),
    )  # fmt: skip


@screen.post("/moderations/<uuid:moderation_id>/reference")
@needs(Can.CASE_REVEAL)
def reveal(moderation_id: UUID) -> str:
    """Show the case reference to the moderator at work; every showing is logged, and no address holds it."""
    moderation = scope.own_moderation(session(), actor(), moderation_id)
    audit = session().get_one(Audit, moderation.audit_id)
    case = audit.case
    if case is None or not scope.may_reveal_case(actor(), audit, session()):
        raise scope.OutOfScopeError
    note_access("case.reveal", "case", case.id)
    sealed = CaseKeys(site().case_key).open(case.reference_sealed, case.id)
    return render_template(
        "moderations/reference.html", audit_reference=audit.reference, reference=sealed.decode(),
        moderation_id=moderation_id,
    )  # fmt: skip


def _standing(task: moderations.BlindTask) -> tuple[int, int]:
    """How many sections are complete, and how many there are."""
    tool = regrading.tool_of(session(), task.tool_key, task.tool_version)
    stands = progress(tool, answers.values(tool, task.answers))
    return sum(one.status is Status.COMPLETE for one in stands), len(stands)
