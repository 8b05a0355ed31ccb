"""People: the list, one person, and the staff list brought in with a preview before anything is saved."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access.current import actor, note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.case_keys import CaseKeys, WrongKey
from qa_app.intake.headings import STAFF, Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.intake.refused import refused_csv
from qa_app.models import Upload
from qa_app.queries import people as listed
from qa_app.services import people, uploads
from qa_app.services.batches import keep_batch
from qa_app.web import person_page
from qa_app.web.forms import Form, chosen_file

screen = Blueprint("people", __name__, url_prefix="/people")


class StaffFileForm(Form):
    """The staff list as a file."""

    file = chosen_file(
        "Staff list", hint="CSV or Excel workbook (.xlsx), up to 10 MB.", accept=".csv,.xlsx",
        missing="Choose the file with the staff list.",
    )  # fmt: skip


@screen.get("")
@needs(Can.PERSON_READ)
def index() -> str:
    """The people, searched by name, team and role."""
    wanted = _wanted()
    found = listed.search(session(), wanted, page=request.args.get("page", 1, type=int))
    return render_template(
        "people/index.html",
        found=found,
        wanted=wanted,
        sign_ins=listed.sign_ins(session(), found.people),
        teams=listed.teams(session()),
        roles=list(Role),
        waiting=listed.waiting_roles(session(), most=0).total,
        label=person_page.role_label,
    )


def _wanted() -> listed.Wanted:
    roles = {role.value for role in Role} | {listed.SUGGESTED, listed.NOBODY}
    role = request.args.get("role", "")
    team = request.args.get("team", type=UUID)
    # What no name can hold finds nothing different from what is left without it, and no database is asked about it.
    name = "".join(one for one in request.args.get("name", "") if one.isprintable())[:200].strip()
    return listed.Wanted(name, team, role if role in roles else "")


@screen.get("/<uuid:person_id>")
@needs(Can.PERSON_READ)
def show(person_id: UUID) -> tuple[str, int]:
    """One person: where they work, their roles, their sign-in."""
    return person_page.render(person_page.found(person_id))


@screen.get("/import")
@needs(Can.PERSON_IMPORT)
def choose_file() -> str:
    """The page to choose a staff list."""
    return _choosing(StaffFileForm())


def _choosing(form: StaffFileForm) -> str:
    return render_template("people/import.html", form=form, columns=STAFF)


@screen.post("/import")
@needs(Can.PERSON_IMPORT, upload=True)
def upload() -> AnyResponse | tuple[str, int]:
    """Keep the file, sealed, and show what it would do."""
    form = StaffFileForm()
    if form.validate():
        data = form.file.data.read()
        try:
            people.read_table_of(data, limits=Limits())
        except UnreadableFile as fault:
            form.file.errors = [fault.sentence]
        else:
            kept = uploads.keep(session(), _keys(), Kind.STAFF, data, by=actor().by, at=now())
            return redirect(url_for("people.preview", upload_id=kept.id))
    return _choosing(form), 400


@screen.get("/import/<uuid:upload_id>")
@needs(Can.PERSON_IMPORT)
def preview(upload_id: UUID) -> AnyResponse | str:
    """What the file would add, change and refuse."""
    kept = _waiting(upload_id)
    if kept is None:
        return _gone()
    note_access("upload.open", "upload", kept.id)
    read = people.read_file(session(), uploads.unseal(_keys(), kept), limits=Limits())
    return render_template("people/preview.html", outcome=people.preview_staff(session(), read), upload_id=kept.id)


@screen.post("/import/<uuid:upload_id>/confirm")
@needs(Can.PERSON_IMPORT)
def confirm(upload_id: UUID) -> AnyResponse:
    """Save the good rows."""
    kept = _waiting(upload_id)
    if kept is None:
        return _gone()
    data = uploads.unseal(_keys(), kept)
    outcome = people.apply_staff(session(), people.read_file(session(), data, limits=Limits()), by=actor().by, at=now())
    keep_batch(session(), Kind.STAFF, data, outcome, by=actor().by, at=now())
    uploads.drop(session(), kept)
    flash(
        f"Staff list saved: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} as before, "
        f"{outcome.refused} refused.",
        "success",
    )
    suggested = listed.waiting_roles(session(), most=0).total
    return redirect(url_for("roles.suggested" if suggested else "people.index"))


@screen.post("/import/<uuid:upload_id>/give-up")
@needs(Can.PERSON_IMPORT)
def give_up(upload_id: UUID) -> AnyResponse:
    """Delete the file without saving anything."""
    kept = _waiting(upload_id)
    if kept is not None:
        uploads.drop(session(), kept)
    flash("The file is deleted. Nothing was saved.", "success")
    return redirect(url_for("people.index"))


@screen.get("/import/<uuid:upload_id>/refused.csv")
@needs(Can.PERSON_IMPORT)
def refused(upload_id: UUID) -> AnyResponse:
    """The refused rows with their reasons, to correct and upload again."""
    kept = _waiting(upload_id)
    if kept is None:
        return _gone()
    note_access("upload.refused_rows", "upload", kept.id)
    data = uploads.unseal(_keys(), kept)
    table, _mapping = people.read_table_of(data, limits=Limits())
    outcome = people.preview_staff(session(), people.read_file(session(), data, limits=Limits()))
    body = refused_csv(table, outcome.problems)
    headers = {"Content-Disposition": 'attachment; filename="refused rows.csv"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def _waiting(upload_id: UUID) -> Upload | None:
    """The file, if it is still there and opens."""
    try:
        kept = uploads.waiting(session(), upload_id, Kind.STAFF, by=actor().by, at=now())
        uploads.unseal(_keys(), kept)
    except (uploads.UploadGoneError, WrongKey):
        return None
    return kept


def _gone() -> AnyResponse:
    note_access("refused", "upload", (request.view_args or {}).get("upload_id", ""), outcome="denied")
    flash(str(uploads.UploadGoneError()), "warning")
    return redirect(url_for("people.choose_file"))


def _keys() -> CaseKeys:
    return CaseKeys(settings().case_key)
