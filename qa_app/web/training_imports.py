"""Training brought in from a list, with the same check before anything is saved as every import."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.development import open_training, plan_training, save_training
from qa_app.web.import_flow import Flow

screen = Blueprint("training_imports", __name__, url_prefix="/development/training/import")

FLOW = Flow(
    kind=Kind.TRAINING,
    screen="training_imports",
    name="Training",
    one="training",
    many="trainings",
    hints=(
        "People are known by their employee number. Names in the file are not kept.",
        "Training somebody has already on the same day stays as it is.",
    ),
    open=open_training,
    plan=plan_training,
    save=save_training,
    home="development.index",
    home_name="Development",
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
