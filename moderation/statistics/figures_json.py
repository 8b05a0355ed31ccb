"""The figures as the plain structure that the command line and files print as JSON."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from moderation.statistics import months
from moderation.statistics.figures import (
    AgreementFigure,
    AgreementWindow,
    Corrected,
    ExpectationMonth,
    Figure,
    Figures,
    MonthShare,
    ShareFigure,
)
from moderation.statistics.share import Interval
from moderation.statistics.stratified import Stratum
from moderation.statistics.streak import Streak


def figures_json(figures: Figures) -> dict[str, Any]:
    """Every measure that files carry, by key; what has no figure is None."""
    carried = [figure for figure in figures.all if figure.measure.in_file]
    return {
        "until": months.name(figures.until),
        "rules_version": figures.rules_version,
        "measures": {figure.measure.key: _figure(figure) for figure in carried},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if isinstance(figure, AgreementFigure):
        return {"windows": {name: _window(window) for name, window in figure.windows.items()}}
    if isinstance(figure, ShareFigure):
        return _share_figure(figure)
    return {"months": _months(figure.months)}


def _share_figure(figure: ShareFigure) -> dict[str, Any]:
    result: dict[str, Any] = {"months": _months(figure.months)}
    if figure.streak is not None:
        result["streak"] = _streak(figure.streak)
    if figure.as_graded is not None:
        result["as_graded"] = {"months": _months(figure.as_graded)}
    if figure.corrected is not None:
        result["corrected"] = {name: _corrected(window) for name, window in figure.corrected.items()}
    return result


def _months(shares: Iterable[MonthShare | ExpectationMonth]) -> list[dict[str, Any]]:
    return [{"month": months.name(one.month), "k": one.share.k, "n": one.share.n, "open": one.open} for one in shares]


def _streak(streak: Streak) -> dict[str, Any]:
    return {
        "current": streak.current,
        "longest": streak.longest,
        "first_met": months.name(streak.first_met) if streak.first_met else None,
    }


def _corrected(window: Corrected) -> dict[str, Any]:
    return _estimate(window.estimate, window.interval)


def _window(window: AgreementWindow) -> dict[str, Any]:
    verdict = window.verdict
    return {
        "k": window.share.k,
        "n": window.share.n,
        **_estimate(window.estimate, window.interval),
        "judged": window.judged,
        "literal": verdict.literal if verdict else None,
        "certainty": verdict.certainty.value if verdict and verdict.certainty else None,
        "strata": [_stratum(stratum) for stratum in window.strata],
        "table": [list(row) for row in window.pairs.table],
    }


def _stratum(stratum: Stratum) -> dict[str, Any]:
    return {"stratum": stratum.name, "N": stratum.audits, "n": stratum.n, "k": stratum.k}


def _estimate(value: Fraction | None, interval: Interval | None) -> dict[str, float | None]:
    return {
        "estimate": None if value is None else float(value),
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }
