"""The data notes: what every figure counts, printed from the registry of measures and the settings in force."""

from typing import Final

from flask import Blueprint, render_template, url_for

from moderation.statistics.data_notes import IMPORTED, data_notes
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import tool_versions
from qa_app.reports.dates import tools_in_words
from qa_app.services import figures, published, settings
from qa_app.services.choices import SETTINGS

WORKBOOKS: Final = (
    (Can.FIGURES_READ, "workbooks.figures", "the dashboard and agreement"),
    (Can.BOARD_READ, "workbooks.board", "what is published"),
    (Can.EXTRACT_READ, "workbooks.show", "rows for analysts"),
)
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
        asked_with=tools_in_words(tool_versions.asked_with(session())), workbooks=_workbooks(),
    )  # fmt: skip


def _workbooks() -> list[tuple[str, str]]:
    """The workbooks that this person may take; there is none before a month is closed."""
    if not published.closed_months(session()):
        return []
    return [(url_for(where), words) for can, where, words in WORKBOOKS if actor().may(can)]
