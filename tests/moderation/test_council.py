"""The demo council's true counts, put through the measures, give its true figures."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from moderation.statistics.corrected import corrected
from moderation.statistics.facts import ChronologyCount, Facts, FrameCount, GradeCount, PairCount
from moderation.statistics.figures import Figures
from moderation.statistics.measures import compute
from moderation.statistics.months import Month
from moderation.statistics.rules import Rules
from moderation.statistics.share import Share
from moderation.statistics.stratified import Stratum

TRUTH: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "truth.json").read_text(encoding="utf-8"))
WINDOWS = ("last_3", "last_12", "all")
ELEMENTS = {
    ("overall", "final"): "overall_final",
    ("overall", "auditor"): "overall_auditor",
    ("supervision", "final"): "supervision_final",
    ("plan", "final"): "plan_final",
}


def facts() -> Facts:
    months, grades, pairs, frame, chronology = [], [], [], [], []
    for text, true in TRUTH["months"].items():
        month = date.fromisoformat(text)
        months.append(Month(month))
        for (element, basis), name in ELEMENTS.items():
            k, n = true[name]
            grades.append(GradeCount(month, "s", "t", element, basis, "good", k))
            grades.append(GradeCount(month, "s", "t", element, basis, "requires_improvement", n - k))
        chronology.append(ChronologyCount(month, "s", "t", *true["chronology_all_four"]))
        for name, key, certainty, audits in (
            ("inadequate", "agree_always_blind", True, true["always"]),
            ("rest", "agree_random_blind", False, true["frame_rest"]),
        ):
            k, n = true[key]
            frame.append(FrameCount(month, name, certainty, audits, n, n, 0, 0))
            for moderator, count in (("good", k), ("requires_improvement", n - k)):
                pairs.append(PairCount(month, name, "sampled", "blind", "overall", "a", "m", "good", moderator, count))
    return Facts(tuple(months), tuple(grades), tuple(pairs), tuple(frame), tuple(chronology))


@pytest.fixture(scope="module")
def figures() -> Figures:
    return compute(facts(), Rules(), date(2026, 10, 1))


def test_every_month_of_every_share(figures: Figures) -> None:
    wanted = [
        (figures.supervision.months, "supervision_final"),
        (figures.cases.months, "overall_final"),
        (figures.cases.as_graded or (), "overall_auditor"),
        (figures.plans.months, "plan_final"),
        (figures.chronology.months, "chronology_all_four"),
    ]
    for months, name in wanted:
        assert [month.share for month in months] == [Share(*true[name]) for true in TRUTH["months"].values()]


def test_the_streak(figures: Figures) -> None:
    run = figures.supervision.streak
    assert run is not None
    assert {"current": run.current, "longest": run.longest, "first_met": run.first_met} == TRUTH["supervision_streak"]


@pytest.mark.parametrize("name", WINDOWS)
def test_weighted_agreement(figures: Figures, name: str) -> None:
    window, true = dict(figures.agreement.windows.items())[name], TRUTH["weighted_agreement"][name]
    strata = [{"stratum": one.name, "N": one.audits, "n": one.n, "k": one.k} for one in window.strata]
    assert strata == true["strata"]
    assert window.estimate is not None
    assert float(window.estimate) == pytest.approx(true["estimate"], abs=1e-12)
    assert window.interval == pytest.approx(tuple(true["mover"]), abs=1e-12)


def test_the_last_three_months_are_shown_and_not_judged(figures: Figures) -> None:
    assert [window.judged for _, window in figures.agreement.windows.items()] == [False, True, True]


@pytest.mark.parametrize("name", WINDOWS)
def test_corrected_good_or_better(name: str) -> None:
    true = TRUTH["weighted_agreement"][name]["corrected_good_or_better"]
    grades = ("outstanding", "good", "requires_improvement", "inadequate")
    cells = [Stratum(grade, one["N"], one["n"], one["k"]) for grade, one in zip(grades, true["cells"], strict=True)]
    found = corrected(cells)
    assert found.estimate is not None
    assert float(found.estimate) == pytest.approx(true["estimate"], abs=1e-12)
    assert found.interval == pytest.approx((true["low"], true["high"]), abs=1e-12)
