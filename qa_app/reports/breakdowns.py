"""Published tables in words and pictures: shares of services and teams, and what stands where a count is hidden."""

from dataclasses import replace
from typing import Final, NamedTuple

from moderation.statistics.difference import Change, Difference, difference
from moderation.statistics.figures import AgreementFigure, Figures, ShareFigure
from moderation.statistics.measure import Measure
from moderation.statistics.periods import Period
from moderation.statistics.place_tables import HIDDEN, Breakdown, PlaceTable, Row
from moderation.statistics.share import Share
from moderation.statistics.target import Verdict
from qa_app.charts import intervals
from qa_app.charts.picture import Picture
from qa_app.charts.scene import Table
from qa_app.reports import outlook, wording
from qa_app.reports.dates import span

COUNCIL_HEADERS: Final = (
    "Measure", "Counted", "Share", "95% interval", "Against the target", "Last 3 closed months and the 3 before"
)  # fmt: skip
WITHHELD: Final = (
    "This table is withheld. There are so few in one of its columns that the council's own figures would tell what a "
    "table hides."
)
HIDDEN_WORDS: Final = f"{HIDDEN} (hidden)"


class PlacePicture(NamedTuple):
    """One table of a breakdown to show: its measure, its chart with the table, or the sentence why there is none."""

    measure: Measure
    title: str
    picture: Picture | None
    withheld: str = ""


def key_words(up_to: int) -> str:
    """What the mark of a hidden count means; empty where nothing is hidden."""
    return f"{HIDDEN}: between 1 and {up_to}, or hidden so that such a number cannot be worked out." if up_to else ""


def period_words(period: Period) -> str:
    """A period as people say it: 'April to June 2026', 'the year April 2025 to March 2026'."""
    words = span((period.first, period.last))
    return f"the year {words}" if period.is_year else words


def pictures_of(breakdown: Breakdown) -> list[PlacePicture]:
    """Every table of a period as a chart and its twin in words."""
    return [_picture(table, breakdown.period) for table in breakdown.tables]


def _picture(table: PlaceTable, period: Period) -> PlacePicture:
    kind = "team" if table.by_team else "service"
    title = f"{table.measure.title}, by {kind}, {period_words(period)}"
    if table.withheld:
        return PlacePicture(table.measure, title, None, WITHHELD)
    target = table.measure.target
    drawn = intervals.draw(
        [_group(row) for row in table.rows],
        title=title,
        name=f"{table.measure.key}-{kind}s",
        target=target.line if target is not None else None,
        target_words=target.text if target is not None else "",
        group=kind.capitalize(),
    )
    return PlacePicture(table.measure, title, replace(drawn, table=_words(table, period, kind)))


def _group(row: Row) -> intervals.GroupShare:
    if row.share is None:
        return intervals.GroupShare(row.name, 0, 0, note=HIDDEN)
    low, high = row.interval if row.interval is not None else (None, None)
    return intervals.GroupShare(row.name, row.share.k, row.share.n, low, high)


def _words(table: PlaceTable, period: Period, kind: str) -> Table:
    questions = bool(table.measure.questions)
    headers = (
        kind.capitalize(),
        "All four" if questions else "Good or better",
        "Children" if questions else "Audits",
        "Share",
        "95% interval",
        *(("Against the target",) if table.measure.target is not None else ()),
        f"Change from the {'year' if period.is_year else 'quarter'} before",
    )
    return Table(headers, tuple(cells(row, table.measure) for row in table.rows), (1, 2, 3, 4))


def cells(row: Row, measure: Measure) -> tuple[str, ...]:
    """A row in words: name, k, n, share, interval, verdict where the measure has a target, and change."""
    verdict = (verdict_words(row.verdict) if row.share is not None else HIDDEN,) if measure.target is not None else ()
    if row.share is None:
        n = HIDDEN if row.n is None else f"{row.n:,}"
        return (row.name, HIDDEN, n, HIDDEN, HIDDEN, *verdict, HIDDEN)
    return (
        row.name,
        f"{row.share.k:,}",
        f"{row.share.n:,}",
        wording.share_figure(row.share, row.verdict),
        wording.interval_words(row.interval),
        *verdict,
        trend_words(row.trend),
    )


def verdict_words(verdict: Verdict | None) -> str:
    """A verdict as the plan has it, with how sure it is."""
    return verdict.words.capitalize() if verdict is not None and verdict.literal is not None else "No figure"


def trend_words(trend: Difference | None) -> str:
    """A change in words; nothing is said where there is nothing shown to compare with."""
    return "–" if trend is None or trend.change is Change.UNKNOWN else outlook.points_words(trend).removesuffix(".")


def council_rows(figures: Figures, window: str) -> list[tuple[str, ...]]:
    """Each measure of the whole council over a window: counted, share, interval, verdict, and what has changed."""
    return [
        row
        for figure in figures.all
        if (
            row := _agreement_row(figure, window) if isinstance(figure, AgreementFigure) else _share_row(figure, window)
        )
    ]


def _share_row(figure: object, window: str) -> tuple[str, ...]:
    if not isinstance(figure, ShareFigure):
        return ()
    over = wording.window_of(figure.windows, window)
    thing = "child" if figure.measure.questions else "audit"
    limits = (over.verdict.target.line,) if over.verdict is not None else ()
    return (
        wording.SHORT.get(figure.measure.key, figure.measure.title),
        wording.counted(over.share, thing) if over.share.n else "Nothing seen",
        wording.share_figure(over.share, over.verdict),
        wording.interval_words(over.interval, *limits),
        verdict_words(over.verdict) if figure.measure.target is not None else "No target",
        _change(figure),
    )


def _agreement_row(figure: AgreementFigure, window: str) -> tuple[str, ...]:
    card = wording.agreement_card(figure, window)
    over = dict(figure.windows.items())[window]
    limits = (figure.measure.target.line,) if figure.measure.target is not None else ()
    return (
        card.name,
        wording.counted(over.share, "pair") if over.share.n else "No pairs",
        card.figure,
        wording.interval_words(over.interval, *limits),
        f"{card.verdict}. {card.certainty}".rstrip(". ") if card.certainty else card.verdict,
        _change(figure),
    )


def _change(figure: ShareFigure | AgreementFigure) -> str:
    closed = [one.share for one in figure.months if not one.open]
    nothing = Share(0, 0)
    trend = difference(sum(closed[-3:], nothing), sum(closed[-6:-3], nothing))
    return trend_words(trend)
