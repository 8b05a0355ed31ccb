"""Signing in and out."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from qa_app.access import journal, sessions
from qa_app.access.current import actor, database, now, settings
from qa_app.access.guard import cookie_name, needs, permission_of, reflection_cookie_name
from qa_app.access.permissions import Can
from qa_app.access.sign_in import Refused, check
from qa_app.services import reflection_links
from qa_app.web.forms import Form, storable

screen = Blueprint("sign_in", __name__)
# What became of what was typed, for somebody whose session had ended.
ENDED = {
    "yes": (
        "You were signed out because the page was not used for a while. What was saved automatically is still there."
    ),
    "kept": "You are signed out. What you typed is kept. Sign in to carry on where you were.",
    "refused": (
        "You are signed out, and what you typed last could not be kept: it was changed elsewhere, can no longer "
        "change, or is no longer yours to write. Go back to copy it."
    ),
}


class SignInForm(Form):
    """Who are you?"""

    once = None  # type: ignore[assignment] # keys belong to somebody; WTForms takes None as no field

    email = EmailField("Email address", [storable(254), InputRequired("Enter your email address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


@screen.get("/sign-in")
@needs(Can.SIGN_IN)
def show() -> str:
    """The sign-in page."""
    return render_template("sign_in/show.html", form=SignInForm(), ended=ENDED.get(request.args.get("ended", ""), ""))


@screen.post("/sign-in")
@needs(Can.SIGN_IN)
def enter() -> AnyResponse | tuple[str, int]:
    """Check the password and begin a session."""
    form = SignInForm()
    if not form.validate():
        return render_template("sign_in/show.html", form=form, ended=""), 400
    found = check(
        database(),
        form.email.data or "",
        form.password.data or "",
        address=request.remote_addr or "",
        secret=settings().secret_key,
        at=now(),
        request_id=g.request_id,
    )
    if isinstance(found, Refused):
        form.email.errors = [found.value]
        return render_template("sign_in/show.html", form=form, ended=""), 429 if found is Refused.SLOW_DOWN else 400
    after = _next_place(session.get("next"))
    session.clear()  # a new CSRF secret for the signed-in browser
    sessions.end(database(), request.cookies.get(cookie_name(), ""), at=now())  # whoever was signed in here before
    lasting = timedelta(hours=settings().absolute_hours)
    token = sessions.begin(database(), found, at=now(), lasting=lasting)
    response = redirect(after)
    response.set_cookie(
        cookie_name(), token, max_age=lasting, secure=settings().https, httponly=True, samesite="Lax", path="/"
    )
    return response


@screen.post("/sign-out")
@needs(Can.ACCOUNT_OWN)
def leave() -> Response:
    """End the session, here and for every copy of its cookie; and the pass to a reflection that this browser holds."""
    entry = journal.Entry(actor().person_id, "sign_out", "account", str(actor().person_id))
    sessions.end(database(), request.cookies.get(cookie_name(), ""), at=now())
    if held := request.cookies.get(reflection_cookie_name()):
        with database().writing() as own, own.begin():
            reflection_links.end_pass(own, held)
    journal.write(database(), (entry,), at=now(), request_id=g.request_id)
    session.clear()
    flash("You are signed out.", "success")
    response = redirect(url_for("sign_in.show"))
    for name in (cookie_name(), reflection_cookie_name()):
        response.delete_cookie(name, secure=settings().https, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response  # type: ignore[return-value]


def _next_place(path: object) -> str:
    """Where somebody was going: only a page of this site that a GET opens, rebuilt from its route."""
    start = url_for("start.show")
    if not isinstance(path, str) or not path.startswith("/"):
        return start
    adapter = current_app.url_map.bind("")
    try:
        endpoint, arguments = adapter.match(path, method="GET")
    except HTTPException:
        return start
    if permission_of(current_app, endpoint) in (None, Can.HEALTH, Can.SIGN_IN):
        return start
    return url_for(endpoint, **arguments)
