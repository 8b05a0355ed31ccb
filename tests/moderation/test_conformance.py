"""Every reference vector: published examples and at least two independent implementations, within its tolerance."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.moderation.conformance import KINDS, compute

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


def agrees(found: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(map(agrees, found, expected, [tolerance] * len(expected)))
        )
    if expected is None or isinstance(expected, bool | str):
        return type(found) is type(expected) and found == expected
    return isinstance(found, int | float) and abs(found - expected) <= tolerance


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_statistic_of_a_vector_comes_out(vector: dict[str, Any]) -> None:
    found = compute(vector["kind"], vector["input"])
    wrong = {
        stat: (found.get(stat, "missing"), expected)
        for stat, expected in vector["expected"].items()
        if not agrees(found.get(stat, "missing"), expected, vector["tolerance"])
    }
    assert wrong == {}


@pytest.mark.parametrize("vector", [v for v in VECTORS if "printed" in v], ids=lambda vector: vector["name"])
def test_what_the_source_prints_comes_out(vector: dict[str, Any]) -> None:
    found = compute(vector["kind"], vector["input"])
    for stat, printed in vector["printed"].items():
        assert found[stat] == pytest.approx(printed["value"], abs=printed["tolerance"])


def test_every_kind_here_has_vectors() -> None:
    assert {vector["kind"] for vector in VECTORS} == set(KINDS)


def test_an_unknown_kind_is_said_to_be_unknown() -> None:
    with pytest.raises(LookupError, match="'seance'"):
        compute("seance", {})


def test_a_comparison_can_fail() -> None:
    assert not agrees(0.5, None, 1e-6)
    assert not agrees(None, 0.5, 1e-6)
    assert not agrees(0.50001, 0.5, 1e-6)
    assert not agrees(1, True, 1e-6)
    assert not agrees("missing", None, 1e-6)
