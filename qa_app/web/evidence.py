"""Evidence in words: the entries, one entry with its versions, and writing, correcting and withdrawing one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qa_app.access import evidence as seen
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Evidence
from qa_app.queries import evidence as entries
from qa_app.queries.doers import doer
from qa_app.services import evidence
from qa_app.services.evidence import QUESTIONS, EvidenceRefused, Said
from qa_app.web.evidence_form import CorrectForm, EvidenceForm, WithdrawForm, known, offered, said_in, whose
from qa_app.web.numbers import version_in

screen = Blueprint("evidence", __name__, url_prefix="/evidence")


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
    return _page(offered(EvidenceForm(data=known(request.args, london_day(now())))))


@screen.post("/new")
@needs(Can.EVIDENCE_WRITE)
def write() -> Response | tuple[str, int]:
    """Keep a new entry."""
    form = offered(EvidenceForm())
    said = said_in(form)
    person = actor().person_id
    if said is None or person is None:
        return _page(form), 400
    try:
        entry = evidence.write(
            session(), said, owner_id=person, **whose(form), by=actor().by, at=now(), today=london_day(now()),
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
    return _page(offered(CorrectForm(data=data), stands.theme_code), entry)


@screen.post("/<uuid:evidence_id>/correct")
@needs(Can.EVIDENCE_WRITE)
def correct(evidence_id: UUID) -> Response | tuple[str, int]:
    """Keep another version."""
    entry, form = _correctable(evidence_id), CorrectForm()
    said = said_in(offered(form, entry.current.theme_code))
    if said is None:
        return _page(form, entry), 400
    version = version_in(form.version.data)
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


def _kept(words: str, entry: Evidence, said: Said) -> Response:
    flash(words, "success")
    if evidence.names_staff(session(), said):
        flash("It may hold a name on the staff list. If it does, correct it: write the role instead.", "warning")
    return redirect(url_for(".show", evidence_id=entry.id))


def _page(form: EvidenceForm, entry: Evidence | None = None) -> str:
    return render_template("evidence/write.html", form=form, entry=entry)
