"""Reflecting without a sign-in: a link that is used once gives a cookie, the pass to that one reflection."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import feedback
from qa_app.access.current import actor_or_none, now, session, settings
from qa_app.access.guard import needs, reflection_cookie_name
from qa_app.access.once import keep_all_the_same
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.mail_keys import MailKeys
from qa_app.models import Reflection
from qa_app.services import reflection_links, reflections
from qa_app.services import settings as choices
from qa_app.services.drafts import NewerDraft
from qa_app.services.reflection_links import Stands
from qa_app.web import letter_page, reflection_pages
from qa_app.web.reflection_pages import Place, ReflectionForm

screen = Blueprint("reflection_link", __name__, url_prefix="/reflection")


class NoPass(Exception):  # noqa: N818 - named for the fault
    """This browser has no pass, or it has lapsed."""


@screen.get("/link/<string:token>")
@needs(Can.REFLECTION_LINK)
def look(token: str) -> AnyResponse | tuple[str, int]:
    """Where the link in a mail leads. Looking at it changes nothing, for mail scanners look at links."""
    found = reflection_links.find(session(), token, at=now())
    if found is None:
        return render_template("reflections/link.html", found=None, token=""), 404
    held = _held()
    if held is not None and held.id == found.reflection.id:
        return redirect(url_for(".show"))
    status = 200 if found.stands is Stands.GOOD else 410
    return render_template("reflections/link.html", found=found, token=token), status


@screen.post("/link/<string:token>")
@needs(Can.REFLECTION_LINK)
def use(token: str) -> AnyResponse:
    """Use the link: the browser gets a pass for this one reflection."""
    used = reflection_links.use(session(), token, at=now())
    if used is None:
        return redirect(url_for(".look", token=token))
    response = redirect(url_for(".show"))
    lasting = timedelta(hours=choices.number(session(), "pass_hours"))
    response.set_cookie(
        reflection_cookie_name(),
        used[1],
        max_age=lasting,
        secure=settings().https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@screen.get("/<uuid:reflection_id>")
@needs(Can.REFLECTION_LINK)
def door(reflection_id: UUID) -> str | AnyResponse:
    """Where mails lead that hold no link: to the reflection for whoever may open it, else to asking for a link."""
    asked = _asked(reflection_id)
    person, held = actor_or_none(), _held()
    if person is not None and person.may(Can.REFLECTION_GIVE) and person.person_id == asked.person_id:
        return redirect(url_for("reflections.show", reflection_id=asked.id))
    if held is not None and held.id == asked.id:
        return redirect(url_for(".show"))
    return render_template(
        "reflections/door.html", reflection=asked, by_link=reflections.reached_by(session(), asked.person) == "link"
    )


@screen.post("/<uuid:reflection_id>/link")
@needs(Can.REFLECTION_LINK)
def renew(reflection_id: UUID) -> AnyResponse:
    """Send a new link to the address that is known; nobody who asks learns which that is."""
    asked = _asked(reflection_id)
    by = f"person:{asked.person_id}"
    if reflections.reached_by(session(), asked.person) == "sign_in":
        flash("Sign in to read this. You do not need a link.", "warning")
    else:
        try:
            reflection_links.send(session(), asked, keys=MailKeys(settings().secret_key), by=by, at=now())
            flash("We have sent you a new link. It can take a few minutes to arrive.", "success")
        except (reflection_links.SentAlready, reflection_links.NoAddress) as fault:
            flash(str(fault), "warning")
    return redirect(url_for(".door", reflection_id=asked.id))


@screen.get("/mine")
@needs(Can.REFLECTION_LINK)
def show() -> str:
    """What was found, and one's reflection on it."""
    return reflection_pages.show(_mine(), _place())


@screen.post("/mine")
@needs(Can.REFLECTION_LINK)
def save() -> AnyResponse | tuple[str, int]:
    """Keep it and go on to check it; a pass that has just lapsed still keeps what was typed, and shows nothing."""
    held = _held()
    if held is None and (lapsed := _held(lapsed=True)) is not None:
        form = reflection_pages.form_of(lapsed)
        form.validate()
        return render_template("reflections/no_pass.html", reflection=lapsed, kept=_keep_late(lapsed, form)), 401
    return reflection_pages.save(_mine(), _place())


@screen.post("/mine/autosave")
@needs(Can.REFLECTION_LINK)
def autosave() -> Response | tuple[Response, int]:
    """Keep it while it is being written."""
    return reflection_pages.autosave(_mine())


@screen.get("/mine/check")
@needs(Can.REFLECTION_LINK)
def check() -> str | AnyResponse:
    """The last look before it is given."""
    return reflection_pages.check(_mine(), _place())


@screen.post("/mine/give")
@needs(Can.REFLECTION_LINK)
def give() -> AnyResponse | tuple[str, int]:
    """Give it for good."""
    return reflection_pages.give(_mine(), _place())


@screen.get("/mine/letter")
@needs(Can.REFLECTION_LINK)
def letter() -> str:
    """The feedback letter, once the final grades stand."""
    mine = _settled()
    return letter_page.page(
        mine.audit, pdf=url_for(".letter_pdf"), back=url_for(".show"), reflect=url_for(".show"), reader=mine.person_id
    )


@screen.get("/mine/letter.pdf")
@needs(Can.REFLECTION_LINK)
def letter_pdf() -> Response:
    """The feedback letter as a PDF."""
    mine = _settled()
    return letter_page.pdf(mine.audit, reader=mine.person_id)


@screen.errorhandler(NoPass)
def _no_pass(_fault: NoPass) -> tuple[str, int] | tuple[Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error="Your link has lapsed. Ask for a new one."), 401
    return render_template("reflections/no_pass.html", reflection=_held(lapsed=True), kept=False), 401


def _mine() -> Reflection:
    held = _held()
    if held is None:
        raise NoPass
    return held


def _settled() -> Reflection:
    mine = _mine()
    if not feedback.is_settled(session(), mine.audit):
        raise OutOfScopeError
    return mine


def _held(*, lapsed: bool = False) -> Reflection | None:
    token = request.cookies.get(reflection_cookie_name())
    return reflection_links.by_pass(session(), token, at=now(), lapsed=lapsed) if token else None


def _keep_late(lapsed: Reflection, form: ReflectionForm) -> bool:
    """Keep what a lapsed pass sends, and answer with none of it."""
    try:
        reflection_pages.keep(lapsed, form)
    except (NewerDraft, reflections.Closed):
        return False
    keep_all_the_same()
    return True


def _asked(reflection_id: UUID) -> Reflection:
    found = session().get(Reflection, reflection_id)
    if found is None or not found.person.active:
        raise OutOfScopeError
    return found


def _place() -> Place:
    return Place(
        show=url_for(".show"), save=url_for(".save"), autosave=url_for(".autosave"), check=url_for(".check"),
        give=url_for(".give"), letter=url_for(".letter"),
    )  # fmt: skip
