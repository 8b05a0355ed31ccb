"""How pages are made: Jinja's settings, the GOV.UK page template, filters for dates and figures, static files."""

import hashlib
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template, TemplateNotFound
from markupsafe import Markup
from wtforms import Field, FieldList, Form, FormField

from moderation.statistics import share as shares

GOVUK = "govuk_frontend_jinja"
LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NO_FIGURE = "No figure"
USUAL_LIMITS = tuple(Fraction(limit, 100) for limit in range(50, 100, 5))


class ErrorLink(NamedTuple):
    """One line of an error summary: the id of the control it moves to (None where there is none) and the message."""

    target: str | None
    text: str


class _Loadable(Protocol):
    """The part of a loader that ChoiceLoader calls, named here so that the wrapping loader is typed."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]: ...


class _WithoutInlineScript(BaseLoader):
    """Reads the GOV.UK templates, without the one inline script in them; `static/enabled.js` does its work."""

    def __init__(self) -> None:
        self._package: _Loadable = PackageLoader(GOVUK)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the source of `govuk_frontend_jinja/<path>`; raise TemplateNotFound for any other name."""
        prefix, _, path = template.partition("/")
        if prefix != GOVUK:
            raise TemplateNotFound(template)
        source, name, fresh = self._package.get_source(environment, path)
        lines = (line for line in source.splitlines(keepends=True) if not line.lstrip().startswith("<script"))
        return "".join(lines), name, fresh


class GovukTemplates(BaseLoader):
    """Gives the GOV.UK templates their own environment: they rely on lenient undefined values, ours are strict."""

    def __init__(self) -> None:
        self._lenient = Environment(loader=_WithoutInlineScript(), autoescape=True)

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        """Return the GOV.UK template of this name; raise TemplateNotFound for a name that is not theirs."""
        del environment
        return self._lenient.get_template(name, globals=globals)


def month_name(month: date) -> str:
    """Return a month in words: October 2026."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def short_month(month: date) -> str:
    """Return a month short enough for a table heading: Oct 2026."""
    return f"{MONTHS[month.month - 1][:3]} {month.year}"


def long_date(day: date) -> str:
    """Return a day in words: 3 October 2026. An aware moment is taken to London first."""
    day = _in_london(day) if isinstance(day, datetime) else day
    return f"{day.day} {month_name(day)}"


def weekday(day: date) -> str:
    """Return the weekday of a day: Monday."""
    return WEEKDAYS[day.weekday()]


def clock(moment: datetime) -> str:
    """Return the London time of a moment on a 24-hour clock: 14:02. A naive moment is taken as UTC."""
    return _in_london(moment).strftime("%H:%M")


def date_and_time(moment: datetime) -> str:
    """Return a moment in words, London time: 3 October 2026 at 14:02."""
    return f"{long_date(moment)} at {clock(moment)}"


def how_long(minutes: int) -> str:
    """Return a time in words, no finer than it helps: 45 minutes, 2 hours 14 minutes, 3 days 4 hours."""
    hours, rest = divmod(max(0, minutes), 60)
    days, left = divmod(hours, 24)
    parts = [(days, "day"), (left, "hour")] if days > 1 else [(hours, "hour"), (rest, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def number(value: float | None) -> str:
    """Return a number with its thousands parted: 12,345. None is 'No figure'."""
    return NO_FIGURE if value is None else f"{value:,}"


def percent(k: int | None, n: int | None, *limits: Fraction) -> str:
    """Return k of n as a percentage, 'No figure' where nothing was seen.

    The number never reads as being on the wrong side of a limit; without limits, of any that targets commonly use.
    """
    if not n or k is None:
        return NO_FIGURE
    return shares.percent(Fraction(k, n), n, limits or USUAL_LIMITS)


def share(k: int | None, n: int | None, *limits: Fraction) -> str:
    """Return a share with its counts: 90.5% (19 of 21), or 'No figure' where nothing was seen."""
    figure = percent(k, n, *limits)
    return figure if figure == NO_FIGURE else f"{figure} ({k:,} of {n:,})"


def proportion(value: float | Fraction | None) -> str:
    """Return an estimate between 0 and 1 as a percentage with one decimal, 'No figure' for None."""
    return NO_FIGURE if value is None else f"{100 * float(value):.1f}%"


def error_links(form: Form) -> list[ErrorLink]:
    """Return one line for each message of a form, in the order of its fields, form-wide messages first."""
    links = [ErrorLink(None, str(text)) for text in getattr(form, "form_errors", ())]
    for field in form:
        links.extend(_field_links(field))
    return links


def focus_id(field: Field) -> str:
    """Return the id of the control an error link moves the focus to: the first of a field, or its first wrong part."""
    parts = getattr(field, "wrong_parts", ()) or getattr(field, "PARTS", ())
    return f"{field.id}-{parts[0]}" if parts else str(field.id)


def install(app: Flask) -> None:
    """Set up Jinja: strict names, autoescaping everywhere, filters, globals and the GOV.UK templates."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.autoescape = True
    environment.trim_blocks = environment.lstrip_blocks = True
    ours = cast("BaseLoader", environment.loader)
    environment.loader = ChoiceLoader([ours, GovukTemplates()])
    for filter_ in (month_name, short_month, long_date, weekday, clock, date_and_time, how_long, number, proportion):
        environment.filters[filter_.__name__] = filter_
    environment.globals.update(
        percent=percent,
        share=share,
        error_links=error_links,
        focus_id=focus_id,
        once=uuid4,
        static=_static_addresses(app),
        ask_question=_asking(environment),
    )


def _in_london(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LONDON)


def _field_links(field: Field) -> Iterator[ErrorLink]:
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _field_links(inner)
    elif isinstance(field, FieldList):
        for text in field.errors:
            if isinstance(text, str):
                yield ErrorLink(_first_control(field), text)
        for entry in field.entries:
            yield from _field_links(entry)
    else:
        for text in field.errors:
            hidden = getattr(field.widget, "input_type", "") == "hidden"
            yield ErrorLink(None if hidden else focus_id(field), str(text))


def _first_control(rows: "FieldList[Any]") -> str:
    inner = rows.entries[0] if rows.entries else rows
    return focus_id(next(iter(inner.form))) if isinstance(inner, FormField) else focus_id(inner)


def _asking(environment: Environment) -> Callable[..., Markup]:
    """Return the function that draws a question by the template of its kind; templates are found once and kept.

    A question that follows from an answer stands in a frame that says which answer: in words, and so that a script
    can fold it away. `quiet`: the question before it said the same words.
    """

    def ask_question(field: Any, *, quiet: bool = False) -> Markup:
        template = environment.get_template(f"questions/{field.question.kind}.html")
        asked = cast("Markup", template.module.ask(field, field.question))  # type: ignore[attr-defined]
        when = field.question.follows
        if when is None:
            return asked
        words = Markup('<p class="govuk-body app-when" data-when-words>{}</p>').format(field.question.when)
        frame = Markup('<div class="app-follow" data-when="{}" data-when-is="{}">{}{}</div>')
        return frame.format(when.key, " ".join(when.codes), "" if quiet or not field.question.when else words, asked)

    return ask_question


def _static_addresses(app: Flask) -> Callable[[str], str]:
    folder = Path(cast("str", app.static_folder))
    stamped = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

    def static(name: str) -> str:
        """Return the address of a static file and a stamp of its content; KeyError where there is no such file."""
        return f"{app.static_url_path}/{name}?v={stamped[name]}"

    return static
