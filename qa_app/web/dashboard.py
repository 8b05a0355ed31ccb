"""The dashboard: every figure against its target, and the audits behind each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for

from audit_forms.grades import BEST_FIRST, Grade, NotGraded
from moderation.statistics import months
from moderation.statistics.data_notes import data_notes
from moderation.statistics.facts import Facts
from moderation.statistics.figures import Figures
from qa_app.access.current import actor, note_access, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries import drilldown, tool_versions
from qa_app.queries.asked import Asked, asked_of_audits
from qa_app.queries.facts import collect
from qa_app.reports import outlook, pictures, wording
from qa_app.reports.dates import span, tools_in_words
from qa_app.services import comparisons, revised
from qa_app.services import figures as live
from qa_app.web.figure_pages import behind, months_of, more_selects, only, place, selects

screen = Blueprint("dashboard", __name__, url_prefix="/dashboard")

LABELS: Final = {grade.value: grade.label for grade in (*Grade, *NotGraded)}
# The words of an address that say which audits behind a figure are meant; any other word is left out of the next page.
NARROWING: Final = ("measure", "month", "element", "auditor", "moderator", "grade")
ELEMENT_OF: Final = {"supervision": "supervision", "cases": "overall", "plans": "plan", "permanence": "permanence"}


@screen.get("")
@needs(Can.FIGURES_READ)
def show() -> tuple[str, int]:
    """Every figure, for the period and the place asked for."""
    wanted = asked_of_audits(session(), actor(), request.args)
    status = 400 if wanted.faults else 200
    if wanted.until is None:
        return render_template("dashboard/empty.html", wanted=wanted), status
    facts = collect(session(), wanted.reach)
    figures = live.figures(session(), until=wanted.until, facts=facts)
    over = dict(figures.agreement.windows.items())[wanted.window]
    broken = live.broken_down(session(), over.months, reach=wanted.reach, teams=wanted.teams_reach)
    return render_template(
        "dashboard/show.html",
        wanted=wanted,
        selects=selects(wanted),
        more=more_selects(wanted),
        only=only(wanted),
        figures=figures,
        over=over,
        cards=_cards(figures, wanted),
        **_outlook(facts, figures, wanted),
        pictures=_pictures(figures, broken, wanted),
        broken=broken,
        elements=live.ELEMENTS,
        revised=revised.moved(session(), figures) if wanted.is_whole else [],
        notes=data_notes(live.rules(session())),
        wording=wording,
        behind=behind(wanted),
        record=_record(wanted, over.months),
        place=place(wanted),
        open_months=[one.month for one in figures.cases.months if one.open],
        published=_published(figures, wanted.until),
        span=span,
        asked_with=tools_in_words(tool_versions.asked_with(session(), months=over.months)),
    ), status


def _record(wanted: Asked, over: Sequence[date]) -> Callable[..., str]:
    """The page to record what a figure told somebody, with what is known already filled in."""
    first, last = (months.name(over[0]), months.name(over[-1])) if over else ("", "")
    known = {
        "led_by": "dashboard", "from": first, "to": last, "service": str(wanted.service or ""),
        "team": str(wanted.team or ""),
    }  # fmt: skip

    def address(figure: str = "", theme: str = "") -> str:
        parts: dict[str, Any] = {**known, "figure": figure, "theme": theme}
        return url_for("evidence.new", **{name: value for name, value in parts.items() if value})

    return address


def _published(figures: Figures, until: date) -> date:
    """The month whose scorecard is offered: the last closed one, or the month itself where none is closed."""
    latest = figures.cases.latest
    return latest.month if latest is not None else until


def _outlook(facts: Facts, figures: Figures, wanted: Asked) -> dict[str, Any]:
    """What changed since the months before, and what is at risk."""
    pairs = comparisons.since_before(session(), facts, figures)
    changed, unchanged = outlook.changes(pairs)
    at_risk = outlook.risks(figures, wanted.window)
    return {"compared": pairs, "changed": changed, "unchanged": unchanged, "at_risk": at_risk}


def _cards(figures: Figures, wanted: Asked) -> list[wording.Card]:
    """The strip; what cannot be counted for one service or team is left out there."""
    made = wording.cards(figures, wanted.window)
    shown = [card for card in made if wanted.is_whole or card.key != "expectations"]
    return [replace(card, href=f"#{card.key}") for card in shown]


def _pictures(figures: Figures, broken: live.Broken, wanted: Asked) -> dict[str, Any]:
    leads = behind(wanted)

    def in_month(measure: str) -> pictures.MonthLink:
        return lambda month: leads(measure, month=month)

    teams = {str(key): name for key, name, _ in wanted.choices.teams}
    made: dict[str, Any] = {
        key: pictures.by_month(figures.share(key), counted="Good or better", of="Audits", href=in_month(key))
        for key in ELEMENT_OF
    }
    made["chronology"] = pictures.by_month(
        figures.chronology, counted="All four", of="Children", href=in_month("chronology")
    )
    made["supervision_helps"] = pictures.by_month(
        figures.share("supervision_helps"), counted="Say that it helps", of="Practitioners"
    )
    over = dict(figures.agreement.windows.items())[wanted.window]
    made["agreement"] = pictures.agreement(over, href=lambda one, two: leads("agreement", auditor=one, moderator=two))
    made["teams"] = pictures.groups(
        sorted(broken.teams, key=lambda line: teams.get(line.name, "")),
        name="teams",
        title=f"Audited cases good or better, by team, {span(over.months)}",
        group="Team",
        label=lambda key: teams.get(key, "Another team"),
        target=figures.cases.measure.target,
        href=lambda key: leads("cases", team=key),
    )
    made["elements"] = pictures.groups(
        broken.elements,
        name="elements",
        title=f"Good or better, by part of practice, {span(over.months)}",
        group="Part of practice",
        label=live.ELEMENTS.__getitem__,
        href=lambda key: leads("element", element=key),
    )
    return made


@screen.get("/audits")
@needs(Can.FIGURES_READ)
def audits() -> tuple[str, int]:
    """The audits behind a figure, as far as this person may open them."""
    wanted = asked_of_audits(session(), actor(), request.args)
    status = 400 if wanted.faults else 200
    if wanted.until is None:
        return render_template("dashboard/empty.html", wanted=wanted), status
    measure, narrowed = _narrowed(wanted)
    asked_for: dict[str, Any] = wanted.address
    narrowing: dict[str, Any] = {name: request.args[name] for name in NARROWING if name in request.args}
    page = request.args.get("page", 1, type=int)
    note_access("figures.audits", "months", "/".join(months.name(month) for month in narrowed.months))
    found = drilldown.behind(session(), actor(), narrowed, wanted.seen, page=min(max(page, 1), 100_000))
    return render_template(
        "dashboard/audits.html",
        wanted=wanted,
        measure=measure,
        narrowed=narrowed,
        found=found,
        labels=LABELS,
        elements=live.ELEMENTS,
        place=place(wanted),
        only=only(wanted),
        only_own=wanted.choices.whole_council is False,
        again=lambda number: url_for("dashboard.audits", **asked_for, **narrowing, page=number),
        back=url_for("dashboard.show", **asked_for),
    ), status


def _narrowed(wanted: Asked) -> tuple[str, drilldown.Wanted]:
    """The measure and the audits asked for; words of no meaning narrow nothing."""
    words = request.args
    measure = words.get("measure", "cases")
    element = ELEMENT_OF.get(measure, "overall")
    if measure == "element" and words.get("element") in live.ELEMENTS:
        element = words["element"]
    grades = {grade.value for grade in BEST_FIRST}

    def grade(name: str) -> str:
        return words[name] if words.get(name) in grades else ""

    services, rules = wanted.reach.services, live.rules(session())
    pairs = measure == "agreement"
    return measure, drilldown.Wanted(
        months=months_of(wanted, request.args),
        element=element,
        narrow=wanted.narrowed.narrow,
        stage=wanted.narrowed.stage,
        services=services,
        team=wanted.team,
        pairs=pairs,
        chronology=measure == "chronology",
        auditor=grade("auditor"),
        moderator=grade("moderator"),
        grade=grade("grade"),
        counted=() if pairs else [code for code in LABELS if rules.counts(element, code)],
    )
