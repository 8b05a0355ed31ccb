"""The way a case list and a register come in on screen: choose, check, set columns right, confirm or give up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from qa_app.access.current import actor, note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.case_keys import CaseKeys, WrongKey
from qa_app.clock import london_day
from qa_app.intake.columns import Mapping
from qa_app.intake.headings import FIELDS, Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.intake.refused import refused_csv, refused_xlsx
from qa_app.intake.templates import BLANKS, template
from qa_app.models import Upload
from qa_app.services import uploads
from qa_app.services.batches import Outcome
from qa_app.services.imports import mappings
from qa_app.services.imports.opening import Opened
from qa_app.web.forms import Form, chosen_file

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_COLUMN: Final = "-1"


class FileForm(Form):
    """A file to bring in."""

    file = chosen_file("File", hint="CSV or Excel workbook (.xlsx), up to 10 MB and 20,000 rows.", accept=".csv,.xlsx")


@dataclass(frozen=True)
class Planned:
    """A file opened, and what saving it would do; `plan` is the service's own."""

    opened: Opened[Any]
    outcome: Outcome
    plan: Any


@dataclass(frozen=True)
class Flow:
    """One kind of file on its way in: what it is called, where its pages are, how it is opened, planned and saved."""

    kind: Kind
    screen: str
    name: str
    one: str
    many: str
    hints: tuple[str, ...]
    open: Callable[..., Opened[Any]]
    plan: Callable[..., Any]
    save: Callable[..., Outcome]
    home: str = ""  # where one came from and goes back to, unless it is the screen's own list
    home_name: str = "Imports"

    def choosing(self, form: FileForm | None = None) -> str:
        """The page to choose a file."""
        return render_template("imports/choose.html", flow=self, form=form or FileForm(), columns=FIELDS[self.kind])

    @property
    def has_template(self) -> bool:
        """Whether there is a workbook to fill in."""
        return self.kind in BLANKS

    def download(self) -> AnyResponse:
        """The workbook to fill in."""
        headers = {"Content-Disposition": f'attachment; filename="{self.kind.value} template.xlsx"'}
        return Response(template(self.kind), content_type=WORKBOOK, headers=headers)

    def upload(self) -> AnyResponse | tuple[str, int]:
        """Keep the file, sealed, and go on to its check; what is no list is refused at once."""
        form = FileForm()
        if form.validate():
            data = form.file.data.read()
            try:
                self.open(session(), data, limits=Limits(), today=london_day(now()))
            except UnreadableFile as fault:
                form.file.errors = [fault.sentence]
            else:
                kept = uploads.keep(session(), keys(), self.kind, data, by=actor().by, at=now())
                return redirect(self.url("preview", kept.id))
        return self.choosing(form), 400

    def preview(self, upload_id: UUID) -> AnyResponse | str:
        """What the file would do; nothing is saved."""
        kept = self.waiting(upload_id)
        if kept is None:
            return self.gone()
        note_access("upload.open", "upload", kept.id)
        return self.checking(kept)

    def checking(self, kept: Upload, form: Form | None = None) -> str:
        """The page of the check, with the columns as they are matched now."""
        planned = self.planned(kept)
        mapping = planned.opened.mapping
        return render_template(
            "imports/check.html",
            flow=self,
            upload_id=kept.id,
            opened=planned.opened,
            outcome=planned.outcome,
            gone=len(getattr(planned.plan, "gone", ())),
            matched=len(mapping.columns),
            form=form or mapping_form(mapping),
        )

    def planned(self, kept: Upload, **options: Any) -> Planned:
        """The waiting file opened and planned."""
        data = uploads.unseal(keys(), kept)
        opened = self.open(session(), data, limits=Limits(), today=london_day(now()), chosen=kept.mapping)
        plan = self.plan(session(), opened, keys=keys(), **options)
        return Planned(opened, plan.outcome, plan)

    def choose_columns(self, upload_id: UUID) -> AnyResponse | tuple[str, int]:
        """Set the columns right for this file, and keep them for files like it."""
        kept = self.waiting(upload_id)
        if kept is None:
            return self.gone()
        before = self.planned(kept).opened.mapping
        form = mapping_form(before)
        if not form.validate() or not _each_column_once(form, before):
            return self.checking(kept, form), 400
        chosen = _chosen(form, before)
        uploads.choose_mapping(session(), kept, chosen.to_json())
        if form["keep"].data:
            mappings.keep(session(), chosen, by=actor().by, at=now())
        flash("The columns are set. Check what the file does now.", "success")
        return redirect(self.url("preview", upload_id))

    def confirm(self, upload_id: UUID, **options: Any) -> AnyResponse | tuple[str, int]:
        """Save the good rows."""
        kept = self.waiting(upload_id)
        if kept is None:
            return self.gone()
        planned = self.planned(kept, **options)
        if planned.opened.lacks is not None:
            return self.checking(kept), 400
        data = uploads.unseal(keys(), kept)
        done = self.save(session(), planned.plan, data, keys=keys(), by=actor().by, at=now())
        uploads.drop(session(), kept)
        flash(
            f"{self.name} saved: {done.added:,} added, {done.changed:,} changed, {done.unchanged:,} as before, "
            f"{done.refused:,} refused.",
            "success",
        )
        return redirect(self.home_url)

    def give_up(self, upload_id: UUID) -> AnyResponse:
        """Delete the file without saving anything."""
        kept = self.waiting(upload_id)
        if kept is not None:
            uploads.drop(session(), kept)
        flash("The file is deleted. Nothing was saved.", "success")
        return redirect(self.home_url)

    def refused(self, upload_id: UUID, ending: str) -> AnyResponse:
        """The refused rows with their reasons, to correct and upload again."""
        kept = self.waiting(upload_id)
        if kept is None:
            return self.gone()
        note_access("upload.refused_rows", "upload", kept.id)
        planned = self.planned(kept)
        made, content_type = (refused_xlsx, WORKBOOK) if ending == "xlsx" else (refused_csv, "text/csv; charset=utf-8")
        headers = {"Content-Disposition": f'attachment; filename="refused rows.{ending}"'}
        return Response(
            made(planned.opened.table, planned.outcome.problems), content_type=content_type, headers=headers
        )

    def waiting(self, upload_id: UUID) -> Upload | None:
        """The file, if it is still there, is this person's, and opens."""
        try:
            kept = uploads.waiting(session(), upload_id, self.kind, by=actor().by, at=now())
            uploads.unseal(keys(), kept)
        except (uploads.UploadGoneError, WrongKey):
            return None
        return kept

    def gone(self) -> AnyResponse:
        note_access("refused", "upload", (request.view_args or {}).get("upload_id", ""), outcome="denied")
        flash(str(uploads.UploadGoneError()), "warning")
        return redirect(url_for(f"{self.screen}.choose_file"))

    @property
    def home_url(self) -> str:
        """The page that every way through this flow ends on."""
        return url_for(self.home or f"{self.screen}.index")

    def url(self, page: str, upload_id: UUID, **more: Any) -> str:
        """The address of a page of this file."""
        return url_for(f"{self.screen}.{page}", upload_id=upload_id, **more)


def serve(screen: Blueprint, flow: Flow, can: Can, *, at: str = "", confirm: Callable[..., Any] | None = None) -> None:
    """Put the pages of a flow on a screen, under an address of it; `confirm` where saving asks for more than a yes."""
    file = f"{at}/<uuid:upload_id>"
    pages: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
        ("GET", at, "choose_file", flow.choosing),
        ("POST", at, "upload", flow.upload),
        ("GET", file, "preview", flow.preview),
        ("POST", f"{file}/columns", "choose_columns", flow.choose_columns),
        ("POST", f"{file}/confirm", "confirm", confirm or flow.confirm),
        ("POST", f"{file}/give-up", "give_up", flow.give_up),
        ("GET", f"{file}/refused.<any(csv, xlsx):ending>", "refused", flow.refused),
    )
    if flow.has_template:
        pages = (*pages, ("GET", f"{at}/template.xlsx", "download", flow.download))
    for method, address, name, view in pages:
        marked = needs(can, upload=name == "upload")(view)
        screen.add_url_rule(address, name, marked, methods=[method])


def keys() -> CaseKeys:
    """The keys to case references."""
    return CaseKeys(settings().case_key)


def mapping_form(mapping: Mapping) -> Form:
    """A form with one choice of column for each field of this kind of file."""
    columns = [SelectChoice(NO_COLUMN, "No column")]
    columns += [SelectChoice(str(position), heading[:80]) for position, heading in enumerate(mapping.headings)]
    fields: dict[str, Any] = {
        field.key: SelectField(field.label + (" (needed)" if field.required else ""), choices=columns)
        for field in FIELDS[mapping.kind]
    }
    fields["keep"] = BooleanField("Use these columns for every file with the same headings")
    found = {column.field: str(column.position) for column in mapping.columns}
    data = {field.key: found.get(field.key, NO_COLUMN) for field in FIELDS[mapping.kind]}
    made: Form = type("MappingForm", (Form,), fields)(data={**data, "keep": request.method == "GET"})
    return made


def _each_column_once(form: Form, mapping: Mapping) -> bool:
    """Whether no column was chosen for two fields; the second one gets the message."""
    taken: dict[str, str] = {}
    for field in FIELDS[mapping.kind]:
        chosen = form[field.key].data
        if chosen != NO_COLUMN and chosen in taken:
            form[field.key].errors = [f"This column is already chosen for ‘{taken[chosen]}’. Choose another one."]
            return False
        taken[chosen] = field.label
    return True


def _chosen(form: Form, mapping: Mapping) -> Mapping:
    for field in FIELDS[mapping.kind]:
        mapping = mapping.choose(field.key, None)
    for field in FIELDS[mapping.kind]:
        if form[field.key].data != NO_COLUMN:
            mapping = mapping.choose(field.key, int(form[field.key].data))
    return mapping
