"""The adapter between reference vectors and the public functions of moderation.statistics."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from audit_forms.grades import BEST_FIRST, Grade, spelt
from moderation.statistics import annex, months
from moderation.statistics.agreement import Pairs, ScaleTable
from moderation.statistics.alpha import Level, alpha, alpha_of_pairs
from moderation.statistics.chance_corrected import chance_corrected
from moderation.statistics.coefficient import Coefficient
from moderation.statistics.difference import difference
from moderation.statistics.funnel import limits
from moderation.statistics.p_chart import p_chart
from moderation.statistics.planning import Method, needed, needed_of
from moderation.statistics.ratings import brennan_prediger_of, fleiss_kappa, gwet_of, pairwise_agreement, ratings
from moderation.statistics.runs import Runs
from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Stratum, weighted
from moderation.statistics.streak import Gap, MonthCount, at_least, streak
from moderation.statistics.symmetry import bhapkar, bowker, stuart_maxwell
from moderation.statistics.target import Operator, Target, judge, lies_beyond, surely_met
from moderation.statistics.weighting import ByWeighting, Weighting
from moderation.statistics.xmr import Xmr, xmr

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


def pair_table(given: Mapping[str, Any]) -> Stats:
    rows = worst_first(given["categories"], given["table"])
    flipped = tuple(tuple(reversed(row)) for row in reversed(rows))
    table = Pairs(flipped) if len(rows) == 4 else ScaleTable(flipped)
    corrected, both, margins = chance_corrected(rows), bowker(rows), stuart_maxwell(rows)
    stats: Stats = {
        "n": table.n,
        "agree_n": table.exact.k,
        "agreement": number(table.exact.fraction),
        "within_one": number(table.within_one.fraction),
        "a_higher_than_b": table.direction.auditor_higher,
        "a_lower_than_b": table.direction.moderator_higher,
        "sign_p": table.direction.p,
        **coefficients("kappa", corrected.kappa, null=True),
        **gwets(corrected.gwet),
        **coefficients("bp", corrected.brennan_prediger),
        "scott_pi": corrected.scott_pi.value,
        "scott_pi_se": corrected.scott_pi.error,
        "bowker_stat": both.full.statistic,
        "bowker_df_full": both.full.df,
        "bowker_p_full": both.full.p,
        "bowker_df_used": both.used.df,
        "bowker_p_used": both.used.p,
        "stuart_maxwell_stat": margins.statistic,
        "stuart_maxwell_df": margins.df,
        "stuart_maxwell_p": margins.p,
        "bhapkar_stat": bhapkar(rows).statistic,
        "bhapkar_p": bhapkar(rows).p,
        **{f"alpha_{level}": alpha_of_pairs(rows, level).value for level in Level},
    }
    if isinstance(table, Pairs):
        stats["good_or_better_agreement"] = number(table.good_line.fraction)
        stats["good_or_better_sign_p"] = table.across_the_line.p
        stats["auditor_good_or_better"] = number(table.auditor_good.fraction)
        stats["moderator_good_or_better"] = number(table.moderator_good.fraction)
    return stats


def worst_first(categories: Sequence[Any], table: Sequence[Sequence[int]]) -> list[list[int]]:
    """The table with its grades from worst to best: the scale's own order, unless its words are the four grades."""
    grades = [spelt(str(one)) for one in categories]
    order = list(range(len(categories)))
    if all(isinstance(one, Grade) for one in grades) and not any(str(one).strip().isdigit() for one in categories):
        order.sort(key=lambda place: -BEST_FIRST.index(Grade(str(grades[place]))))
    return [[int(table[row][column]) for column in order] for row in order]


def many_raters(given: Mapping[str, Any]) -> Stats:
    scale = given["categories"]
    seen = ratings(given["ratings"], scale)
    numbers = [float(one) for one in scale] if all(isinstance(one, int | float) for one in scale) else None
    return {
        "n_units": seen.units,
        "n_rated": seen.rated,
        "n_pairable": seen.pairable,
        "pairwise_agreement": pairwise_agreement(seen),
        **coefficients("fleiss_kappa", every_weighting(lambda one: fleiss_kappa(seen, one))),
        **gwets(every_weighting(lambda one: gwet_of(seen, one))),
        **coefficients("bp", every_weighting(lambda one: brennan_prediger_of(seen, one))),
        **{f"alpha_{level}": alpha(seen, level, numbers).value for level in Level},
    }


def differences(given: Mapping[str, Any]) -> Stats:
    change = difference(Share(given["k1"], given["n1"]), Share(given["k2"], given["n2"]), given.get("confidence", 0.95))
    return {"estimate": number(change.value), **ends("newcombe", change.interval)}


def sample_size(given: Mapping[str, Any]) -> Stats:
    target, confidence = target_of(given), given.get("confidence", 0.95)
    disagreements, audits = range(given["max_disagreements"] + 1), given.get("population")
    stats: Stats = {method.value: [needed(d, target, confidence, method) for d in disagreements] for method in Method}
    if audits is not None:
        stats["hypergeometric"] = [needed_of(d, audits, target, confidence) for d in disagreements]
    return stats


def spc_xmr(given: Mapping[str, Any]) -> Stats:
    chart = xmr(given["values"])
    return {
        "mean": chart.mean,
        **process_limits(chart),
        "outside": [place + 1 for place in chart.outside],
        **run_stats(chart.runs),
        "mdc_special_cause": [cause.value for cause in chart.causes],
    }


def spc_p(given: Mapping[str, Any]) -> Stats:
    shares = [Share(k, n) for k, n in zip(given["good"], given["n"], strict=True)]
    chart = p_chart(shares, limits_from=1, counted_from=1)
    individuals = xmr(point.value for point in chart.points if point.value is not None)
    causes = iter(individuals.causes)
    return {
        "centre": number(chart.centre),
        "ucl": [point.limits and point.limits.high for point in chart.points],
        "lcl": [point.limits and point.limits.low for point in chart.points],
        "sigma_z": chart.sigma_z,
        "pprime_ucl": [point.laney and point.laney.high for point in chart.points],
        "pprime_lcl": [point.laney and point.laney.low for point in chart.points],
        "outside": [place + 1 for place in chart.outside],
        **run_stats(chart.runs),
        "xmr_mean": individuals.mean,
        **{f"xmr_{name}": value for name, value in process_limits(individuals).items()},
        "mdc_special_cause": [None if point.value is None else next(causes).value for point in chart.points],
    }


def funnels(given: Mapping[str, Any]) -> Stats:
    centre = Fraction(given["p0_num"], given["p0_den"])
    bounds = [limits(n, centre) for n in given["n"]]
    names = ("low_alert", "low_alarm", "high_alert", "high_alarm")
    return {name: [getattr(one, name) for one in bounds] for name in names}


KINDS: dict[str, Callable[[Mapping[str, Any]], Stats]] = {
    "pair_table": pair_table,
    "ratings": many_raters,
    "proportion": proportion,
    "difference": differences,
    "stratified": stratified,
    "verdict": verdict,
    "streak": streaks,
    "sample_size": sample_size,
    "spc_xmr": spc_xmr,
    "spc_p": spc_p,
    "funnel": funnels,
}


def target_of(given: Mapping[str, Any]) -> Target:
    operator = Operator.ABOVE if given.get("strict", True) else Operator.AT_LEAST
    name = "threshold" if "threshold_num" in given else "target"
    return Target(operator, given[f"{name}_num"], given[f"{name}_den"])


def every_weighting(make: Callable[[Weighting], Coefficient]) -> ByWeighting[Coefficient]:
    return ByWeighting(*map(make, Weighting))


def coefficients(name: str, made: ByWeighting[Coefficient], *, null: bool = False) -> Stats:
    stats: Stats = {}
    for weighting in Weighting:
        one = made.under(weighting)
        full = name if weighting is Weighting.IDENTITY else f"{name}_{weighting}"
        stats |= {full: one.value, f"{full}_se": one.error}
        if null:
            stats[f"{full}_se0"] = one.null_error
    return stats


def gwets(made: ByWeighting[Coefficient]) -> Stats:
    stats = coefficients("ac2", made)
    return {{"ac2": "ac1", "ac2_se": "ac1_se"}.get(name, name): value for name, value in stats.items()}


def process_limits(chart: Xmr) -> Stats:
    return {
        "upl": chart.limits and chart.limits.high,
        "lpl": chart.limits and chart.limits.low,
        "upl_screened": chart.screened and chart.screened.high,
        "lpl_screened": chart.screened and chart.screened.low,
    }


def run_stats(seen: Runs) -> Stats:
    return {
        "runs_useful": seen.useful,
        "runs_longest_run": seen.longest,
        "runs_longest_run_max": seen.longest_allowed,
        "runs_crossings": seen.crossings,
        "runs_crossings_min": seen.fewest_allowed,
        "runs_signal": seen.signal,
    }


def ends(name: str, interval: Interval | None, ending: str = "") -> Stats:
    return {
        f"{name}_lo{ending}": None if interval is None else interval.low,
        f"{name}_hi{ending}": None if interval is None else interval.high,
    }


def number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
