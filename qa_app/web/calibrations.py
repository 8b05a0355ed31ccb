"""Calibration exercises for those who take part: the list, grading each file blind, giving, and what came of it."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms.definition import Tool
from qa_app.access import calibrations as rights
from qa_app.access import passes, rescue
from qa_app.access.current import actor, now, session
from qa_app.access.guard import cookie_name, needs
from qa_app.access.once import keep_all_the_same
from qa_app.access.permissions import Can
from qa_app.charts import spread
from qa_app.clock import london_day
from qa_app.models import Calibration, CalibrationFile, CalibrationTaker
from qa_app.queries import calibrations as found
from qa_app.queries.tools import tool as tool_by
from qa_app.services import calibration_grades as grades
from qa_app.services import calibrations
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.web import grade_sheets
from qa_app.web.grade_sheets import NoteForm
from qa_app.web.rendering import clock

screen = Blueprint("calibrations", __name__, url_prefix="/calibrations")


class Here(NamedTuple):
    """The file that is being graded, by whom, and with which tool."""

    file: CalibrationFile
    part: CalibrationTaker
    tool: Tool

    @property
    def stored(self) -> dict[str, str]:
        return grades.draft_of(self.part, self.file)


@screen.get("")
@needs(Can.CALIBRATION_TAKE)
def index() -> str:
    """The exercises one takes part in, and for the QA lead all of them."""
    listed = found.listed(session(), actor())
    return render_template(
        "calibrations/index.html", listed=listed, runs=actor().may(Can.CALIBRATION_RUN), today=london_day(now())
    )


@screen.get("/<uuid:calibration_id>")
@needs(Can.CALIBRATION_TAKE)
def show(calibration_id: UUID) -> str:
    """One exercise: what one has to do, what there is to run, and once it is revealed how everybody graded."""
    calibration = rights.one(session(), actor(), calibration_id)
    if calibration.state == "revealed":
        return _revealed(calibration)
    part = rights.part_of(session(), actor(), calibration.id)
    tool = _tool(calibration)
    files = calibrations.files(session(), calibration)
    references = grades.references(session(), calibration)
    return render_template(
        "calibrations/show.html", calibration=calibration, tool=tool, part=part, files=files, today=london_day(now()),
        done={one.id: _graded(part, one, tool) for one in files} if part else {}, runs=_runs(),
        takers=calibrations.takers(session(), calibration) if _runs() else (),
        takes_part=rights.takes_part(session(), actor(), calibration.id),
        references={one.id: len(references.get(one.id.hex, {})) for one in files},
        may_reveal=calibrations.may_be_revealed(session(), calibration, today=london_day(now())),
    )  # fmt: skip


@screen.get("/files/<uuid:file_id>")
@needs(Can.CALIBRATION_TAKE)
def grade(file_id: UUID) -> str | AnyResponse:
    """One file with every part to grade."""
    here = _find(file_id)
    if here.part.given_at is not None or here.part.calibration.state != "open":
        return redirect(url_for(".show", calibration_id=here.file.calibration_id))
    return _page(here, grade_sheets.filled(here.tool, here.stored, version_of(here.stored)))


@screen.post("/files/<uuid:file_id>")
@needs(Can.CALIBRATION_TAKE, rescues="calibration")
def save(file_id: UUID) -> AnyResponse | str | tuple[str, int]:
    """Keep one file's grades and go on: to the next file, or to the check of the whole."""
    here = _to_write(file_id)
    form = grade_sheets.form_class(here.tool)()
    sound = form.validate()
    try:
        form.version.data = _keep(here, form)
    except NewerDraft as newer:
        typed = grade_sheets.said(form, here.tool, newer.stored)
        form.version.data = version_of(newer.stored)
        return _page(here, form, grade_sheets.differences(here.tool, typed, newer.stored)), 409
    if not sound:
        keep_all_the_same()
        return _page(here, form), 400
    return redirect(_next(here))


@screen.post("/files/<uuid:file_id>/autosave")
@needs(Can.CALIBRATION_TAKE, rescues="calibration")
def autosave(file_id: UUID) -> Response | tuple[Response, int]:
    """Keep the page while it is being written."""
    here = _to_write(file_id)
    form = grade_sheets.form_class(here.tool)()
    form.validate()
    try:
        version = _keep(here, form)
    except (NewerDraft, calibrations.CalibrationRefused) as fault:
        return jsonify(error=str(fault)), 409
    return jsonify(saved_at=clock(now()), version=version)


@screen.get("/<uuid:calibration_id>/check")
@needs(Can.CALIBRATION_TAKE)
def check(calibration_id: UUID) -> str | AnyResponse:
    """The last look before one's grades are given."""
    part = rights.own_part(session(), actor(), calibration_id)
    if part.given_at is not None or part.calibration.state != "open":
        return redirect(url_for(".show", calibration_id=calibration_id))
    return _check_page(part)


@screen.post("/<uuid:calibration_id>/give")
@needs(Can.CALIBRATION_TAKE)
def give(calibration_id: UUID) -> AnyResponse | tuple[str, int]:
    """Give one's grades for good; a second click changes nothing."""
    part = rights.own_part(session(), actor(), calibration_id)
    tool = _tool(part.calibration)
    try:
        first = grades.give(session(), part, tool, request.form.get("version", ""), by=actor().by, at=now())
    except grades.Unanswered:
        return _check_page(part, fault="Not every part has a grade yet. Grade what is listed below first."), 400
    except NewerDraft:
        return _check_page(part, fault="Your grades have changed since this page was opened. Check them again."), 409
    if first:
        flash("Your grades are given. You see how everybody graded once the QA lead reveals them.", "success")
    return redirect(url_for(".show", calibration_id=calibration_id))


@screen.errorhandler(calibrations.CalibrationRefused)
def _refused(fault: calibrations.CalibrationRefused) -> tuple[str, int]:
    heading = "These grades can no longer change"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _runs() -> bool:
    return actor().may(Can.CALIBRATION_RUN)


def _tool(calibration: Calibration) -> Tool:
    return tool_by(session(), calibration.tool_key, calibration.tool_version)


def _find(file_id: UUID) -> Here:
    file, part = rights.file_to_grade(session(), actor(), file_id)
    return Here(file, part, _tool(part.calibration))


def _to_write(file_id: UUID) -> Here:
    """The file to write on; whoever signed out on purpose changes it no more, for nothing stands beside it."""
    if rescue.rescued() == rescue.SIGNED_OUT:
        abort(403)
    return _find(file_id)


def _keep(here: Here, form: Any) -> str:
    typed = grade_sheets.said(form, here.tool, here.stored)
    version = grades.write(session(), here.part, here.file, typed, form.version.data or "")
    rescue.kept(version, "")
    return version


def _graded(part: CalibrationTaker, file: CalibrationFile, tool: Tool) -> int:
    """How many parts of a file have a grade in somebody's draft."""
    said = grades.draft_of(part, file)
    return sum(bool(said.get(element.key)) for element in tool.elements)


def _next(here: Here) -> str:
    files = calibrations.files(session(), here.part.calibration)
    after = next((one for one in files if one.number > here.file.number), None)
    if request.form.get("then") == "list":
        return url_for(".show", calibration_id=here.file.calibration_id)
    if after is None:
        return url_for(".check", calibration_id=here.file.calibration_id)
    return url_for(".grade", file_id=after.id)


def _page(here: Here, form: Any, differences: list[tuple[str, str]] | None = None) -> str:
    files = calibrations.files(session(), here.part.calibration)
    place = passes.Place("calibration", here.file.id, "")
    return render_template(
        "calibrations/grade.html", file=here.file, calibration=here.part.calibration, form=form, tool=here.tool,
        parts=grade_sheets.parts(form, here.tool), differences=differences or [], of=len(files),
        place=[one.id for one in files].index(here.file.id) + 1,
        page_pass=rescue.pass_for(place, "", request.cookies.get(cookie_name(), "")),
    )  # fmt: skip


def _check_page(part: CalibrationTaker, fault: str = "") -> str:
    tool = _tool(part.calibration)
    files = calibrations.files(session(), part.calibration)
    said = [(one, _in_words(tool, grades.draft_of(part, one))) for one in files]
    return render_template(
        "calibrations/check.html", calibration=part.calibration, fault=fault, said=said,
        blanks=grades.blanks(session(), part, tool), version=version_of(part.draft),
    )  # fmt: skip


def _in_words(tool: Tool, said: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for element in tool.elements:
        grade = grades.judged(said.get(element.key, ""))
        words = said.get(element.key + grades.WORDS, "")
        if grade is not None or words:
            found.append((element.title, "\n".join(filter(None, (grade.label if grade else "No grade", words)))))
    return found


def _revealed(calibration: Calibration) -> str:
    """How everybody graded; what is about one person is shown to them, and to the QA lead."""
    tool = _tool(calibration)
    part = rights.part_of(session(), actor(), calibration.id)
    own = found.own(session(), part, tool) if part else ()
    results = found.results(session(), calibration, tool)
    distances = found.distances(session(), calibration) if _runs() else {}
    return render_template(
        "calibrations/revealed.html", calibration=calibration, tool=tool, results=results, part=part, own=own,
        runs=_runs(), form=NoteForm(formdata=None), pictures=[_picture(one) for one in results.files],
        people=[
            (one, distances.get(one.person_id))
            for one in (calibrations.takers(session(), calibration) if _runs() else ())
        ],
    )  # fmt: skip


def _picture(one: found.OfFile) -> Any:
    rows = [
        spread.Spread(element.title, counts.counts, none, counts.reference) for element, counts, none, _ in one.rows
    ]
    title = f"How people graded file {one.file.number}: {one.file.name}"
    return spread.draw(rows, title=title, name=f"file-{one.file.number}")
