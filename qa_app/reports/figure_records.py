"""Figures, month by month and window by window, as flat records: the same for workbooks and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from moderation.statistics.figures import (
    AgreementFigure,
    AgreementWindow,
    Corrected,
    ExpectationFigure,
    Figure,
    Figures,
    MonthShare,
    PooledShare,
    ShareFigure,
)
from moderation.statistics.measures import MEASURES
from moderation.statistics.share import Interval, Share
from moderation.statistics.streak import Streak
from moderation.statistics.target import Certainty, Verdict
from qa_app.reports.columns import column

WINDOWS: Final = ("month", "last_3", "last_12", "all")
BASES: Final = ("final", "as_graded", "corrected", "pairs", "people")
KEYS: Final = tuple(one.key for one in MEASURES)
OCTOBER: Final = date(2026, 10, 1)


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """One figure of a closed month, as it was reported."""

    measure: str = column("Which measure.", values=KEYS, source="The registry of measures", example="cases", width=16)
    title: str = column("The measure in words.", example="Audited cases judged good or better", width=46)
    month: date = column("The closed month it was reported with.", source="The cycle", example=OCTOBER)
    window: str = column(
        "The months it covers: the month alone, the last 3 or 12 closed months, or all closed months.",
        values=WINDOWS, example="last_3",
    )  # fmt: skip
    basis: str = column(
        "Whose grades: final, as the auditors graded, or corrected by moderation; pairs of auditor and moderator; or "
        "people who were expected to audit.",
        values=BASES, example="final",
    )  # fmt: skip
    first_month: date | None = column(
        "The first month it covers; empty where it covers none.", example=date(2026, 8, 1)
    )
    last_month: date | None = column("The last month it covers.", example=OCTOBER)
    k: int | None = column("How many of the n are as the measure asks.", example=61, heading="k", width=8)
    n: int | None = column("How many were counted. With 0 there is no figure.", example=70, heading="n", width=8)
    estimate: float | None = column(
        "The figure as a share from 0 to 1: k of n, or weighted to all audits where the sample was drawn by strata.",
        example=0.8714285714285714, heading="Share",
    )  # fmt: skip
    low: float | None = column("The lower end of its 95% interval.", example=0.7737, heading="95% from")
    high: float | None = column("The upper end of its 95% interval.", example=0.9307, heading="95% to")
    target: str = column("The target in words; empty where there is none.", example="at least 85%", width=16)
    met: bool | None = column("Whether the figure meets the target to the letter; empty where it is not judged.",
                              example=True, heading="Met")  # fmt: skip
    certainty: str | None = column(
        "What the interval adds to that.", values=tuple(one.value for one in Certainty), example="met_not_confirmed",
        width=22,
    )  # fmt: skip
    streak: int | None = column(
        "How many closed months running stand above the target, up to this month; only where the plan asks for a run.",
        example=None,
    )
    longest_streak: int | None = column("The longest such run so far.", example=None)
    not_applicable: int | None = column("Audits it did not apply to, beside n.", example=0)
    note: str = column("What is to be known of it, such as that one audit decides it.", example="", width=40)


def figure_records(figures: Figures) -> list[FigureRecord]:
    """Every figure published with a month, in the registry's order."""
    return [record for figure in figures.all for record in _records(figure, figures.until)]


def _records(figure: Figure, month: date) -> Iterator[FigureRecord]:
    if isinstance(figure, ShareFigure):
        yield from _share_records(figure, month)
    elif isinstance(figure, AgreementFigure):
        yield from _months(figure, figure.months, "pairs", month)
        for name, window in figure.windows.items():
            yield _agreement(figure, name, window, month)
    else:
        yield from _people(figure, month)


def _share_records(figure: ShareFigure, month: date) -> Iterator[FigureRecord]:
    yield from _months(figure, figure.months, "final", month, streak=figure.streak)
    for name, pooled in figure.windows.items():
        yield _pooled(figure, name, pooled, month)
    yield from _months(figure, figure.as_graded or (), "as_graded", month)
    if figure.corrected is not None:
        for name, corrected in figure.corrected.items():
            yield _corrected(figure, name, corrected, month)


def _months(
    figure: ShareFigure | AgreementFigure,
    listed: tuple[MonthShare, ...],
    basis: str,
    month: date,
    streak: Streak | None = None,
) -> Iterator[FigureRecord]:
    for one in listed:
        if one.month != month or one.open:
            continue
        yield _record(
            figure,
            month,
            window="month",
            basis=basis,
            over=(month,),
            share=one.share,
            interval=one.share.wilson(),
            verdict=one.verdict,
            note=one.note,
            streak=streak,
            not_applicable=one.not_applicable,
        )


def _pooled(figure: ShareFigure, name: str, pooled: PooledShare, month: date) -> FigureRecord:
    return _record(
        figure,
        month,
        window=name,
        basis="final",
        over=pooled.months,
        share=pooled.share,
        interval=pooled.interval,
        verdict=pooled.verdict,
    )


def _agreement(figure: AgreementFigure, name: str, window: AgreementWindow, month: date) -> FigureRecord:
    estimate = None if window.estimate is None else float(window.estimate)
    return _record(
        figure,
        month,
        window=name,
        basis="pairs",
        over=window.months,
        share=window.share,
        interval=window.interval,
        verdict=window.verdict,
        estimate=estimate,
        weighted=True,
        note=" ".join(window.notes),
    )


def _corrected(figure: ShareFigure, name: str, made: Corrected, month: date) -> FigureRecord:
    estimate = None if made.estimate is None else float(made.estimate)
    return _record(
        figure,
        month,
        window=name,
        basis="corrected",
        over=made.months,
        share=None,
        interval=made.interval,
        verdict=None,
        estimate=estimate,
        weighted=True,
        note=made.note,
    )


def _people(figure: ExpectationFigure, month: date) -> Iterator[FigureRecord]:
    for one in figure.months:
        if one.month == month and not one.open:
            yield _record(
                figure,
                month,
                window="month",
                basis="people",
                over=(month,),
                share=one.share,
                interval=one.share.wilson(),
                verdict=one.verdict,
                not_applicable=one.excused,
            )


def _record(
    figure: Figure,
    month: date,
    *,
    window: str,
    basis: str,
    over: tuple[date, ...],
    share: Share | None,
    interval: Interval | None,
    verdict: Verdict | None,
    estimate: float | None = None,
    weighted: bool = False,
    note: str = "",
    streak: Streak | None = None,
    not_applicable: int | None = None,
) -> FigureRecord:
    plain = None if share is None or share.fraction is None else float(share.fraction)
    target = verdict.target if verdict is not None else None if weighted else figure.measure.target
    return FigureRecord(
        measure=figure.measure.key,
        title=figure.measure.title,
        month=month,
        window=window,
        basis=basis,
        first_month=over[0] if over else None,
        last_month=over[-1] if over else None,
        k=None if share is None else share.k,
        n=None if share is None else share.n,
        estimate=estimate if weighted else plain,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        target="" if target is None else target.text,
        met=None if verdict is None else verdict.literal,
        certainty=verdict.certainty.value if verdict is not None and verdict.certainty is not None else None,
        streak=None if streak is None else streak.current,
        longest_streak=None if streak is None else streak.longest,
        not_applicable=not_applicable,
        note=note,
    )


def month_records(figures: Figures) -> list[FigureRecord]:
    """Every closed month of every measure, as far as these figures reach back."""
    return [
        replace(record, streak=None, longest_streak=None)  # a run is that of the last month alone
        for figure in figures.all
        for one in figure.months
        if not one.open
        for record in _records(figure, one.month)
        if record.window == "month"
    ]
