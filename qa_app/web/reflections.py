"""Reflecting on an audit of one's own work, for those who sign in."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import feedback, passes, rescue
from qa_app.access.current import actor, session
from qa_app.access.guard import cookie_name, needs
from qa_app.access.permissions import Can
from qa_app.models import Reflection
from qa_app.queries import feedback as lists
from qa_app.web import reflection_pages
from qa_app.web.reflection_pages import Place

screen = Blueprint("reflections", __name__, url_prefix="/reflections")


@screen.get("")
@needs(Can.REFLECTION_GIVE)
def index() -> str:
    """The audits of one's own work."""
    return render_template("reflections/index.html", asked=lists.asked_of(session(), actor()))


@screen.get("/<uuid:reflection_id>")
@needs(Can.REFLECTION_GIVE)
def show(reflection_id: UUID) -> str:
    """What was found, and one's reflection on it."""
    return reflection_pages.show(_mine(reflection_id), _place(reflection_id))


@screen.post("/<uuid:reflection_id>")
@needs(Can.REFLECTION_GIVE, rescues="reflection")
def save(reflection_id: UUID) -> AnyResponse | tuple[str, int]:
    """Keep it and go on to check it."""
    return reflection_pages.save(_to_write(reflection_id), _place(reflection_id))


@screen.post("/<uuid:reflection_id>/autosave")
@needs(Can.REFLECTION_GIVE, rescues="reflection")
def autosave(reflection_id: UUID) -> Response | tuple[Response, int]:
    """Keep it while it is being written."""
    return reflection_pages.autosave(_to_write(reflection_id))


@screen.get("/<uuid:reflection_id>/check")
@needs(Can.REFLECTION_GIVE)
def check(reflection_id: UUID) -> str | AnyResponse:
    """The last look before it is given."""
    return reflection_pages.check(_mine(reflection_id), _place(reflection_id))


@screen.post("/<uuid:reflection_id>/give")
@needs(Can.REFLECTION_GIVE)
def give(reflection_id: UUID) -> AnyResponse | tuple[str, int]:
    """Give it for good."""
    return reflection_pages.give(_mine(reflection_id), _place(reflection_id))


def _mine(reflection_id: UUID) -> Reflection:
    return feedback.own_reflection(session(), actor(), reflection_id)


def _to_write(reflection_id: UUID) -> Reflection:
    """The reflection to write on; whoever signed out on purpose changes it no more, for nothing stands beside it."""
    if rescue.rescued() == rescue.SIGNED_OUT:
        abort(403)
    return _mine(reflection_id)


def _place(reflection_id: UUID) -> Place:
    mine = _mine(reflection_id)
    return Place(
        show=url_for(".show", reflection_id=mine.id),
        save=url_for(".save", reflection_id=mine.id),
        autosave=url_for(".autosave", reflection_id=mine.id),
        check=url_for(".check", reflection_id=mine.id),
        give=url_for(".give", reflection_id=mine.id),
        letter=url_for("letters.show", audit_id=mine.audit_id) if actor().may(Can.LETTER_READ) else "",
        home=url_for(".index"),
        page_pass=rescue.pass_for(passes.Place("reflection", mine.id, ""), "", request.cookies.get(cookie_name(), "")),
    )
