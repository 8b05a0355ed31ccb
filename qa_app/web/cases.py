"""Cases: the list without references, a reference shown on request, and the case list brought in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from qa_app.access import scope
from qa_app.access.current import actor, note_access, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.queries import cases as listed
from qa_app.queries import imports as imported
from qa_app.services.imports.cases import plan_cases, save_cases
from qa_app.services.imports.opening import open_cases
from qa_app.web.import_flow import Flow, keys, serve

screen = Blueprint("cases", __name__, url_prefix="/cases")

FLOW = Flow(
    kind=Kind.CASES,
    screen="cases",
    name="Case list",
    one="case",
    many="cases",
    hints=(
        "Cases marked as closed are left out.",
        "Case references are encrypted when the file is saved. Leave columns of names out of the file if you can: "
        "they are never read.",
        "Cases that are not in the file stay, unless you say that the file is the whole list.",
    ),
    open=open_cases,
    plan=plan_cases,
    save=save_cases,
    home_name="Cases",
)


@screen.get("")
@needs(Can.CASE_READ)
def index() -> str:
    """The open cases, counted by team."""
    team_id = request.args.get("team", type=UUID)
    found = listed.page_of(session(), actor(), team_id=team_id, page=request.args.get("page", 1, type=int))
    return render_template(
        "cases/index.html",
        found=found,
        teams=listed.by_team(session()),
        team_id=team_id,
        unlisted=listed.unlisted(session()),
        last=imported.last(session(), Kind.CASES.value),
    )


@screen.post("/<uuid:case_id>/reveal")
@needs(Can.CASE_REVEAL)
def reveal(case_id: UUID) -> str:
    """Show a case reference; the opening goes on the access log."""
    case = scope.readable_case(session(), actor(), case_id)
    note_access("case.reveal", "case", case.id)
    reference = keys().open(case.reference_sealed, case.id).decode()
    return render_template("cases/reference.html", case=case, reference=reference)


def save_all(upload_id: UUID) -> Any:
    """Save the good rows; with a tick, cases that are not in the file close."""
    return FLOW.confirm(upload_id, whole_list=request.form.get("whole_list") == "yes")


serve(screen, FLOW, Can.CASE_IMPORT, at="/import", confirm=save_all)
