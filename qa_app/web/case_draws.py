"""Drawing cases: for a whole month, one case anew, a replacement, and late work accepted after a month has closed."""

import secrets
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit_forms.lifecycle import State, WrongMove
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Audit, Cycle, Person
from qa_app.queries.ties import holders
from qa_app.services import audits, case_draws, reaudit_draws
from qa_app.services.audits import ReasonMissing
from qa_app.services.case_draws import NothingToDraw
from qa_app.services.cycles import CycleRefused
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("case_draws", __name__)

REFUSALS = (CycleRefused, NothingToDraw, ReasonMissing, WrongMove)


class DrawForm(Form):
    """Why is it drawn again?"""

    reason = text(
        "Reason", naming_nobody, longest=audits.LONGEST_REASON, hint="No names. The reason is kept with the draw."
    )


def seed() -> str:
    """A new seed: 128 random bits as 32 hexadecimal digits, stored with the draw."""
    return secrets.token_hex(16)


@screen.get("/cycles/<uuid:cycle_id>/draw")
@needs(Can.CYCLE_RUN)
def ask_again(cycle_id: UUID) -> str:
    """Ask why the cases of a month are drawn again."""
    return _again_page(_cycle(cycle_id), DrawForm())


@screen.post("/cycles/<uuid:cycle_id>/draw")
@needs(Can.CYCLE_RUN)
def draw(cycle_id: UUID) -> Response | tuple[str, int]:
    """Draw the cases of a month, or draw them again with a reason."""
    cycle, form = _cycle(cycle_id), DrawForm()
    status = _act(form, lambda reason: case_draws.draw_month(
        session(), cycle, seed=seed(), reason=reason, by=actor().by, at=now()))  # fmt: skip
    if status:
        return _again_page(cycle, form), status
    flash("The cases are drawn. Look them through, then release the month.", "success")
    if left := reaudit_draws.said_waiting(reaudit_draws.left(session(), actor(), cycle)):
        flash(left, "warning")
    return redirect(url_for("cycles.show", cycle_id=cycle.id))


@screen.get("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/swap")
@needs(Can.CYCLE_RUN)
def ask_swap(cycle_id: UUID, audit_id: UUID) -> str:
    """Ask why one case is taken out of a draw."""
    return render_template("cycles/swap.html", audit=_audit(cycle_id, audit_id), form=DrawForm())


@screen.post("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/swap")
@needs(Can.CYCLE_RUN)
def swap(cycle_id: UUID, audit_id: UUID) -> Response | tuple[str, int]:
    """Draw another case for one auditor."""
    audit, form = _audit(cycle_id, audit_id), DrawForm()
    status = _act(form, lambda reason: case_draws.swap(
        session(), audit, seed=seed(), reason=reason, by=actor().by, at=now()))  # fmt: skip
    if status:
        return render_template("cycles/swap.html", audit=audit, form=form), status
    flash(f"Another case is drawn for {audit.reference}.", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/take-out")
@needs(Can.CYCLE_RUN)
def ask_take_out(cycle_id: UUID, audit_id: UUID) -> str:
    """Ask why a case picked by hand is taken out."""
    return render_template("cycles/take_out.html", audit=_audit(cycle_id, audit_id), form=DrawForm())


@screen.post("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/take-out")
@needs(Can.CYCLE_RUN)
def take_out(cycle_id: UUID, audit_id: UUID) -> Response | tuple[str, int]:
    """Take a case picked by hand out of a month that is not released yet."""
    audit, form = _audit(cycle_id, audit_id), DrawForm()
    status = _act(form, lambda reason: case_draws.take_out(session(), audit, reason=reason, by=actor().by, at=now()))
    if status:
        return render_template("cycles/take_out.html", audit=audit, form=form), status
    flash("The case is taken out.", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/replace")
@needs(Can.CYCLE_RUN)
def ask_replace(cycle_id: UUID, audit_id: UUID) -> str:
    """Ask who audits another case in place of one that was handed back or withdrawn."""
    return _replace_page(_audit(cycle_id, audit_id), DrawForm())


@screen.post("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/replace")
@needs(Can.CYCLE_RUN)
def replace(cycle_id: UUID, audit_id: UUID) -> Response | tuple[str, int]:
    """Draw a replacement."""
    audit, form = _audit(cycle_id, audit_id), DrawForm()
    auditor = _chosen()
    if auditor is None:
        form.form_errors.append("Choose who does the audit.")
        return _replace_page(audit, form), 400
    status = _act(form, lambda reason: case_draws.replace(
        session(), audit, auditor, seed=seed(), reason=reason, by=actor().by, at=now()))  # fmt: skip
    if status:
        return _replace_page(audit, form), status
    flash(f"A replacement for {audit.reference} is drawn and stands on {auditor.name}’s list.", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/late")
@needs(Can.CYCLE_RUN)
def ask_late(cycle_id: UUID, audit_id: UUID) -> str:
    """Ask why late work is accepted."""
    audit = _audit(cycle_id, audit_id)
    if audit.state != State.NOT_DONE:
        raise OutOfScopeError
    return render_template("cycles/late.html", audit=audit, form=DrawForm())


@screen.post("/cycles/<uuid:cycle_id>/audits/<uuid:audit_id>/late")
@needs(Can.CYCLE_RUN)
def accept_late(cycle_id: UUID, audit_id: UUID) -> Response | tuple[str, int]:
    """Accept an audit that was not done when its month closed as late work."""
    audit, form = _audit(cycle_id, audit_id), DrawForm()
    status = _act(form, lambda reason: audits.accept_late(session(), audit, reason, by=actor().by, at=now()))
    if status:
        return render_template("cycles/late.html", audit=audit, form=form), status
    flash(f"{audit.auditor.name} can now do the audit late. The month’s published figures stay as they are.", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle_id))


def _act(form: DrawForm, act: Callable[[str], object]) -> int:
    """Do what the form is for; the answer is 0, or the status of the page to show again with the fault on it."""
    if not form.validate():
        return 400
    try:
        act(form.reason.data or "")
    except REFUSALS as fault:
        form.reason.errors = [str(fault)]
        return 400
    return 0


def _again_page(cycle: Cycle, form: DrawForm) -> str:
    return render_template("cycles/draw.html", cycle=cycle, form=form)


def _replace_page(audit: Audit, form: DrawForm) -> str:
    people = holders(session(), Role.AUDITOR)
    chosen = request.form.get("auditor", str(audit.auditor_id))
    return render_template("cycles/replace.html", audit=audit, form=form, people=people, chosen=chosen)


def _chosen() -> Person | None:
    wanted = request.form.get("auditor", "")
    return next((one for one in holders(session(), Role.AUDITOR) if str(one.id) == wanted), None)


def _cycle(cycle_id: UUID) -> Cycle:
    cycle = session().get(Cycle, cycle_id)
    if cycle is None or cycle.on_demand:
        raise OutOfScopeError
    return cycle


def _audit(cycle_id: UUID, audit_id: UUID) -> Audit:
    audit = session().get(Audit, audit_id)
    if audit is None or audit.cycle_id != cycle_id or scope.must_stay_blind(session(), actor(), audit_id):
        raise OutOfScopeError
    return audit
