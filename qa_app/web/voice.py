"""Children's and families' voice: who was asked, what they answered, and their words where they may be shown."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.catalogue import latest
from audit_forms.identifiers import Found
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.queries import quotations as quoted
from qa_app.queries import voice
from qa_app.queries.quotations import Quotation
from qa_app.queries.sources import Source, tally
from qa_app.queries.told import alike, distributions
from qa_app.services import quotations
from qa_app.services.free_text import staff_names
from qa_app.services.quotations import DecidedMeanwhile, UnfitRuling
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.source_pages import answer_rows, behind, linked, over_months, page, theme_rows

screen = Blueprint("voice", __name__)
RULINGS = {"approved": "Show these words", "redacted": "Show them in other words", "refused": "Do not show them"}


class RulingForm(Form):
    """What happens with these words?"""

    place = HiddenField()
    ruling = RadioField("May these words be shown?", choices=[SelectChoice(*one) for one in RULINGS.items()])
    words = text(
        "The words as they may be shown", longest=quotations.LONGEST,
        hint="Only if you show them in other words. Change as little as you can; the original stays beside it.",
    )  # fmt: skip
    reason = text("Why?", naming_nobody, longest=500, hint="Needed unless you show the words as they are.")


@screen.get("/voice")
@needs(Can.SOURCE_READ)
def show() -> tuple[str, int]:
    """Asked and answered, the answers by question, the themes, and the words that may be shown."""
    asked = page()
    given = voice.feedback(session(), asked.reach, asked.span)
    answered = voice.answered(given)
    tables = {
        key: (len(own), alike(distributions(latest(key), own, ("rating", "scale"))))
        for key in voice.FEEDBACK
        if (own := [one for one in answered if one.tool_key == key])
    }
    return render_template(
        "voice/show.html", asked=asked, people=voice.FEEDBACK, asked_of=voice.ASKED_OF,
        rates=voice.asked_rates(session(), asked.reach, asked.span, asked.wanted.seen), reached=voice.reached(given),
        tables=tables, n=len(answered),
        themes=theme_rows(tally(Source.VOICE, (one.heard() for one in answered)), asked, Source.VOICE),
        picture=over_months(asked, Source.VOICE, (one.heard() for one in answered)), linked=linked,
        leads=behind(asked, Source.VOICE), answer_rows=answer_rows,

        quotations=quoted.shown(session(), asked.reach, asked.span),
        waiting=quoted.waiting(session(), actor()) if actor().may(Can.QUOTATION_DECIDE) else 0,
    ), asked.status  # fmt: skip


@screen.get("/voice/not-asked")
@needs(Can.SOURCE_READ)
def not_asked() -> tuple[str, int]:
    """The audits in which somebody was not asked, with the reason; each is noted as opened."""
    asked = page()
    found = voice.not_asked(session(), actor(), asked.reach, asked.span)
    for one in found:
        note_access("audit.open", "audit", one.audit_id)
    return render_template("voice/not_asked.html", asked=asked, found=found, asked_of=voice.ASKED_OF), asked.status


@screen.get("/quotations")
@needs(Can.QUOTATION_DECIDE)
def decide_index() -> str:
    """The words one decides about: those that wait first."""
    return render_template(
        "voice/quotations.html", found=quoted.to_decide(session(), actor()), people=voice.FEEDBACK, rulings=RULINGS
    )


@screen.get("/quotations/<uuid:audit_id>/<string:question>")
@needs(Can.QUOTATION_DECIDE)
def ask(audit_id: UUID, question: str) -> str:
    """One quotation, with what in it may name somebody."""
    one = _quotation(audit_id, question)
    return _page(one, RulingForm(formdata=None, data={"place": one.place, "words": one.shown or one.original}))


@screen.post("/quotations/<uuid:audit_id>/<string:question>")
@needs(Can.QUOTATION_DECIDE)
def decide(audit_id: UUID, question: str) -> Response | tuple[str, int]:
    """Decide about it."""
    one, form = _quotation(audit_id, question), RulingForm()
    if not form.validate():
        return _page(one, form), 400
    typed = form.place.data or ""
    try:
        quotations.decide(
            session(), one, form.ruling.data or "", words=form.words.data or "", reason=form.reason.data or "",
            place=int(typed) if typed.isdecimal() and len(typed) < 6 else -1, by=actor().by, at=now(),
        )  # fmt: skip
    except UnfitRuling as fault:
        form[fault.field].errors = [str(fault)]
        return _page(one, form), 400
    except DecidedMeanwhile as fault:
        form.form_errors.append(str(fault))
        form.place.data = str(one.place)
        return _page(one, form), 409
    flash("Your decision is kept.", "success")
    return redirect(url_for("voice.decide_index"))


def _quotation(audit_id: UUID, question: str) -> Quotation:
    found = quoted.one(session(), actor(), audit_id, question)
    if found is None:
        raise OutOfScopeError
    note_access("audit.open", "audit", audit_id)
    return found


def _page(one: Quotation, form: RulingForm) -> str:
    marks = quoted.marked(one.original, staff_names(session()))
    return render_template(
        "voice/quotation.html", one=one, form=form, people=voice.FEEDBACK, rulings=RULINGS,
        kinds=dict.fromkeys(mark.kind.label for mark in marks), original=_with_marks(one.original, marks),
        history=quoted.rulings(session(), one),
    )  # fmt: skip


def _with_marks(words: str, marks: tuple[Found, ...]) -> Markup:
    """The words with what may name somebody marked."""
    made, reached = Markup(), 0
    for mark in sorted(marks):
        if mark.start >= reached:
            made += Markup("{}<mark>{}</mark>").format(words[reached : mark.start], words[mark.start : mark.end])
            reached = mark.end
    return made + words[reached:]
