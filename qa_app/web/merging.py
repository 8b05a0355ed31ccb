"""What was written in two places at one question: shown side by side, then put into the form to be finished."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from werkzeug.datastructures import MultiDict

from audit_forms.actions import MOST
from audit_forms.questions import kind_of
from qa_app.services.asides import Aside
from qa_app.services.drafts import Kept, boxes_of
from qa_app.web.rendering import clock

NOT_SAVED: Final = "This is not saved yet. Check it, then save the page."
BOTH: Final = "both"


class Side(NamedTuple):
    """One of the texts: where it comes from, in words, and what it says; `content` is what the form would hold."""

    title: str
    words: str
    content: Any


class Difference(NamedTuple):
    """A question that was answered differently in two places or more; `joins` where the texts can be put together."""

    key: str
    label: str
    sides: tuple[Side, ...]
    joins: bool


def show_refused(form: Any, kept: Kept) -> None:
    """Put what was typed and refused back into its boxes, with what is wrong with it."""
    for field in form:
        if boxes := boxes_of(kept.refused, field.name):
            fill(form, field, boxes)


def differences(form: Any, kept: Kept, texts: Sequence[Aside], *, own: str = "") -> tuple[Difference, ...]:
    """The questions of this form that the draft and the texts beside it answer differently, but for the page's own."""
    return tuple(
        Difference(field.name, field.label.text, sides, _joined(field, sides) is not None)
        for field in form
        if len(sides := tuple(_sides(field, kept, [one for one in texts if one.mark != own]))) > 1
    )


def suggest(form: Any, found: Iterable[Difference]) -> None:
    """Fill in, where there are several texts, all of them together, or where that cannot be the one typed last."""
    for one in found:
        both = _joined(form[one.key], one.sides)
        fill(form, form[one.key], one.sides[-1].content if both is None else both)


def choose(form: Any, found: Iterable[Difference], chosen: str) -> None:
    """Put one of the texts into its box, or all of them; `chosen` is the question and a number, or 'both'."""
    key, _, which = chosen.rpartition(":")
    for one in found:
        if one.key == key and which == BOTH and one.joins:
            fill(form, form[key], _joined(form[key], one.sides))
        elif one.key == key and which.isascii() and which.isdigit() and len(which) < 3 and int(which) < len(one.sides):
            fill(form, form[key], one.sides[int(which)].content)


def fill(form: Any, field: Any, content: Any) -> None:
    """Let a field hold an answer as it is stored, or what was typed into its boxes and refused."""
    if not isinstance(content, dict):
        field.process(None, data=_value(field, content))
        field.errors = ()
        return
    field.process(MultiDict(content), data=_value(field, None))
    if field.validate(form):
        field.errors = [NOT_SAVED]


def _sides(field: Any, kept: Kept, texts: Sequence[Aside]) -> Iterable[Side]:
    seen = [kept.content(field.name)]
    yield Side("Saved", _words(field, seen[0]), seen[0])
    for one in texts:
        said = boxes_of(one.text.refused, field.name) or one.text.answers.get(field.name)
        if said not in seen and (said is not None or field.name in one.text.answers):
            seen.append(said)
            yield Side(f"Typed on another page, {clock(one.typed_at)}", _words(field, said), said)


def _joined(field: Any, sides: Sequence[Side]) -> Any:
    """All the texts one after the other, or all the rows; None where only one of them can stand."""
    kind = field.question.kind if hasattr(field, "question") else field.type
    said = [side.content for side in sides if side.content is not None]
    if kind in ("text", "TextAreaField"):
        return _together([_words(field, one) for one in said])
    if kind == "actions" and all(isinstance(one, list) for one in said):
        every = [row for one in said for row in one]
        rows = [row for place, row in enumerate(every) if row not in every[:place]]
        return rows if len(rows) <= MOST else None
    return None


def _together(texts: Iterable[str]) -> str:
    whole = ""
    for text in texts:
        if whole in text:
            whole = text
        elif text not in whole:
            whole = f"{whole}\n\n{text}"
    return whole


def _value(field: Any, content: Any) -> Any:
    question = getattr(field, "question", None)
    return content if question is None or content is None else kind_of(question).restored(content)


def _words(field: Any, content: Any) -> str:
    if isinstance(content, dict):
        return " ".join(text for texts in content.values() for text in texts)
    if content is None:
        return ""
    if hasattr(field, "question"):
        return kind_of(field.question).display(_value(field, content))
    labels = {choice[0]: choice[1] for choice in getattr(field, "iter_choices", tuple)()}
    return str(labels.get(content, content))
