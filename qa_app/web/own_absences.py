"""One's own absences: saying that one will be away, and taking it back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Absence
from qa_app.queries import absences as found
from qa_app.services import absences
from qa_app.web import absence_form
from qa_app.web.absence_form import NOBODY, AwayForm

screen = Blueprint("own_absences", __name__, url_prefix="/account/away")


@screen.get("")
@needs(Can.ACCOUNT_OWN)
def show() -> str:
    """One's own absences, and saying that one will be away."""
    return _page(_form())


@screen.post("")
@needs(Can.ACCOUNT_OWN)
def say() -> Response | tuple[str, int]:
    """Say that one will be away."""
    form = _form()
    if form.validate() and absence_form.say(form, str(actor().person_id)) is not None:
        flash("The QA lead is told, and confirms it.", "success")
        return redirect(url_for(".show"))
    return _page(form), 400


@screen.post("/<uuid:absence_id>/end")
@needs(Can.ACCOUNT_OWN)
def take_back(absence_id: UUID) -> Response:
    """Take one's own absence back."""
    one = session().get(Absence, absence_id)
    if one is None or one.person_id != actor().person_id:
        raise OutOfScopeError
    absence_form.end(one)
    return redirect(url_for(".show"))


def _page(form: AwayForm) -> str:
    rows = found.own(session(), actor().person_id, london_day(now()))
    return render_template("absences/own.html", form=form, rows=rows, until=absences.until, reasons=absences.REASONS)


def _form() -> AwayForm:
    """The form to say that one is away. A moderator names no cover: no page shows them who audits."""
    me, form = actor(), AwayForm()
    if Role.AUDITOR in me.roles and Role.MODERATOR not in me.roles:
        return absence_form.with_covers(form, me.person_id)
    form.cover.choices = [NOBODY]
    return form
