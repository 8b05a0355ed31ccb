"""Guidance on how to read each criterion: what stands, and every version before it."""

from flask import Blueprint, abort, render_template

from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import guidance, tools

screen = Blueprint("guidance", __name__, url_prefix="/guidance")


@screen.get("")
@needs(Can.GUIDANCE_READ)
def index() -> str:
    """Everything that was agreed, tool by tool."""
    return render_template("guidance/index.html", found=guidance.everything(session(), tools.live(session())))


@screen.get("/<string:tool_key>/<string:element>")
@needs(Can.GUIDANCE_READ)
def show(tool_key: str, element: str) -> str:
    """One criterion with every version of its guidance."""
    tool = next((one for one in tools.live(session()) if one.key == tool_key), None)
    if tool is None or not element.isidentifier():  # no key is anything else, and a database takes not all there is
        abort(404)
    versions = guidance.history(session(), tool_key, element)
    if not versions:
        abort(404)
    title = next((one.title for one in tool.elements if one.key == element), element)
    return render_template("guidance/show.html", versions=versions, tool=tool, title=title)
