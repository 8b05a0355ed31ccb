"""The pages of a reflection, whoever comes to them: by a sign-in, or by the pass that a link gave."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, HiddenField, RadioField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access import feedback, rescue
from qa_app.access.current import note_access, now, session
from qa_app.access.once import keep_all_the_same
from qa_app.models import Reflection
from qa_app.queries.findings import findings
from qa_app.services import reflections
from qa_app.services.disputes import Decision
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.web.forms import Form, text
from qa_app.web.rendering import clock

HELPED = (("yes", "Yes"), ("partly", "Partly"), ("no", "No"), ("not_applicable", "Does not apply"))
POSITIONS = (("accepts", "I accept the findings"), ("disputes", "I see something differently"))
NO_NAMES = "Do not use the names of children or families."


class Place(NamedTuple):
    """The addresses of one reflection, and where its person goes afterwards."""

    show: str
    save: str
    autosave: str
    check: str
    give: str
    letter: str
    home: str = ""
    page_pass: str = ""  # lets what was typed in after the session has ended; one who came by a link has none


def _choice(label: str, options: tuple[tuple[str, str], ...], hint: str = "") -> RadioField:
    """Radios that may stay empty while the page is being written."""

    def known(_form: Any, field: Any) -> None:
        if field.data and field.data not in dict(options):
            raise ValidationError("Choose one of the answers.")

    return RadioField(
        label,
        [known],
        choices=[SelectChoice(code, words) for code, words in options],
        validate_choice=False,
        description=hint,
    )


class ReflectionForm(Form):
    """How do you see it?"""

    version = HiddenField()
    proud = text("What are you proud of in this work?", hint=NO_NAMES)
    in_the_way = text("What got in the way?", hint="Such as time, changes of worker, or something you could not get.")
    needs = text("What do you need?", hint="Such as training, supervision, time, or a resource for the family.")
    helped = _choice("Have supervision and training helped your practice?", HELPED)
    helped_how = text("How have they helped, or why not?", hint="An example is best.")
    position = _choice("Do you accept the findings?", POSITIONS)
    dispute = text(
        "What do you see differently?", hint="Say where on the record it shows. The QA lead reads it and answers you."
    )
    asks_moderation: Any = BooleanField("I ask for this audit to be graded again by somebody else")

    def said(self) -> dict[str, str]:
        """What the page says, blanks left out."""
        words = {key: str(self[key].data or "") for key in (*reflections.TEXTS, *reflections.CHOSEN)}
        words["asks_moderation"] = "y" if self.asks_moderation and self.asks_moderation.data else ""
        return {key: said for key, said in words.items() if said}


class UngradedForm(ReflectionForm):
    """How do you see it, where nothing is graded?"""

    asks_moderation = None  # WTForms takes None as no field


def form_of(reflection: Reflection, **filled: Any) -> ReflectionForm:
    """The form of a reflection: as it was sent, or filled from elsewhere."""
    return (ReflectionForm if reflection.audit.subject_id is None else UngradedForm)(**filled)


def show(reflection: Reflection, place: Place) -> str:
    """What was found and the form; once it is given, what was said and what came of it."""
    _note(reflection)
    if reflection.given_at is not None:
        return _given(reflection, place)
    form = form_of(reflection, formdata=None, data=reflection.draft)
    return _page(reflection, place, form, version_of(reflection.draft))


def save(reflection: Reflection, place: Place) -> AnyResponse | tuple[str, int]:
    """Keep what the page says and go on to check it."""
    form = form_of(reflection)
    sound = form.validate()
    try:
        version = keep(reflection, form)
    except NewerDraft as newer:
        return _clash(reflection, place, form, newer), 409
    except reflections.Closed as fault:
        return _closed(fault)
    if not sound:
        keep_all_the_same()
        return _page(reflection, place, form, version), 400
    return redirect(place.check)


def autosave(reflection: Reflection) -> Response | tuple[Response, int]:
    """Keep the page while it is being written; the answer says when, and which version it holds now."""
    form = form_of(reflection)
    form.validate()
    try:
        version = keep(reflection, form)
    except (NewerDraft, reflections.Closed) as fault:
        return jsonify(error=str(fault)), 409
    return jsonify(saved_at=clock(now()), version=version)


def keep(reflection: Reflection, form: ReflectionForm) -> str:
    """Keep what a validated page says; the answer is its version. Raises as `reflections.write` does."""
    version = reflections.write(session(), reflection, _kept(form, reflection), form.version.data or "")
    rescue.kept(version, "")
    return version


def check(reflection: Reflection, place: Place) -> str | AnyResponse:
    """What would be given, and what is still to be said."""
    if reflection.given_at is not None:
        return redirect(place.show)
    _note(reflection)
    return _check_page(reflection, place)


def give(reflection: Reflection, place: Place) -> AnyResponse | tuple[str, int]:
    """Give it for good; a second click changes nothing."""
    by = f"person:{reflection.person_id}"
    try:
        first = reflections.give(session(), reflection, request.form.get("version", ""), by=by, at=now())
    except reflections.Unanswered:
        return _check_page(reflection, place, tried=True), 400
    except NewerDraft:
        changed = "Your answers have changed since this page was opened. Check them again."
        return _check_page(reflection, place, changed=changed), 409
    except reflections.Closed as fault:
        return _closed(fault)
    if first:
        flash("Your reflection is given. Thank you. The auditor can read it now.", "success")
    return redirect(place.show)


def written(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Question and answer in words, for those who read a reflection; blanks are left out."""
    labels = {"helped": dict(HELPED), "position": dict(POSITIONS)}
    form = ReflectionForm(formdata=None, data={})
    keys = ("proud", "in_the_way", "needs", "helped", "helped_how", "position", "dispute")
    found = [(form[key].label.text, labels.get(key, {}).get(said[key], said[key])) for key in keys if said.get(key)]
    if said.get("asks_moderation"):
        found.append((form.asks_moderation.label.text, "Yes"))
    return found


def given_words(reflection: Reflection) -> list[tuple[str, str]]:
    """A given reflection in words."""
    keys = (*reflections.TEXTS, *reflections.CHOSEN, "asks_moderation")
    return written({key: getattr(reflection, key) for key in keys})


def _kept(form: ReflectionForm, reflection: Reflection) -> dict[str, str]:
    """What can be kept: an answer that was refused keeps what was stored before."""
    said = form.said()
    for field in form:
        if field.errors and field.name in (*reflections.TEXTS, *reflections.CHOSEN):
            said.pop(field.name, None)
            if before := reflection.draft.get(field.name):
                said[field.name] = before
    return said


def _page(
    reflection: Reflection, place: Place, form: ReflectionForm, version: str,
    differences: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    form.version.data = version
    return render_template(
        "reflections/show.html", reflection=reflection, audit=reflection.audit, place=place, form=form,
        found=findings(session(), reflection.audit), differences=differences,
        letter=feedback.is_settled(session(), reflection.audit),
    )  # fmt: skip


def _clash(reflection: Reflection, place: Place, form: ReflectionForm, newer: NewerDraft) -> str:
    """What was typed here, with what was saved elsewhere above it."""
    said = form.said()
    elsewhere = {key: words for key, words in newer.stored.items() if said.get(key) != words}
    blank = [(form[key].label.text, "") for key in said if key not in newer.stored and key in form]
    return _page(reflection, place, form, version_of(newer.stored), written(elsewhere) + blank)


def _check_page(reflection: Reflection, place: Place, *, tried: bool = False, changed: str = "") -> str:
    said = dict(reflection.draft)
    return render_template(
        "reflections/check.html", reflection=reflection, audit=reflection.audit, place=place, tried=tried,
        changed=changed, blanks=reflections.blanks(said), said=written(said), version=version_of(said),
        disputes=said.get("position") == "disputes",
    )  # fmt: skip


def _given(reflection: Reflection, place: Place) -> str:
    decision = Decision(reflection.decision).label if reflection.decision else ""
    return render_template(
        "reflections/given.html", reflection=reflection, audit=reflection.audit, place=place,
        said=given_words(reflection), decision=decision, answer_by=reflections.decide_by(session(), reflection),
        found=findings(session(), reflection.audit), letter=feedback.is_settled(session(), reflection.audit),
    )  # fmt: skip


def _closed(fault: reflections.Closed) -> tuple[str, int]:
    heading = "This reflection can no longer change"
    return render_template("errors/error.html", heading=heading, sentence=str(fault), reference=""), 409


def _note(reflection: Reflection) -> None:
    note_access("reflection.open", "audit", reflection.audit_id, person_id=reflection.person_id)
