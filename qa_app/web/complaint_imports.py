"""A list of complaints and compliments brought in: the template, the check, and the yes."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.intake.complaints_template import template
from qa_app.intake.headings import Kind
from qa_app.services.imports.complaints import plan_complaints, save_complaints
from qa_app.services.imports.opening import open_complaints
from qa_app.web.import_flow import WORKBOOK, Flow

screen = Blueprint("complaint_imports", __name__, url_prefix="/complaints/import")

FLOW = Flow(
    kind=Kind.COMPLAINTS,
    screen="complaint_imports",
    name="List of complaints",
    one="complaint",
    many="complaints",
    hints=(
        "Rows already here are recognised by their reference. What is new in them becomes a new step.",
        "An empty cell never takes away what is known. Recorded steps never change.",
        "Leave columns of names out of the file if you can: they are never read.",
    ),
    open=open_complaints,
    plan=plan_complaints,
    save=save_complaints,
    home="complaints.index",
    home_name="Complaints and compliments",
)


@screen.get("/template.xlsx")
@needs(Can.SOURCE_RECORD)
def download() -> Response:
    """The workbook to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="complaints template.xlsx"'}
    return Response(template(), content_type=WORKBOOK, headers=headers)


@screen.get("")
@needs(Can.SOURCE_RECORD)
def choose_file() -> str:
    """The page to choose a list."""
    return FLOW.choosing()


@screen.post("")
@needs(Can.SOURCE_RECORD, upload=True)
def upload() -> Any:
    """Keep the file, sealed, and show what it would do."""
    return FLOW.upload()


@screen.get("/<uuid:upload_id>")
@needs(Can.SOURCE_RECORD)
def preview(upload_id: UUID) -> Any:
    """What the file would add, change and refuse."""
    return FLOW.preview(upload_id)


@screen.post("/<uuid:upload_id>/columns")
@needs(Can.SOURCE_RECORD)
def choose_columns(upload_id: UUID) -> Any:
    """Set the columns right."""
    return FLOW.choose_columns(upload_id)


@screen.post("/<uuid:upload_id>/confirm")
@needs(Can.SOURCE_RECORD)
def confirm(upload_id: UUID) -> Any:
    """Save the good rows."""
    return FLOW.confirm(upload_id)


@screen.post("/<uuid:upload_id>/give-up")
@needs(Can.SOURCE_RECORD)
def give_up(upload_id: UUID) -> AnyResponse:
    """Delete the file without saving anything."""
    return FLOW.give_up(upload_id)


@screen.get("/<uuid:upload_id>/refused.<any(csv, xlsx):ending>")
@needs(Can.SOURCE_RECORD)
def refused(upload_id: UUID, ending: str) -> AnyResponse:
    """The refused rows with their reasons."""
    return FLOW.refused(upload_id, ending)
