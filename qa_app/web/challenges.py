"""Challenges: an auditor sees where their grades were changed and challenges it; somebody else decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired

from audit_forms.definition import Tool
from audit_forms.grades import Grade, NotGraded, judged
from qa_app.access import scope, seconds
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Audit, Challenge, Person
from qa_app.queries import challenges as queries
from qa_app.queries import moderations, tools
from qa_app.queries.challenges import Point
from qa_app.services import agreement, challenges, settings
from qa_app.services.challenges import ChallengeRefused, Offer, Ruling
from qa_app.services.moderators import NotIndependent
from qa_app.web.forms import Form, naming_nobody, text

screen = Blueprint("challenges", __name__)
HINT = "Leave it blank where you accept the final grade. No names of children."


class GiveForm(Form):
    """Who, and why?"""

    decider = RadioField("Who decides", [DataRequired("Choose who decides.")], validate_choice=False)
    reason = text("Reason", DataRequired("Say why they decide it."), naming_nobody, longest=500,
                  hint="For example, leave. No names of children.")  # fmt: skip


@screen.get("/audits/moderated")
@needs(Can.CHALLENGE_RAISE)
def own() -> str:
    """One's own moderated audits: where a grade was changed, and until when that can be challenged."""
    days = settings.number(session(), "challenge_days")
    found = queries.moderated(session(), actor(), days=days)
    return render_template("challenges/own.html", audits=found, today=london_day(now()))


@screen.get("/audits/<uuid:audit_id>/challenge")
@needs(Can.CHALLENGE_RAISE)
def ask(audit_id: UUID) -> str:
    """The grades of one's own audit that were changed, with why; what is said against them, or what came of it."""
    audit = _own(audit_id)
    note_access("audit.open", "audit", audit.id)
    return _ask_page(audit, _reasons(audit)())


@screen.post("/audits/<uuid:audit_id>/challenge")
@needs(Can.CHALLENGE_RAISE)
def send(audit_id: UUID) -> Response | tuple[str, int]:
    """Challenge final grades."""
    audit = _own(audit_id)
    form = _reasons(audit)()
    if not form.validate():
        return _ask_page(audit, form), 400
    said = {key.removeprefix("why_"): text for key, text in form.data.items() if key.startswith("why_") and text}
    try:
        challenges.raise_challenge(session(), audit, said, by=actor().by, at=now())
    except ChallengeRefused as fault:
        form.form_errors.append(str(fault))
        return _ask_page(audit, form), 400
    flash("Your challenge is sent. Somebody who gave none of the grades decides it, and you are told.", "success")
    return redirect(url_for(".ask", audit_id=audit_id))


@screen.get("/challenges")
@needs(Can.CHALLENGE_DECIDE)
def index() -> str:
    """The challenges this person is asked to decide, and those decided."""
    return render_template("challenges/index.html", listed=queries.listed(session(), actor(), own=True))


@screen.get("/challenges/all")
@needs(Can.MODERATION_RUN)
def every() -> str:
    """All challenges, for who gives them to somebody to decide."""
    return render_template("challenges/every.html", listed=queries.listed(session(), actor(), own=False))


@screen.get("/challenges/<uuid:challenge_id>")
@needs(Can.CHALLENGE_DECIDE)
def show(challenge_id: UUID) -> str:
    """One challenge: both sides, why it is challenged, and what is decided of each grade."""
    found = seconds.challenge_to_decide(session(), actor(), challenge_id)
    note_access("audit.open", "audit", found.audit_id)
    return _page(found, _rulings(_points(found))())


@screen.post("/challenges/<uuid:challenge_id>")
@needs(Can.CHALLENGE_DECIDE)
def decide(challenge_id: UUID) -> Response | tuple[str, int]:
    """Decide a challenge."""
    found = seconds.challenge_to_decide(session(), actor(), challenge_id)
    form = _rulings(points := _points(found))()
    if not form.validate():
        return _page(found, form), 400
    rulings = {
        one.element: Ruling(judged(form[f"grade_{one.element}"].data), form[f"note_{one.element}"].data)
        for one in points
    }
    me = session().get_one(Person, actor().person_id)
    try:
        challenges.decide(session(), found, me, rulings, by=actor().by, at=now())
    except (ChallengeRefused, NotIndependent) as fault:
        session().rollback()
        form.form_errors.append(str(fault))
        return _page(seconds.challenge_to_decide(session(), actor(), challenge_id), form), 409
    flash(f"The challenge of {found.audit.reference} is decided. Auditor and moderator are told.", "success")
    return redirect(url_for(".index"))


@screen.get("/challenges/<uuid:challenge_id>/give")
@needs(Can.MODERATION_RUN)
def ask_give(challenge_id: UUID) -> str:
    """Ask who decides a challenge, and why."""
    found = seconds.challenge(session(), actor(), challenge_id)
    return _give_page(found, *_give_form(found))


@screen.post("/challenges/<uuid:challenge_id>/give")
@needs(Can.MODERATION_RUN)
def give(challenge_id: UUID) -> Response | tuple[str, int]:
    """Give a challenge to somebody to decide."""
    found = seconds.challenge(session(), actor(), challenge_id)
    form, offers = _give_form(found)
    if not form.validate():
        return _give_page(found, form, offers), 400
    chosen = next((one.moderator for one in offers if str(one.moderator.id) == form.decider.data), None)
    if chosen is None:
        form.decider.errors = ["Choose one of the people listed."]
        return _give_page(found, form, offers), 400
    try:
        challenges.give(session(), found, chosen, reason=form.reason.data or "", by=actor().by, at=now())
    except (ChallengeRefused, NotIndependent) as fault:
        form.form_errors.append(str(fault))
        return _give_page(found, form, offers), 409
    flash(f"{chosen.name} decides the challenge of {found.audit.reference}.", "success")
    return redirect(url_for(".every"))


def _own(audit_id: UUID) -> Audit:
    """A moderated audit of one's own.

    Raises:
        OutOfScopeError: it is not there, not theirs, or its final grades are not agreed.
    """
    audit = scope.readable_audit(session(), actor(), audit_id)
    if audit.auditor_id != actor().person_id or moderations.outcome(session(), audit) is None:
        raise scope.OutOfScopeError
    return audit


def _both(audit: Audit) -> moderations.Comparison:
    both = moderations.outcome(session(), audit)
    if both is None:
        raise scope.OutOfScopeError
    return both


def _tool(audit: Audit) -> Tool:
    return tools.tool_of(session(), audit)


def _points(found: Challenge) -> tuple[Point, ...]:
    return queries.points(session(), _tool(found.audit), found, _both(found.audit))


def _reasons(audit: Audit) -> type[Form]:
    """One box for each final grade that is not the auditor's."""
    may = challenges.moved(session(), audit.id)
    fields = {
        f"why_{element.key}": text(f"Why should it not stand: {element.title}", naming_nobody, hint=HINT)
        for element in _tool(audit).elements
        if element.key in may
    }
    return type("ReasonsForm", (Form,), fields)


def _ask_page(audit: Audit, form: Form) -> str:
    both, tool = _both(audit), _tool(audit)
    challenge = queries.of_audit(session(), audit.id)
    moved = challenges.moved(session(), audit.id)
    parts = [one for one in agreement.parts(tool, both) if one.element.key in moved]
    return render_template(
        "challenges/ask.html", audit=audit, both=both, parts=parts, form=form, challenge=challenge,
        points=queries.points(session(), tool, challenge, both) if challenge else (),
        why_not=challenges.why_not(session(), audit, today=london_day(now())),
        until=challenges.last_day_of(session(), audit),
    )  # fmt: skip


def _rulings(points: tuple[Point, ...]) -> type[Form]:
    """The grade that stands and the note, for each challenged grade."""
    fields: dict[str, Any] = {}
    for one in points:
        whose: Mapping[object, str] = {one.final: " (as agreed)", one.auditor: " (the auditor’s)"}
        choices = [("", "Choose the grade that stands")]
        choices += [(each.value, each.label + whose.get(each, "")) for each in (*Grade, *NotGraded)]
        fields[f"grade_{one.element}"] = SelectField(
            f"Grade that stands: {one.title}", [DataRequired(f"Choose the grade that stands for {one.title}.")],
            choices=[SelectChoice(code, words) for code, words in choices],
        )  # fmt: skip
        fields[f"note_{one.element}"] = text(
            f"Why: {one.title}", DataRequired(f"Say why for {one.title}."), naming_nobody,
            hint="Auditor and moderator read this. No names of children.",
        )  # fmt: skip
    return type("RulingsForm", (Form,), fields)


def _page(found: Challenge, form: Form) -> str:
    return render_template("challenges/show.html", challenge=found, audit=found.audit, points=_points(found), form=form)


def _give_form(found: Challenge) -> tuple[GiveForm, tuple[Offer, ...]]:
    form = GiveForm()
    offers = tuple(
        one for one in challenges.offers(session(), found.audit)
        if not one.conflicts and one.moderator.id != found.decider_id
    )  # fmt: skip
    form.decider.choices = [SelectChoice(str(one.moderator.id), one.moderator.name) for one in offers]
    return form, offers


def _give_page(found: Challenge, form: GiveForm, offers: tuple[Offer, ...]) -> str:
    return render_template("challenges/give.html", challenge=found, audit=found.audit, form=form, free=offers)
