"""The entries behind a number of the other sources: the audits, alerts and complaints that this person may open."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for

from moderation.statistics import months
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.queries import complaints, entries, practice_alerts, themes
from qa_app.queries.entries import Narrowing
from qa_app.queries.sources import Source
from qa_app.reports.dates import month_name
from qa_app.web.source_pages import Page, page

screen = Blueprint("source_entries", __name__, url_prefix="/heard")

BACK: Final = {
    Source.VOICE: "voice.show", Source.CHECKS: "iro.show", Source.ALERTS: "iro.show",
    Source.COMPLAINTS: "complaints.index", Source.OBSERVATIONS: "observations.show",
}  # fmt: skip
SIDES: Final = {"worry": False, "good": True}
SAID: Final = {None: "", False: ", named as a worry", True: ", named as good"}


@screen.get("/<string:source>")
@needs(Can.SOURCE_READ)
def show(source: str) -> tuple[str, int]:
    """The entries of a source, narrowed to those behind one number."""
    if source not in {one.value for one in Source}:
        raise OutOfScopeError
    asked, wanted, heard = page(), _narrowing(), Source(source)
    address: dict[str, Any] = asked.wanted.address
    note_access("sources.entries", "source", heard.value)
    return render_template(
        "sources/entries.html", asked=asked, source=heard, only=_words(wanted), stages=practice_alerts.STAGES,
        complaint_stages=complaints.STAGES, labels=themes.labels(session()), **_found(asked, heard, wanted),
        back=url_for(BACK[heard], **address),
    ), asked.status  # fmt: skip


def _found(asked: Page, source: Source, wanted: Narrowing) -> dict[str, Any]:
    today = london_day(now())
    if source is Source.ALERTS:
        every = practice_alerts.listed(session(), actor(), today=today, reach=asked.reach, span=asked.span)
        return {"alerts": entries.alerts(every, asked.span, wanted)}
    if source is Source.COMPLAINTS:
        received = complaints.listed(session(), actor(), today=today, reach=asked.reach, span=asked.span)
        return {"complaints": entries.received(received, asked.span, wanted)}
    counted = entries.of_source(session(), source, asked.reach, asked.span, wanted)
    return {"audits": entries.readable(session(), actor(), counted)}


def _narrowing() -> Narrowing:
    """What the address means; words of no meaning narrow nothing."""
    words = request.args
    theme = words.get("theme", "")
    return Narrowing(
        month=_month(words.get("month", "")),
        theme=theme if theme in themes.labels(session()) else "",
        good=SIDES.get(words.get("as", "")),
        tool=words.get("tool", "")[:40],
        question=words.get("question", "")[:60],
        answer=words.get("answer", "")[:60],
        stage=words.get("stage", "")[:20],
        kind=words.get("kind", "")[:20],
    )


def _month(words: str) -> date | None:
    try:
        return months.read(words)
    except ValueError:
        return None


def _words(wanted: Narrowing) -> str:
    """Which entries these are, in words."""
    theme = themes.labels(session()).get(wanted.theme, "")
    said = [month_name(wanted.month) if wanted.month else "", f"{theme}{SAID[wanted.good]}" if theme else ""]
    if not theme and wanted.good is not None:
        said.append(SAID[wanted.good].removeprefix(", ").capitalize())
    return ". ".join(filter(None, said))
