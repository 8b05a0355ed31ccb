"""What the other sources said in a quarter, by theme, with small numbers protected: the same for every reader."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from moderation.statistics.periods import Period
from moderation.statistics.place_tables import HIDDEN
from moderation.statistics.suppression import Cell, Protected, Rule, Sum, TableSet, protect
from qa_app.clock import london_day
from qa_app.queries import chair_checks, complaints, observations, practice_alerts, quotations, themes, voice
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Count, Source, Span
from qa_app.reports.pack_sources import WITHHELD, SourceLine, SourcesFound, ThemeLine

# What names one theme and no more: its counts add up to how much there is.
ONE_THEME: Final = (Source.ALERTS, Source.COMPLAINTS)
COUNTS: Final = {
    Source.VOICE: voice.counts,
    Source.CHECKS: chair_checks.counts,
    Source.ALERTS: practice_alerts.counts,
    Source.COMPLAINTS: complaints.counts,
    Source.OBSERVATIONS: observations.counts,
}
WHO: Final = {
    "feedback_young": "A younger child", "feedback_older": "An older child or young person",
    "feedback_carer": "A parent or carer",
}  # fmt: skip
MOST_QUOTED: Final = 8


class ThemeCell(NamedTuple):
    """How often a source named a theme as a worry ('k') or as good ('good')."""

    source: Source
    theme: str
    part: str


def of_quarter(session: Session, quarter: Period, *, known_by: datetime, up_to: int) -> SourcesFound:
    """Everything a quarter's other sources may show to everybody, as it had been entered by a moment.

    The moment is one for every pack of the quarter: two that differed would tell what one late entry said.
    """
    span = Span(quarter.first, quarter.last)
    whole = {
        source: next(iter(count(session, Reach(), span, by=(), known_by=known_by)), None)
        for source, count in COUNTS.items()
    }
    by_theme = {source: count(session, Reach(), span, known_by=known_by) for source, count in COUNTS.items()}
    labels = themes.labels(session)
    values = counted(whole, by_theme, labels)
    shown = protect(tables(whole, values), rule=Rule(up_to=up_to))
    return SourcesFound(
        quarter.first,
        quarter.last,
        tuple(SourceLine(source.label, one.n if one else 0, one.newest if one else None)
              for source, one in whole.items()),
        tuple(
            ThemeLine(label, _row(values, shown, code, "k"), _row(values, shown, code, "good"))
            for code, label in labels.items()
        ),
        quoted(session, span),
        london_day(known_by),
    )  # fmt: skip


def quoted(session: Session, span: Span) -> tuple[tuple[str, str], ...]:
    """Words that were approved for showing, newest first; where they are from is not said."""
    found = quotations.shown(session, Reach(), span)
    return tuple((one.shown, WHO[one.tool_key]) for one in found[:MOST_QUOTED])


def counted(
    whole: Mapping[Source, Count | None], by_theme: Mapping[Source, Sequence[Count]], codes: Iterable[str]
) -> dict[ThemeCell, int]:
    """Every theme there is beside every source that said anything, so that standing in the table tells nothing."""
    every = sorted({*codes, *(one.theme for counts in by_theme.values() for one in counts if one.theme)})
    values = {
        ThemeCell(source, code, part): 0 for source in whole if whole[source] for code in every
        for part in ("k", "good")
    }  # fmt: skip
    for source, counts in by_theme.items():
        for one in counts:
            if one.theme:
                values[ThemeCell(source, one.theme, "k")] = one.k
                values[ThemeCell(source, one.theme, "good")] = one.good
    return values


def tables(whole: Mapping[Source, Count | None], values: Mapping[ThemeCell, int]) -> TableSet:
    """The table of themes with what its readers know to add up: one theme to each alert and complaint, n to k."""
    every: dict[Cell, int] = dict(values.items())
    sums: list[Sum] = []
    unprinted: set[Cell] = set()
    for source, one in whole.items():
        cells = [cell for cell in values if cell.source == source]
        if one is None:
            continue
        every[source] = one.n
        if source in ONE_THEME:
            sums.append(Sum(source, tuple(cells)))
            continue
        for cell in cells:
            every["not named", cell] = one.n - values[cell]
            unprinted.add(("not named", cell))
            sums.append(Sum(source, (cell, ("not named", cell))))
    held: dict[Hashable, list[Cell]] = {
        source: [cell for cell in values if cell.source == source] for source in whole if whole[source]
    }
    return TableSet(every, sums, open=set(held), unprinted=unprinted, tables=held)


def _row(values: Mapping[ThemeCell, int], shown: Protected, code: str, part: str) -> tuple[str, ...]:
    return tuple(_cell(values, shown, ThemeCell(source, code, part)) for source in COUNTS)


def _cell(values: Mapping[ThemeCell, int], shown: Protected, cell: ThemeCell) -> str:
    if cell not in values:
        return "–"
    if cell.source in shown.withheld:
        return WITHHELD
    return f"{values[cell]:,}" if shown.shows(cell) else HIDDEN
