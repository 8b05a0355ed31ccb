"""How staff of each service are supported, side by side; counts recorded, corrected and taken back."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Service, SupportCount
from qa_app.queries import support as found
from qa_app.queries.doers import doer
from qa_app.queries.support import KINDS, Period
from qa_app.services import support
from qa_app.services.support import MOST, Counted, SupportRefused
from qa_app.web.forms import Form, between, line, naming_nobody, text

screen = Blueprint("support", __name__, url_prefix="/development/support")

WHOLE = between(0, MOST - 1, "Write a whole number of 0 or more.")
DAYS = "For example, 1 10 2026"


class CountForm(Form):
    """How many of how many, and where it is from."""

    k = IntegerField("How many?", [WHOLE])
    n = IntegerField("Out of how many?", [WHOLE])
    origin = line("Where is the count from?", naming_nobody, hint="For example, HR system. No names")
    dated = DayField(Question("dated", "date", "Date of that source", "For example, 5 11 2026"))


class NewForm(CountForm):
    """Of which service and period it is."""

    service = SelectField("Service")
    kind = SelectField("What was counted?", choices=[SelectChoice(key, one.title) for key, one in KINDS.items()])
    period_from = DayField(Question("period_from", "date", "First day of the month or quarter", DAYS))
    period_to = DayField(Question("period_to", "date", "Last day of the month or quarter", "For example, 31 12 2026"))


class CorrectForm(CountForm):
    """The same again, and why."""

    reason = text("Why is it corrected?", naming_nobody, longest=500, hint="It is kept with the count.")


class BackForm(Form):
    """Why a count is taken back."""

    reason = text("Why is it taken back?", naming_nobody, longest=500, hint="It is kept with the count.")


@screen.get("")
@needs(Can.DEVELOPMENT_READ)
def index() -> str:
    """One period: each kind of support, service by service."""
    periods = found.periods(session())
    period = _asked(periods)
    rows = found.history(session(), actor(), period) if period else ()
    return render_template(
        "support/index.html", period=period, kinds=KINDS, chosen=_key(period) if period else "",
        compared=found.compared(session(), actor(), period) if period else (),
        options=[(_key(one), _said(one)) for one in periods],
        history=[(one, doer(session(), one.recorded_by)) for one in rows],
        whole=scope.services_led(actor()) is None, standing={one.id for one in found.standing(session())},
    )  # fmt: skip


@screen.get("/new")
@needs(Can.DEVELOPMENT_RUN)
def ask() -> str:
    """Ask what was counted."""
    return render_template("support/write.html", form=_offered(NewForm()), row=None, kinds=KINDS)


@screen.post("/new")
@needs(Can.DEVELOPMENT_RUN)
def add() -> Response | tuple[str, int]:
    """Record a count."""
    form = _offered(NewForm())
    if _sound(form, "period_from", "period_to", "dated"):
        counted = _counted(
            form, UUID(form.service.data), form.kind.data or "", form.period_from.data, form.period_to.data
        )
        try:
            support.enter(session(), counted, by=actor().by, at=now(), today=london_day(now()))
        except SupportRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            return _kept("The count is recorded.", Period(counted.period_from, counted.period_to))
    return render_template("support/write.html", form=form, row=None, kinds=KINDS), 400


@screen.get("/<int:count_id>/correct")
@needs(Can.DEVELOPMENT_RUN)
def ask_correct(count_id: int) -> str:
    """The count as it stands, to correct or take back."""
    row = _standing(count_id)
    data = {"k": row.k, "n": row.n, "origin": row.origin, "dated": row.dated}
    return render_template("support/write.html", form=CorrectForm(data=data), row=row, kinds=KINDS)


@screen.post("/<int:count_id>/correct")
@needs(Can.DEVELOPMENT_RUN)
def correct(count_id: int) -> Response | tuple[str, int]:
    """Put another count in its place."""
    row, form = _standing(count_id), CorrectForm()
    if _sound(form, "dated"):
        counted = _counted(form, row.service_id, row.kind, row.period_from, row.period_to)
        try:
            support.correct(
                session(), row, counted, reason=form.reason.data or "", by=actor().by, at=now(), today=london_day(now())
            )
        except SupportRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            return _kept("The count is corrected. The one before stays in the history.", _period(row))
    return render_template("support/write.html", form=form, row=row, kinds=KINDS), 400


@screen.get("/<int:count_id>/take-back")
@needs(Can.DEVELOPMENT_RUN)
def ask_take_back(count_id: int) -> str:
    """Whether a count is to count no more."""
    return render_template("support/back.html", form=BackForm(), row=_standing(count_id), kinds=KINDS)


@screen.post("/<int:count_id>/take-back")
@needs(Can.DEVELOPMENT_RUN)
def take_back(count_id: int) -> Response | tuple[str, int]:
    """Take a count back, with the reason."""
    row, form = _standing(count_id), BackForm()
    if form.validate():
        try:
            support.take_back(session(), row, reason=form.reason.data or "", by=actor().by, at=now())
        except SupportRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            return _kept("The count is taken back. It counts no more.", _period(row))
    return render_template("support/back.html", form=form, row=row, kinds=KINDS), 400


def _asked(periods: list[Period]) -> Period | None:
    """The period in the address, else the newest."""
    asked = request.args.get("period", "")
    return next((one for one in periods if _key(one) == asked), periods[0] if periods else None)


def _standing(count_id: int) -> SupportCount:
    row = next((one for one in found.standing(session()) if one.id == count_id), None)
    if row is None:
        raise OutOfScopeError
    return row


def _sound(form: Form, *days: str) -> bool:
    sound = form.validate()
    for name in days:
        if form[name].data is None and not form[name].errors:
            form[name].errors = ["Write the day, month and year."]
            sound = False
    return bool(sound)


def _counted(form: CountForm, service_id: UUID, kind: str, first: date, last: date) -> Counted:
    k, n = form.k.data, form.n.data
    return Counted(service_id, kind, first, last, int(k or 0), int(n or 0), form.origin.data or "", form.dated.data)


def _offered(form: NewForm) -> NewForm:
    form.service.choices = [SelectChoice(str(one.id), one.name) for one in _services()]
    return form


def _services() -> list[Service]:
    return list(session().scalars(select(Service).order_by(Service.name)))


def _period(row: SupportCount) -> Period:
    return Period(row.period_from, row.period_to)


def _kept(words: str, period: Period) -> Response:
    flash(words, "success")
    return redirect(url_for("support.index", period=_key(period)))


def _key(period: Period) -> str:
    return f"{period.first:%Y%m%d}-{period.last:%Y%m%d}"


def _said(period: Period) -> str:
    return f"{period.first.day} {period.first:%B %Y} to {period.last.day} {period.last:%B %Y}"
