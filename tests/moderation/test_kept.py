"""Figures kept with a closed month come back exactly as they were, fractions and all."""

import json

import pytest

from moderation.statistics.facts import ChronologyCount, ExpectationCount, Facts, QualityCount
from moderation.statistics.kept import keep, restore
from moderation.statistics.measures import compute
from moderation.statistics.rules import Rules
from tests.moderation.counts import AUGUST, GOOD, JULY, JUNE, POOR, frame, grades, months, pair

FACTS = Facts(
    months=months(JUNE, JULY, still_open=(AUGUST,)),
    grades=tuple(
        row
        for month in (JUNE, JULY, AUGUST)
        for element in ("supervision", "overall", "plan", "permanence")
        for basis in ("auditor", "final")
        for row in grades(month, element, basis, good=9, inadequate=1, not_enough_evidence=1)
    ),
    pairs=(pair(JUNE, GOOD, GOOD, 7), pair(JUNE, GOOD, POOR, 1), pair(JULY, GOOD, GOOD, 4)),
    frame=(frame(JUNE, 10, 8), frame(JULY, 10, 4), frame(JULY, 1, stratum="always", certainty=True)),
    chronology=(ChronologyCount(JUNE, "s", "t", 3, 10),),
    expectations=(
        ExpectationCount(JUNE, "manager", False, 4, 3, 1),
        ExpectationCount(JULY, "iro", True, 2, 2, 0),
    ),
    quality=(QualityCount(JUNE, 6, 8),),
)


def test_figures_come_back_from_json_exactly_as_they_were() -> None:
    figures = compute(FACTS, Rules(), AUGUST)
    assert restore(json.loads(json.dumps(keep(figures)))) == figures


def test_figures_of_nothing_come_back_too() -> None:
    figures = compute(Facts(), Rules(), AUGUST)
    assert restore(json.loads(json.dumps(keep(figures)))) == figures


def test_a_measure_the_registry_no_longer_has_is_left_out() -> None:
    kept = keep(compute(FACTS, Rules(), AUGUST))
    kept["all"][0]["measure"] = "forgotten"
    restored = restore(kept)
    assert "supervision" not in [figure.measure.key for figure in restored.all]
    assert len(restored.all) == len(kept["all"]) - 1


def test_a_part_that_is_missing_is_an_error() -> None:
    kept = keep(compute(FACTS, Rules(), AUGUST))
    del kept["all"][0]["months"]
    with pytest.raises(KeyError):
        restore(kept)
