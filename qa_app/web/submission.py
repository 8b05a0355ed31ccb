"""The last page before submitting: every answer in words, what is still to be done, and the submission itself."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, HiddenField

from audit_forms import answers
from audit_forms.completeness import Blank, sections_asked
from audit_forms.marked import Marked, hard
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys
from qa_app.models import Audit
from qa_app.queries import alerts, tools
from qa_app.services import audits, settings, submission
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.section_pages import first_box

screen = Blueprint("submission", __name__)


class SubmitForm(Form):
    """The last question before submitting."""

    version = HiddenField()
    identifiers_reason = text(
        "If it stays as it is, why?", naming_nobody, longest=500, hint="Do not repeat it here. The reason is kept."
    )
    grades_reason = text(
        "Why is the overall grade right although it does not sit with the others?", naming_nobody, longest=500,
    )  # fmt: skip
    acknowledged = BooleanField("I have read this and my grades stand")


_FIELDS = {
    submission.Identifying: "identifiers_reason",
    submission.Unacknowledged: "acknowledged",
    submission.Unexplained: "grades_reason",
}


class ToDo(NamedTuple):
    """Something still to be done and the address of the field; `place` is that of its section, from 0."""

    place: int
    section: str
    sentence: str
    href: str


@screen.get("/audits/<uuid:audit_id>/check")
@needs(Can.AUDIT_RECORD)
def check(audit_id: UUID) -> str | AnyResponse:
    """Every answer in words, what is still to be done, and what does not sit together."""
    audit = scope.own_audit(session(), actor(), audit_id)
    if not audits.is_open(audit):
        return redirect(url_for("audits.show", audit_id=audit.id))
    note_access("audit.open", "audit", audit.id)
    return _check_page(audit, SubmitForm(), tried=False)


@screen.post("/audits/<uuid:audit_id>/submit")
@needs(Can.AUDIT_RECORD)
def submit(audit_id: UUID) -> AnyResponse | tuple[str, int]:
    """Submit; a second click or the back button leads to the submitted audit and changes nothing."""
    audit = scope.own_audit(session(), actor(), audit_id)
    form = SubmitForm()
    if not form.validate():
        return _check_page(audit, form, tried=True), 400
    try:
        first = submission.submit(
            session(), audit, version=form.version.data or "", acknowledged=bool(form.acknowledged.data),
            identifiers_reason=form.identifiers_reason.data or "", grades_reason=form.grades_reason.data or "",
            demographics=settings.asks_demographics(session()), by=actor().by, at=now(),
            keys=MailKeys(site().secret_key),
        )  # fmt: skip
    except submission.ChangedSince as fault:
        form.form_errors.append(str(fault))
        return _check_page(audit, form, tried=True), 409
    except submission.Incomplete as fault:
        field = _FIELDS.get(type(fault))
        if field:
            form[field].errors = [str(fault)]
        else:
            form.form_errors.append(str(fault))
        return _check_page(audit, form, tried=True), 400
    if first:
        flash("Your audit is submitted. It can no longer change.", "success")
    return redirect(url_for("audits.show", audit_id=audit.id))


@screen.errorhandler(audits.NotOpen)
def _not_open(fault: audits.NotOpen) -> tuple[str, int]:
    heading = "This audit can no longer change"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _check_page(audit: Audit, form: SubmitForm, *, tried: bool) -> str:
    checked = submission.check(
        session(), audit, demographics=settings.asks_demographics(session()), today=london_day(now())
    )
    tool = tools.tool_of(session(), audit)
    form.version.data = checked.version
    said = answers.in_words(tool, checked.asked)
    order = sections_asked(tool)
    return render_template(
        "audits/check.html", audit=audit, form=form, tried=tried, prompts=checked.prompts, anchor=first_box,
        reasonless=checked.reasonless, marked=[(one, _link(audit, one)) for one in checked.marked],
        must_answer=bool(hard(checked.marked)),
        alert=alerts.of_writer(session(), audit.id, "auditor", at=now()),
        beside=checked.beside,
        to_do=[
            ToDo(order.index(one.section), one.section.title, one.sentence, _link(audit, one))
            for one in checked.to_do
        ],
        sections=[(each, [one for one in said if one.section is each]) for each in order],
    )  # fmt: skip


def _link(audit: Audit, place: Blank | Marked) -> str:
    """The address of the box a blank or a marked place is about."""
    address = url_for("recording.section", audit_id=audit.id, section_key=place.section.key)
    return f"{address}#{first_box(place.question)}"
