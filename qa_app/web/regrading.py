"""Grading an audit again, blind: one page a section, autosave, the check of the whole, and giving the grades."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms.completeness import sections_asked
from audit_forms.definition import Section, Tool
from audit_forms.safety import SAFE
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.once import keep_all_the_same
from qa_app.access.passes import Place
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Person
from qa_app.queries import alerts, moderations
from qa_app.queries.moderations import GRADED, BlindTask
from qa_app.services import asides, drafts, regrading
from qa_app.services.asides import Aside
from qa_app.services.drafts import Kept, Saved, Writer, Written
from qa_app.services.moderations import check_ungraded
from qa_app.services.moderators import NotIndependent, WrongState
from qa_app.services.submission import ChangedSince, Incomplete
from qa_app.web import second_pages, section_pages
from qa_app.web.second_pages import GradesForm, confirmed
from qa_app.web.section_pages import Shown

screen = Blueprint("regrading", __name__)


class Here(NamedTuple):
    """The section of a task that is being written."""

    task: BlindTask
    tool: Tool
    section: Section


@screen.get("/moderations/<uuid:moderation_id>/sections/<string:section_key>")
@needs(Can.MODERATION_GRADE)
def section(moderation_id: UUID, section_key: str) -> str | AnyResponse:
    """One section to fill in, with what waits to be put right or merged."""
    here = _find(moderation_id, section_key)
    if here.task.state in GRADED:
        return redirect(url_for("agreement.show", moderation_id=moderation_id))
    note_access("moderation.open", "moderation", moderation_id)
    return _page(here, _opened(here))


@screen.post("/moderations/<uuid:moderation_id>/sections/<string:section_key>")
@needs(Can.MODERATION_GRADE, rescues="moderator")
def save(moderation_id: UUID, section_key: str) -> AnyResponse | str | tuple[str, int]:
    """Keep a section; what was refused comes back with a sentence, and nothing that was typed is lost."""
    here = _find(moderation_id, section_key)
    form = section_pages.sent_form(here.tool, here.section)
    sound = form.validate()
    if "use" in request.form:
        return _page(here, section_pages.chosen(form, _kept(here), _waiting(here), _pass(here)))
    saved = _keep(here, section_pages.written_on(form, section=section_key))
    if saved.clashing:
        keep_all_the_same()
        return _page(here, _opened(here)), 409
    if section_pages.row_added(form, request.form.get("add_row", "")):
        return _page(here, section_pages.shown_again(form, saved, _pass(here)))
    if not sound or saved.too_much:
        keep_all_the_same()
        return _page(here, section_pages.shown_again(form, saved, _pass(here))), 400
    return redirect(
        _next(here) if request.form.get("then") == "next" else url_for("moderations.show", moderation_id=moderation_id)
    )


@screen.post("/moderations/<uuid:moderation_id>/sections/<string:section_key>/autosave")
@needs(Can.MODERATION_GRADE, rescues="moderator")
def autosave(moderation_id: UUID, section_key: str) -> Response | tuple[Response, int]:
    """Keep a section while it is being written; the answer says when, and which marks the page holds now."""
    here = _find(moderation_id, section_key)
    form = section_pages.sent_form(here.tool, here.section)
    form.validate()
    written = section_pages.written_on(form, section=section_key, by_itself=True)
    return section_pages.autosaved(here.tool, here.section, form, written, _keep(here, written), at=now())


@screen.get("/moderations/<uuid:moderation_id>/check")
@needs(Can.MODERATION_GRADE)
def check(moderation_id: UUID) -> str | AnyResponse:
    """Every answer in words, what is still to be done, and what does not sit together."""
    task = moderations.task(session(), actor(), moderation_id)
    if task.state in GRADED:
        return redirect(url_for("agreement.show", moderation_id=moderation_id))
    note_access("moderation.open", "moderation", moderation_id)
    return _check_page(task, GradesForm(), tried=False)


@screen.post("/moderations/<uuid:moderation_id>/grades")
@needs(Can.MODERATION_GRADE)
def give(moderation_id: UUID) -> AnyResponse | tuple[str, int]:
    """Give the moderator's own grades, once; both sides are shown next."""
    moderation = scope.own_moderation(session(), actor(), moderation_id)
    form = GradesForm()
    sure = confirmed(form)
    check_ungraded(moderation)
    if not sure:
        return _check_page(moderations.task(session(), actor(), moderation_id), form, tried=True), 400
    try:
        regrading.give_grades(
            session(), moderation, _me(), version=form.version.data or "", acknowledged=bool(form.acknowledged.data),
            identifiers_reason=form.identifiers_reason.data or "", by=actor().by, at=now(),
        )  # fmt: skip
    except (ChangedSince, Incomplete, NotIndependent) as fault:
        return _refused(moderation_id, form, fault)
    flash("Your grades are given. The auditor’s are beside them now.", "success")
    return redirect(url_for("agreement.show", moderation_id=moderation_id))


@screen.errorhandler(WrongState)
def _wrong_state(fault: WrongState) -> tuple[str, int] | tuple[Response, int]:
    return second_pages.no_longer("This moderation can no longer change", fault)


def _refused(moderation_id: UUID, form: GradesForm, fault: Exception) -> tuple[str, int]:
    session().rollback()
    task = moderations.task(session(), actor(), moderation_id)
    status = second_pages.refuse(form, fault)
    return _check_page(task, form, tried=True), status


def _me() -> Person:
    return session().get_one(Person, actor().person_id)


def _find(moderation_id: UUID, section_key: str) -> Here:
    task = moderations.task(session(), actor(), moderation_id)
    tool = regrading.tool_of(session(), task.tool_key, task.tool_version)
    return Here(task, tool, second_pages.section_asked(tool, section_key))


def _keep(here: Here, written: Written) -> Saved:
    moderation = scope.own_moderation(session(), actor(), here.task.moderation_id)

    def write(version: str) -> Saved:
        return regrading.write(session(), moderation, _me(), written, version, by=actor().by, at=now())

    return section_pages.keep(here.tool, write)


def _writer(task: BlindTask) -> Writer:
    return Writer(task.audit_id, "moderator", actor().person_id)


def _kept(here: Here) -> Kept:
    return drafts.opened(session(), _writer(here.task))


def _waiting(here: Here) -> tuple[Aside, ...]:
    """What was typed on outdated pages of this section and is not merged yet."""
    return asides.waiting(session(), _writer(here.task), here.section.key)


def _pass(here: Here) -> str:
    return section_pages.page_pass(Place("moderator", here.task.moderation_id, here.section.key), here.tool)


def _opened(here: Here) -> Shown:
    """The page of this section from what is kept, whatever the request says."""
    kept = _kept(here)
    form = section_pages.stored_form(here.tool, here.section, kept.answers)
    return section_pages.opened(form, section_pages.asked_by(form), kept, _waiting(here), _pass(here))


def _next(here: Here) -> str:
    """The address of the section after this one; after the last it is the check of the whole."""
    after = section_pages.following(here.tool, here.section)
    if after is None:
        return url_for(".check", moderation_id=here.task.moderation_id)
    return url_for(".section", moderation_id=here.task.moderation_id, section_key=after.key)


def _page(here: Here, shown: Shown) -> str:
    asked = sections_asked(here.tool)
    alert = alerts.of_writer(session(), here.task.audit_id, "moderator", at=now()) if SAFE in shown.form else None
    return render_template(
        "moderations/section.html", task=here.task, section=here.section, form=shown.form, alert=alert,
        fields=section_pages.fields_of(shown.form), marks=shown.marks, place=asked.index(here.section) + 1,
        of=len(asked), differences=shown.differences,
        told=section_pages.notices(here.tool, here.section, shown.stored),
        beside=moderations.beside(session(), actor(), here.task),
        list_url=url_for("moderations.show", moderation_id=here.task.moderation_id), save_url=_address(here, "save"),
        autosave_url=_address(here, "autosave"),
    )  # fmt: skip


def _address(here: Here, what: str) -> str:
    return url_for(f".{what}", moderation_id=here.task.moderation_id, section_key=here.section.key)


def _check_page(task: BlindTask, form: GradesForm, *, tried: bool) -> str:
    tool = regrading.tool_of(session(), task.tool_key, task.tool_version)
    checked = regrading.check(session(), tool, _writer(task), today=london_day(now()))
    form.version.data = checked.version
    return render_template(
        "moderations/check.html", task=task, form=form, tried=tried,
        list_url=url_for("moderations.show", moderation_id=task.moderation_id),
        give_url=url_for(".give", moderation_id=task.moderation_id),
        **second_pages.on_check(
            checked, lambda each: url_for(".section", moderation_id=task.moderation_id, section_key=each.key)
        ),
    )  # fmt: skip
