"""Audits: what this person has to do, what they may read, and what takes an audit out of its course."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from audit_forms import answers
from audit_forms.lifecycle import State, WrongMove
from qa_app.access import restricted, scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.models import Audit
from qa_app.queries import actions, alerts, feedback, handed_in, moderations, reaudits, taking_part, tools, worklists
from qa_app.queries.starting import cases_of
from qa_app.services import audits, settings
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.reflection_pages import given_words
from qa_app.web.rendering import month_name

screen = Blueprint("audits", __name__)

READERS = {Role.QA_LEAD, Role.HEAD_OF_SERVICE}


class ReasonForm(Form):
    """Why?"""

    reason = text("Reason", naming_nobody, longest=audits.LONGEST_REASON, hint="No names. The reason is kept.")


class BackForm(ReasonForm):
    """Why is it handed back? One of a short list, and words."""

    code = RadioField(
        "Why?", [InputRequired("Choose why you hand this audit back.")],
        choices=[SelectChoice(code, label) for code, label in audits.BACK_FOR.items()],
    )  # fmt: skip


@screen.get("/audits")
@needs(Can.AUDIT_READ)
def index() -> str:
    """The audits to do, those done, and for who leads a service those of a month."""
    month = _month(request.args.get("month", ""))
    reads = bool(READERS & actor().roles)
    months = worklists.readable_months(session(), actor()) if reads else ()
    chosen = month or (months[0] if months else None)
    asks = settings.asks_demographics(session())
    return render_template(
        "audits/index.html",
        due=worklists.to_audit(session(), actor(), demographics=asks) if _records() else (),
        own=worklists.readable(session(), actor(), own=True) if _records() else (),
        records=_records(), drawn_for=Role.AUDITOR in actor().roles,
        month_options=[(f"{one:%Y-%m}", month_name(one)) for one in months], reads=reads, months=months, month=chosen,
        listed=worklists.readable(session(), actor(), month=chosen) if reads and chosen else (),
        today=london_day(now()), may_start=actor().may(Can.AUDIT_START),
        restricted=restricted.of_line(session(), actor()),
    )  # fmt: skip


@screen.get("/audits/<uuid:audit_id>")
@needs(Can.AUDIT_READ)
def show(audit_id: UUID) -> str:
    """A submitted audit: its grades, what came of moderation, and its answers in words."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    note_access("audit.open", "audit", audit.id)
    tool = tools.tool_of(session(), audit)
    grades = handed_in.grades(session(), audit)
    said = answers.in_words(tool, handed_in.answers(session(), audit))
    side = feedback.worker_side(session(), audit)
    return render_template(
        "audits/show.html", audit=audit, tool=tool, grades=grades,
        change=reaudits.change(session(), actor(), tool, audit), states=actions.STATES,
        actions=actions.of_audit(session(), actor(), audit, today=london_day(now())),
        outcome=moderations.outcome(session(), audit), alerts=alerts.of_audit(session(), audit, at=now()),
        took_part=taking_part.took_part(said),
        sections=[
            (each, found)
            for each in tool.sections
            if (found := [one for one in taking_part.rest(said) if one.section is each])
        ],
        side=side, reflection_words=given_words(side.given) if side.given else [],
        restricted=restricted.may_read(session(), actor(), audit), subject=audit.subject,
        may_withdraw=actor().may(Can.AUDIT_WITHDRAW) and audit.state == State.SUBMITTED and audit.batch_id is None,
        may_reveal=actor().may(Can.CASE_REVEAL) and scope.may_reveal_case(actor(), audit, session()),
    )  # fmt: skip


@screen.post("/audits/<uuid:audit_id>/reference")
@needs(Can.CASE_REVEAL)
def reveal(audit_id: UUID) -> str:
    """Show the case reference of an audit; every showing is logged, and nothing of it stands in an address."""
    audit = session().get(Audit, audit_id)
    if audit is None or not scope.may_reveal_case(actor(), audit, session()):
        raise scope.OutOfScopeError
    cases = cases_of(session(), audit)
    if not cases:
        raise scope.OutOfScopeError
    keys = CaseKeys(site().case_key)
    for case in cases:
        note_access("case.reveal", "case", case.id)
    references = [keys.open(case.reference_sealed, case.id).decode() for case in cases]
    own = audit.auditor_id == actor().person_id and State(audit.state) in audits.OPEN
    return render_template("audits/reference.html", audit=audit, references=references, own=own)


@screen.get("/audits/<uuid:audit_id>/hand-back")
@needs(Can.AUDIT_HAND_BACK)
def ask_hand_back(audit_id: UUID) -> str:
    """Ask why an audit is handed back."""
    audit = scope.own_audit(session(), actor(), audit_id)
    if State(audit.state) not in audits.OPEN:
        raise scope.OutOfScopeError
    return render_template("audits/hand_back.html", audit=audit, form=BackForm())


@screen.post("/audits/<uuid:audit_id>/hand-back")
@needs(Can.AUDIT_HAND_BACK)
def hand_back(audit_id: UUID) -> Response | tuple[str, int]:
    """Hand an audit back to the QA lead."""
    audit = scope.own_audit(session(), actor(), audit_id)
    fault = _with_reason(form := BackForm(), lambda said: audits.hand_back(
        session(), audit, said, code=form.code.data, by=actor().by, at=now()))  # fmt: skip
    if fault:
        return render_template("audits/hand_back.html", audit=audit, form=form), fault
    flash("The audit is handed back. The QA lead has been told why.", "success")
    return redirect(url_for("audits.index"))


@screen.get("/audits/<uuid:audit_id>/withdraw")
@needs(Can.AUDIT_WITHDRAW)
def ask_withdraw(audit_id: UUID) -> str:
    """Ask why a submitted audit is withdrawn."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    return render_template("audits/withdraw.html", audit=audit, form=ReasonForm())


@screen.post("/audits/<uuid:audit_id>/withdraw")
@needs(Can.AUDIT_WITHDRAW)
def withdraw(audit_id: UUID) -> Response | tuple[str, int]:
    """Withdraw a submitted audit."""
    audit = scope.readable_audit(session(), actor(), audit_id)
    fault = _with_reason(form := ReasonForm(), lambda said: audits.withdraw(
        session(), audit, said, by=actor().by, at=now()))  # fmt: skip
    if fault:
        return render_template("audits/withdraw.html", audit=audit, form=form), fault
    flash(f"{audit.reference} is withdrawn. It counts in no figure.", "success")
    shown = url_for("audits.index") if audit.cycle.on_demand else url_for("cycles.show", cycle_id=audit.cycle_id)
    return redirect(shown)


def _with_reason(form: ReasonForm, act: Callable[[str], object]) -> int:
    """Do what needs a reason; the answer is 0, or the status of the page to show again with the fault on the form."""
    if not form.validate():
        return 400
    try:
        act(form.reason.data or "")
    except audits.ReasonMissing as fault:
        form.reason.errors = [str(fault)]
        return 400
    except WrongMove as fault:
        form.form_errors.append(str(fault))
        return 409
    return 0


def _records() -> bool:
    return actor().may(Can.AUDIT_RECORD)


def _month(said: str) -> date | None:
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return None
