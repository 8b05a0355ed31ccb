"""Support for staff brought in from a list, with the same check before anything is saved as every import."""

from flask import Blueprint

from qa_app.access.permissions import Can
from qa_app.intake.headings import Kind
from qa_app.services.imports.development import open_support, plan_support, save_support
from qa_app.web.import_flow import Flow, serve

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
serve(screen, FLOW, Can.DEVELOPMENT_RUN)
