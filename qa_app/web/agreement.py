"""Agreeing final grades: both sides of a moderated audit, differences first, and what comes of each of them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, SelectField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired, Optional

from audit_forms import answers
from audit_forms.definition import Tool
from audit_forms.differing import reasons_for
from audit_forms.forms import form_class
from audit_forms.grades import Grade, Judged, NotGraded
from audit_forms.regrading import QUALITY
from qa_app.access import scope
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.once import NOT_SAID, keep_all_the_same
from qa_app.access.passes import Place
from qa_app.access.permissions import Can
from qa_app.access.rescue import rescued
from qa_app.models import Moderation, Person
from qa_app.queries import moderations
from qa_app.queries.moderations import Comparison, NotGradedYet
from qa_app.services import agreement, asides, drafts, readings, regrading
from qa_app.services.agreement import Part
from qa_app.services.asides import Aside
from qa_app.services.drafts import Saved, Written
from qa_app.services.moderators import WrongState
from qa_app.web import section_pages
from qa_app.web.forms import Form, text
from qa_app.web.section_pages import Shown

screen = Blueprint("agreement", __name__)
GRADES: tuple[Judged, ...] = (*Grade, *NotGraded)
ACROSS = "One of you says good or better, the other does not: a note is needed. "


class Forms:
    """Two forms on one page as base.html and the error summary see them: the differences, then the audit form."""

    def __init__(self, differing: Form, quality: Form) -> None:
        self.differing, self.quality = differing, quality
        self.form_errors: list[str] = []

    def __iter__(self) -> Iterator[Field]:
        yield from self.differing
        yield from (field for field in section_pages.fields_of(self.quality))

    def __getitem__(self, name: str) -> Any:
        return self.differing[name] if name in self.differing else self.quality[name]

    @property
    def errors(self) -> dict[str, Any]:
        """Every message by the name of its field."""
        return {**self.differing.errors, **self.quality.errors}

    def validate(self) -> bool:
        """Check both, so that every message shows at once."""
        return all([self.differing.validate(), self.quality.validate()])


class Here(NamedTuple):
    """A moderated audit that is being agreed."""

    both: Comparison
    tool: Tool
    parts: tuple[Part, ...]


@screen.get("/moderations/<uuid:moderation_id>/agreement")
@needs(Can.MODERATION_GRADE)
def show(moderation_id: UUID) -> str:
    """Both sides; to be agreed, or as they were agreed."""
    here = _find(moderation_id)
    note_access("audit.open", "audit", here.both.audit_id)
    if here.both.state == "agreed" or here.both.month_closed:
        return _settled(here)
    return _page(here, _opened(here))


@screen.post("/moderations/<uuid:moderation_id>/agreement")
@needs(Can.MODERATION_GRADE, rescues="agreement")
def agree(moderation_id: UUID) -> AnyResponse | str | tuple[str, int]:
    """Agree the final grades, or keep what was typed for later."""
    here = _find(moderation_id)
    later = request.form.get("then") == "later" or bool(rescued())  # who is not signed in agrees nothing
    forms = _sent(here, complete=not later)
    sound = forms.validate()
    if "use" in request.form:
        return _page(here, section_pages.chosen(forms, _kept(here), _waiting(here), _pass(here)))
    saved = _keep(here, _written(forms))
    if saved.clashing or (not later and any(_kept(here).differs(one.text) for one in _waiting(here))):
        keep_all_the_same()
        return _page(here, _opened(here)), 409
    if not sound or saved.too_much:
        keep_all_the_same()
        return _page(here, section_pages.shown_again(forms, saved, _pass(here))), 400
    if later:
        flash(f"What you wrote on {here.both.reference} is kept. Its final grades are not agreed yet.", "success")
        return redirect(url_for("moderations.index"))
    agreement.agree(
        session(), _moderation(moderation_id), _me(), here.parts, saved.answers, tool=here.tool, by=actor().by, at=now()
    )
    flash(f"Final grades of {here.both.reference} are agreed. The auditor can see them.", "success")
    return redirect(url_for(".show", moderation_id=moderation_id))


@screen.post("/moderations/<uuid:moderation_id>/agreement/autosave")
@needs(Can.MODERATION_GRADE, rescues="agreement")
def autosave(moderation_id: UUID) -> Response | tuple[Response, int]:
    """Keep what is being agreed while it is written."""
    here = _find(moderation_id)
    forms = _sent(here)
    forms.validate()
    written = _written(forms, by_itself=True)
    saved = _keep(here, written)
    if saved.clashing and not written.hold:
        keep_all_the_same()
        return jsonify(error=section_pages.OUTDATED, version=saved.version, aside=saved.aside), 409
    words = section_pages.saved_words(forms, written, saved, at=now())
    return jsonify(saved_at=words, version=saved.version, aside=saved.aside)


@screen.errorhandler(NotGradedYet)
@screen.errorhandler(WrongState)
def _too_early_or_late(fault: Exception) -> tuple[str, int] | tuple[Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=str(fault)), 409
    early = isinstance(fault, NotGradedYet)
    heading = "Grade this audit first" if early else "This moderation can no longer change"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _find(moderation_id: UUID) -> Here:
    both = moderations.comparison(session(), actor(), moderation_id)
    tool = regrading.tool_of(session(), both.tool_key, both.tool_version)
    return Here(both, tool, agreement.parts(tool, both))


def _moderation(moderation_id: UUID) -> Moderation:
    return scope.own_moderation(session(), actor(), moderation_id)


def _me() -> Person:
    return session().get_one(Person, actor().person_id)


def _sent(here: Here, *, complete: bool = False) -> Forms:
    """Both forms as the request posts them."""
    quality = form_class(here.tool, section=QUALITY, complete=complete, base=Form)
    return Forms(_differing_class(here, complete=complete)(), quality())


def _stored(here: Here, stored: Mapping[str, Any]) -> Forms:
    """Both forms filled with what is stored, whatever the request posts."""
    own = {key: answer for key, answer in stored.items() if not here.tool.asks(key)}
    said = {key: answer for key, answer in stored.items() if here.tool.asks(key)}
    quality = form_class(here.tool, section=QUALITY, base=Form)
    return Forms(
        _differing_class(here, complete=False)(None, data=own), quality(None, data=answers.values(here.tool, said))
    )


def _opened(here: Here) -> Shown:
    """The page from what is kept, whatever the request says."""
    kept = _kept(here)
    forms = _stored(here, kept.answers)
    return section_pages.opened(forms, _asked(forms), kept, _waiting(here), _pass(here))


def _writer(here: Here) -> drafts.Writer:
    return drafts.Writer(here.both.audit_id, "agreement", actor().person_id)


def _kept(here: Here) -> drafts.Kept:
    return drafts.opened(session(), _writer(here))


def _waiting(here: Here) -> tuple[Aside, ...]:
    """What was typed on outdated pages of this agreement and is not merged yet."""
    return asides.waiting(session(), _writer(here), "")


def _pass(here: Here) -> str:
    return section_pages.page_pass(Place("agreement", here.both.moderation_id, ""), here.tool)


def _differing_class(here: Here, *, complete: bool) -> type[Form]:
    fields: dict[str, Any] = {}
    deciders = [(str(person.id), person.name) for person in moderations.deciders(session(), actor())]
    for part in here.parts:
        if part.differs:
            fields |= _fields(part, deciders, complete=complete)
    return type("DifferingForm", (Form,), fields)


def _fields(part: Part, deciders: list[tuple[str, str]], *, complete: bool) -> dict[str, Any]:
    """The final grade, the reason, who decided where the two could not agree, and the note of one difference."""
    key, title = part.element.key, part.element.title
    whose: dict[Judged, str] = {}
    for judgement, name in ((part.auditor, "the auditor’s"), (part.moderator, "yours")):
        if judgement is not None:
            whose[judgement] = f" ({name})"
    finals = [("", "Choose the final grade"), *((one.value, one.label + whose.get(one, "")) for one in GRADES)]
    may = reasons_for(part.auditor, part.moderator)
    reasons = [("", "Choose a reason"), *((one.value, one.label) for one in may)]
    final, reason = f"Choose the final grade for {title}", f"Choose why you differed on {title}"
    return {
        f"final_{key}": _select(f"Final grade: {title}", finals, missing=final if complete else ""),
        f"reason_{key}": _select(f"Why you differed: {title}", reasons, missing=reason if complete else ""),
        f"decider_{key}": _select(f"Who settled it: {title}", [("", "The auditor and you"), *deciders], missing=""),
        f"note_{key}": text(
            f"What you both say: {title}", _noted(part) if complete else Optional(),
            hint=f"{ACROSS if part.crosses else ''}The auditor sees this. No names of children.",
        ),
    }  # fmt: skip


def _noted(part: Part) -> Any:
    """A validator that asks for a note where only one of the two says good or better."""
    missing = f"Say what you talked about: {part.element.title}. One of you says good or better, the other does not."
    return InputRequired(missing) if part.crosses else Optional()


def _select(label: str, choices: list[tuple[str, str]], *, missing: str) -> SelectField:
    def check(_form: Any, field: Any) -> None:
        if field.data and field.data not in {code for code, _ in choices}:
            raise ValidationError("Choose one of the answers listed.")
        if missing and not field.data:
            raise ValidationError(f"{missing}.")

    options = [SelectChoice(code, words) for code, words in choices]
    return SelectField(label, [check], choices=options, validate_choice=False)


def _asked(forms: Forms) -> frozenset[str]:
    own = {field.name for field in forms.differing if field.name not in NOT_SAID}
    return section_pages.asked_by(forms.quality) | own


def _written(forms: Forms, *, by_itself: bool = False) -> Written:
    said = section_pages.written_on(forms.quality)
    own = [field for field in forms.differing if field.name not in NOT_SAID]
    kept = [field for field in own if not field.errors or not field.data]
    typed = {field.name: field.data for field in kept if field.data}
    whole = Written(
        asked=_asked(forms),
        kept=said.kept | {field.name for field in kept},
        answers={**said.answers, **typed},
        faulty=said.faulty | {field.name for field in own if field.errors and field.data},
    )
    return section_pages.sent_with(whole, section="", by_itself=by_itself)


def _keep(here: Here, written: Written) -> Saved:
    moderation = _moderation(here.both.moderation_id)

    def write(version: str) -> Saved:
        return agreement.write(session(), moderation, _me(), written, version, at=now())

    return section_pages.keep(here.tool, write)


def _page(here: Here, shown: Shown) -> str:
    return render_template(
        "moderations/agreement.html", both=here.both, form=shown.form, marks=shown.marks,
        differences=shown.differences,
        differing=[part for part in here.parts if part.differs],
        same=[part for part in here.parts if not part.differs],
        quality=here.tool.section(QUALITY), quality_fields=section_pages.fields_of(shown.form.quality),
        third=readings.standing(session(), here.both.audit_id),
    )  # fmt: skip


def _settled(here: Here) -> str:
    return render_template("moderations/agreed.html", both=here.both, parts=here.parts)
