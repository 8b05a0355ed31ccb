"""Whom an audit's reflection is asked of: a new link, the page on paper, or another worker in their place."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.mail_keys import MailKeys
from qa_app.models import Audit, Person
from qa_app.queries import feedback
from qa_app.queries.findings import findings
from qa_app.services import reflection_links, reflections
from qa_app.web.forms import Form
from qa_app.web.reflection_pages import ReflectionForm

screen = Blueprint("asked", __name__, url_prefix="/audits/<uuid:audit_id>/reflection")


class WorkerForm(Form):
    """Who else?"""

    person = SelectField("Who is asked instead?", description="Active people of the service, the audit’s team first.")


@screen.get("")
@needs(Can.REFLECTION_DECIDE)
def show(audit_id: UUID) -> str:
    """Who was asked, how they are reached, and what can be done about it."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    note_access("audit.open", "audit", audit.id)
    return _page(audit, _form(audit))


@screen.post("/link")
@needs(Can.REFLECTION_DECIDE)
def send(audit_id: UUID) -> Response:
    """Send a new link to the worker's known address."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    asked = feedback.worker_side(session(), audit).reflection
    if asked is None:
        raise scope.OutOfScopeError
    try:
        reflection_links.send(session(), asked, keys=MailKeys(site().secret_key), by=actor().by, at=now())
        flash("A new link goes out with the next mails.", "success")
    except (reflection_links.SentAlready, reflection_links.NoAddress) as fault:
        flash(str(fault), "warning")
    return redirect(url_for(".show", audit_id=audit.id))


@screen.post("/worker")
@needs(Can.REFLECTION_DECIDE)
def ask_another(audit_id: UUID) -> Response | tuple[str, int]:
    """Ask somebody else."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    form = _form(audit)
    if not form.validate() or not form.person.data:
        form.person.errors = ["Choose who is asked instead."]
        return _page(audit, form), 400
    person = session().get_one(Person, UUID(form.person.data))
    try:
        reflections.ask_another(session(), audit, person, keys=MailKeys(site().secret_key), by=actor().by, at=now())
    except (reflections.NotTheirs, reflections.Closed) as fault:
        form.person.errors = [str(fault)]
        return _page(audit, form), 409
    flash(f"{person.name} is asked to reflect on this audit.", "success")
    return redirect(url_for(".show", audit_id=audit.id))


@screen.get("/paper")
@needs(Can.REFLECTION_DECIDE)
def paper(audit_id: UUID) -> str:
    """The page to print for a worker who cannot be reached by mail, with room to write."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    note_access("audit.open", "audit", audit.id)
    form = ReflectionForm(formdata=None, data={})
    asked = [form[key] for key in ("proud", "in_the_way", "needs", "helped", "helped_how", "position", "dispute")]
    return render_template("reflections/paper.html", audit=audit, found=findings(session(), audit), asked=asked)


def _form(audit: Audit) -> WorkerForm:
    form = WorkerForm()
    people = feedback.may_be_asked(session(), audit)
    form.person.choices = [SelectChoice("", "Choose a person")]
    form.person.choices += [SelectChoice(str(person), label) for person, label in people]
    return form


def _page(audit: Audit, form: WorkerForm) -> str:
    side = feedback.worker_side(session(), audit)
    way = reflections.reached_by(session(), side.reflection.person) if side.reflection else "none"
    return render_template("reflections/asked.html", audit=audit, side=side, way=way, form=form)
