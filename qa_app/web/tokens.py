"""Tokens of programs: made for a purpose, shown once, and revoked."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import ApiToken
from qa_app.queries import tokens as kept
from qa_app.services import settings, tokens
from qa_app.services.tokens import UnfitToken
from qa_app.web.forms import Form, line, naming_nobody

screen = Blueprint("tokens", __name__, url_prefix="/tokens")

SCOPES = {
    Can.API_FIGURES: ("Figures", "Measures, months, figures, agreement and themes of the whole council."),
    Can.API_TABLES: ("Tables", "Figures by service and team. Small numbers are hidden."),
    Can.API_PLAN: ("Improvement plan", "Its measures, targets and where each of them stands."),
    Can.API_ROWS: (
        "Rows of audits",
        "One row for each audit, without names, references or words. This is still personal data: give it only to "
        "the council’s own analysts.",
    ),
}


class TokenForm(Form):
    """What the token is for, who answers for it, what it may read and for how long."""

    purpose = line(
        "What is it for?", DataRequired("Enter what the token is for."), naming_nobody,
        hint="For example, Power BI report for the improvement board",
    )  # fmt: skip
    owner = line(
        "Who answers for it?", DataRequired("Enter who answers for the token."), longest=120,
        hint="A member of staff whom we can ask about it.",
    )  # fmt: skip
    scopes = SelectMultipleField(
        "What may it read?",
        choices=[SelectChoice(can.value, label) for can, (label, _) in SCOPES.items()],
        description="Choose as little as it needs. Only closed months can be read.",
    )
    days = IntegerField("For how many days?", description=f"From 1 to {tokens.LONGEST_DAYS}.")


@screen.get("")
@needs(Can.API_MANAGE)
def index() -> str:
    """Every token, and the form for another."""
    return _page(TokenForm(data={"days": settings.number(session(), "token_days")}))


@screen.post("")
@needs(Can.API_MANAGE)
def make() -> str | tuple[str, int]:
    """Make one and show it, this once."""
    form = TokenForm()
    sound = form.validate()
    if not form.scopes.data and not form.scopes.errors:
        form.scopes.errors = ["Choose what the token may read."]
    if form.days.data is None or not 1 <= form.days.data <= tokens.LONGEST_DAYS:
        form.days.errors = [f"Enter a number of days from 1 to {tokens.LONGEST_DAYS}."]
    if not sound or form.errors:
        return _page(form), 400
    scopes = [Can(one) for one in form.scopes.data or ()]
    try:
        made = tokens.make(
            session(), form.purpose.data or "", form.owner.data or "", scopes, days=form.days.data or 0,
            by=actor().by, at=now(),
        )  # fmt: skip
    except UnfitToken as fault:
        form.purpose.errors = [str(fault)]
        return _page(form), 400
    return render_template("tokens/made.html", token=made.row, whole=made.token, scopes=SCOPES)


@screen.get("/<uuid:token_id>")
@needs(Can.API_MANAGE)
def show(token_id: UUID) -> str:
    """One token: what it may read, when it was used, and how to revoke it."""
    token = _token(token_id)
    return render_template(
        "tokens/show.html", token=token, scopes=SCOPES, maker=kept.made_by(session(), token),
        works=kept.works(token, at=now()),
    )  # fmt: skip


@screen.post("/<uuid:token_id>/revoke")
@needs(Can.API_MANAGE)
def revoke(token_id: UUID) -> Response:
    """End it at once."""
    token = _token(token_id)
    if tokens.revoke(session(), token, by=actor().by, at=now()):
        flash("The token is revoked. It opens nothing any more.", "success")
    else:
        flash("This token was revoked before.", "warning")
    return redirect(url_for("tokens.index"))


def _token(token_id: UUID) -> ApiToken:
    found = session().get(ApiToken, token_id)
    if found is None:
        raise OutOfScopeError
    return found


def _page(form: TokenForm) -> str:
    return render_template(
        "tokens/index.html", form=form, found=kept.listed(session(), at=now()), scopes=SCOPES,
        descriptions={can.value: words for can, (_, words) in SCOPES.items()},
    )  # fmt: skip
