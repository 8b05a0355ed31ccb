"""docs/agreement.md: each figure of agreement in words, with examples that are computed when the page is written."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Final

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.agreement import Pairs, ScaleTable
from moderation.statistics.bootstrap import TableStratum, stratified, weighted_table
from moderation.statistics.calibration import GradedFile, exercise
from moderation.statistics.chance_corrected import chance_corrected
from moderation.statistics.corrected import corrected
from moderation.statistics.difference import difference
from moderation.statistics.funnel import funnel, limits
from moderation.statistics.p_chart import p_chart
from moderation.statistics.pair_list import SEED
from moderation.statistics.planning import Method, needed, needed_of, power, reach
from moderation.statistics.severity import METHOD, leanings
from moderation.statistics.share import Interval, Share, percent
from moderation.statistics.stratified import Stratum, weighted
from moderation.statistics.streak import chance_of_run
from moderation.statistics.symmetry import ChiSquare, bowker, stuart_maxwell
from moderation.statistics.target import Operator, Target, judge_estimate
from moderation.statistics.xmr import xmr

Table = Callable[[tuple[str, ...], list[tuple[str, ...]]], str]

TARGET: Final = Target(Operator.ABOVE, 90, 100)
STRICT: Final = ((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 1, 19))
REST: Final = ((4, 0, 0, 0), (0, 23, 2, 0), (0, 1, 10, 0), (0, 0, 0, 0))
AUDITS: Final = {Grade.OUTSTANDING: 18, Grade.GOOD: 112, Grade.REQUIRES_IMPROVEMENT: 50, Grade.INADEQUATE: 20}
PARADOX: Final = ((0, 1, 0, 0), (1, 92, 2, 0), (0, 2, 1, 0), (0, 0, 1, 0))
GOOD: Final = (11, 9, 13, 10, 12, 8, 14, 12, 11, 13, 9, 12)
JUDGED: Final = (13, 10, 14, 12, 14, 10, 16, 14, 12, 15, 11, 13)
MONTHS: Final = tuple(map(Share, GOOD, JUDGED))
ONE_FILE: Final = (Grade.GOOD, Grade.GOOD, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT)
AUDITORS: Final = {"Ann": ((8, 2), (0, 10)), "Ben": ((9, 0), (1, 10)), "Cas": ((2, 3), (0, 1))}


def agreement_page(table: Table) -> str:
    """The page: what agreement_page.txt says, with every [[name]] computed."""
    told = files("qa_app.commands").joinpath("agreement_page.txt").read_text("utf-8")
    for name, text in {**_pairs(table), **_corrected(table), **_coefficients(table), **_others(table)}.items():
        told = told.replace(f"[[{name}]]", text)
    return told


def whole() -> Pairs:
    """Both groups of the example in one table."""
    return Pairs(tuple(tuple(map(sum, zip(*rows, strict=True))) for rows in zip(STRICT, REST, strict=True)))


def strata() -> tuple[Stratum, Stratum]:
    """The two groups of the example: all inadequate, and some of everything else."""
    strict, rest = Pairs(STRICT).exact, Pairs(REST).exact
    all_strict = AUDITS[Grade.INADEQUATE]
    others = sum(AUDITS.values()) - all_strict
    return (
        Stratum("inadequate", all_strict, strict.n, strict.k, certainty=True),
        Stratum("everything else", others, rest.n, rest.k),
    )


def _pairs(table: Table) -> Mapping[str, str]:
    pairs, (strict, rest) = whole(), strata()
    made, only_these = weighted([strict, rest]), weighted([strict, rest], fpc=True)
    verdict = judge_estimate(made.value, made.interval, TARGET)
    up, down = pairs.direction.auditor_higher, pairs.direction.moderator_higher
    return {
        "audits": str(strict.audits + rest.audits),
        "strict_audits": str(strict.audits),
        "strict_n": str(strict.n),
        "strict_k": str(strict.k),
        "rest_audits": str(rest.audits),
        "rest_n": str(rest.n),
        "rest_k": str(rest.k),
        "table": _table(table, pairs),
        "share": pairs.exact.text,
        "k": str(pairs.exact.k),
        "n": str(pairs.exact.n),
        "share_range": _range(pairs.exact.wilson()),
        "twelve_range": _range(Share(12, 12).wilson()),
        "estimate": percent(made.value or Fraction(0), pairs.n),
        "estimate_range": _range(made.interval),
        "estimate_range_fpc": _range(only_these.interval),
        "verdict": verdict.words,
        "good_line": f"{pairs.good_line.text} ({_range(pairs.good_line.wilson())})",
        "within_one": f"{pairs.within_one.text} ({_range(pairs.within_one.wilson())})",
        "up": str(up),
        "down": str(down),
        "sign_chance": f"{100 * (pairs.direction.p or 0):.0f}%",
    }


def _corrected(table: Table) -> Mapping[str, str]:
    rows, good = dict(zip(BEST_FIRST, whole().table, strict=True)), AUDITS[Grade.OUTSTANDING] + AUDITS[Grade.GOOD]
    cells = [Stratum(grade.value, AUDITS[grade], sum(row), sum(row[:2])) for grade, row in rows.items()]
    made = corrected(cells)
    lines: list[tuple[str, ...]] = [
        (Grade(cell.name).label, str(cell.audits), str(cell.n), str(cell.k)) for cell in cells
    ]
    return {
        "auditor_good": Share(good, sum(AUDITS.values())).text,
        "corrected": percent(made.estimate or Fraction(0), 100),
        "corrected_range": _range(made.interval),
        "corrected_table": table(("Auditor's grade", "Audits", "Moderated", "Moderator: good or better"), lines),
    }


def _coefficients(table: Table) -> Mapping[str, str]:
    weighted_by = [TableStratum(one.audits, rows) for one, rows in zip(strata(), (STRICT, REST), strict=True)]
    drawn, made, plain = stratified(weighted_by, seed=SEED), chance_corrected(weighted_table(weighted_by)), whole()
    rows: list[tuple[str, ...]] = [
        (name, f"{one.value:.3f}", f"{ends.interval.low:.2f} to {ends.interval.high:.2f}" if ends.interval else "–")
        for name, one, ends in (
            ("Kappa", made.kappa.identity, drawn.kappa.identity),
            ("Kappa, linear weights", made.kappa.linear, drawn.kappa.linear),
            ("Kappa, quadratic weights", made.kappa.quadratic, drawn.kappa.quadratic),
            ("AC1", made.gwet.identity, drawn.gwet.identity),
            ("AC2, linear weights", made.gwet.linear, drawn.gwet.linear),
            ("AC2, quadratic weights", made.gwet.quadratic, drawn.gwet.quadratic),
        )
    ]
    paradox = chance_corrected(PARADOX)
    return {
        "coefficients": table(("Coefficient, weighted to all audits", "Value", "Range"), rows),
        "paradox": _table(table, Pairs(PARADOX)),
        "paradox_share": Pairs(PARADOX).exact.text,
        "paradox_kappa": f"{paradox.kappa.identity.value:.2f}",
        "paradox_ac1": f"{paradox.gwet.identity.value:.2f}",
        "bowker": _test(bowker(plain.table).used),
        "stuart": _test(stuart_maxwell(plain.table)),
    }


def _others(table: Table) -> Mapping[str, str]:
    now, before = Share(18, 20), Share(15, 20)
    teams, line = limits(8, Fraction(85, 100)), Fraction(85, 100)
    cannot = funnel([("", Share(8, 8))], line)
    spread = exercise([GradedFile("", dict(zip("abcd", ONE_FILE, strict=True)), Grade.GOOD)]).files[0]
    plan = [
        tuple(
            map(str, (d, needed(d, TARGET), needed(d, TARGET, 0.95, Method.CLOPPER_PEARSON), needed_of(d, 200, TARGET)))
        )
        for d in range(6)
    ]
    return {
        **_over_time(),
        "now": now.text,
        "before": before.text,
        "change": difference(now, before).text,
        "funnel_alert": str(teams.low_alert),
        "funnel_alarm": str(teams.low_alarm),
        "funnel_cannot": cannot.cannot_show if cannot else "",
        "leanings_method": METHOD,
        "leanings": _leanings(table),
        "reach": reach(12, TARGET).text,
        "planner": table(("Disagreements", "Wilson", "Clopper-Pearson", "Of 200 audits"), plan),
        "power": f"{100 * power(100, 0.95, TARGET):.0f}%",
        "streak_chance": f"{100 * chance_of_run([12] * 4, Target(Operator.ABOVE, 85, 100)):.0f}%",
        "exercise_grades": ", ".join(grade.short for grade in ONE_FILE),
        "exercise_matching": spread.matching.text if spread.matching else "",
        "exercise_pairs": f"{spread.pairwise.k} of {spread.pairwise.n}",
    }


def _over_time() -> Mapping[str, str]:
    chart, individuals = p_chart(MONTHS), xmr(share.fraction or 0 for share in MONTHS)
    return {
        "months": ", ".join(f"{share.k} of {share.n}" for share in MONTHS),
        "centre": f"{100 * float(chart.centre or 0):.1f}%",
        "first_limits": _range(chart.points[0].limits),
        "outside": f"month {chart.outside[0] + 1}" if chart.outside else "none",
        "longest": str(chart.runs.longest),
        "longest_allowed": str(chart.runs.longest_allowed),
        "crossings": str(chart.runs.crossings),
        "fewest": str(chart.runs.fewest_allowed),
        "runs": "a signal" if chart.runs.signal else "no signal",
        "xmr_upper": f"{100 * individuals.limits.high:.0f}%" if individuals.limits else "–",
    }


def _leanings(table: Table) -> str:
    made = leanings((name, ScaleTable(rows)) for name, rows in AUDITORS.items())
    rows: list[tuple[str, ...]] = [
        (one.name, str(one.n), f"{one.mean:+.2f}", f"{one.shrunk:+.2f}", "{:+.2f} to {:+.2f}".format(*one.interval))
        for one in made.auditors
        if one.interval is not None
    ]
    return table(("Auditor", "Pairs", "Grades above the moderator, as counted", "drawn to the mean", "Range"), rows)


def _table(table: Table, pairs: Pairs) -> str:
    rows: list[tuple[str, ...]] = [
        (grade.label, *map(str, row)) for grade, row in zip(BEST_FIRST, pairs.table, strict=True)
    ]
    return table(("", *(grade.short for grade in BEST_FIRST)), rows)


def _range(interval: Interval | None) -> str:
    return f"{100 * interval.low:.1f}% to {100 * interval.high:.1f}%" if interval else "–"


def _test(one: ChiSquare) -> str:
    return f"{one.statistic:.2f} with {one.df} degrees of freedom, p = {one.p:.2f}"
