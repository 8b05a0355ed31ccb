"""One's own account: changing the password."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.services import accounts
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
                session(), actor().person_id, form.old.data or "", form.new.data or "", by=actor().by, at=now()
            )
        except accounts.PasswordRefused as refused:
            field = form.old if refused.old else form.new
            field.errors = [str(refused)]
        else:
            flash("Your password is changed.", "success")
            return redirect(url_for("start.show"))
    return render_template("account/password.html", form=form, forced=actor().must_change_password), 400
