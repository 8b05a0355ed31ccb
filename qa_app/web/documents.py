"""Guidance to read as a whole: the list, the newest version with ‘I have read this’, and who has read what."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Document, DocumentDraft, DocumentVersion
from qa_app.queries import documents as found
from qa_app.queries import tools
from qa_app.queries.doers import doer
from qa_app.reports.plain_text import parts
from qa_app.services import documents
from qa_app.services.documents import KINDS, NewerVersion
from qa_app.web.numbers import version_in

screen = Blueprint("documents", __name__, url_prefix="/documents")


@screen.get("")
@needs(Can.DEVELOPMENT_OWN)
def index() -> str:
    """Every document, with what one has still to read."""
    runs = actor().may(Can.DEVELOPMENT_RUN)
    return render_template(
        "documents/index.html", mine=found.mine(session(), actor().person_id), kinds=KINDS, tools=_tool_titles(),
        drafts=found.drafts(session()) if runs else (),
    )  # fmt: skip


@screen.get("/<uuid:document_id>")
@needs(Can.DEVELOPMENT_OWN)
def show(document_id: UUID) -> str:
    """One document: the newest version, or the one in the address."""
    document, versions = _versions(document_id)
    asked = request.args.get("version", "")
    chosen = next((one for one in versions if str(one.version) == asked), versions[0])
    mine = next(one for one in found.mine(session(), actor().person_id) if one.newest.document_id == document.id)
    return render_template(
        "documents/show.html", document=document, versions=versions, chosen=chosen, mine=mine, kinds=KINDS,
        parts=parts(chosen.words), by={one.version: doer(session(), one.published_by) for one in versions},
        draft=session().get(DocumentDraft, document.id) if actor().may(Can.DEVELOPMENT_RUN) else None,
    )  # fmt: skip


@screen.post("/<uuid:document_id>/acknowledge")
@needs(Can.DEVELOPMENT_OWN)
def acknowledge(document_id: UUID) -> Response:
    """Record that one has read the newest version."""
    document, _ = _versions(document_id)
    version = version_in(request.form.get("version"))
    try:
        documents.acknowledge(session(), actor().person_id, document, version, by=actor().by, at=now())
    except NewerVersion as fault:
        flash(str(fault), "warning")
        return redirect(url_for("documents.show", document_id=document.id))
    flash("It is recorded that you have read this version.", "success")
    return redirect(url_for("documents.index"))


@screen.get("/<uuid:document_id>/readers")
@needs(Can.DEVELOPMENT_READ)
def readers(document_id: UUID) -> str:
    """Who has read which version: of everybody, or of one's own services."""
    document, versions = _versions(document_id)
    newest = versions[0]
    people = found.who_has_read(session(), actor(), newest)
    return render_template(
        "documents/readers.html", document=document, newest=newest, people=people,
        by_service=found.by_service(people, newest.version), n=len(people),
        k=sum(one.version == newest.version for one in people),
    )  # fmt: skip


def _versions(document_id: UUID) -> tuple[Document, list[DocumentVersion]]:
    document = session().get(Document, document_id)
    versions = found.history(session(), document_id) if document else []
    if document is None or not versions:
        raise OutOfScopeError
    return document, versions


def _tool_titles() -> dict[str, str]:
    return {one.key: one.title for one in tools.live(session())}
