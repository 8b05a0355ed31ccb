"""Evidence in words: the entries, one entry with its versions, and writing, correcting and withdrawing one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access import evidence as seen
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Evidence
from qa_app.queries import evidence as entries
from qa_app.queries import plan, themes
from qa_app.queries.doers import doer
from qa_app.services import evidence
from qa_app.services.evidence import QUESTIONS, EvidenceRefused, Said
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("evidence", __name__, url_prefix="/evidence")

WHY = "It is kept with the entry. Do not name children, families or staff."
NONE = SelectChoice("", "None")


class EvidenceForm(Form):
    """What an entry says, and where it counts."""

    learned = text(QUESTIONS["learned"], hint="From audits, moderation, feedback, complaints or practice seen.")
    changed = text(QUESTIONS["changed"], hint="What people do now that they did not do before.")
    different = text(QUESTIONS["different"], hint="What children and families notice. Name nobody.")
    known = text(QUESTIONS["known"], hint="Figures, observations or what families say, with dates.")
    on = DayField(Question("on", "date", "Date of the entry", "For example, 2 11 2026"))
    changed_on = DayField(
        Question("changed_on", "date", "Day from which practice is different", "Leave it empty if there is none yet")
    )
    measure_key = SelectField("Measure of the plan")
    action_ref = SelectField("Action of the plan", description="Where it fits no single measure.")
    theme_code = SelectField("Theme")
    service = SelectField("Whose entry is it?")


class CorrectForm(EvidenceForm):
    """The same, with the reason for another version."""

    reason = text("Why is it corrected?", naming_nobody, longest=500, hint=WHY)
    version = HiddenField()


class WithdrawForm(Form):
    """Why an entry is withdrawn."""

    reason = text("Why is it withdrawn?", naming_nobody, longest=500, hint=WHY)


@screen.get("")
@needs(Can.EVIDENCE_READ)
def index() -> str:
    """The entries, the newest first; of one measure, action or theme where the address says so."""
    wanted = {name: request.args.get(name, "")[:40] for name in ("measure", "action", "theme")}
    called = entries.names(session())
    return render_template(
        "evidence/index.html", entries=entries.listed(session(), actor(), **wanted), called=called,
        narrowed=[called[one] for one in wanted.values() if one in called],
    )  # fmt: skip


@screen.get("/<uuid:evidence_id>")
@needs(Can.EVIDENCE_READ)
def show(evidence_id: UUID) -> str:
    """One entry, with every version of it."""
    entry = seen.readable_evidence(session(), actor(), evidence_id)
    return render_template(
        "evidence/show.html", entry=entry, questions=QUESTIONS, called=entries.names(session()),
        may_correct=seen.may_correct(actor(), entry), may_withdraw=seen.may_withdraw(actor(), entry),
        by={one.version: doer(session(), one.written_by) for one in entry.versions},
        withdrawn_by=doer(session(), entry.withdrawn_by) if entry.withdrawn_by else "",
    )  # fmt: skip


@screen.get("/new")
@needs(Can.EVIDENCE_WRITE)
def new() -> str:
    """The page to write an entry."""
    return _page(_offered(EvidenceForm(data={"on": london_day(now()), "measure_key": request.args.get("measure", "")})))


@screen.post("/new")
@needs(Can.EVIDENCE_WRITE)
def write() -> Response | tuple[str, int]:
    """Keep a new entry."""
    form = _offered(EvidenceForm())
    said = _said(form)
    person = actor().person_id
    if said is None or person is None:
        return _page(form), 400
    try:
        entry = evidence.write(
            session(), said, owner_id=person, service_id=UUID(form.service.data) if form.service.data else None,
            by=actor().by, at=now(), today=london_day(now()),
        )  # fmt: skip
    except EvidenceRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _page(form), 400
    return _kept("The entry is kept.", entry, said)


@screen.get("/<uuid:evidence_id>/correct")
@needs(Can.EVIDENCE_WRITE)
def ask_correct(evidence_id: UUID) -> str:
    """The entry as it stands, to correct."""
    entry = _correctable(evidence_id)
    stands = entry.current
    data = {name: getattr(stands, name) for name in Said.__dataclass_fields__} | {"version": str(stands.version)}
    return _page(_offered(CorrectForm(data=data), stands.theme_code), entry)


@screen.post("/<uuid:evidence_id>/correct")
@needs(Can.EVIDENCE_WRITE)
def correct(evidence_id: UUID) -> Response | tuple[str, int]:
    """Keep another version."""
    entry, form = _correctable(evidence_id), CorrectForm()
    said = _said(_offered(form, entry.current.theme_code))
    if said is None:
        return _page(form, entry), 400
    typed = form.version.data or ""
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    try:
        evidence.correct(
            session(), entry, said, version=version, reason=form.reason.data or "", by=actor().by, at=now(),
            today=london_day(now()),
        )  # fmt: skip
    except EvidenceRefused as fault:
        form[fault.field].errors = [str(fault)]
        return _page(form, entry), 400
    return _kept("The entry is corrected. The version before stays in its history.", entry, said)


@screen.get("/<uuid:evidence_id>/withdraw")
@needs(Can.PLAN_EDIT)
def ask_withdraw(evidence_id: UUID) -> str:
    """Whether an entry is to count no more."""
    return render_template("evidence/withdraw.html", entry=_withdrawable(evidence_id), form=WithdrawForm())


@screen.post("/<uuid:evidence_id>/withdraw")
@needs(Can.PLAN_EDIT)
def withdraw(evidence_id: UUID) -> Response | tuple[str, int]:
    """Withdraw an entry, with the reason."""
    entry, form = _withdrawable(evidence_id), WithdrawForm()
    if form.validate():
        try:
            evidence.withdraw(session(), entry, reason=form.reason.data or "", by=actor().by, at=now())
        except EvidenceRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            flash("The entry is withdrawn. It counts nowhere any more.", "success")
            return redirect(url_for(".index"))
    return render_template("evidence/withdraw.html", entry=entry, form=form), 400


def _correctable(evidence_id: UUID) -> Evidence:
    entry = seen.readable_evidence(session(), actor(), evidence_id)
    if not seen.may_correct(actor(), entry):
        raise scope.OutOfScopeError
    return entry


def _withdrawable(evidence_id: UUID) -> Evidence:
    entry = seen.readable_evidence(session(), actor(), evidence_id)
    if not seen.may_withdraw(actor(), entry):
        raise scope.OutOfScopeError
    return entry


def _offered(form: EvidenceForm, kept: str | None = None) -> EvidenceForm:
    """The form with what there is to choose from; a retired theme only where the entry has it already."""
    lines = [one for action in plan.register(session()) for one in action.lines]
    form.measure_key.choices = [NONE, *(SelectChoice(one.measure.key, _short(one.measure.title)) for one in lines)]
    actions = {one.measure.action.ref: one.measure.action.title for one in lines}
    form.action_ref.choices = [NONE, *(SelectChoice(ref, _short(f"{ref} {title}")) for ref, title in actions.items())]
    form.theme_code.choices = [
        NONE,
        *(
            SelectChoice(one.code, one.label)
            for one in themes.known(session())
            if one.retired_at is None or one.code == kept
        ),
    ]
    own = seen.services_to_write_for(session(), actor())
    form.service.choices = [*(SelectChoice(str(one.id), one.name) for one in own), SelectChoice("", "Whole council")]
    return form


def _short(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:89]}…"


def _said(form: EvidenceForm) -> Said | None:
    """What the form says; None with the fault beside the box it is in."""
    form.validate()
    if form.on.data is None and not form.on.errors:
        form.on.errors = ["Write the day, month and year of the entry."]
    if form.errors:
        return None
    return Said(
        on=form.on.data, learned=form.learned.data or "", changed=form.changed.data or "",
        different=form.different.data or "", known=form.known.data or "", theme_code=form.theme_code.data or None,
        action_ref=form.action_ref.data or None, measure_key=form.measure_key.data or None,
        changed_on=form.changed_on.data,
    )  # fmt: skip


def _kept(words: str, entry: Evidence, said: Said) -> Response:
    flash(words, "success")
    if evidence.names_staff(session(), said):
        flash("It may hold a name on the staff list. If it does, correct it: write the role instead.", "warning")
    return redirect(url_for(".show", evidence_id=entry.id))


def _page(form: EvidenceForm, entry: Evidence | None = None) -> str:
    return render_template("evidence/write.html", form=form, entry=entry)
