"""The analysis of a list of pairs as the plain structure that `qa agreement --json` prints; None where undefined."""

from collections.abc import Iterable
from typing import Any

from moderation.statistics.agreement import Direction, Pairs
from moderation.statistics.bootstrap import Resampled, Resamples
from moderation.statistics.chance_corrected import ChanceCorrected
from moderation.statistics.coefficient import Coefficient
from moderation.statistics.pair_list import PairList, Settings
from moderation.statistics.share import Interval, Share
from moderation.statistics.symmetry import ChiSquare
from moderation.statistics.weighting import Weighting


def analysis_json(made: Iterable[PairList], settings: Settings) -> dict[str, Any]:
    """Every domain's analysis; shares are {k, n, value, low, high}, tables have the best grade first."""
    return {
        "target": settings.target.text,
        "confidence": settings.confidence,
        "domains": [_domain(one, settings) for one in made],
    }


def _domain(one: PairList, settings: Settings) -> dict[str, Any]:
    table, verdict = one.pairs, one.verdict
    return {
        "domain": one.domain or None,
        "table": [list(row) for row in table.table],
        "agreement": _share(table.exact, settings),
        "good_line": _share(table.good_line, settings),
        "within_one": _share(table.within_one, settings),
        "auditor_good_or_better": _share(table.auditor_good, settings),
        "moderator_good_or_better": _share(table.moderator_good, settings),
        "direction": _direction(table.direction),
        "direction_across_the_good_line": _direction(table.across_the_line),
        "weighted": _weighted(one),
        "judged": verdict is not None,
        "literal": verdict.literal if verdict else None,
        "certainty": verdict.certainty.value if verdict and verdict.certainty else None,
        "coefficients": _coefficients(one.coefficients),
        "coefficients_weighted": _coefficients(one.weighted, one.resamples),
        "alpha_ordinal": _coefficient(one.alpha),
        "symmetry": {
            "bowker_full": _test(one.bowker.full),
            "bowker_used": _test(one.bowker.used),
            "stuart_maxwell": _test(one.stuart_maxwell),
            "bhapkar": _test(one.bhapkar),
        },
        "can_show": one.reach.text,
        "differ_on_whether_it_applies": one.applicability,
        "not_moderated": one.not_moderated,
        "auditors": _auditors(one, settings),
    }


def _share(share: Share, settings: Settings) -> dict[str, Any]:
    value = share.fraction
    return {"k": share.k, "n": share.n, "value": _number(value), **_ends(share.wilson(settings.confidence))}


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {"low": interval.low if interval else None, "high": interval.high if interval else None}


def _direction(one: Direction) -> dict[str, Any]:
    return {"auditor_higher": one.auditor_higher, "moderator_higher": one.moderator_higher, "sign_p": one.p}


def _weighted(one: PairList) -> dict[str, Any]:
    made = one.estimate
    if made is None:
        return {"value": None, "reason": one.why_unweighted}
    strata = (*made.used, *made.left_out)
    return {
        "value": _number(made.value),
        **_ends(made.interval),
        "covered": {"k": made.covered.k, "n": made.covered.n},
        "strata": [{"stratum": each.name, "N": each.audits, "n": each.n, "k": each.k} for each in strata],
    }


def _coefficients(made: ChanceCorrected | None, drawn: Resamples | None = None) -> dict[str, Any] | None:
    """Kappa, AC1, AC2, Brennan-Prediger and pi by name; resampled ends where there are some."""
    if made is None:
        return None
    found: dict[str, Any] = {}
    for weighting in Weighting:
        ending = "" if weighting is Weighting.IDENTITY else f"_{weighting}"
        ac = "ac1" if weighting is Weighting.IDENTITY else f"ac2{ending}"
        kappa, gwet = (drawn.kappa.under(weighting), drawn.gwet.under(weighting)) if drawn else (None, None)
        found[f"kappa{ending}"] = _coefficient(made.kappa.under(weighting), kappa)
        found[ac] = _coefficient(made.gwet.under(weighting), gwet)
        found[f"brennan_prediger{ending}"] = _coefficient(made.brennan_prediger.under(weighting))
    return {**found, "scott_pi": _coefficient(made.scott_pi)}


def _coefficient(one: Coefficient, drawn: Resampled | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"value": one.value}
    if one.value is None:
        return {**said, "reason": one.reason}
    if one.error is not None:
        said["se"] = one.error
    if one.null_error is not None:
        said["se_null"] = one.null_error
    return {**said, **_ends(drawn.interval)} if drawn is not None else said


def _test(one: ChiSquare) -> dict[str, Any]:
    said: dict[str, Any] = {"statistic": one.statistic, "df": one.df, "p": one.p}
    return {**said, "reason": one.reason} if one.reason else said


def _auditors(one: PairList, settings: Settings) -> list[dict[str, Any]]:
    leaning = {each.name: each for each in one.leanings.auditors}
    return [_auditor(name, table, leaning.get(name), settings) for name, table in one.auditors]


def _auditor(name: str, table: Pairs, leaning: Any, settings: Settings) -> dict[str, Any]:
    enough = table.n >= settings.person_from
    shrunk = leaning.shrunk if leaning is not None else None
    return {
        "auditor": name,
        "n": table.n,
        "agreement": _share(table.exact, settings) if enough else None,
        "grades_above_moderator": leaning.mean if leaning is not None else None,
        "grades_above_moderator_shrunk": shrunk,
        **(_ends(leaning.interval) if leaning is not None else _ends(None)),
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
