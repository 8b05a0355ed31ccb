"""A tool as auditors will see it, section by section, to be tried: what is typed travels in the page, unkept."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_wtf import FlaskForm

from audit_forms import answers
from audit_forms.completeness import Blank, blanks, judgements_in, progress, sections_asked
from audit_forms.consistency import inconsistencies
from audit_forms.definition import Section, Tool
from audit_forms.forms import form_class
from qa_app.access.current import session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import StoredTool
from qa_app.queries import tool_versions, tools
from qa_app.services import settings
from qa_app.web import section_pages

screen = Blueprint("tool_preview", __name__, url_prefix="/tools/<uuid:tool_id>/preview")

LIST, CHECK, NEXT = "list", "check", "next"
TO = "to:"  # before the key of a section


class Here(NamedTuple):
    """The version that is looked at, what it asks, and whether the council asks who children are."""

    stored: StoredTool
    tool: Tool
    demographics: bool


class Tried(NamedTuple):
    """What was typed so far, of all sections: what can be kept, and the sections where something was refused."""

    stored: dict[str, Any]
    refused: tuple[Section, ...]


@screen.get("")
@needs(Can.TOOL_MAKE)
def show(tool_id: UUID) -> str:
    """The list of sections, as an auditor begins."""
    return _list(_here(tool_id))


@screen.get("/<string:section_key>")
@needs(Can.TOOL_MAKE)
def section(tool_id: UUID, section_key: str) -> str:
    """One section, empty."""
    here = _here(tool_id)
    return _section(here, found := _named(here, section_key), _form(here, found))


@screen.post("")
@needs(Can.TOOL_MAKE)
def attempt(tool_id: UUID) -> str | tuple[str, int]:
    """Go on with what was typed: to a section, to the list, or to what would be missing. Nothing is kept."""
    here = _here(tool_id)
    at, go = request.form.get("at", ""), request.form.get("go", LIST)
    if at:
        left = _named(here, at)
        form = _form(here, left)
        sound = form.validate()
        if section_pages.row_added(form, request.form.get("add_row", "")) or "find" in request.form:
            return _section(here, left, form)
        if not sound:
            return _section(here, left, form), 400
        if go == NEXT:
            after = section_pages.following(here.tool, left)
            go = f"{TO}{after.key}" if after is not None else CHECK
    return _go(here, go)


def _go(here: Here, go: str) -> str:
    """The page that was asked for, with what was typed so far."""
    if go.startswith(TO):
        found = _named(here, go.removeprefix(TO))
        form = _form(here, found)
        form.validate()  # what was refused is told where it stands
        return _section(here, found, form)
    return _check(here) if go == CHECK else _list(here)


def _here(tool_id: UUID) -> Here:
    stored = tool_versions.stored(session(), tool_id)
    if stored is None:
        raise OutOfScopeError
    asked = tools.tool(session(), stored.key, stored.version)
    return Here(stored, asked, settings.asks_demographics(session()))


def _named(here: Here, key: str) -> Section:
    found = next((each for each in sections_asked(here.tool) if each.key == key), None)
    return found if found is not None else abort(404)


def _form(here: Here, found: Section) -> Any:
    """The form of a section, filled with what was posted; without a key that would have to be kept."""
    made: Any = form_class(here.tool, section=found.key, demographics=here.demographics, base=FlaskForm)
    return made()


def _tried(here: Here) -> Tried:
    """What was typed in all sections, read as it would be when it is saved."""
    stored: dict[str, Any] = {}
    refused = []
    for each in sections_asked(here.tool):
        form = _form(here, each)
        if request.method == "POST" and not form.validate():
            refused.append(each)
        stored |= section_pages.written_on(form).answers
    return Tried(stored, tuple(refused))


def _carried(here: Here, but: Section | None = None) -> list[tuple[str, str]]:
    """What was typed in the other sections, to travel on in the page."""
    own = {question.key for question in but.questions} if but is not None else set()
    return [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if (key := name.split("-")[0]) not in own and here.tool.asks(key)
    ]


def _list(here: Here) -> str:
    stands = progress(here.tool, answers.values(here.tool, _tried(here).stored), demographics=here.demographics)
    return render_template(
        "tools/preview.html", stored=here.stored, tool=here.tool, stands=stands, carried=_carried(here)
    )


def _section(here: Here, found: Section, form: Any) -> str:
    asked = sections_asked(here.tool)
    return render_template(
        "tools/preview_section.html", stored=here.stored, tool=here.tool, section=found, form=form,
        fields=section_pages.fields_of(form), place=asked.index(found) + 1, of=len(asked),
        carried=_carried(here, found), told=section_pages.notices(here.tool, found, _tried(here).stored),
    )  # fmt: skip


def _check(here: Here) -> str:
    tried = _tried(here)
    values = answers.values(here.tool, tried.stored)
    said = answers.in_words(here.tool, tried.stored)
    to_do: tuple[Blank, ...] = blanks(here.tool, values, demographics=here.demographics)
    found = inconsistencies(here.tool, judgements_in(here.tool, values))
    return render_template(
        "tools/preview_check.html", stored=here.stored, tool=here.tool, to_do=to_do, refused=tried.refused,
        prompts=[one for one in found if not one.hard], carried=_carried(here),
        sections=[(each, [one for one in said if one.section is each]) for each in sections_asked(here.tool)],
    )  # fmt: skip
