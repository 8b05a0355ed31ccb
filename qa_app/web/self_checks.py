"""Self-checks: grading an own audit of some months ago again, and what came of it; the QA lead asks for them."""

import secrets
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms.definition import Tool
from audit_forms.grades import judged
from qa_app.access import passes, rescue
from qa_app.access import self_checks as rights
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import cookie_name, needs
from qa_app.access.once import keep_all_the_same
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.case_keys import CaseKeys
from qa_app.models import Reading
from qa_app.queries import self_checks as found
from qa_app.queries.starting import cases_of
from qa_app.queries.tools import tool_of
from qa_app.services import self_checks, settings
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.web import grade_sheets
from qa_app.web.forms import Form, line, naming_nobody
from qa_app.web.rendering import clock

screen = Blueprint("self_checks", __name__, url_prefix="/self-checks")
Answer = AnyResponse | str | tuple[str, int]


class ReasonForm(Form):
    """Why is it called off?"""

    reason = line("Why is it called off?", naming_nobody, longest=500, hint="No names. The reason is kept.")


@screen.get("")
@needs(Can.CALIBRATION_TAKE)
def index() -> str:
    """One's own self-checks, and for the QA lead everybody's with the draw."""
    runs = actor().may(Can.CALIBRATION_RUN)
    return render_template(
        "self_checks/index.html", listed=found.listed(session(), actor()), runs=runs,
        is_on=self_checks.is_on(session()), months=settings.number(session(), "self_check_months"),
        most=settings.number(session(), "self_checks_a_year"),
        could=len(self_checks.candidates(session(), at=now())) if runs else 0,
    )  # fmt: skip


@screen.post("/draw")
@needs(Can.CALIBRATION_RUN)
def draw() -> AnyResponse:
    """Ask every auditor who can be asked, each about an audit drawn at random."""
    made = self_checks.draw(session(), seed=secrets.token_hex(16), by=actor().by, at=now())
    people = "1 auditor is" if len(made) == 1 else f"{len(made)} auditors are"
    flash(f"{people} asked. Each is told with their next mail.", "success")
    return redirect(url_for(".index"))


@screen.get("/<uuid:reading_id>")
@needs(Can.CALIBRATION_TAKE)
def show(reading_id: UUID) -> str:
    """One self-check: to grade, or what came of it. The first grades show only once the second are given."""
    reading = rights.one(session(), actor(), reading_id)
    if reading.state == "given":
        note_access("self_check.open", "audit", reading.audit_id)
        outcome = found.outcome(session(), reading)
        return render_template("self_checks/given.html", reading=reading, outcome=outcome, own=_is_own(reading))
    if _is_own(reading) and reading.state in self_checks.AT_WORK:
        tool, stored = tool_of(session(), reading.audit), self_checks.draft_of(session(), reading)
        return _page(reading, tool, grade_sheets.filled(tool, stored, version_of(stored)))
    return render_template("self_checks/show.html", reading=reading, form=ReasonForm(), runs=not _is_own(reading))


@screen.post("/<uuid:reading_id>")
@needs(Can.CALIBRATION_TAKE, rescues="self_check")
def save(reading_id: UUID) -> Answer:
    """Keep the grades and go on to check them."""
    reading = _to_write(reading_id)
    tool, stored = tool_of(session(), reading.audit), self_checks.draft_of(session(), reading)
    form = grade_sheets.form_class(tool)()
    sound = form.validate()
    typed = grade_sheets.said(form, tool, stored)
    try:
        form.version.data = _keep(reading, typed, form.version.data or "")
    except NewerDraft as newer:
        form.version.data = version_of(newer.stored)
        return _page(reading, tool, form, grade_sheets.differences(tool, typed, newer.stored)), 409
    if not sound:
        keep_all_the_same()
        return _page(reading, tool, form), 400
    return redirect(url_for(".check", reading_id=reading_id))


@screen.post("/<uuid:reading_id>/autosave")
@needs(Can.CALIBRATION_TAKE, rescues="self_check")
def autosave(reading_id: UUID) -> Response | tuple[Response, int]:
    """Keep the page while it is being written."""
    reading = _to_write(reading_id)
    tool, stored = tool_of(session(), reading.audit), self_checks.draft_of(session(), reading)
    form = grade_sheets.form_class(tool)()
    form.validate()
    try:
        version = _keep(reading, grade_sheets.said(form, tool, stored), form.version.data or "")
    except (NewerDraft, self_checks.SelfCheckRefused) as fault:
        return jsonify(error=str(fault)), 409
    return jsonify(saved_at=clock(now()), version=version)


@screen.get("/<uuid:reading_id>/check")
@needs(Can.CALIBRATION_TAKE)
def check(reading_id: UUID) -> Answer:
    """The last look before the grades are given."""
    reading = rights.own(session(), actor(), reading_id)
    if reading.state not in self_checks.AT_WORK:
        return redirect(url_for(".show", reading_id=reading_id))
    return _check_page(reading)


@screen.post("/<uuid:reading_id>/give")
@needs(Can.CALIBRATION_TAKE)
def give(reading_id: UUID) -> Answer:
    """Give the grades for good; a second click changes nothing."""
    reading = rights.own(session(), actor(), reading_id)
    try:
        first = self_checks.give(session(), reading, request.form.get("version", ""), by=actor().by, at=now())
    except self_checks.Unanswered:
        return _check_page(reading, fault="Not every part has a grade yet. Grade what is listed below first."), 400
    except NewerDraft:
        changed = "Your grades have changed since this page was opened. Check them again."
        return _check_page(reading, fault=changed), 409
    if first:
        flash("Your grades are given. Below they stand beside those you gave then.", "success")
    return redirect(url_for(".show", reading_id=reading_id))


@screen.post("/<uuid:reading_id>/reference")
@needs(Can.CALIBRATION_TAKE)
def reveal(reading_id: UUID) -> str:
    """Show the case reference to whoever reads the record again; every showing is logged."""
    reading = rights.own(session(), actor(), reading_id)
    cases = cases_of(session(), reading.audit)
    if reading.state not in self_checks.AT_WORK or not cases:
        raise OutOfScopeError
    keys = CaseKeys(site().case_key)
    for case in cases:
        note_access("case.reveal", "case", case.id)
    references = [keys.open(case.reference_sealed, case.id).decode() for case in cases]
    return render_template("self_checks/reference.html", reading=reading, references=references)


@screen.post("/<uuid:reading_id>/call-off")
@needs(Can.CALIBRATION_RUN)
def call_off(reading_id: UUID) -> Answer:
    """Let somebody off."""
    reading = rights.to_run(session(), actor(), reading_id)
    form = ReasonForm()
    if form.validate():
        try:
            self_checks.call_off(session(), reading, form.reason.data or "", by=actor().by, at=now())
        except self_checks.SelfCheckRefused as fault:
            form.reason.errors = [str(fault)]
        else:
            flash("The self-check is called off.", "success")
            return redirect(url_for(".index"))
    return render_template("self_checks/show.html", reading=reading, form=form, runs=True), 400


@screen.errorhandler(self_checks.SelfCheckRefused)
def _refused(fault: self_checks.SelfCheckRefused) -> tuple[str, int]:
    heading = "This cannot be done now"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _is_own(reading: Reading) -> bool:
    return reading.reader_id == actor().person_id


def _to_write(reading_id: UUID) -> Reading:
    """The self-check to write on; whoever signed out on purpose changes it no more."""
    if rescue.rescued() == rescue.SIGNED_OUT:
        abort(403)
    return rights.own(session(), actor(), reading_id)


def _keep(reading: Reading, typed: dict[str, str], version: str) -> str:
    kept = self_checks.write(session(), reading, typed, version, at=now())
    rescue.kept(kept, "")
    return kept


def _page(reading: Reading, tool: Tool, form: Any, differences: list[tuple[str, str]] | None = None) -> str:
    place = passes.Place("self_check", reading.id, "")
    return render_template(
        "self_checks/grade.html", reading=reading, tool=tool, form=form, differences=differences or [],
        parts=grade_sheets.parts(form, tool), has_case=bool(cases_of(session(), reading.audit)),
        page_pass=rescue.pass_for(place, "", request.cookies.get(cookie_name(), "")),
    )  # fmt: skip


def _check_page(reading: Reading, fault: str = "") -> str:
    tool, said = tool_of(session(), reading.audit), self_checks.draft_of(session(), reading)
    rows = []
    for element in tool.elements:
        grade = judged(said[element.key]).label if said.get(element.key) else ""
        words = said.get(element.key + grade_sheets.WORDS, "")
        if grade or words:
            rows.append((element.title, "\n".join(filter(None, (grade or "No grade", words)))))
    return render_template(
        "self_checks/check.html", reading=reading, fault=fault, rows=rows, version=version_of(said),
        blanks=self_checks.blanks(session(), reading, tool),
    )  # fmt: skip
