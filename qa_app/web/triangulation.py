"""Triangulation: what every source says on a theme, side by side, and whether they point the same way, in words."""

from typing import Any, Final

from flask import Blueprint, render_template, url_for

from moderation.statistics import months
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.queries import evidence as entries
from qa_app.queries import themes
from qa_app.queries.sources import Source
from qa_app.reports import triangulation as words
from qa_app.services import figures as live
from qa_app.services import settings
from qa_app.services.learning import PART
from qa_app.services.triangulation import GRADES, LABELS, TICKED, Gathered, Line, every_theme, gather, on_theme
from qa_app.web.source_pages import Page, page

screen = Blueprint("triangulation", __name__, url_prefix="/triangulation")

DOWN_TO: Final = {
    Source.VOICE.value: "voice.show",
    Source.CHECKS.value: "iro.show",
    Source.ALERTS.value: "iro.show",
    Source.COMPLAINTS.value: "complaints.index",
    Source.OBSERVATIONS.value: "observations.show",
}


@screen.get("")
@needs(Can.FIGURES_READ)
def index() -> tuple[str, int]:
    """Every theme that was named, source by source."""
    asked, found = _asked()
    return render_template(
        "triangulation/index.html", asked=asked, found=every_theme(session(), found), words=words, labels=LABELS,
        address=_address(asked), why=asked.wanted.seen.why, few=found.few,
    ), asked.status  # fmt: skip


@screen.get("/<string:theme>")
@needs(Can.FIGURES_READ)
def show(theme: str) -> tuple[str, int]:
    """One theme: each source with its numbers, its newest day and the way to what is behind it."""
    called = themes.labels(session())
    if theme not in called:
        raise OutOfScopeError
    asked, found = _asked()
    one = on_theme(found, theme, called[theme])
    lines = [(line, _behind(asked, found, line)) for line in one.lines]
    return render_template(
        "triangulation/show.html", asked=asked, one=one, lines=lines, words=words, elements=live.ELEMENTS,
        few=found.few,
        entries=entries.listed(session(), actor(), theme=theme)[:10], address=_address(asked),
        why=asked.wanted.seen.why, record=_record(asked, theme), audit_months=found.audit_months,
    ), asked.status  # fmt: skip


def _asked() -> tuple[Page, Gathered]:
    asked = page()
    few = settings.number(session(), "least_said")
    return asked, gather(session(), asked.reach, asked.span, asked.wanted.seen, few=few)


def _address(asked: Page) -> dict[str, Any]:
    """The period and the place."""
    return {**asked.wanted.address}


def _behind(asked: Page, found: Gathered, line: Line) -> str:
    """The page with what a line was counted from; empty where there is nothing behind it."""
    if not line.n:
        return ""
    where = _address(asked)
    if line.source in (GRADES, TICKED):
        until = months.name(found.audit_months[-1])
        element = line.element or "overall"
        return url_for("dashboard.audits", **{**where, "until": until, "measure": "element", "element": element})
    return url_for(DOWN_TO[line.source], **where)


def _record(asked: Page, theme: str) -> str:
    """The page to record what was learned, with what is known already filled in."""
    element = themes.GRADED_AS.get(theme)
    whole = asked.wanted.window == "all"
    known: dict[str, Any] = {
        "theme": theme,
        "figure": f"{PART}{element}" if element else "",
        "led_by": "triangulation",
        "from": "" if whole else months.name(asked.span.first),
        "to": months.name(asked.span.last),
        "service": str(asked.wanted.service or ""),
        "team": str(asked.wanted.team or ""),
    }
    return url_for("evidence.new", **{name: value for name, value in known.items() if value})
