"""Reminders: whether a person wants the day's mail, and the secret address of their calendar."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from qa_app.access.current import actor, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import outbox
from qa_app.queries.recipients import wants_digest
from qa_app.services import mail_choices
from qa_app.web.forms import Form

screen = Blueprint("reminders", __name__, url_prefix="/account")


class DigestForm(Form):
    """Whether the day's reminders come by mail."""

    digest = RadioField(
        "Reminders by email",
        [InputRequired("Choose whether you want reminders by email.")],
        choices=[
            SelectChoice("daily", "One email on working days, when something waits for you"),
            SelectChoice("none", "No reminders by email"),
        ],
        description="Emails about a child who may not be safe, and links you asked for, always come.",
    )


@screen.get("/reminders")
@needs(Can.ACCOUNT_OWN)
def show() -> str:
    """The page as it stands."""
    return _page(DigestForm(digest="daily" if wants_digest(session(), actor().person_id) else "none"))


@screen.post("/reminders")
@needs(Can.ACCOUNT_OWN)
def change() -> Response | tuple[str, int]:
    """Keep the choice."""
    form = DigestForm()
    if not form.validate():
        return _page(form), 400
    mail_choices.choose_digest(session(), actor().person_id, form.digest.data, by=actor().by, at=now())
    flash("Your choice is saved.", "success")
    return redirect(url_for("reminders.show"))


@screen.post("/calendar")
@needs(Can.ACCOUNT_OWN)
def make_calendar() -> str:
    """Make the calendar's address, or another one; this page is the only place it is ever shown."""
    token = mail_choices.make_feed(session(), actor().person_id, by=actor().by, at=now())
    path = url_for("calendar.show", token=token)
    site = settings().mail.public_url
    address = site + path if site else url_for("calendar.show", token=token, _external=True)
    return render_template("reminders/address.html", address=address)


@screen.get("/calendar/new")
@needs(Can.ACCOUNT_OWN)
def ask_for_another() -> str:
    """Ask before the address is replaced."""
    return render_template("reminders/replace.html", back_link={"href": url_for("reminders.show")})


@screen.get("/calendar/switch-off")
@needs(Can.ACCOUNT_OWN)
def ask_to_switch_off() -> str:
    """Ask before the address is switched off."""
    return render_template("reminders/switch_off.html", back_link={"href": url_for("reminders.show")})


@screen.post("/calendar/switch-off")
@needs(Can.ACCOUNT_OWN)
def switch_off() -> Response:
    """Switch the address off."""
    if mail_choices.end_feed(session(), actor().person_id, by=actor().by, at=now()):
        flash("Your calendar address is switched off.", "success")
    return redirect(url_for("reminders.show"))


def _page(form: DigestForm) -> str:
    return render_template(
        "reminders/show.html",
        form=form,
        mail_on=settings().mail.is_on,
        feed=outbox.feed(session(), actor().person_id),
    )
