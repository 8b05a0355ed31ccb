"""Workbooks to download: the tables of the dashboard and the agreement page, published tables, and rows of audits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from moderation.statistics import months
from moderation.statistics.breakdowns import PairLine
from moderation.statistics.periods import Period
from qa_app.access.audience import PUBLIC
from qa_app.access.current import actor, note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.queries import in_line
from qa_app.queries.asked import Asked, asked_of_audits
from qa_app.queries.sight import sight
from qa_app.reports import wording
from qa_app.reports.agreement_records import AgreementRecord, agreement_records
from qa_app.reports.audit_rows import NOTE, AuditRow
from qa_app.reports.dates import day_name, span
from qa_app.reports.figure_records import FigureRecord, figure_records, month_records
from qa_app.reports.line_records import LineRecord, PairRecord, line_records, pair_records
from qa_app.reports.place_records import PlaceRecord, place_records
from qa_app.reports.workbooks import Sheet, workbook
from qa_app.services import extract, published, reported
from qa_app.services import figures as live
from qa_app.services.compared import compared
from qa_app.services.extract import Named
from qa_app.web.figure_pages import only, place

screen = Blueprint("workbooks", __name__, url_prefix="/workbooks")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_MONTHS = 24


@screen.get("/figures")
@needs(Can.FIGURES_READ)
def figures() -> AnyResponse | tuple[str, int]:
    """The tables of the dashboard and the agreement page, for the period and the place asked for."""
    wanted = asked_of_audits(session(), actor(), request.args)
    if wanted.until is None or wanted.faults:
        return render_template("dashboard/empty.html", wanted=wanted), 400
    made = live.figures(session(), reach=wanted.reach, until=wanted.until)
    over = dict(made.agreement.windows.items())[wanted.window].months
    broken = live.broken_down(session(), over, reach=wanted.reach, teams=wanted.teams_reach)
    teams = {str(key): name for key, name, _ in wanted.choices.teams}
    restricted = None if wanted.choices.whole_council else set(teams)
    pairs = compared(session(), reach=wanted.reach, until=wanted.until, window=wanted.window, teams=restricted).analysis
    people = in_line.names(session(), actor())
    sheets = [
        Sheet("Figures", "Each measure over each period, as it stands now.", FigureRecord, figure_records(made)),
        Sheet("Months", "Each measure month by month, closed months only.", FigureRecord, month_records(made)),
        Sheet("Teams", f"Cases good or better by team, {span(over)}.", LineRecord,
              line_records(broken.teams, lambda key: teams.get(key, "Another team"))),
        Sheet("Parts of practice", f"Good or better by part of practice, {span(over)}.", LineRecord,
              line_records(broken.elements, live.ELEMENTS.__getitem__)),
        Sheet("Agreement", "Pairs of auditors' and moderators' overall grades.", AgreementRecord,
              agreement_records(made)),
        Sheet("Agreement by part", f"Agreement by part of practice, {span(over)}.", PairRecord,
              pair_records(broken.agreement, live.ELEMENTS.__getitem__)),
        Sheet("Agreement by team", f"Agreement by team, {span(over)}.", PairRecord,
              pair_records(pairs.teams, lambda key: teams.get(key, "Another team"))),
        Sheet("Agreement by auditor", _of_people("auditor", over), PairRecord, _people(pairs.auditors, people)),
        Sheet("Agreement by moderator", _of_people("moderator", over), PairRecord, _people(pairs.moderators, people)),
    ]  # fmt: skip
    facts = [
        ("Figures of", place(wanted)), ("Up to", f"{wanted.until:%B %Y}"), ("Period", _period(wanted, over)),
        ("Which audits", only(wanted) or "All of them"),
        ("Who may see it", "Your own services and teams stand here with their true numbers. Do not publish them."),
    ]  # fmt: skip
    return _download("Figures", f"figures-{months.name(wanted.until)}", facts, sheets)


def _of_people(one: str, over: tuple[date, ...]) -> str:
    return f"Agreement by {one}, {span(over)}: those you answer for, with enough pairs. Do not pass these names on."


def _people(lines: Iterable[PairLine], names: Mapping[str, str]) -> list[PairRecord]:
    """Those whose figures this person may see, as on the agreement page; too few pairs say nothing of anybody."""
    shown = [one for one in lines if one.name in names and one.enough]
    return sorted(pair_records(shown, names.__getitem__), key=lambda one: one.name)


@screen.get("/published")
@needs(Can.BOARD_READ)
def board() -> AnyResponse:
    """What is published: the council's figures as reported, and tables of services and teams, small numbers hidden."""
    closed = _closed()
    if not closed:
        raise OutOfScopeError
    made = list(reported.reported_figures(session(), closed))
    tables = [
        record
        for period in _newest(published.periods(session(), until=closed[-1]))
        for record in place_records(published.breakdown_for(session(), PUBLIC, period))
    ]
    sheets = [
        Sheet("Figures", "Each measure as it was reported with each closed month.", FigureRecord,
              [record for one in made for record in figure_records(one)]),
        Sheet("Services and teams",
              "The newest quarter and the newest financial year that are over.", PlaceRecord, tables),
        Sheet("Agreement", "Pairs of grades as reported with the last closed month.", AgreementRecord,
              agreement_records(made[-1])),
    ]  # fmt: skip
    facts = [("Figures of", "Whole council"), ("Months", span(tuple(closed)))]
    return _download("Published figures", f"published-{months.name(closed[-1])}", facts, sheets)


@screen.get("/extract")
@needs(Can.EXTRACT_READ)
def show() -> str:
    """What there is for analysts, and what to heed."""
    return render_template("workbooks/extract.html", months=_closed(), note=NOTE, most=MOST_MONTHS)


@screen.get("/rows")
@needs(Can.EXTRACT_READ)
def rows() -> AnyResponse:
    """Audits of closed months, one row each, without names, references or words: the same rows as the interface's."""
    closed = _closed()[-MOST_MONTHS:]
    if not closed:
        raise OutOfScopeError
    # Another name in every extract: without the secret nobody can tell them, or join two extracts by them.
    named = Named(settings().secret_key, f"{actor().person_id} {now().isoformat()}")
    found = [row for month in closed for row in extract.month_rows(session(), month, named)]
    note_access("extract.rows", "months", f"{months.name(closed[0])}/{months.name(closed[-1])}")
    facts = [("Rows of", "Audits of the whole council"), ("Months", span(tuple(closed))), ("How to use it", NOTE)]
    sheet = Sheet("Audits", "One row for each audit of a closed month.", AuditRow, found, coded=True)
    return _download("Rows of audits", f"audits-{months.name(closed[-1])}", facts, [sheet])


def _closed() -> list[date]:
    """The closed months this person may look at, oldest first."""
    seen = sight(session(), actor())
    return [one.month for one in reported.closings(session()) if seen.until(one.month) == one.month]


def _newest(periods: Sequence[Period]) -> list[Period]:
    """The newest quarter and the newest financial year; the board's page and programs have the older ones."""
    return [one for is_year in (False, True) for one in [p for p in periods if p.is_year is is_year][:1]]


def _period(wanted: Asked, over: Sequence[date]) -> str:
    words = wording.WINDOWS[wanted.window]
    return f"{words}: {span(tuple(over))}" if over else words


def _hidden(up_to: int) -> str:
    if not up_to:
        return "Nothing is hidden."
    return (
        f"In tables of services and teams a number from 1 to {up_to} is hidden, and others with it so that none can be "
        "worked out: the column Shown says where. Do not try to work one out."
    )


def _download(title: str, name: str, facts: list[tuple[str, str]], sheets: list[Sheet]) -> Response:
    in_force = live.rules(session())
    facts += [
        ("Council", settings().council), ("Made on", day_name(london_day(now()))), ("Rules", in_force.version),
        ("Small numbers", _hidden(in_force.suppress_up_to)),
        ("Shares", "k and n stand beside every share. Where n is 0 there is no figure."),
    ]  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(workbook(title, facts, sheets), content_type=XLSX, headers=headers)
