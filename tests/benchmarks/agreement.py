"""The agreement analysis from raw pairs, alpha and resampling, beside the packages people use for them."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from moderation.statistics.alpha import Level, alpha
from moderation.statistics.bootstrap import bootstrap
from moderation.statistics.ratings import coded
from moderation.statistics.raw_pairs import analysed, counted
from moderation.statistics.share import Share
from tests.benchmarks import peers
from tests.benchmarks.tables import Goal, Line, Table, at_most_times, quicker, within
from tests.benchmarks.timing import in_turns

SIZES = (100, 10_000, 1_000_000)
UNITS, RATERS = 10_000, 3
INTERVALS = 1_000
Codes = npt.NDArray[np.uint8]


def agreement(*, rounds: int) -> Table:
    """The table; without the other packages it holds ours and the floor alone, and says why."""
    missing = peers.bring()
    table = Table(
        "Agreement from raw pairs",
        "Two columns of grades, a byte each, are counted and analysed: the share with Wilson's interval; kappa, AC1, "
        "AC2 and Brennan-Prediger under three weightings with their standard errors; Scott's pi. The floor is one "
        "`numpy.bincount` of ready-made cell numbers. scikit-learn is asked for three kappas alone; statsmodels for "
        "three kappas with their standard errors and Wilson's interval; scipy for the table and that interval. All "
        "must give the same answers before anything is timed. Alpha is ordinal, of 3 raters with a tenth of the "
        "ratings missing, from the same floats. Resampling is 10,000 tables and 9 intervals; scipy's is of the plain "
        "share alone.",
        afterwards=[missing] if missing else [],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other packages' own
        for n in SIZES:
            table.lines += _from_pairs(n, rounds=rounds, alone=bool(missing))
        table.lines += _alpha(rounds=rounds, alone=bool(missing))
        table.lines += _intervals(rounds=rounds)
        table.lines += _resampling(rounds=rounds)
    return table


def _columns(n: int) -> tuple[Codes, Codes]:
    generator = np.random.default_rng(n)
    auditor = generator.choice(4, n, p=[0.08, 0.5, 0.32, 0.1]).astype(np.uint8)
    other = generator.integers(0, 4, n, dtype=np.uint8)
    return auditor, np.where(generator.random(n) < 0.88, auditor, other).astype(np.uint8)


def _from_pairs(n: int, *, rounds: int, alone: bool) -> list[Line]:
    auditor, moderator = _columns(n)
    cells = auditor.astype(np.intp) * 4 + moderator
    calls: dict[str, Callable[[], Any]] = {
        "ours": lambda: analysed(auditor, moderator),
        "floor": lambda: np.bincount(cells, minlength=16),
        "scipy": lambda: _scipy(auditor, moderator),
    }
    if not alone:
        calls["sklearn"] = lambda: _sklearn(auditor, moderator)
        calls["statsmodels"] = lambda: _statsmodels(auditor, moderator)
    _agree(calls)
    took = in_turns(calls, rounds=rounds * (10 if n < 10**5 else 1))
    what, where = "Agreement from raw pairs", f"n = {n:,}"
    floor = Goal("at most 2 times and 0.1 ms", lambda ms: ms <= 2 * took["floor"] + 0.1, of_ratio=False)
    goal = at_most_times(1.2) if n == SIZES[-1] else floor
    lines = [Line(what, where, took["ours"], "one bincount", took["floor"], goal)]
    if not alone:
        lines.append(Line(what, where, took["ours"], "scikit-learn", took["sklearn"], quicker(40)))
        lines.append(Line(what, where, took["ours"], "statsmodels", took["statsmodels"]))
    return [*lines, Line(what, where, took["ours"], "scipy", took["scipy"])]


def _agree(calls: dict[str, Callable[[], Any]]) -> None:
    """See that every package gives the answers that ours does."""
    made = calls["ours"]()
    kappa = made.coefficients.kappa
    values = [kappa.identity.value, kappa.linear.value, kappa.quadratic.value]
    if "sklearn" in calls:
        np.testing.assert_allclose(calls["sklearn"](), values, atol=1e-9)
        theirs, errors, interval = calls["statsmodels"]()
        np.testing.assert_allclose(theirs, values, atol=1e-9)
        np.testing.assert_allclose(errors, [kappa.identity.error, kappa.linear.error, kappa.quadratic.error], atol=1e-9)
        np.testing.assert_allclose(interval, made.interval, atol=1e-9)
    np.testing.assert_allclose(calls["scipy"](), made.interval, atol=1e-9)


def _sklearn(auditor: Codes, moderator: Codes) -> list[float]:
    from sklearn.metrics import cohen_kappa_score

    labels = [0, 1, 2, 3]
    return [
        cohen_kappa_score(auditor, moderator, labels=labels, weights=weights)
        for weights in (None, "linear", "quadratic")
    ]


def _statsmodels(auditor: Codes, moderator: Codes) -> tuple[list[float], list[float], tuple[float, float]]:
    from statsmodels.stats.inter_rater import cohens_kappa, to_table
    from statsmodels.stats.proportion import proportion_confint

    counts, _ = to_table(np.column_stack([auditor, moderator]), bins=4)
    made = [cohens_kappa(counts), *(cohens_kappa(counts, wt=weights) for weights in ("linear", "quadratic"))]
    interval = proportion_confint(np.trace(counts), counts.sum(), method="wilson")
    return [one.kappa for one in made], [one.var_kappa**0.5 for one in made], interval


def _scipy(auditor: Codes, moderator: Codes) -> tuple[float, float]:
    from scipy.stats import binomtest
    from scipy.stats.contingency import crosstab

    counts = crosstab(auditor, moderator, levels=([0, 1, 2, 3], [0, 1, 2, 3])).count
    interval = binomtest(int(np.trace(counts)), int(counts.sum())).proportion_ci(method="wilson")
    return interval.low, interval.high


def _alpha(*, rounds: int, alone: bool) -> list[Line]:
    generator = np.random.default_rng(5)
    true = generator.integers(0, 4, (UNITS, 1))
    grades = np.clip(true + generator.choice([-1, 0, 0, 0, 1], (UNITS, RATERS)), 0, 3).astype(float)
    grades[generator.random(grades.shape) < 0.1] = np.nan
    calls: dict[str, Callable[[], Any]] = {"ours": lambda: alpha(coded(grades, 4), Level.ORDINAL).value}
    if not alone:
        import krippendorff

        turned = grades.T.copy()
        calls["theirs"] = lambda: krippendorff.alpha(reliability_data=turned, level_of_measurement="ordinal")
        np.testing.assert_allclose(calls["ours"](), calls["theirs"](), atol=1e-9)
    took = in_turns(calls, rounds=rounds * 10)
    what, where = "Krippendorff's alpha", f"{UNITS:,} units"
    if alone:
        return [Line(what, where, took["ours"])]
    return [Line(what, where, took["ours"], "krippendorff", took["theirs"], quicker(10))]


def _intervals(*, rounds: int) -> list[Line]:
    from scipy.stats import binomtest

    shares = [Share(k, INTERVALS) for k in range(INTERVALS)]
    took = in_turns(
        {
            "ours": lambda: [one.wilson() for one in shares],
            "theirs": lambda: [binomtest(one.k, one.n).proportion_ci(method="wilson") for one in shares],
        },
        rounds=rounds,
    )
    return [Line(f"{INTERVALS:,} Wilson intervals", "a loop", took["ours"], "scipy in a loop", took["theirs"])]


def _resampling(*, rounds: int) -> list[Line]:
    from scipy.stats import bootstrap as scipy_bootstrap

    lines = []
    for n in (SIZES[0], SIZES[-1]):
        auditor, moderator = _columns(n)
        table = counted(auditor, moderator)
        calls: dict[str, Callable[[], Any]] = {"ours": lambda table=table: bootstrap(table, seed=1)}
        if n == SIZES[0]:
            same = ((auditor == moderator).astype(float),)
            calls["theirs"] = lambda same=same: scipy_bootstrap(same, np.mean, n_resamples=10_000, method="percentile")
        took = in_turns(calls, rounds=rounds)
        beside = ("scipy.stats.bootstrap", took["theirs"]) if "theirs" in took else ("", None)
        lines.append(Line("10,000 resamples", f"n = {n:,}", took["ours"], *beside, within(30)))
    return lines
