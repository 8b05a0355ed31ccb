"""Measures, months, figures, agreement and themes: what was reported of the whole council."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from qa_app.access.current import session
from qa_app.access.permissions import Can
from qa_app.api import cursors
from qa_app.api.answers import Page
from qa_app.api.problems import NotThere
from qa_app.api.resources import listing
from qa_app.api.schemas import USUAL, PagedQuery, Query, month_field, word_field
from qa_app.queries import themes as kept_themes
from qa_app.reports.agreement_records import AgreementRecord, agreement_records
from qa_app.reports.figure_records import BASES, KEYS, WINDOWS, FigureRecord, figure_records
from qa_app.reports.interface_records import MeasureRecord, MonthRecord, ThemeRecord
from qa_app.services import reported
from qa_app.services.reported import Closing


class FiguresQuery(PagedQuery):
    """Which figures."""

    measure = word_field("Only this measure.", KEYS)
    month = month_field("Only what was reported with this closed month.")
    window = word_field("Only figures over this window.", WINDOWS)
    basis = word_field("Only figures on this basis.", BASES)


class AgreementQuery(Query):
    """Which tables of agreement."""

    month = month_field("Only what was reported with this closed month.")
    window = word_field("Only this window.", WINDOWS[1:])


@listing("/measures", Can.API_FIGURES, query=Query, record=MeasureRecord)
def measures(_asked: Mapping[str, Any]) -> Page:
    """List the measures.

    What each of them counts, in the sentences of the data notes, and its target.
    """
    return Page(reported.measure_records(session()))


@listing("/months", Can.API_FIGURES, query=Query, record=MonthRecord)
def months(_asked: Mapping[str, Any]) -> Page:
    """List the months.

    Newest first, with the state of each. Figures and rows are of closed months alone.
    """
    return Page(reported.month_records(session()))


@listing("/themes", Can.API_FIGURES, query=Query, record=ThemeRecord)
def themes(_asked: Mapping[str, Any]) -> Page:
    """List the themes.

    The one list that audits, voice, complaints and learning speak of.
    """
    rows = kept_themes.known(session())
    return Page([ThemeRecord(one.code, one.label, one.retired_at is not None) for one in rows])


@listing("/figures", Can.API_FIGURES, query=FiguresQuery, record=FigureRecord)
def figures(asked: Mapping[str, Any]) -> Page:
    """List figures of the whole council.

    One record for each measure, window and basis of each closed month, as it was reported when the month closed.
    Oldest month first.
    """
    closed, wanted = _closed(asked)
    place = cursors.opened("figures", asked)
    limit = asked.get("limit", USUAL)
    at, skip = place.get("month", ""), place.get("skip", 0)
    found: list[FigureRecord] = []
    for month in (one for one in wanted if f"{one:%Y-%m}" >= at):
        records = [one for made in reported.reported_figures(session(), [month]) for one in _narrowed(made, asked)]
        start = skip if f"{month:%Y-%m}" == at else 0
        room = limit - len(found)
        found += records[start : start + room]
        if len(records) > start + room:
            following = {"month": f"{month:%Y-%m}", "skip": start + room}
            return Page(found, cursors.seal("figures", asked, following), _changed(closed, wanted))
    return Page(found, None, _changed(closed, wanted))


def _narrowed(made: Any, asked: Mapping[str, Any]) -> list[FigureRecord]:
    names: Final = ("measure", "window", "basis")
    return [
        one
        for one in figure_records(made)
        if all(getattr(one, name) == asked.get(name, getattr(one, name)) for name in names)
    ]


@listing("/agreement", Can.API_FIGURES, query=AgreementQuery, record=AgreementRecord)
def agreement(asked: Mapping[str, Any]) -> Page:
    """List the tables of agreement.

    For each closed month and window: the pairs of auditors' and moderators' grades, who graded higher, and what became
    of the sample. Without a month, the newest closed one.
    """
    closed, wanted = _closed(asked)
    if "month" not in asked:
        wanted = wanted[-1:]
    found = [
        one
        for made in reported.reported_figures(session(), wanted)
        for one in agreement_records(made)
        if one.window == asked.get("window", one.window)
    ]
    return Page(found, None, _changed(closed, wanted))


def _closed(asked: Mapping[str, Any]) -> tuple[tuple[Closing, ...], list[date]]:
    """Every closed month, and those of them that are asked for.

    Raises:
        NotThere: the month asked for is not closed.
    """
    closed = reported.closings(session())
    wanted = [one.month for one in closed if one.month == asked.get("month", one.month)]
    if "month" in asked and not wanted:
        raise NotThere(f"This month is not closed, so nothing of it can be read. {reported.month_words(closed)}")
    return closed, wanted


def _changed(closed: tuple[Closing, ...], wanted: list[date]) -> Any:
    return max((one.made_at for one in closed if one.month in wanted), default=None)
