"""What the QA lead keeps of a calibration exercise: reference grades, what was said, and the guidance agreed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit_forms.definition import Tool
from qa_app.access import calibrations as rights
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Calibration, CalibrationFile
from qa_app.queries import guidance as kept
from qa_app.queries.tools import tool as tool_by
from qa_app.services import calibration_grades as grades
from qa_app.services import calibrations, guidance
from qa_app.web import grade_sheets
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.grade_sheets import NoteForm

screen = Blueprint("calibration_findings", __name__, url_prefix="/calibrations")
Answer = Response | tuple[str, int]


class GuidanceForm(Form):
    """How is this read from now on?"""

    version = HiddenField()
    words = text(
        "How we read this", naming_nobody,
        hint="Auditors and moderators see it beside the grade from now on. Say what to look for, with an example.",
    )  # fmt: skip


@screen.get("/files/<uuid:file_id>/reference")
@needs(Can.CALIBRATION_RUN)
def ask_reference(file_id: UUID) -> str:
    """The file with its reference grades as they stand."""
    file = _file(file_id)
    tool = _tool(file.calibration)
    there = grades.references(session(), file.calibration).get(file.id.hex, {})
    said = {key: one.grade for key, one in there.items()}
    said |= {key + grade_sheets.WORDS: one.reason for key, one in there.items()}
    return _page(file, tool, grade_sheets.filled(tool, said))


@screen.post("/files/<uuid:file_id>/reference")
@needs(Can.CALIBRATION_RUN)
def set_reference(file_id: UUID) -> Answer:
    """Keep reference grades, each with its reason."""
    file = _file(file_id)
    tool = _tool(file.calibration)
    form = grade_sheets.form_class(tool)()
    if not form.validate():
        return _page(file, tool, form), 400
    said = {
        one.element.key: (one.grade.data, one.words.data or "")
        for one in grade_sheets.parts(form, tool)
        if one.grade.data is not None
    }
    for one in grade_sheets.parts(form, tool):
        if one.grade.data is not None and not one.words.data:
            one.words.errors = [f"Say why this is the reference grade for {one.element.title.lower()}."]
    if form.errors:
        return _page(file, tool, form), 400
    changed = grades.set_references(session(), file, said, by=actor().by, at=now())
    flash(
        f"{changed} reference {'grade is' if changed == 1 else 'grades are'} kept."
        if changed
        else "Nothing new to keep.",
        "success",
    )
    return redirect(url_for("calibrations.show", calibration_id=file.calibration_id))


@screen.post("/<uuid:calibration_id>/notes")
@needs(Can.CALIBRATION_RUN)
def add_note(calibration_id: UUID) -> Answer:
    """Keep what was said when the exercise was talked through."""
    calibration = rights.to_run(session(), actor(), calibration_id)
    form = NoteForm()
    if form.validate():
        try:
            calibrations.note(session(), calibration, form.words.data or "", by=actor().by, at=now())
        except calibrations.CalibrationRefused as fault:
            form.words.errors = [str(fault)]
        else:
            flash("What was said is kept.", "success")
            return redirect(url_for("calibrations.show", calibration_id=calibration_id, _anchor="discussion"))
    return render_template("calibrations/note.html", calibration=calibration, form=form), 400


@screen.get("/<uuid:calibration_id>/guidance/<string:element>")
@needs(Can.CALIBRATION_RUN)
def ask_guidance(calibration_id: UUID, element: str) -> str:
    """The guidance beside a criterion, to be written anew."""
    calibration, tool = _revealed(calibration_id, element)
    last = kept.current(session(), tool.key, element)
    form = GuidanceForm(
        formdata=None, data={"words": last.words if last else "", "version": last.version if last else 0}
    )
    return _guidance_page(calibration, tool, element, form)


@screen.post("/<uuid:calibration_id>/guidance/<string:element>")
@needs(Can.CALIBRATION_RUN)
def agree_guidance(calibration_id: UUID, element: str) -> Answer:
    """Make what was agreed the guidance beside the criterion."""
    calibration, tool = _revealed(calibration_id, element)
    form = GuidanceForm()
    if not form.validate():
        return _guidance_page(calibration, tool, element, form), 400
    upon = form.version.data or ""
    try:
        made = guidance.agree(
            session(), calibration, tool, element, form.words.data or "",
            version=int(upon) if upon.isdecimal() and len(upon) < 7 else -1, by=actor().by, at=now(),
        )  # fmt: skip
    except calibrations.CalibrationRefused as fault:
        form.words.errors = [str(fault)]
        last = kept.current(session(), tool.key, element)
        form.version.data = str(last.version if last else 0)
        return _guidance_page(calibration, tool, element, form), 409
    flash(f"Version {made.version} stands beside {tool.element(element).title.lower()} from now on.", "success")
    return redirect(url_for("calibrations.show", calibration_id=calibration_id))


def _file(file_id: UUID) -> CalibrationFile:
    """A file to set reference grades for: whoever grades themselves sets and sees none before the reveal."""
    file = rights.file_to_run(session(), actor(), file_id)
    if file.calibration.state != "revealed" and rights.takes_part(session(), actor(), file.calibration_id):
        abort(404)
    return file


def _revealed(calibration_id: UUID, element: str) -> tuple[Calibration, Tool]:
    calibration = rights.to_run(session(), actor(), calibration_id)
    tool = _tool(calibration)
    if calibration.state != "revealed" or element not in {one.key for one in tool.elements}:
        abort(404)
    return calibration, tool


def _tool(calibration: Calibration) -> Tool:
    return tool_by(session(), calibration.tool_key, calibration.tool_version)


def _page(file: CalibrationFile, tool: Tool, form: Any) -> str:
    return render_template(
        "calibrations/reference.html", file=file, calibration=file.calibration, form=form, tool=tool,
        parts=grade_sheets.parts(form, tool),
    )  # fmt: skip


def _guidance_page(calibration: Calibration, tool: Tool, element: str, form: GuidanceForm) -> str:
    return render_template(
        "calibrations/guidance.html", calibration=calibration, tool=tool, element=tool.element(element), form=form,
        versions=kept.history(session(), tool.key, element),
    )  # fmt: skip
