"""Audit tools: every version, one version with what can be done to it, published, archived or deleted."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField

from audit_forms.definition import Tool
from audit_forms.definition_file import canonical
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import StoredTool
from qa_app.queries import tool_versions, tools
from qa_app.queries.doers import doer
from qa_app.services import tools as making
from qa_app.services.tools import ToolRefused
from qa_app.web.forms import Form

screen = Blueprint("tools", __name__, url_prefix="/tools")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SureForm(Form):
    """The last question before something that cannot be taken back; it names the definition that was looked at."""

    sha256 = HiddenField()


@screen.get("")
@needs(Can.TOOL_MAKE)
def index() -> str:
    """Every version of every tool."""
    return render_template("tools/index.html", versions=tool_versions.versions(session()))


@screen.get("/<uuid:tool_id>")
@needs(Can.TOOL_MAKE)
def show(tool_id: UUID) -> str:
    """One version: where it stands, what it asks, and what can be done to it."""
    stored = find(tool_id)
    changed = tool_versions.is_changed(stored)
    return render_template(
        "tools/show.html", stored=stored, changed=changed, tool=None if changed else tool_of(stored),
        uses=tool_versions.uses(session(), stored.key, stored.version),
        made=doer(session(), stored.made_by),
        published=doer(session(), stored.published_by) if stored.published_by else "",
        archived=doer(session(), stored.archived_by) if stored.archived_by else "",
    )  # fmt: skip


@screen.get("/<uuid:tool_id>/definition.json")
@needs(Can.TOOL_MAKE)
def definition(tool_id: UUID) -> Response:
    """The definition as one text; the sha256 of this file is the hash that is recorded."""
    stored = find(tool_id)
    return attached(canonical(stored.definition).encode(), "application/json", _file_name(stored, "json"))


@screen.get("/<uuid:tool_id>/uploaded")
@needs(Can.TOOL_MAKE)
def uploaded(tool_id: UUID) -> Response:
    """The workbook or file as it was uploaded."""
    stored = find(tool_id)
    if stored.source == "workbook":
        return attached(stored.uploaded, WORKBOOK, _file_name(stored, "xlsx"))
    ending = "json" if stored.uploaded.lstrip().startswith(b"{") else "toml"
    return attached(stored.uploaded, "application/octet-stream", _file_name(stored, ending))


@screen.get("/<uuid:tool_id>/publish")
@needs(Can.TOOL_MAKE)
def ask_publish(tool_id: UUID) -> str | AnyResponse:
    """Ask before a draft is published."""
    return _ask(tool_id, "publish", of="draft")


@screen.post("/<uuid:tool_id>/publish")
@needs(Can.TOOL_MAKE)
def publish(tool_id: UUID) -> AnyResponse | tuple[str, int]:
    """Make a draft live and archive the version that was."""
    return _act(tool_id, "publish", making.publish, "is live. Audits are begun on it from now on.")


@screen.get("/<uuid:tool_id>/archive")
@needs(Can.TOOL_MAKE)
def ask_archive(tool_id: UUID) -> str | AnyResponse:
    """Ask before a live version is archived."""
    return _ask(tool_id, "archive", of="live")


@screen.post("/<uuid:tool_id>/archive")
@needs(Can.TOOL_MAKE)
def archive(tool_id: UUID) -> AnyResponse | tuple[str, int]:
    """Let nobody begin an audit on this version any more."""
    return _act(tool_id, "archive", making.archive, "is archived. Nobody begins an audit on it any more.")


@screen.get("/<uuid:tool_id>/delete")
@needs(Can.TOOL_MAKE)
def ask_delete(tool_id: UUID) -> str | AnyResponse:
    """Ask before a draft is deleted."""
    return _ask(tool_id, "delete", of="draft")


@screen.post("/<uuid:tool_id>/delete")
@needs(Can.TOOL_MAKE)
def delete(tool_id: UUID) -> AnyResponse | tuple[str, int]:
    """Delete a draft."""
    return _act(tool_id, "delete", making.delete_draft, "is deleted.", to_list=True)


def find(tool_id: UUID) -> StoredTool:
    """The version with this id; what is not there is a 404."""
    found = tool_versions.stored(session(), tool_id)
    if found is None:
        raise OutOfScopeError
    return found


def tool_of(stored: StoredTool) -> Tool:
    """What this version asks."""
    return tools.tool(session(), stored.key, stored.version)


def attached(data: bytes, content_type: str, name: str) -> Response:
    """A file to download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, content_type=content_type, headers=headers)


def _file_name(stored: StoredTool, ending: str) -> str:
    return f"{stored.key} version {stored.version}.{ending}"


def _act(
    tool_id: UUID, act: str, verb: Callable[..., None], done: str, *, to_list: bool = False
) -> AnyResponse | tuple[str, int]:
    """Do it, if the definition is still the one the person looked at; else the question again, with the reason."""
    stored = find(tool_id)
    form = SureForm()
    form.validate()
    named = f"{stored.title}, version {stored.version},"
    if form.sha256.data != stored.definition_sha256:
        form.form_errors.append("The tool was replaced since this page was opened. Look at it again first.")
        return _asking(act, stored, form), 409
    try:
        verb(session(), stored, by=actor().by, at=now())
    except ToolRefused as fault:
        form.form_errors.append(str(fault))
        return _asking(act, stored, form), 409
    flash(f"{named} {done}", "success")
    return redirect(url_for(".index") if to_list else url_for(".show", tool_id=tool_id))


def _ask(tool_id: UUID, what: str, *, of: str) -> str | AnyResponse:
    """The question before something is done to a version in this state; one in another state is only shown."""
    stored = find(tool_id)
    if stored.state != of:
        return redirect(url_for(".show", tool_id=tool_id))
    return _asking(what, stored, SureForm(sha256=stored.definition_sha256))


def _asking(act: str, stored: StoredTool, form: SureForm) -> str:
    said: dict[str, Any] = {"live": tool_versions.live_version(session(), stored.key)}
    said["uses"] = tool_versions.uses(session(), stored.key, stored.version)
    return render_template(f"tools/{act}.html", stored=stored, form=form, **said)
