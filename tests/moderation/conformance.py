"""The adapter between reference vectors and the public functions of moderation.statistics."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from moderation.statistics import annex, months
from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Stratum, weighted
from moderation.statistics.streak import Gap, MonthCount, at_least, streak
from moderation.statistics.target import Operator, Target, judge, lies_beyond, surely_met

Stats = dict[str, Any]


def compute(kind: str, given: Mapping[str, Any]) -> Stats:
    """Every statistic of a kind of vector for its input; None where there is no figure.

    Raises:
        LookupError: nothing here computes this kind.
    """
    if kind not in KINDS:
        raise LookupError(f"No statistics are computed for the kind '{kind}'; there are {', '.join(sorted(KINDS))}.")
    return KINDS[kind](given)


def proportion(given: Mapping[str, Any]) -> Stats:
    share, confidence = Share(given["k"], given["n"]), given.get("confidence", 0.95)
    return {
        "estimate": number(share.fraction),
        **ends("wilson", share.wilson(confidence)),
        **ends("cp", share.clopper_pearson(confidence)),
        **ends("jeffreys", share.jeffreys(confidence)),
    }


def verdict(given: Mapping[str, Any]) -> Stats:
    share, confidence, target = Share(given["k"], given["n"]), given.get("confidence", 0.95), target_of(given)
    wilson, exact = share.wilson(confidence), share.clopper_pearson(confidence)
    judged = judge(share, target, confidence)
    return {
        "meets_point": judged.literal,
        **ends("wilson", wilson),
        **ends("cp", exact),
        "wilson_lower_above": None if wilson is None else surely_met(wilson, target),
        "cp_lower_above": None if exact is None else surely_met(exact, target),
        "wilson_upper_below": None if wilson is None else lies_beyond(wilson, target),
        "cp_upper_below": None if exact is None else lies_beyond(exact, target),
        "status": judged.status,
        "p_at_least_k_if_at_threshold": at_least(share.k, share.n, float(target.line)) if share.n else None,
    }


def streaks(given: Mapping[str, Any]) -> Stats:
    counts = [
        MonthCount(months.read(one["month"]), Share(one["good"], one["n"]), one.get("open", False))
        for one in given["months"]
    ]
    run = streak(
        counts,
        target_of(given),
        required=given.get("required", 4),
        min_n=given.get("min_n", 1),
        gap=Gap(given.get("gap", "break")),
    )
    standing = {month.month: month.standing.value for month in run.months}
    return {
        "status": [standing[count.month] for count in counts],
        "longest_run": run.longest,
        "current_run": run.current,
        "ever_met": run.ever_met,
        "first_met_month": months.name(run.first_met) if run.first_met else None,
        "currently_met": run.currently_met,
    }


def stratified(given: Mapping[str, Any]) -> Stats:
    confidence = given.get("confidence", 0.95)
    strata = [
        Stratum(one.get("name", f"stratum {place}"), one["N"], one["n"], one["agree"])
        for place, one in enumerate(given["strata"], start=1)
    ]
    estimate = weighted(strata, confidence)
    stats: Stats = {
        "N": sum(stratum.audits for stratum in strata),
        "n": estimate.unweighted.n,
        "estimate": number(estimate.value),
        "unweighted": number(estimate.unweighted.fraction),
        "covered": number(estimate.covered.fraction),
        "df": annex.degrees_of_freedom(strata),
        "n_kish": annex.kish_size(strata),
    }
    for fpc, ending in ((True, "_fpc"), (False, "_nofpc")):
        stats[f"se{ending}"] = annex.standard_error(strata, fpc=fpc)
        stats |= ends("mover", weighted(strata, confidence, fpc=fpc).interval, ending)
        stats |= ends("logit", annex.logit(strata, confidence, fpc=fpc), ending)
        stats |= ends("kg", annex.korn_graubard(strata, confidence, fpc=fpc), ending)
    return stats


KINDS: dict[str, Callable[[Mapping[str, Any]], Stats]] = {
    "proportion": proportion,
    "verdict": verdict,
    "streak": streaks,
    "stratified": stratified,
}


def target_of(given: Mapping[str, Any]) -> Target:
    operator = Operator.ABOVE if given.get("strict", True) else Operator.AT_LEAST
    return Target(operator, given["threshold_num"], given["threshold_den"])


def ends(name: str, interval: Interval | None, ending: str = "") -> Stats:
    return {
        f"{name}_lo{ending}": None if interval is None else interval.low,
        f"{name}_hi{ending}": None if interval is None else interval.high,
    }


def number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
