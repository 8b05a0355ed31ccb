"""Values of the plan brought in from a list, with the same check before anything is saved as every import."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.plan_values import open_values, plan_values, save_values
from qa_app.web.import_flow import Flow

screen = Blueprint("plan_imports", __name__, url_prefix="/plan/import")

FLOW = Flow(
    kind=Kind.VALUES,
    screen="plan_imports",
    name="Plan values",
    one="value",
    many="values",
    hints=(
        "A measure is known by its title, its key or its code, as under Priority 2.",
        "A value for a period that has one already corrects it. The one before stays in the history.",
        "Percentages need a number and what it is out of, so that nothing is judged on a rounded figure.",
    ),
    open=open_values,
    plan=plan_values,
    save=save_values,
    home="plan.show",
    home_name="Priority 2",
)


@screen.get("")
@needs(Can.PLAN_RECORD)
def choose_file() -> str:
    """The page to choose a list of values."""
    return FLOW.choosing()


@screen.post("")
@needs(Can.PLAN_RECORD, upload=True)
def upload() -> Any:
    """Keep the file, sealed, and show what it would do."""
    return FLOW.upload()


@screen.get("/<uuid:upload_id>")
@needs(Can.PLAN_RECORD)
def preview(upload_id: UUID) -> Any:
    """What the file would add, correct and refuse."""
    return FLOW.preview(upload_id)


@screen.post("/<uuid:upload_id>/columns")
@needs(Can.PLAN_RECORD)
def choose_columns(upload_id: UUID) -> Any:
    """Set the columns right."""
    return FLOW.choose_columns(upload_id)


@screen.post("/<uuid:upload_id>/confirm")
@needs(Can.PLAN_RECORD)
def confirm(upload_id: UUID) -> Any:
    """Save the good rows as one batch."""
    return FLOW.confirm(upload_id)


@screen.post("/<uuid:upload_id>/give-up")
@needs(Can.PLAN_RECORD)
def give_up(upload_id: UUID) -> Response:
    """Delete the file without saving anything."""
    return FLOW.give_up(upload_id)


@screen.get("/<uuid:upload_id>/refused.<any(csv, xlsx):ending>")
@needs(Can.PLAN_RECORD)
def refused(upload_id: UUID, ending: str) -> Response:
    """The refused rows with their reasons."""
    return FLOW.refused(upload_id, ending)
