"""A tool brought as a workbook or a file: the template, the check with every fault, and the draft it becomes."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audit_forms import catalogue
from qa_app.access.current import actor, note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.case_keys import CaseKeys, WrongKey
from qa_app.intake.limits import UnreadableFile
from qa_app.intake.tools import template as example
from qa_app.intake.tools.check import Checked, check
from qa_app.intake.tools.findings import FILE, Fault, in_order
from qa_app.intake.tools.rows import NotInLayout
from qa_app.intake.tools.writing import workbook_of
from qa_app.models import Upload
from qa_app.services import tools as making
from qa_app.services import uploads
from qa_app.services.tools import Brought
from qa_app.web.forms import Form, chosen_file

screen = Blueprint("tool_uploads", __name__, url_prefix="/tools")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KIND = "tool"
_SETTING = {"key": "form_id"}  # what a setting is called in the workbook, where it is called otherwise


class FileForm(Form):
    """A tool to bring in."""

    file = chosen_file(
        "Workbook or definition file", accept=".xlsx,.toml,.json",
        hint="A workbook (.xlsx) made from the template, or a definition file (.toml or .json). Up to 2 MB.",
    )  # fmt: skip


@screen.get("/template.xlsx")
@needs(Can.TOOL_MAKE)
def template() -> Response:
    """The workbook to begin with: an example, instructions, and drop-down lists."""
    return _workbook(example.template(), "audit tool template.xlsx")


@screen.get("/copy/<string:key>/<int:version>.xlsx")
@needs(Can.TOOL_MAKE)
def copy(key: str, version: int) -> Response:
    """A tool that comes with the product as a workbook, to make one's own of."""
    try:
        return _workbook(workbook_of(catalogue.tool(key, version)), f"{key} version {version}.xlsx")
    except (KeyError, NotInLayout):
        raise OutOfScopeError from None


@screen.get("/upload")
@needs(Can.TOOL_MAKE)
def choose() -> str:
    """The page to choose a file."""
    return render_template("tools/upload.html", form=FileForm(), faults=(), notes=())


@screen.post("/upload")
@needs(Can.TOOL_MAKE, upload=True)
def upload() -> AnyResponse | tuple[str, int]:
    """Check the file; what is sound becomes the draft of its tool, after a question where there is one already."""
    form = FileForm()
    if not form.validate():
        return render_template("tools/upload.html", form=form, faults=(), notes=()), 400
    data = form.file.data.read()
    try:
        checked = check(data)
    except UnreadableFile as fault:
        form.file.errors = [fault.sentence]
        return render_template("tools/upload.html", form=form, faults=(), notes=()), 400
    if faults := _faults(checked):
        return render_template("tools/upload.html", form=form, faults=faults, notes=checked.notes), 400
    if making.draft_of(session(), checked.tool.key) is not None:
        kept = uploads.keep(session(), _keys(), KIND, data, by=actor().by, at=now())
        return redirect(url_for(".ask_replace", upload_id=kept.id))
    return _keep(data, checked)


@screen.get("/upload/<uuid:upload_id>")
@needs(Can.TOOL_MAKE)
def ask_replace(upload_id: UUID) -> AnyResponse | str:
    """Ask before a draft is replaced by the file that was uploaded."""
    kept = _waiting(upload_id)
    if kept is None:
        return _gone()
    checked = check(uploads.unseal(_keys(), kept))
    before = making.draft_of(session(), checked.tool.key)
    return render_template("tools/replace.html", upload_id=upload_id, tool=checked.tool, before=before)


@screen.post("/upload/<uuid:upload_id>/confirm")
@needs(Can.TOOL_MAKE)
def confirm(upload_id: UUID) -> AnyResponse | tuple[str, int]:
    """Replace the draft."""
    kept = _waiting(upload_id)
    if kept is None:
        return _gone()
    data = uploads.unseal(_keys(), kept)
    uploads.drop(session(), kept)
    checked = check(data)
    if faults := _faults(checked):  # something was published since it was uploaded
        return render_template("tools/upload.html", form=FileForm(), faults=faults, notes=checked.notes), 409
    return _keep(data, checked)


@screen.post("/upload/<uuid:upload_id>/give-up")
@needs(Can.TOOL_MAKE)
def give_up(upload_id: UUID) -> AnyResponse:
    """Delete the file and leave the draft as it is."""
    kept = _waiting(upload_id)
    if kept is not None:
        uploads.drop(session(), kept)
    flash("The file is deleted. The draft is as it was.", "success")
    return redirect(url_for("tools.index"))


def _faults(checked: Checked) -> tuple[Fault, ...]:
    """Every fault, those of standing beside other tools among them."""
    if checked.faults:
        return checked.faults
    row = checked.places.get(("tool", ""), FILE)
    beside = making.misfits(session(), checked.tool)
    return in_order(
        Fault(row.at(_SETTING.get(setting, setting)) if row.sheet else row, said) for setting, said in beside
    )


def _keep(data: bytes, checked: Checked) -> AnyResponse:
    brought = Brought(checked.definition, data, checked.source)
    stored = making.keep_draft(session(), brought, by=actor().by, at=now())
    flash(
        f"{stored.title}, version {stored.version}, is kept as a draft. Look at the preview, then publish it.",
        "success",
    )
    for note in checked.notes:
        flash(note, "warning")
    return redirect(url_for("tools.show", tool_id=stored.id))


def _waiting(upload_id: UUID) -> Upload | None:
    """The file, if it is still there, is this person's, and opens."""
    try:
        kept = uploads.waiting(session(), upload_id, KIND, by=actor().by, at=now())
        uploads.unseal(_keys(), kept)
    except (uploads.UploadGoneError, WrongKey):
        return None
    return kept


def _gone() -> AnyResponse:
    note_access("refused", "upload", (request.view_args or {}).get("upload_id", ""), outcome="denied")
    flash(str(uploads.UploadGoneError()), "warning")
    return redirect(url_for(".choose"))


def _keys() -> CaseKeys:
    return CaseKeys(settings().case_key)


def _workbook(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, content_type=WORKBOOK, headers=headers)
