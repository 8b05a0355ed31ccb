"""The outbox: which mails wait, went or failed, and what an administrator can do about one that does not arrive."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qa_app.access.current import actor, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.models import Mail
from qa_app.queries import outbox
from qa_app.services import outbox_desk

screen = Blueprint("outbox", __name__, url_prefix="/outbox")

# state -> its words, its colour and what it means
STATES: Final = {
    "queued": ("Waiting", "", "goes with the next run"),
    "sending": ("On its way", "turquoise", "being handed over"),
    "sent": ("Sent", "green", "taken by the mail server"),
    "failed": ("To be tried again", "orange", "did not go yet"),
    "given_up": ("Given up", "red", "somebody has to look"),
    "dropped": ("Set aside", "grey", "not needed any more"),
}
KINDS: Final = {"digest": "Reminders", "urgent": "Urgent", "link": "Link"}


@screen.get("")
@needs(Can.OUTBOX_READ)
def index() -> str:
    """How sending stands, and the mails, without their words."""
    state = request.args.get("state", "")
    wanted = state if state in STATES else ""
    page = request.args.get("page", 1, type=int)
    return render_template(
        "outbox/index.html",
        mail_on=settings().mail.is_on,
        standing=outbox.standing(session(), at=now()),
        broken=outbox.broken_jobs(session()),
        counts=outbox.counts(session(), actor(), at=now()),
        found=outbox.listed(session(), actor(), state=wanted, page=page, at=now()),
        wanted=wanted,
        states=STATES,
        kinds=KINDS,
        may_run=actor().may(Can.OUTBOX_RUN),
        may_retry=outbox_desk.may_retry,
        now=now(),
        blind=Role.MODERATOR in actor().roles,
    )


@screen.post("/<uuid:mail_id>/retry")
@needs(Can.OUTBOX_RUN)
def retry(mail_id: UUID) -> Response:
    """Let the next run try a mail again."""
    return _act(mail_id, outbox_desk.retry, "The mail goes with the next run.")


@screen.post("/<uuid:mail_id>/give-up")
@needs(Can.OUTBOX_RUN)
def give_up(mail_id: UUID) -> Response:
    """Try a mail no more, or set aside one that was given up."""
    return _act(mail_id, outbox_desk.give_up, "The mail is set aside and is not tried again.")


def _act(mail_id: UUID, act: Callable[..., object], done: str) -> Response:
    """Do this to a mail, and say that it is done or why it cannot be."""
    mail = _found(mail_id)
    try:
        act(session(), mail, by=actor().by, at=now())
    except outbox_desk.NotForThisMail as fault:
        flash(str(fault), "warning")
    else:
        flash(done, "success")
    return redirect(url_for("outbox.index"))


def _found(mail_id: UUID) -> Mail:
    mail = outbox.mail(session(), actor(), mail_id)
    if mail is None:
        abort(404)
    return mail
