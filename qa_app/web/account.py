"""Sign-ins: changing one's own password; giving, resetting and switching off other people's."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from qa_app.access import sessions
from qa_app.access.current import actor, now, session
from qa_app.access.guard import cookie_name, needs
from qa_app.access.permissions import Can
from qa_app.services import accounts
from qa_app.web import person_page
from qa_app.web.forms import Form

screen = Blueprint("account", __name__)


class PasswordForm(Form):
    """The old password, and a new one."""

    old = PasswordField("Your password now", [InputRequired("Enter your password.")])
    new = PasswordField("New password", [InputRequired("Enter a new password.")])


@screen.get("/account/password")
@needs(Can.ACCOUNT_OWN)
def password() -> str:
    """The page to change one's password."""
    return render_template("account/password.html", form=PasswordForm(), forced=actor().must_change_password)


@screen.post("/account/password")
@needs(Can.ACCOUNT_OWN)
def change_password() -> Response | tuple[str, int]:
    """Change it; every other session of this person ends."""
    form = PasswordForm()
    if form.validate():
        try:
            accounts.change_password(
                session(),
                actor().person_id,
                form.old.data or "",
                form.new.data or "",
                keeping=sessions.sha256_of(request.cookies.get(cookie_name(), "")),
                by=actor().by,
                at=now(),
            )
        except accounts.PasswordRefused as refused:
            field = form.old if refused.old else form.new
            field.errors = [str(refused)]
        else:
            flash("Your password is changed.", "success")
            return redirect(url_for("start.show"))
    return render_template("account/password.html", form=form, forced=actor().must_change_password), 400


@screen.post("/account/stay")
@needs(Can.ACCOUNT_OWN)
def stay() -> Response:
    """Stay signed in: asking for anything at all counts as use of the session."""
    return jsonify(stays=True)


@screen.post("/people/<uuid:person_id>/sign-in")
@needs(Can.ACCOUNT_MANAGE)
def give(person_id: UUID) -> tuple[str, int]:
    """Make or reset a person's sign-in; the page is the only place the temporary password is ever shown."""
    person = person_page.found(person_id)
    try:
        word = accounts.give_sign_in(session(), person, by=actor().by, at=now())
    except accounts.SignInRefused as fault:
        return person_page.render(person, fault=str(fault), status=409)
    return render_template("account/given.html", person=person, word=word), 200


@screen.get("/people/<uuid:person_id>/sign-in/switch-off")
@needs(Can.ACCOUNT_MANAGE)
def ask_to_switch_off(person_id: UUID) -> str:
    """Ask before a sign-in is switched off."""
    person = person_page.found(person_id)
    back = {"href": url_for("people.show", person_id=person.id), "text": person.name}
    return render_template("account/switch_off.html", person=person, back_link=back)


@screen.post("/people/<uuid:person_id>/sign-in/switch-off")
@needs(Can.ACCOUNT_MANAGE)
def switch_off(person_id: UUID) -> Response | tuple[str, int]:
    """Switch a sign-in off; the person is signed out everywhere."""
    person = person_page.found(person_id)
    try:
        accounts.switch_off(session(), person, by=actor().by, at=now())
    except accounts.SignInRefused as fault:
        return person_page.render(person, fault=str(fault), status=409)
    flash(f"{person.name} cannot sign in any more.", "success")
    return redirect(url_for("people.show", person_id=person.id))
