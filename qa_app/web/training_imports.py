"""Training brought in from a list, with the same check before anything is saved as every import."""

from flask import Blueprint

from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.development import open_training, plan_training, save_training
from qa_app.web.import_flow import Flow, serve

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
serve(screen, FLOW, Can.DEVELOPMENT_RUN)
