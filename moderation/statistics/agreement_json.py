"""What stands beside the agreement figure, as the plain structure the command line prints; nobody is named in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from moderation.statistics import months
from moderation.statistics.analysis import Analysis, OverTime
from moderation.statistics.breakdowns import PairLine
from moderation.statistics.coefficients import Coefficients
from moderation.statistics.difference import Difference
from moderation.statistics.figures import Figures
from moderation.statistics.figures_json import figures_json
from moderation.statistics.share import Interval, Share
from moderation.statistics.symmetry import ChiSquare


def with_analysis(
    figures: Figures,
    analysed: Mapping[str, Analysis],
    elements: Mapping[str, tuple[PairLine, ...]],
    teams: Mapping[str, str],
) -> dict[str, Any]:
    """The figures as ``figures_json`` gives them, with the analysis of each window of agreement; teams by name."""
    whole = figures_json(figures)
    made = whole["measures"]["agreement"]
    windows = {
        name: {**window, **_window(analysed[name], elements.get(name, ()), teams)}
        for name, window in made["windows"].items()
    }
    latest = analysed["all"]  # change and months do not hang on the window
    monthly = [
        {"month": months.name(one.month), "k": one.share.k, "n": one.share.n, "open": one.open}
        for one in figures.agreement.months
    ]
    beside = {"months": monthly, "change": _change(latest), **_over_time(latest.over_time)}
    return {**whole, "measures": {**whole["measures"], "agreement": {"windows": windows, **beside}}}


def _window(found: Analysis, elements: tuple[PairLine, ...], teams: Mapping[str, str]) -> dict[str, Any]:
    pairs, leanings = found.pairs, found.leanings
    places = {point.name: point.place.value for point in found.funnel.points} if found.funnel is not None else {}
    return {
        "good_line": _share(pairs.good_line),
        "within_one": _share(pairs.within_one),
        "direction": {
            "auditor_higher": pairs.direction.auditor_higher,
            "moderator_higher": pairs.direction.moderator_higher,
            "p": pairs.direction.p,
        },
        "coefficients": None if found.coefficients is None else _coefficients(found.coefficients),
        "elements": [{"element": line.name, **_line(line)} for line in elements],
        "teams": [
            {"team": teams.get(line.name, line.name), **_line(line), "place": places[line.name]}
            for line in sorted(found.teams, key=lambda line: (teams.get(line.name, line.name), line.name))
        ],
        "auditors": {
            "people": found.people[0],
            "shown": sum(line.enough for line in found.auditors),
            "mean": leanings.mean,
            "within": leanings.within,
            "between": leanings.between,
        },
        "moderators": {"people": found.people[1], "shown": sum(line.enough for line in found.moderators)},
        "apart": {
            kind.value: {"k": table.exact.k, "n": table.n, "table": [list(row) for row in table.table]}
            for kind, table in found.apart
        },
    }


def _line(line: PairLine) -> dict[str, Any]:
    return {"k": line.pairs.exact.k, "n": line.pairs.n, **_ends(line.interval)}


def _share(share: Share) -> dict[str, Any]:
    return {"k": share.k, "n": share.n, **_ends(share.wilson())}


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {"low": interval.low if interval else None, "high": interval.high if interval else None}


def _coefficients(found: Coefficients) -> dict[str, Any]:
    return {
        "n": found.n,
        "weighted": found.is_weighted,
        **{one.key: {"value": one.value, **_ends(one.interval), "reason": one.reason} for one in found.values},
        "bowker": _test(found.bowker.full),
        "stuart_maxwell": _test(found.stuart_maxwell),
        "bhapkar": _test(found.bhapkar),
    }


def _test(found: ChiSquare) -> dict[str, Any]:
    return {"statistic": found.statistic, "df": found.df, "p": found.p, "reason": found.reason}


def _change(found: Analysis) -> dict[str, Any]:
    change = found.change
    return {
        "months": _names(change.now),
        "before": _names(change.before),
        "k": change.now_share.k,
        "n": change.now_share.n,
        "k_before": change.before_share.k,
        "n_before": change.before_share.n,
        **_difference(change.difference),
    }


def _difference(found: Difference) -> dict[str, Any]:
    value = None if found.value is None else float(found.value)
    return {"difference": value, **_ends(found.interval), "change": found.change.value}


def _over_time(found: OverTime) -> dict[str, Any]:
    runs, limits = found.p.runs, found.xmr.limits
    return {
        "p_chart": {
            "months": [
                {"month": months.name(month), "k": point.share.k, "n": point.share.n, "counted": point.counted}
                | {**_ends(point.limits), "outside": point.outside}
                for month, point in zip(found.months, found.p.points, strict=True)
            ],
            "centre": None if found.p.centre is None else float(found.p.centre),
            "limited": found.p.limited,
            "longest_run": runs.longest,
            "longest_allowed": runs.longest_allowed,
            "crossings": runs.crossings,
            "fewest_allowed": runs.fewest_allowed,
            "signal": found.p.signal,
        },
        "xmr": {
            "mean": found.xmr.mean,
            "low": limits.low if limits else None,
            "high": limits.high if limits else None,
            "trial": found.xmr.trial,
            "months": [
                {"month": months.name(month), "cause": cause.value}
                for month, cause in zip(found.xmr_months, found.xmr.causes, strict=True)
            ],
        },
    }


def _names(listed: tuple[date, ...]) -> list[str]:
    return [months.name(month) for month in listed]
