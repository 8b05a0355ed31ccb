"""Giving an audit that is not submitted to another auditor."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from audit_forms.lifecycle import State, WrongMove
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Audit, Person
from qa_app.queries import auditors
from qa_app.queries.absences import covering
from qa_app.services import audits, reallocations
from qa_app.services.audits import ReasonMissing
from qa_app.services.cycle_steps import CycleRefused
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.rendering import long_date

screen = Blueprint("reallocations", __name__)
REFUSALS = (CycleRefused, ReasonMissing, WrongMove)


class ReallocateForm(Form):
    """To whom, and why?"""

    auditor = SelectField("Who does the audit?", [InputRequired("Choose who does the audit.")])
    code = RadioField(
        "Why?", [InputRequired("Choose why it goes to somebody else.")],
        choices=[SelectChoice(code, label) for code, label in audits.BACK_FOR.items()],
    )  # fmt: skip
    reason = text("Reason", naming_nobody, longest=audits.LONGEST_REASON, hint="No names. The reason is kept.")


@screen.get("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/reallocate")
@needs(Can.CYCLE_RUN)
def ask(cycle_id: UUID, audit_id: UUID) -> str:
    """Ask who does the audit instead."""
    audit = _audit(cycle_id, audit_id)
    return _page(audit, _form(audit))


@screen.post("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/reallocate")
@needs(Can.CYCLE_RUN)
def reallocate(cycle_id: UUID, audit_id: UUID) -> Response | tuple[str, int]:
    """Give the audit to somebody else."""
    audit = _audit(cycle_id, audit_id)
    form = _form(audit)
    if form.validate():
        auditor = session().get_one(Person, UUID(form.auditor.data))
        try:
            made = reallocations.reallocate(
                session(), audit, auditor, form.reason.data or "", code=form.code.data, by=actor().by, at=now()
            )
        except REFUSALS as fault:
            form.reason.errors = [str(fault)]
        else:
            flash(f"{audit.reference} is now {made.reference} on {auditor.name}’s list.", "success")
            return redirect(url_for("cycles.show", cycle_id=cycle_id))
    return _page(audit, form), 400


def _form(audit: Audit) -> ReallocateForm:
    """The form with the auditors independent of the case, the least busy first; who covers is chosen already."""
    form, today = ReallocateForm(), london_day(now())
    people = auditors.possible_instead(session(), audit, today)
    form.auditor.choices = [SelectChoice("", "Choose an auditor"), *(SelectChoice(*_words(one)) for one in people)]
    cover = covering(session(), audit.auditor_id, today)
    if form.auditor.data is None and cover in [one.person.id for one in people]:
        form.auditor.data = str(cover)
    return form


def _words(one: auditors.Possible) -> tuple[str, str]:
    load = "nothing to do" if not one.open_audits else f"{one.open_audits} to do"
    away = "" if one.away_until is None else f", away until {long_date(one.away_until)}"
    return str(one.person.id), f"{one.person.name} ({load}{away})"


def _page(audit: Audit, form: ReallocateForm) -> str:
    return render_template("cycles/reallocate.html", audit=audit, form=form)


def _audit(cycle_id: UUID, audit_id: UUID) -> Audit:
    """An open audit on a case, in a month that is released.

    Raises:
        OutOfScopeError: there is none such.
    """
    audit = session().get(Audit, audit_id)
    if audit is None or audit.cycle_id != cycle_id or scope.must_stay_blind(session(), actor(), audit_id):
        raise OutOfScopeError
    if State(audit.state) not in audits.OPEN or audit.case is None or audit.cycle.state != "released":
        raise OutOfScopeError
    return audit
