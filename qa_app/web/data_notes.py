"""The data notes: what every figure counts, printed from the registry of measures and the settings in force."""

from flask import Blueprint, render_template

from moderation.statistics.data_notes import IMPORTED, data_notes
from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import tool_versions
from qa_app.reports.dates import tools_in_words
from qa_app.services import figures, settings
from qa_app.services.choices import SETTINGS

screen = Blueprint("data_notes", __name__, url_prefix="/data-notes")


@screen.get("")
@needs(Can.ACCOUNT_OWN)
def show() -> str:
    """The rules behind the figures, for everybody who reads one."""
    rules = figures.rules(session())
    now = settings.values(session())
    changed = [
        (choice.label, choice.said(now[key]), choice.said(choice.default))
        for key, choice in SETTINGS.items()
        if now[key] != choice.default
    ]
    return render_template(
        "data_notes/show.html", version=rules.version, notes=data_notes(rules), changed=changed, imported=IMPORTED,
        asked_with=tools_in_words(tool_versions.asked_with(session())),
    )  # fmt: skip
