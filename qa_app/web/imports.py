"""Imports: every batch brought in, the register of past audits brought in, and a batch taken back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.intake.headings import Kind
from qa_app.models import Batch
from qa_app.queries import imports as imported
from qa_app.services.imports import withdrawal
from qa_app.services.imports.opening import open_register
from qa_app.services.imports.register import save_register
from qa_app.services.imports.register_plan import plan_register
from qa_app.web.forms import Form, text
from qa_app.web.import_flow import Flow, serve

screen = Blueprint("imports", __name__, url_prefix="/imports")

FLOW = Flow(
    kind=Kind.REGISTER,
    screen="imports",
    name="Audit register",
    one="audit",
    many="audits",
    hints=(
        "The months of the register come in closed, with their figures as they are at that moment.",
        "Import the staff list first: people it does not have come in by name, as no longer active.",
        "Audits already here are recognised by their audit ID. Recorded grades never change.",
        "The whole import can be withdrawn while no later month was closed here.",
    ),
    open=open_register,
    plan=plan_register,
    save=save_register,
)
serve(screen, FLOW, Can.REGISTER_IMPORT, at="/register")


class WithdrawForm(Form):
    """Why a batch is taken back."""

    reason = text("Why is it withdrawn?", InputRequired("Say why this import is withdrawn."), longest=500)


@screen.get("")
@needs(Can.REGISTER_IMPORT)
def index() -> str:
    """Every batch, newest first."""
    return render_template("imports/index.html", batches=imported.batches(session()))


@screen.get("/<uuid:batch_id>/withdraw")
@needs(Can.REGISTER_IMPORT)
def ask_withdraw(batch_id: UUID) -> str:
    """What withdrawing a batch would do, and why it may not be possible."""
    return _asking(_batch(batch_id), WithdrawForm())


@screen.post("/<uuid:batch_id>/withdraw")
@needs(Can.REGISTER_IMPORT)
def withdraw(batch_id: UUID) -> Response | tuple[str, int]:
    """Take a batch back."""
    batch, form = _batch(batch_id), WithdrawForm()
    if form.validate():
        try:
            audits = withdrawal.withdraw(session(), batch, reason=form.reason.data or "", by=actor().by, at=now())
        except withdrawal.NotWithdrawable as fault:
            form.reason.errors = [str(fault)]
        else:
            flash(f"The import is withdrawn: {audits:,} audits count no longer.", "success")
            return redirect(url_for("imports.index"))
    return _asking(batch, form), 400


def _batch(batch_id: UUID) -> Batch:
    found = imported.batch(session(), batch_id)
    if found is None:
        raise OutOfScopeError
    return found


def _asking(batch: Batch, form: WithdrawForm) -> str:
    return render_template(
        "imports/withdraw.html",
        batch=batch,
        form=form,
        audits=imported.standing_audits(session(), batch.id),
        why_not=withdrawal.why_not(session(), batch),
    )
