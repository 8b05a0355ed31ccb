"""Third readings: a third person grades an audit blind of both, one page a section, and gives their grades once."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms import answers
from audit_forms.completeness import Status, progress, sections_asked
from audit_forms.definition import Section, Tool
from qa_app.access import scope, seconds
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as site
from qa_app.access.guard import needs
from qa_app.access.once import keep_all_the_same
from qa_app.access.passes import Place
from qa_app.access.permissions import Can
from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.models import Audit, Person, Reading
from qa_app.queries import readings as queries
from qa_app.queries.readings import ReadingTask
from qa_app.services import asides, drafts, readings
from qa_app.services.asides import Aside
from qa_app.services.drafts import Kept, Saved, Writer, Written
from qa_app.services.moderators import NotIndependent, WrongState
from qa_app.services.submission import ChangedSince, Check, Confirmed, Incomplete
from qa_app.web import second_pages, section_pages
from qa_app.web.second_pages import GradesForm, confirmed
from qa_app.web.section_pages import Shown

screen = Blueprint("readings", __name__, url_prefix="/readings")


class Here(NamedTuple):
    """The section of a third reading that is being written."""

    task: ReadingTask
    tool: Tool
    section: Section


@screen.get("/<uuid:reading_id>")
@needs(Can.MODERATION_GRADE)
def show(reading_id: UUID) -> str | AnyResponse:
    """One audit to read: its sections with how far each is. Once given, the audit itself."""
    task = queries.task(session(), actor(), reading_id)
    if task.state == "given":
        return redirect(url_for("audits.show", audit_id=task.audit_id))
    note_access("reading.open", "reading", reading_id)
    tool = _tool(task)
    stands = progress(tool, answers.values(tool, task.answers))
    done = sum(one.status is Status.COMPLETE for one in stands)
    return render_template("readings/show.html", task=task, tool=tool, stands=stands, done=done)


@screen.post("/<uuid:reading_id>/reference")
@needs(Can.CASE_REVEAL)
def reveal(reading_id: UUID) -> str:
    """Show the case reference to the third reader at work; every showing is logged, and no address holds it."""
    audit = session().get_one(Audit, _own(reading_id).audit_id)
    case = audit.case
    if case is None or not scope.may_reveal_case(actor(), audit, session()):
        raise scope.OutOfScopeError
    note_access("case.reveal", "case", case.id)
    sealed = CaseKeys(site().case_key).open(case.reference_sealed, case.id)
    return render_template(
        "readings/reference.html", audit_reference=audit.reference, reference=sealed.decode(), reading_id=reading_id
    )


@screen.get("/<uuid:reading_id>/sections/<string:section_key>")
@needs(Can.MODERATION_GRADE)
def section(reading_id: UUID, section_key: str) -> str | AnyResponse:
    """One section to fill in, with what waits to be put right or merged."""
    here = _find(reading_id, section_key)
    if here.task.state == "given":
        return redirect(url_for("audits.show", audit_id=here.task.audit_id))
    note_access("reading.open", "reading", reading_id)
    return _page(here, _opened(here))


@screen.post("/<uuid:reading_id>/sections/<string:section_key>")
@needs(Can.MODERATION_GRADE, rescues="third")
def save(reading_id: UUID, section_key: str) -> AnyResponse | str | tuple[str, int]:
    """Keep a section; what was refused comes back with a sentence, and nothing that was typed is lost."""
    here = _find(reading_id, section_key)
    form = section_pages.sent_form(here.tool, here.section)
    sound = form.validate()
    if "use" in request.form:
        return _page(here, section_pages.chosen(form, _kept(here), _waiting(here), _pass(here)))
    saved = _keep(here, section_pages.written_on(form, section=section_key))
    if saved.clashing:
        keep_all_the_same()
        return _page(here, _opened(here)), 409
    if not sound or saved.too_much:
        keep_all_the_same()
        return _page(here, section_pages.shown_again(form, saved, _pass(here))), 400
    return redirect(_next(here) if request.form.get("then") == "next" else url_for(".show", reading_id=reading_id))


@screen.post("/<uuid:reading_id>/sections/<string:section_key>/autosave")
@needs(Can.MODERATION_GRADE, rescues="third")
def autosave(reading_id: UUID, section_key: str) -> Response | tuple[Response, int]:
    """Keep a section while it is being written."""
    here = _find(reading_id, section_key)
    form = section_pages.sent_form(here.tool, here.section)
    form.validate()
    written = section_pages.written_on(form, section=section_key, by_itself=True)
    return section_pages.autosaved(here.tool, here.section, form, written, _keep(here, written), at=now())


@screen.get("/<uuid:reading_id>/check")
@needs(Can.MODERATION_GRADE)
def check(reading_id: UUID) -> str | AnyResponse:
    """Every answer in words, what is still to be done, and what does not sit together."""
    task = queries.task(session(), actor(), reading_id)
    if task.state == "given":
        return redirect(url_for("audits.show", audit_id=task.audit_id))
    note_access("reading.open", "reading", reading_id)
    return _check_page(task, GradesForm(), tried=False)


@screen.post("/<uuid:reading_id>/grades")
@needs(Can.MODERATION_GRADE)
def give(reading_id: UUID) -> AnyResponse | tuple[str, int]:
    """Give the third grades, once."""
    reading, form = _own(reading_id), GradesForm()
    if not confirmed(form):
        return _check_page(queries.task(session(), actor(), reading_id), form, tried=True), 400
    said = Confirmed(
        form.version.data or "", bool(form.acknowledged.data), identifiers_reason=form.identifiers_reason.data or ""
    )
    try:
        readings.give_grades(session(), reading, _me(), said, by=actor().by, at=now())
    except (ChangedSince, Incomplete, NotIndependent) as fault:
        return _refused(reading_id, form, fault)
    flash("Your grades are given. The moderator is told, and agrees the final grades with the auditor.", "success")
    return redirect(url_for("moderations.index"))


@screen.errorhandler(WrongState)
def _wrong_state(fault: WrongState) -> tuple[str, int] | tuple[Response, int]:
    return second_pages.no_longer("This third reading can no longer change", fault)


def _refused(reading_id: UUID, form: GradesForm, fault: Exception) -> tuple[str, int]:
    session().rollback()
    task = queries.task(session(), actor(), reading_id)
    status = second_pages.refuse(form, fault)
    return _check_page(task, form, tried=True), status


def _me() -> Person:
    return session().get_one(Person, actor().person_id)


def _own(reading_id: UUID) -> Reading:
    return seconds.own_reading(session(), actor(), reading_id)


def _tool(task: ReadingTask) -> Tool:
    return readings.tool_of(session(), session().get_one(Audit, task.audit_id))


def _find(reading_id: UUID, section_key: str) -> Here:
    task = queries.task(session(), actor(), reading_id)
    tool = _tool(task)
    return Here(task, tool, second_pages.section_asked(tool, section_key))


def _keep(here: Here, written: Written) -> Saved:
    reading = _own(here.task.reading_id)

    def write(version: str) -> Saved:
        return readings.write(session(), reading, _me(), written, version, by=actor().by, at=now())

    return section_pages.keep(here.tool, write)


def _writer(task: ReadingTask) -> Writer:
    return Writer(task.audit_id, readings.THIRD, actor().person_id)


def _kept(here: Here) -> Kept:
    return drafts.opened(session(), _writer(here.task))


def _waiting(here: Here) -> tuple[Aside, ...]:
    return asides.waiting(session(), _writer(here.task), here.section.key)


def _pass(here: Here) -> str:
    return section_pages.page_pass(Place(readings.THIRD, here.task.reading_id, here.section.key), here.tool)


def _opened(here: Here) -> Shown:
    """The page of this section from what is kept, whatever the request says."""
    kept = _kept(here)
    form = section_pages.stored_form(here.tool, here.section, kept.answers)
    return section_pages.opened(form, section_pages.asked_by(form), kept, _waiting(here), _pass(here))


def _next(here: Here) -> str:
    """The address of the section after this one; after the last it is the check of the whole."""
    after = section_pages.following(here.tool, here.section)
    if after is None:
        return url_for(".check", reading_id=here.task.reading_id)
    return url_for(".section", reading_id=here.task.reading_id, section_key=after.key)


def _page(here: Here, shown: Shown) -> str:
    asked = sections_asked(here.tool)
    return render_template(
        "readings/section.html", task=here.task, section=here.section, form=shown.form,
        fields=section_pages.fields_of(shown.form), marks=shown.marks, place=asked.index(here.section) + 1,
        of=len(asked), differences=shown.differences,
        told=section_pages.notices(here.tool, here.section, shown.stored), alert=None, beside=None,
        list_url=url_for(".show", reading_id=here.task.reading_id), save_url=_address(here, "save"),
        autosave_url=_address(here, "autosave"),
    )  # fmt: skip


def _address(here: Here, what: str) -> str:
    return url_for(f".{what}", reading_id=here.task.reading_id, section_key=here.section.key)


def _check_page(task: ReadingTask, form: GradesForm, *, tried: bool) -> str:
    checked: Check = readings.check(session(), _own(task.reading_id), _me(), today=london_day(now()))
    form.version.data = checked.version
    return render_template(
        "readings/check.html", task=task, form=form, tried=tried,
        list_url=url_for(".show", reading_id=task.reading_id), give_url=url_for(".give", reading_id=task.reading_id),
        **second_pages.on_check(
            checked, lambda each: url_for(".section", reading_id=task.reading_id, section_key=each.key)
        ),
    )  # fmt: skip
