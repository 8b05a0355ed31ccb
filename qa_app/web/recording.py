"""Recording an audit: the list of its sections, one page a section, autosave."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms import answers
from audit_forms.completeness import progress, sections_asked, whole
from audit_forms.definition import Section, Tool
from audit_forms.lifecycle import State
from audit_forms.safety import SAFE
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.once import keep_all_the_same
from qa_app.access.passes import Place
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Audit
from qa_app.queries import alerts, documents, tools
from qa_app.queries.starting import cases_of
from qa_app.services import asides, audits, drafts, settings
from qa_app.services.asides import Aside
from qa_app.services.drafts import Saved, Stored, Written
from qa_app.web import action_rows, section_pages
from qa_app.web.section_pages import Shown

screen = Blueprint("recording", __name__)


class Here(NamedTuple):
    """The section of an audit that is being written."""

    audit: Audit
    tool: Tool
    section: Section


@screen.get("/audits/<uuid:audit_id>/record")
@needs(Can.AUDIT_RECORD)
def show(audit_id: UUID) -> str | AnyResponse:
    """The list of sections with how far each is."""
    audit = scope.own_audit(session(), actor(), audit_id)
    if not audits.is_open(audit):
        return redirect(url_for("audits.show", audit_id=audit.id))
    note_access("audit.open", "audit", audit.id)
    tool = tools.tool_of(session(), audit)
    kept = drafts.opened(session(), audits.writer_of(audit))
    stored = kept.answers
    stands = progress(
        tool, answers.values(tool, stored), demographics=settings.asks_demographics(session()), today=london_day(now())
    )
    alert = alerts.of_writer(session(), audit.id, "auditor", at=now())
    return render_template(
        "audits/record.html",
        audit=audit,
        tool=tool,
        stands=stands,
        place=next((one.section for one in stands if one.section.key == kept.place), None),
        whole=whole(stands),
        alert=alert,
        has_case=bool(cases_of(session(), audit)),
        unread=documents.unread(session(), audit.auditor_id, tool_key=audit.tool_key),
        read_first=audit.state == State.ALLOCATED
        and audits.must_read_first(session(), audit.auditor_id, audit.tool_key),
    )


@screen.get("/audits/<uuid:audit_id>/sections/<string:section_key>")
@needs(Can.AUDIT_RECORD)
def section(audit_id: UUID, section_key: str) -> str | AnyResponse:
    """One section to fill in, with what waits to be put right or merged."""
    here = _find(audit_id, section_key)
    if not audits.is_open(here.audit):
        return redirect(url_for("audits.show", audit_id=audit_id))
    if here.audit.state == State.ALLOCATED and audits.must_read_first(session(), actor().person_id, here.tool.key):
        return redirect(url_for(".show", audit_id=audit_id))
    note_access("audit.open", "audit", audit_id)
    return _page(here, _opened(here))


@screen.post("/audits/<uuid:audit_id>/sections/<string:section_key>")
@needs(Can.AUDIT_RECORD, rescues="auditor")
def save(audit_id: UUID, section_key: str) -> AnyResponse | str | tuple[str, int]:
    """Keep a section; what was refused comes back with a sentence, and nothing that was typed is lost."""
    here = _find(audit_id, section_key)
    form = _form(here)
    sound = form.validate()
    if "use" in request.form:
        return _page(here, section_pages.chosen(form, _kept(here), _waiting(here), _pass(here)))
    saved = _keep(here, section_pages.written_on(form, section=section_key))
    if saved.clashing:
        keep_all_the_same()
        return _page(here, _opened(here)), 409
    row_added = section_pages.row_added(form, request.form.get("add_row", ""))
    if section_pages.person_sought(form, request.form.get("find", "")) or row_added:
        return _page(here, section_pages.shown_again(form, saved, _pass(here)))
    unfit = action_rows.owner_unclear(session(), form)
    if not sound or saved.too_much or unfit:
        keep_all_the_same()
        return _page(here, section_pages.shown_again(form, saved, _pass(here))), 400
    return redirect(_next(here, saved.answers, request.form.get("then", "")))


@screen.post("/audits/<uuid:audit_id>/sections/<string:section_key>/autosave")
@needs(Can.AUDIT_RECORD, rescues="auditor")
def autosave(audit_id: UUID, section_key: str) -> Response | tuple[Response, int]:
    """Keep a section while it is being written; the answer says when, and which marks the page holds now."""
    here = _find(audit_id, section_key)
    form = _form(here)
    form.validate()
    written = section_pages.written_on(form, section=section_key, by_itself=True)
    return section_pages.autosaved(here.tool, here.section, form, written, _keep(here, written), at=now())


@screen.errorhandler(audits.NotOpen)
def _not_open(fault: audits.NotOpen) -> tuple[str, int] | tuple[Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=str(fault)), 409
    heading = "This audit can no longer change"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _find(audit_id: UUID, section_key: str) -> Here:
    audit = scope.own_audit(session(), actor(), audit_id)
    tool = tools.tool_of(session(), audit)
    try:
        return Here(audit, tool, tool.section(section_key))
    except KeyError:
        abort(404)


def _form(here: Here) -> Any:
    return section_pages.sent_form(here.tool, here.section, demographics=settings.asks_demographics(session()))


def _keep(here: Here, written: Written) -> Saved:
    def write(version: str) -> Saved:
        return audits.write(session(), here.audit, written, version, by=actor().by, at=now())

    return section_pages.keep(here.tool, write)


def _kept(here: Here) -> drafts.Kept:
    return drafts.opened(session(), audits.writer_of(here.audit))


def _waiting(here: Here) -> tuple[Aside, ...]:
    """What was typed on outdated pages of this section and is not merged yet."""
    return asides.waiting(session(), audits.writer_of(here.audit), here.section.key)


def _pass(here: Here) -> str:
    return section_pages.page_pass(Place("auditor", here.audit.id, here.section.key), here.tool)


def _opened(here: Here) -> Shown:
    """The page of this section from what is kept, whatever the request says."""
    kept = _kept(here)
    form = section_pages.stored_form(
        here.tool, here.section, kept.answers, demographics=settings.asks_demographics(session())
    )
    return section_pages.opened(form, section_pages.asked_by(form), kept, _waiting(here), _pass(here))


def _next(here: Here, stored: Stored, then: str) -> str:
    """Where a button leads: to the next unanswered question, to the list, or to the next section that is asked.

    After the last section comes the check of the whole.
    """
    wanted, _, question = then.partition(":")
    if wanted == "unanswered":
        return url_for("unanswered.find", audit_id=here.audit.id, after=question, within=here.section.key)
    if wanted != "next":
        return url_for(".show", audit_id=here.audit.id)
    after = section_pages.following(here.tool, here.section, stored)
    if after is None:
        return url_for("submission.check", audit_id=here.audit.id)
    return url_for(".section", audit_id=here.audit.id, section_key=after.key)


def _page(here: Here, shown: Shown) -> str:
    asked = sections_asked(here.tool)
    action_rows.offer(session(), here.audit, shown.form, today=london_day(now()))
    weak = here.section.element is not None and action_rows.is_weak(shown.form, here.section.element.key)
    worries = here.tool.asks(SAFE) and here.tool.section_of(SAFE) is here.section
    alert = alerts.of_writer(session(), here.audit.id, "auditor", at=now()) if worries else None
    return render_template(
        "audits/section.html", audit=here.audit, section=here.section, form=shown.form, marks=shown.marks,
        fields=section_pages.fields_of(shown.form), place=asked.index(here.section) + 1, of=len(asked),
        differences=shown.differences, alert=alert, led_to=request.args.get("question", ""), weak=weak,
        told=section_pages.notices(here.tool, here.section, shown.stored),
        beside=section_pages.beside(here.tool, here.section, shown.stored),
    )  # fmt: skip
