"""Re-audits: those that are planned, and giving one to an auditor, keeping it or cancelling it."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Cycle, Person
from qa_app.queries import reaudits as found
from qa_app.services import reaudits
from qa_app.services.reaudits import ReauditRefused
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.rendering import month_name

screen = Blueprint("reaudits", __name__)

Row = TypeVar("Row", Person, Cycle)


class AllocateForm(Form):
    """To whom, and in which month?"""

    auditor = RadioField("Who does the re-audit?", validate_choice=False)
    cycle = RadioField("In which month?", validate_choice=False)


class ReasonForm(Form):
    """Why?"""

    reason = text("Reason", naming_nobody, longest=reaudits.LONGEST_REASON, hint="No names. The reason is kept.")


@screen.get("/re-audits")
@needs(Can.CYCLE_RUN)
def index() -> str:
    """The re-audits that wait to be given to somebody, and those that were."""
    waiting = found.listed(session(), actor(), waits=True)
    others = found.listed(session(), actor(), waits=False)
    for one, _ in (*waiting, *others):
        note_access("audit.actions", "audit", one.first_id)
    return render_template("reaudits/index.html", waiting=waiting, others=others, today=london_day(now()))


@screen.get("/re-audits/<uuid:reaudit_id>")
@needs(Can.CYCLE_RUN)
def show(reaudit_id: UUID) -> str:
    """One re-audit, and who may do it."""
    return _page(reaudit_id, AllocateForm())


@screen.post("/re-audits/<uuid:reaudit_id>")
@needs(Can.CYCLE_RUN)
def allocate(reaudit_id: UUID) -> Response | tuple[str, int]:
    """Give a re-audit to an auditor."""
    reaudit, _ = found.one(session(), actor(), reaudit_id)
    form = AllocateForm()
    auditor, cycle = _chosen(form.auditor, Person), _chosen(form.cycle, Cycle)
    if auditor is None or cycle is None:
        form.validate()
        form.auditor.errors = [] if auditor else ["Choose who does the re-audit."]
        form.cycle.errors = [] if cycle else ["Choose a month that is open."]
        return _page(reaudit_id, form), 400
    try:
        second = reaudits.allocate(session(), reaudit, auditor, cycle, by=actor().by, at=now())
    except ReauditRefused as fault:
        form.form_errors.append(str(fault))
        return _page(reaudit_id, form), 409
    flash(f"The re-audit is {second.reference}. It is on {auditor.name}’s list once the month is released.", "success")
    return redirect(url_for(".index"))


@screen.get("/re-audits/<uuid:reaudit_id>/keep")
@needs(Can.CYCLE_RUN)
def ask_keep(reaudit_id: UUID) -> str:
    """Ask why a re-audit is kept."""
    return _reason_page("keep", reaudit_id, ReasonForm())


@screen.post("/re-audits/<uuid:reaudit_id>/keep")
@needs(Can.CYCLE_RUN)
def keep(reaudit_id: UUID) -> Response | tuple[str, int]:
    """Keep a re-audit although the first audit is no longer inadequate."""
    return _decide("keep", reaudit_id, reaudits.keep, "The re-audit is kept.")


@screen.get("/re-audits/<uuid:reaudit_id>/cancel")
@needs(Can.CYCLE_RUN)
def ask_cancel(reaudit_id: UUID) -> str:
    """Ask why a re-audit is cancelled."""
    return _reason_page("cancel", reaudit_id, ReasonForm())


@screen.post("/re-audits/<uuid:reaudit_id>/cancel")
@needs(Can.CYCLE_RUN)
def cancel(reaudit_id: UUID) -> Response | tuple[str, int]:
    """Cancel a re-audit for good."""
    return _decide("cancel", reaudit_id, reaudits.cancel, "The re-audit is cancelled.")


def _decide(page: str, reaudit_id: UUID, verb: Callable[..., None], sentence: str) -> Response | tuple[str, int]:
    reaudit, _ = found.one(session(), actor(), reaudit_id)
    form = ReasonForm()
    if not form.validate():
        return _reason_page(page, reaudit_id, form), 400
    try:
        verb(session(), reaudit, form.reason.data or "", by=actor().by, at=now())
    except ReauditRefused as fault:
        form.reason.errors = [str(fault)]
        return _reason_page(page, reaudit_id, form), 400
    flash(sentence, "success")
    return redirect(url_for(".index"))


def _chosen(field: RadioField, kind: type[Row]) -> Row | None:
    try:
        return session().get(kind, UUID(str(field.data)))
    except ValueError:
        return None


def _page(reaudit_id: UUID, form: AllocateForm) -> str:
    """Who may do it and in which months; one that is due in the month of its date is chosen beforehand."""
    reaudit, decide = found.one(session(), actor(), reaudit_id)
    note_access("audit.actions", "audit", reaudit.first_id)
    waits = found.waits(session(), reaudit)
    free = found.free(session(), reaudit) if waits else found.Free((), {})
    cycles = found.open_cycles(session(), reaudit) if waits else []
    form.auditor.choices = [SelectChoice(str(one.id), _said(one)) for one in free.auditors]
    form.cycle.choices = [SelectChoice(str(one.id), month_name(one.month)) for one in cycles]
    due = [str(one.id) for one in cycles if one.month == reaudits.due_month(reaudit)]
    form.cycle.data = form.cycle.data or (due[0] if due else None)
    return render_template(
        "reaudits/show.html", reaudit=reaudit, decide=decide, waits=waits, form=form, free=free,
        names=found.names(session(), free.ruled_out), month=month_name(reaudits.due_month(reaudit)), due=bool(due),
    )  # fmt: skip


def _said(person: Person) -> str:
    return ", ".join(part for part in (person.name, person.job_title, person.team.name if person.team else "") if part)


def _reason_page(page: str, reaudit_id: UUID, form: ReasonForm) -> str:
    reaudit, decide = found.one(session(), actor(), reaudit_id)
    note_access("audit.actions", "audit", reaudit.first_id)
    return render_template(f"reaudits/{page}.html", reaudit=reaudit, decide=decide, form=form)
