"""Alerts that a child may not be safe: the list with its clocks, and one of them with who was told and the answer."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from qa_app.access import alerts as seen
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Alert
from qa_app.queries import alerts as found
from qa_app.services import alerts
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("alerts", __name__)


class AnswerForm(Form):
    """What was done?"""

    note = text(
        "What was done to make sure that the child is safe?",
        naming_nobody,
        longest=alerts.LONGEST_NOTE,
        hint="Who was spoken to, what was decided, who sees the child and when. Use no names of family members.",
    )


@screen.get("/alerts")
@needs(Can.ALERT_ACKNOWLEDGE)
def index() -> str:
    """Every alert this person may see: those that wait, with how long they have, and those answered."""
    waiting = found.waiting(session(), actor(), at=now())
    for one in waiting:
        note_access("alert.open", "audit", one.audit_id)
    return render_template(
        "alerts/index.html", waiting=waiting, answered=found.answered(session(), actor(), at=now()), now=now(),
    )  # fmt: skip


@screen.get("/alerts/<uuid:alert_id>")
@needs(Can.ALERT_ACKNOWLEDGE)
def show(alert_id: UUID) -> str:
    """One alert: whom to phone, who was told, what is agreed so far."""
    return _page(seen.alert(session(), actor(), alert_id), AnswerForm())


@screen.post("/alerts/<uuid:alert_id>/acknowledge")
@needs(Can.ALERT_ACKNOWLEDGE)
def acknowledge(alert_id: UUID) -> Response | tuple[str, int]:
    """Answer an alert with what was done."""
    alert = seen.alert(session(), actor(), alert_id)
    form = AnswerForm()
    if not form.validate():
        return _page(alert, form), 400
    try:
        alerts.acknowledge(session(), alert, form.note.data or "", by=actor().by, at=now())
    except alerts.NoteMissing as fault:
        form.note.errors = [str(fault)]
        return _page(alert, form), 400
    except (alerts.NotTheirs, alerts.Answered) as fault:
        form.form_errors.append(str(fault))
        return _page(alert, form), 409
    flash("The alert is acknowledged. Whoever raised it can see what was done.", "success")
    return redirect(url_for(".index"))


def _page(alert: Alert, form: AnswerForm) -> str:
    note_access("alert.open", "audit", alert.audit_id)
    one = found.detail(session(), actor(), alert, at=now())
    return render_template("alerts/show.html", one=one, form=form, own=alert.raised_by == actor().by)
