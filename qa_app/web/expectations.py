"""What is expected of each auditor in a month, as the QA lead sets it."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Expectation
from qa_app.queries.cycles import Asked, asked
from qa_app.services import expectations
from qa_app.services.expectations import MOST_EXPECTED, UnfitExpectation
from qa_app.web.forms import Form, line

screen = Blueprint("expectations", __name__)


class NumbersForm(Form):
    """The numbers themselves are one box for each auditor, read by their ids."""


class ExcuseForm(Form):
    """Why is somebody excused?"""

    code = RadioField("Reason", choices=[SelectChoice(code, label) for code, label in expectations.EXCUSES.items()],
                      validate_choice=False)  # fmt: skip
    reason = line("In your words", hint="Needed for other reasons. No details of anyone’s health.")
    approver = line("Who agreed?", hint="Such as the Head of Service. The name is kept with the excuse.")


class Row(NamedTuple):
    """An auditor with what was typed and what is wrong with it."""

    person: Asked
    typed: str
    error: str


@screen.get("/cycles/<uuid:cycle_id>/expectations")
@needs(Can.CYCLE_RUN)
def show(cycle_id: UUID) -> str:
    """Everybody with the number expected of them."""
    cycle = _cycle(cycle_id)
    rows = [Row(one, str(one.expected), "") for one in asked(session(), cycle.id)]
    return render_template("cycles/expectations.html", cycle=cycle, rows=rows, form=NumbersForm())


@screen.post("/cycles/<uuid:cycle_id>/expectations")
@needs(Can.CYCLE_RUN)
def save(cycle_id: UUID) -> Response | tuple[str, int]:
    """Keep the numbers, all or none."""
    cycle = _cycle(cycle_id)
    rows = [_row(one) for one in asked(session(), cycle.id)]
    if any(row.error for row in rows):
        return render_template("cycles/expectations.html", cycle=cycle, rows=rows, form=NumbersForm()), 400
    try:
        for row in rows:
            if not row.person.excused_reason and int(row.typed) != row.person.expected:
                _expect(row.person.expectation_id, int(row.typed))
        added = expectations.propose(session(), cycle, by=actor().by, at=now())
    except UnfitExpectation as fault:
        flash(str(fault), "warning")
    else:
        more = f" {added} new auditors were added." if added else ""
        flash(f"What is expected is saved.{more}", "success")
    return redirect(url_for("cycles.show", cycle_id=cycle.id))


@screen.get("/cycles/<uuid:cycle_id>/expectations/<uuid:expectation_id>")
@needs(Can.CYCLE_RUN)
def ask_excuse(cycle_id: UUID, expectation_id: UUID) -> str:
    """Ask why somebody is excused, or whether they are expected again."""
    one = _expectation(cycle_id, expectation_id)
    return render_template("cycles/excuse.html", cycle=_cycle(cycle_id), one=one, form=ExcuseForm())


@screen.post("/cycles/<uuid:cycle_id>/expectations/<uuid:expectation_id>")
@needs(Can.CYCLE_RUN)
def excuse(cycle_id: UUID, expectation_id: UUID) -> Response | tuple[str, int]:
    """Excuse somebody, or expect them again."""
    one, form = _expectation(cycle_id, expectation_id), ExcuseForm()
    try:
        if request.form.get("again"):
            expectations.expect(session(), one, one.expected, by=actor().by, at=now())
        elif form.validate():
            expectations.excuse(
                session(), one, form.reason.data or "", approver=form.approver.data or "", code=form.code.data or "",
                by=actor().by, at=now(),
            )  # fmt: skip
    except UnfitExpectation as fault:
        _fault_of(form).errors = [str(fault)]
    if form.errors:
        return render_template("cycles/excuse.html", cycle=_cycle(cycle_id), one=one, form=form), 400
    flash(f"{one.person.name} is {'excused' if one.excused_at else 'expected to audit again'}.", "success")
    return redirect(url_for("expectations.show", cycle_id=cycle_id))


def _fault_of(form: ExcuseForm) -> Field:
    """The first box that lacks what is needed."""
    if not form.code.data:
        return form.code
    return form.approver if form.reason.data or form.code.data != "other" else form.reason


def _row(one: Asked) -> Row:
    typed = request.form.get(f"expected-{one.expectation_id}", str(one.expected)).strip()[:20]
    sound = typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) <= MOST_EXPECTED
    error = "" if sound else f"{one.name}: enter a whole number from 0 to {MOST_EXPECTED}."
    return Row(one, typed.replace("\x00", ""), error)


def _expect(expectation_id: UUID, number: int) -> None:
    one = session().get_one(Expectation, expectation_id)
    expectations.expect(session(), one, number, by=actor().by, at=now())


def _cycle(cycle_id: UUID) -> Cycle:
    cycle = session().get(Cycle, cycle_id)
    if cycle is None or cycle.on_demand:
        raise OutOfScopeError
    return cycle


def _expectation(cycle_id: UUID, expectation_id: UUID) -> Expectation:
    one = session().get(Expectation, expectation_id)
    if one is None or one.cycle_id != cycle_id:
        raise OutOfScopeError
    return one
