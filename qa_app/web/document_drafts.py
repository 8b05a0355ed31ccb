"""Writing guidance: the draft of the next version, the look at it, and its publication."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Document, DocumentDraft
from qa_app.queries import documents as found
from qa_app.queries import tools
from qa_app.reports.plain_text import HOW, parts
from qa_app.services import documents
from qa_app.services.documents import KINDS, LONGEST, LONGEST_CHANGE, DocumentRefused, Text, text_of
from qa_app.web.forms import Form, line, text

screen = Blueprint("document_drafts", __name__, url_prefix="/documents")

READERS = (("auditors", "Auditors"), ("moderators", "Moderators"))


class TextForm(Form):
    """What the next version says."""

    title = line("What is it called?")
    words = text("The guidance", longest=LONGEST, hint=HOW)
    change = text(
        "What has changed since the version before?", longest=LONGEST_CHANGE,
        hint="In a sentence or two. Everybody who has to read it sees this first. A first version needs none.",
    )  # fmt: skip
    readers = SelectMultipleField(
        "Who has to read it?", choices=[SelectChoice(*one) for one in READERS],
        description="They are asked to say that they have. Select nobody for what is only kept to look things up.",
    )  # fmt: skip


class NewForm(TextForm):
    """A new document."""

    kind = RadioField("What kind of guidance is it?", choices=[SelectChoice(*one) for one in KINDS.items()])
    tool_key = SelectField("Which tool, if it is guidance to a tool?")


@screen.get("/new")
@needs(Can.DEVELOPMENT_RUN)
def ask() -> str:
    """The page to begin a document."""
    return render_template("documents/write.html", form=_offered(NewForm()), document=None)


@screen.post("/new")
@needs(Can.DEVELOPMENT_RUN)
def make() -> Response | tuple[str, int]:
    """Keep a new document's first draft."""
    form = _offered(NewForm())
    if form.validate():
        try:
            made = documents.make(
                session(), form.kind.data or "", form.tool_key.data or "", _text(form), by=actor().by, at=now()
            )
        except DocumentRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            return redirect(url_for("document_drafts.look", document_id=made.id))
    return render_template("documents/write.html", form=form, document=None), 400


@screen.get("/<uuid:document_id>/draft")
@needs(Can.DEVELOPMENT_RUN)
def edit(document_id: UUID) -> str:
    """The draft, or what stands, to write on."""
    document = _document(document_id)
    kept = session().get(DocumentDraft, document.id)
    stands = kept or found.newest_of(session(), document.id)
    data = {}
    if stands is not None:
        chosen = [
            who for who, asked in (("auditors", stands.for_auditors), ("moderators", stands.for_moderators)) if asked
        ]
        data = {"title": stands.title, "words": stands.words, "change": kept.change if kept else "", "readers": chosen}
    return render_template("documents/write.html", form=TextForm(data=data), document=document)


@screen.post("/<uuid:document_id>/draft")
@needs(Can.DEVELOPMENT_RUN)
def save(document_id: UUID) -> Response | tuple[str, int]:
    """Keep the draft and look at it."""
    document, form = _document(document_id), TextForm()
    if form.validate():
        try:
            documents.write(session(), document, _text(form), by=actor().by, at=now())
        except DocumentRefused as fault:
            form[fault.field].errors = [str(fault)]
        else:
            return redirect(url_for("document_drafts.look", document_id=document.id))
    return render_template("documents/write.html", form=form, document=document), 400


@screen.get("/<uuid:document_id>/publish")
@needs(Can.DEVELOPMENT_RUN)
def look(document_id: UUID) -> str:
    """The draft as readers would see it, with the button that publishes it."""
    return _look(_document(document_id))


@screen.post("/<uuid:document_id>/publish")
@needs(Can.DEVELOPMENT_RUN)
def publish(document_id: UUID) -> Response | tuple[str, int]:
    """Publish the draft that was looked at."""
    document = _document(document_id)
    _draft(document)
    try:
        made = documents.publish(session(), document, request.form.get("sha256", ""), by=actor().by, at=now())
    except DocumentRefused as fault:
        return _look(document, str(fault)), 409
    flash(f"Version {made.version} is published. Those who have to read it are told.", "success")
    return redirect(url_for("documents.show", document_id=document.id))


@screen.post("/<uuid:document_id>/give-up")
@needs(Can.DEVELOPMENT_RUN)
def give_up(document_id: UUID) -> Response:
    """Throw the draft away."""
    documents.give_up(session(), _document(document_id), by=actor().by, at=now())
    flash("The draft is deleted. What is published stands as it was.", "success")
    return redirect(url_for("documents.index"))


def _look(document: Document, fault: str = "") -> str:
    draft = _draft(document)
    newest = found.newest_of(session(), document.id)
    return render_template(
        "documents/publish.html", document=document, draft=draft, parts=parts(draft.words), fault=fault,
        sha256=text_of(draft).sha256, version=newest.version + 1 if newest else 1, kinds=KINDS,
    )  # fmt: skip


def _document(document_id: UUID) -> Document:
    document = session().get(Document, document_id)
    if document is None:
        raise OutOfScopeError
    return document


def _draft(document: Document) -> DocumentDraft:
    draft = session().get(DocumentDraft, document.id)
    if draft is None:
        raise OutOfScopeError
    return draft


def _offered(form: NewForm) -> NewForm:
    live = tools.live(session())
    form.tool_key.choices = [SelectChoice("", "None"), *(SelectChoice(one.key, one.title) for one in live)]
    return form


def _text(form: TextForm) -> Text:
    who = form.readers.data or []
    return Text(
        form.title.data or "", form.words.data or "", form.change.data or "", "auditors" in who, "moderators" in who
    )
