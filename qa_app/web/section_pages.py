"""One section of a tool on one page, whoever fills it in: its form, what it says, and the marks it is saved by."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask import Response, abort, jsonify, request

from audit_forms import answers
from audit_forms import following as follow
from audit_forms.completeness import judgements_in, sections_asked
from audit_forms.consistency import concerning, inconsistencies
from audit_forms.definition import Question, Section, Tool
from audit_forms.forms import form_class
from audit_forms.text import without_unstorable
from qa_app.access import rescue
from qa_app.access.guard import cookie_name
from qa_app.access.once import keep_all_the_same
from qa_app.access.passes import Place
from qa_app.services.asides import Aside
from qa_app.services.drafts import TOO_MUCH, Boxes, Kept, Saved, Stored, Written, boxes_of, version_of
from qa_app.web import merging
from qa_app.web.forms import Form
from qa_app.web.merging import Difference
from qa_app.web.rendering import clock

MOST_MARKS: Final = 20
OUTDATED: Final = "Different answers were saved from another tab or computer. What you typed here is kept beside them."


class Marks(NamedTuple):
    """What travels in a page so that saving it loses nothing: its version, its texts beside the draft, its pass."""

    version: str
    aside: str = ""
    merges: str = ""
    page_pass: str = ""


class Shown(NamedTuple):
    """A form as it is shown: its marks, the questions with several texts to be merged, and what the draft holds."""

    form: Any
    marks: Marks
    stored: Stored
    differences: tuple[Difference, ...] = ()


def sent_form(tool: Tool, section: Section, *, demographics: bool = False) -> Any:
    """The form of a section as the request posts it."""
    return form_class(tool, section=section.key, demographics=demographics, base=Form)()


def stored_form(tool: Tool, section: Section, stored: Mapping[str, Any], *, demographics: bool = False) -> Any:
    """The form of a section filled with what is stored, whatever the request posts."""
    made = form_class(tool, section=section.key, demographics=demographics, base=Form)
    keys = {question.key for question in section.questions}
    return made(None, data=answers.values(tool, {key: answer for key, answer in stored.items() if key in keys}))


def fields_of(form: Any) -> list[Any]:
    """The fields that ask a question of the tool."""
    return [field for field in form if isinstance(getattr(field, "question", None), Question)]


def asked_by(form: Any) -> frozenset[str]:
    """The keys of the questions a form asks."""
    return frozenset(field.name for field in fields_of(form))


def opened(form: Any, asked: frozenset[str], kept: Kept, texts: tuple[Aside, ...], page_pass: str) -> Shown:
    """A form filled from the draft: with what was refused, and with what waits to be merged."""
    merging.show_refused(form, kept)
    found = merging.differences(form, kept, texts)
    merging.suggest(form, found)
    merges = " ".join(one.mark for one in texts[-MOST_MARKS:]) if found else ""
    marks = Marks(version_of(kept.answers, asked, kept.refused), "", merges, page_pass)
    return Shown(form, marks, kept.answers, found)


def shown_again(form: Any, saved: Saved, page_pass: str) -> Shown:
    """A form that was saved as far as it could be, shown as it was sent."""
    for key in saved.too_much:
        form[key].errors = [TOO_MUCH]
    return Shown(form, Marks(saved.version, saved.aside, "", page_pass), saved.answers)


def chosen(form: Any, kept: Kept, texts: tuple[Aside, ...], page_pass: str) -> Shown:
    """A page of several texts with one of them put into its box; nothing is saved by that."""
    found = merging.differences(form, kept, texts, own=request.form.get("aside", ""))
    merging.choose(form, found, request.form.get("use", ""))
    version, aside, merges = (request.form.get(name, "") for name in ("version", "aside", "merges"))
    return Shown(form, Marks(version, aside, merges, page_pass), kept.answers, found)


def page_pass(place: Place, tool: Tool) -> str:
    """The pass of a page of this tool."""
    return rescue.pass_for(place, _mark_of(tool), request.cookies.get(cookie_name(), ""))


def keep(tool: Tool, write: Callable[[str], Saved]) -> Saved:
    """Save what was sent under the version it was filled with; the receipt is for somebody who is not signed in."""
    if not rescue.fits(_mark_of(tool)):
        abort(409)
    saved = write(request.form.get("version", ""))
    rescue.kept(saved.version, saved.aside)
    return saved


def written_on(form: Any, *, section: str = "", by_itself: bool = False) -> Written:
    """What a validated form says; of a list every row that can be kept is, though another was refused.

    What is saved by itself while several texts are being merged is kept beside the draft until the page is saved.
    """
    said = Written(
        asked=asked_by(form),
        kept=frozenset(field.name for field in fields_of(form) if not field.errors or hasattr(field, "entries")),
        answers=answers.merge({}, form),
        faulty=frozenset(field.name for field in fields_of(form) if field.errors),
    )
    return sent_with(said, section=section, by_itself=by_itself)


def sent_with(said: Written, *, section: str, by_itself: bool) -> Written:
    """What a form says, with what came along in the boxes and the marks of its page."""
    merges = tuple(request.form.get("merges", "").split()[:MOST_MARKS])
    return Written(
        said.asked, said.kept, said.answers, said.faulty, sent=_boxes(said.asked), section=section,
        aside=request.form.get("aside", ""), merges=merges, hold=bool(merges) and by_itself, rescued=rescue.rescued(),
    )  # fmt: skip


def row_added(form: Any, growing: str) -> bool:
    """Whether the button of a list was pressed; the list then has one more row to fill in."""
    if growing not in form or not hasattr(form[growing], "add_row"):
        return False
    form[growing].add_row()
    return True


def person_sought(form: Any, sought: str) -> bool:
    """Whether somebody is to be found by name; the page then shows whom it may be instead of refusing it."""
    if sought not in form or not hasattr(form[sought], "seek"):
        return False
    form[sought].seek()
    return True


def beside(tool: Tool, section: Section, stored: Mapping[str, Any]) -> frozenset[str]:
    """The questions of a section that have an answer which is no part of the audit any more."""
    values = answers.values(tool, stored)
    return frozenset(question.key for question in follow.beside(tool, values) if question in section.questions)


def saved_words(form: Iterable[Any], written: Written, saved: Saved, *, at: datetime) -> str:
    """What autosave answers: when, and what is kept but cannot be taken as an answer yet."""
    if written.hold:
        return f"{clock(at)}. The texts are not merged yet. Save this page when it reads as you want it."
    unfinished = [field.label.text for field in form if field.errors or field.name in saved.too_much]
    if not unfinished:
        return clock(at)
    return f"{clock(at)}. Kept, but to be put right before you submit: {'; '.join(unfinished)}"


def notices(tool: Tool, section: Section, stored: Mapping[str, Any]) -> tuple[str, ...]:
    """What does not sit together, told on the page of each grade it concerns as soon as both grades are there."""
    found = inconsistencies(tool, judgements_in(tool, answers.values(tool, stored)))
    return tuple(one.sentence for one in concerning(found, section.element))


def following(tool: Tool, section: Section, stored: Mapping[str, Any] | None = None) -> Section | None:
    """The section after this one, of those these answers ask for; none after the last."""
    asked = sections_asked(tool)
    values = answers.values(tool, stored or {})
    after = asked[asked.index(section) + 1 :]
    return next((one for one in after if not follow.is_left_out(tool, one, values)), None)


def first_box(question: Question) -> str:
    """The id of the first box of a question."""
    return question.key + {"date": "-day", "month": "-month", "actions": "-0-what"}.get(question.kind, "")


def _mark_of(tool: Tool) -> str:
    return f"{tool.key}.{tool.version}"


def _boxes(asked: frozenset[str]) -> Boxes:
    """Everything typed into the boxes of these questions, as it may be shown again; blank boxes are left out."""
    said = {
        name: [text for each in texts if (text := without_unstorable(each).strip())]
        for name, texts in request.form.lists()
    }
    filled = {name: texts for name, texts in said.items() if texts}
    return {name: texts for key in asked for name, texts in boxes_of(filled, key).items()}


def autosaved(
    tool: Tool, section: Section, form: Any, written: Written, saved: Saved, *, at: datetime
) -> Response | tuple[Response, int]:
    """What autosave answers, whoever writes: when it was saved and the new marks, or that it has to be merged."""
    if saved.clashing and not written.hold:
        keep_all_the_same()
        return jsonify(error=OUTDATED, version=saved.version, aside=saved.aside), 409
    words = saved_words(form, written, saved, at=at)
    told = notices(tool, section, saved.answers)
    return jsonify(saved_at=words, version=saved.version, aside=saved.aside, notices=told)
