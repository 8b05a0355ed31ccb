"""A list of complaints and compliments brought in: the template, the check, and the yes."""

from flask import Blueprint

from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.complaints import plan_complaints, save_complaints
from qa_app.services.imports.opening import open_complaints
from qa_app.web.import_flow import Flow, serve

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
serve(screen, FLOW, Can.SOURCE_RECORD)
