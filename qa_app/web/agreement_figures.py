"""Agreement of auditors with moderators: the figure, what stands beside it, and the audits behind every number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from audit_forms.grades import BEST_FIRST, NotGraded
from moderation.statistics import months
from moderation.statistics.analysis import Subject
from moderation.statistics.breakdowns import PairLine
from moderation.statistics.facts import OVERALL
from moderation.statistics.kinds import Kind
from moderation.statistics.measures import AGREEMENT
from moderation.statistics.severity import METHOD
from qa_app.access.current import actor, note_access, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.charts.picture import Picture
from qa_app.queries import drilldown, in_line
from qa_app.queries.asked import Asked, asked_of_audits
from qa_app.reports import agreement_pictures, agreement_words, wording
from qa_app.reports.dates import span
from qa_app.services import figures as live
from qa_app.services.compared import Compared, compared
from qa_app.web.figure_pages import behind, months_of, more_selects, only, place, selects, subject_of

screen = Blueprint("agreement_figures", __name__, url_prefix="/agreement")

CHARTS: Final[Mapping[str, str]] = {
    "p": "With limits for each month's pairs (p-chart)",
    "xmr": "As boards of the NHS know it (XmR)",
}
LIES: Final[Mapping[str, str]] = {
    "same": "the same grade",
    "different": "different grades",
    "higher": "the auditor's grade is higher",
    "lower": "the auditor's grade is lower",
    "line": "the good line lies between the two",
    "far": "more than one grade apart",
}
GRADES: Final = {grade.value: grade.label for grade in BEST_FIRST}
LABELS: Final = GRADES | {one.value: one.label for one in NotGraded}
# The words of an address that say which pairs are meant; any other word is left out of the next page.
NARROWING: Final = (
    *("kind", "element", "month", "auditor", "moderator", "differing", "audited_by", "moderated_by"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """What one page is made for: whose names may stand on it, and where everything leads."""

    wanted: Asked
    subject: Subject
    chart: str
    names: dict[str, str]
    leads: Callable[..., str]


@screen.get("")
@needs(Can.FIGURES_READ)
def show() -> tuple[str, int]:
    """The agreement page, for the period, the place and the pairs asked for."""
    wanted = asked_of_audits(session(), actor(), request.args)
    subject, faults = subject_of(request.args)
    chart = request.args.get("chart", "p")
    if chart not in CHARTS:
        chart, faults = "p", (*faults, "The chart in the address is not one of those in the list.")
    status = 400 if wanted.faults or faults else 200
    if wanted.until is None:
        return render_template("dashboard/empty.html", wanted=wanted), status
    restricted = None if wanted.choices.whole_council else {str(key) for key, _, _ in wanted.choices.teams}
    found = compared(
        session(), reach=wanted.reach, until=wanted.until, window=wanted.window, subject=subject, teams=restricted
    )
    looked = Looked(wanted, subject, chart, in_line.names(session(), actor()), _leads(wanted, subject))
    return render_template(
        "agreement_figures/show.html",
        wanted=wanted, faults=(*wanted.faults, *faults), subject=subject, found=found, analysis=found.analysis,
        over=found.window, selects=_selects(looked), more=more_selects(wanted, stages=False), only=only(wanted),
        pictures=_pictures(found, looked), leanings=_leanings(found, looked), names=looked.names, leads=looked.leads,
        target=AGREEMENT.target_under(live.rules(session())), method=METHOD, elements=live.ELEMENTS,
        words=agreement_words, wording=wording, span=span, place=place(wanted),
        least=live.rules(session()).person_from_pairs,
        kinds=agreement_words.KINDS, this=_this(looked), chart_kind=chart, too_few=_too_few(found, looked),
    ), status  # fmt: skip


def _leads(wanted: Asked, subject: Subject) -> Callable[..., str]:
    parts = {} if subject.kind is Kind.SAMPLED else {"kind": subject.kind.value}
    if subject.element != OVERALL:
        parts["element"] = subject.element
    return behind(wanted, "agreement_figures.audits", **parts)


def _this(looked: Looked) -> Callable[..., str]:
    """The address of this page with some of its choices changed."""

    def address(**changed: str) -> str:
        parts: dict[str, Any] = {**looked.wanted.address, "kind": looked.subject.kind.value}
        parts |= {"element": looked.subject.element, "chart": looked.chart, **changed}
        return url_for("agreement_figures.show", **parts)

    return address


def _selects(looked: Looked) -> list[dict[str, Any]]:
    return [
        *selects(looked.wanted),
        {
            "name": "element", "label": "Part of practice", "value": looked.subject.element,
            "options": list(live.ELEMENTS.items()),
        },
        {
            "name": "kind", "label": "Which pairs", "value": looked.subject.kind.value,
            "options": list(agreement_words.KINDS.items()),
        },
        {"name": "chart", "label": "Chart over time", "value": looked.chart, "options": list(CHARTS.items())},
    ]  # fmt: skip


def _pictures(found: Compared, looked: Looked) -> dict[str, Picture]:
    leads, analysis = looked.leads, found.analysis
    teams = {str(key): name for key, name, _ in looked.wanted.choices.teams}
    target = AGREEMENT.target_under(live.rules(session()))

    def team(key: str) -> str:
        return teams.get(key, "Another team")

    def people(listed: tuple[PairLine, ...], name: str, one: str, word: str) -> Picture:
        shown = [line for line in listed if line.name in looked.names and line.enough]
        return agreement_pictures.lines(
            shown, name=name, title=agreement_words.groups_title(shown, target, one, f"{one}s"),
            group=one.capitalize(), label=looked.names.__getitem__, target=target,
            href=lambda key: leads(**{word: key}), few=lambda _: "",
        )  # fmt: skip

    least = live.rules(session()).person_from_pairs
    return {
        "table": agreement_pictures.table(analysis, leads),
        "time": agreement_pictures.over_time(analysis.over_time, looked.chart, lambda month: leads(month=month)),
        "elements": agreement_pictures.lines(
            found.elements, name="elements", group="Part of practice", label=live.ELEMENTS.__getitem__, target=target,
            title=agreement_words.groups_title(found.elements, target, "part of practice", "parts of practice"),
            href=lambda key: leads(element=key), few=lambda line: agreement_pictures.counts(line.pairs.exact),
        ),
        "teams": agreement_pictures.lines(
            analysis.teams, name="teams", group="Team", label=team, target=target,
            title=agreement_words.groups_title(analysis.teams, target, "team", "teams"),
            href=lambda key: leads(team=key), few=lambda line: agreement_pictures.counts(line.pairs.exact),
        ),
        "funnel": agreement_pictures.teams(
            analysis.funnel, label=team, href=lambda key: leads(team=key), least=least
        ),
        "auditors": people(analysis.auditors, "auditors", "auditor", "audited_by"),
        "moderators": people(analysis.moderators, "moderators", "moderator", "moderated_by"),
    }  # fmt: skip


def _too_few(found: Compared, looked: Looked) -> tuple[int, int]:
    """How many auditors and moderators of those that may be shown have too few pairs for it."""
    listed = (found.analysis.auditors, found.analysis.moderators)
    auditors, moderators = (sum(one.name in looked.names and not one.enough for one in lines) for lines in listed)
    return auditors, moderators


def _leanings(found: Compared, looked: Looked) -> list[tuple[dict[str, str], int, str]]:
    """Name with where it leads, pairs and leaning of the auditors who may be shown, by name."""
    least = live.rules(session()).person_from_pairs
    shown = sorted(
        (looked.names[one.name], one.name, one.n, agreement_words.leaning_words(one.shrunk, one.interval))
        for one in found.analysis.leanings.auditors
        if one.name in looked.names and one.n >= least and one.shrunk is not None and one.interval is not None
    )
    return [({"text": name, "href": looked.leads(audited_by=key)}, n, words) for name, key, n, words in shown]


@screen.get("/audits")
@needs(Can.FIGURES_READ)
def audits() -> tuple[str, int]:
    """The audits behind a number of the agreement page, as far as this person may open them."""
    wanted = asked_of_audits(session(), actor(), request.args)
    subject, faults = subject_of(request.args)
    status = 400 if wanted.faults or faults else 200
    if wanted.until is None:
        return render_template("dashboard/empty.html", wanted=wanted), status
    names = in_line.names(session(), actor())
    narrowed = _narrowed(wanted, subject, names)
    page = request.args.get("page", 1, type=int)
    note_access("figures.audits", "months", "/".join(months.name(month) for month in narrowed.months))
    found = drilldown.behind(session(), actor(), narrowed, wanted.seen, page=min(max(page, 1), 100_000))
    parts: dict[str, Any] = wanted.address
    narrowing: dict[str, Any] = {name: request.args[name] for name in NARROWING if name in request.args}
    return render_template(
        "agreement_figures/audits.html",
        wanted=wanted, faults=(*wanted.faults, *faults), narrowed=narrowed, found=found, place=place(wanted),
        only=only(wanted),
        labels=LABELS, said=_said(narrowed, names), only_own=wanted.choices.whole_council is False,
        again=lambda number: url_for("agreement_figures.audits", **parts, **narrowing, page=number),
        back=url_for("agreement_figures.show", **parts, kind=subject.kind.value, element=subject.element),
    ), status  # fmt: skip


def _narrowed(wanted: Asked, subject: Subject, names: Mapping[str, str]) -> drilldown.Wanted:
    """The pairs asked for; words of no meaning narrow nothing.

    Raises:
        OutOfScopeError: somebody is asked for whose figures this person may not see.
    """
    words = request.args

    def one_of(name: str, known: Mapping[str, str]) -> str:
        return words[name] if words.get(name) in known else ""

    def person(name: str) -> UUID | None:
        if not words.get(name):
            return None
        if words[name] not in names:
            raise OutOfScopeError
        return UUID(words[name])

    return drilldown.Wanted(
        months=months_of(wanted, words), element=subject.element, services=wanted.reach.services, team=wanted.team,
        narrow=wanted.narrowed.narrow, pairs=True, kind=subject.kind, auditor=one_of("auditor", GRADES),
        moderator=one_of("moderator", GRADES),
        differing=one_of("differing", LIES), audited_by=person("audited_by"), moderated_by=person("moderated_by"),
    )  # fmt: skip


def _said(narrowed: drilldown.Wanted, names: Mapping[str, str]) -> list[str]:
    """What the list is narrowed to, in words."""
    said = [agreement_words.KINDS[narrowed.kind], live.ELEMENTS[narrowed.element]]
    if narrowed.auditor:
        said.append(f"auditor's grade {GRADES[narrowed.auditor].lower()}")
    if narrowed.moderator:
        said.append(f"moderator's grade {GRADES[narrowed.moderator].lower()}")
    if narrowed.differing:
        said.append(LIES[narrowed.differing])
    if narrowed.audited_by is not None:
        said.append(f"audited by {names[str(narrowed.audited_by)]}")
    if narrowed.moderated_by is not None:
        said.append(f"moderated by {names[str(narrowed.moderated_by)]}")
    return said
