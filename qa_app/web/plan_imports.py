"""Values of the plan brought in from a list, with the same check before anything is saved as every import."""

from flask import Blueprint

from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.plan_values import open_values, plan_values, save_values
from qa_app.web.import_flow import Flow, serve

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
serve(screen, FLOW, Can.PLAN_RECORD)
