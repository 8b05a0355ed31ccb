"""Support for staff brought in from a list, with the same check before anything is saved as every import."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.development import open_support, plan_support, save_support
from qa_app.web.import_flow import Flow

screen = Blueprint("support_imports", __name__, url_prefix="/development/support/import")

FLOW = Flow(
    kind=Kind.SUPPORT,
    screen="support_imports",
    name="Support for staff",
    one="count",
    many="counts",
    hints=(
        "One row for each service, kind of support and month or quarter.",
        "A count for a period that has one already corrects it. The one before stays in the history.",
    ),
    open=open_support,
    plan=plan_support,
    save=save_support,
    home="support.index",
    home_name="Support for staff",
)


@screen.get("")
@needs(Can.DEVELOPMENT_RUN)
def choose_file() -> str:
    """The page to choose a list."""
    return FLOW.choosing()


@screen.post("")
@needs(Can.DEVELOPMENT_RUN, upload=True)
def upload() -> Any:
    """Keep the file, sealed, and show what it would do."""
    return FLOW.upload()


@screen.get("/<uuid:upload_id>")
@needs(Can.DEVELOPMENT_RUN)
def preview(upload_id: UUID) -> Any:
    """What the file would add, correct and refuse."""
    return FLOW.preview(upload_id)


@screen.post("/<uuid:upload_id>/columns")
@needs(Can.DEVELOPMENT_RUN)
def choose_columns(upload_id: UUID) -> Any:
    """Set the columns right."""
    return FLOW.choose_columns(upload_id)


@screen.post("/<uuid:upload_id>/confirm")
@needs(Can.DEVELOPMENT_RUN)
def confirm(upload_id: UUID) -> Any:
    """Save the good rows as one batch."""
    return FLOW.confirm(upload_id)


@screen.post("/<uuid:upload_id>/give-up")
@needs(Can.DEVELOPMENT_RUN)
def give_up(upload_id: UUID) -> Response:
    """Delete the file without saving anything."""
    return FLOW.give_up(upload_id)


@screen.get("/<uuid:upload_id>/refused.<any(csv, xlsx):ending>")
@needs(Can.DEVELOPMENT_RUN)
def refused(upload_id: UUID, ending: str) -> Response:
    """The refused rows with their reasons."""
    return FLOW.refused(upload_id, ending)
