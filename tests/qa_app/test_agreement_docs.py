"""docs/agreement.md is fresh, and its examples come out again when worked by hand."""

import itertools
import re
from fractions import Fraction
from math import sqrt

import pytest

from qa_app.commands.docs import agreement_page
from qa_app.config import ROOT
from tests.moderation import textbook

pytestmark = pytest.mark.one_database
PAGE = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
Z = 1.959963984540054


def wilson(k: int, n: int) -> tuple[float, float]:
    p = k / n
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (p + Z * Z / (2 * n) - half) / (1 + Z * Z / n), (p + Z * Z / (2 * n) + half) / (1 + Z * Z / n)


def in_percent(low: float, high: float) -> str:
    return f"{100 * low:.1f}% to {100 * high:.1f}%"


def tables() -> list[list[list[int]]]:
    """The 4 x 4 tables of the page, in order."""
    rows = re.findall(r"^\| (?:Outstanding|Good|Requires[^|]*|Inadequate) \|((?: \d+ \|){4})$", PAGE, re.MULTILINE)
    cells = [[int(cell) for cell in re.findall(r"\d+", row)] for row in rows]
    return [cells[start : start + 4] for start in range(0, len(cells), 4)]


def test_the_page_is_fresh() -> None:
    assert agreement_page() == PAGE, "Run: ./run qa docs"
    assert "[[" not in PAGE


def test_the_share_and_its_range() -> None:
    example = tables()[0]
    k, n = sum(example[place][place] for place in range(4)), sum(map(sum, example))
    assert f"{k} of {n}" in PAGE
    assert in_percent(*wilson(k, n)) in PAGE


def test_the_weighted_share_its_range_and_the_verdict() -> None:
    found = re.search(r"(\d+)/(\d+) x (\d+)/(\d+) \+ (\d+)/(\d+) x (\d+)/(\d+) = \*\*([\d.]+)%", PAGE)
    assert found is not None
    *numbers, printed = found.groups()
    strict, audits, k, n, rest, _, k_rest, n_rest = map(int, numbers)
    estimate = Fraction(strict, audits) * Fraction(k, n) + Fraction(rest, audits) * Fraction(k_rest, n_rest)
    assert f"{float(100 * estimate) + 1e-9:.1f}" == printed
    below = above = 0.0
    for weight, (agreeing, pairs) in ((strict / audits, (k, n)), (rest / audits, (k_rest, n_rest))):
        low, high = wilson(agreeing, pairs)
        below += (weight * (agreeing / pairs - low)) ** 2
        above += (weight * (high - agreeing / pairs)) ** 2
    low, high = float(estimate) - sqrt(below), float(estimate) + sqrt(above)
    assert in_percent(low, high) in PAGE
    assert low < 0.9 < estimate
    assert "**met on these audits, not yet certain**" in PAGE


def test_good_or_better_as_moderators_would_say() -> None:
    cells = re.findall(r"^\| [A-Z][^|]+ \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)[:4]
    audits = sum(int(one) for one, _, _ in cells)
    estimate = sum(Fraction(int(size) * int(good), audits * int(seen)) for size, seen, good in cells)
    assert f"Extended to all audits this is **{float(100 * estimate):.1f}%**" in PAGE


def test_kappa_where_nearly_all_get_one_grade() -> None:
    kappa = textbook.kappa(tables()[1], textbook.identity)
    assert kappa is not None
    assert f"kappa is {float(kappa):.2f} and AC1" in WORDS


def test_the_change_between_quarters() -> None:
    (low, high), (earlier_low, earlier_high) = wilson(18, 20), wilson(15, 20)
    ends = (
        0.15 - sqrt((0.9 - low) ** 2 + (earlier_high - 0.75) ** 2),
        0.15 + sqrt((high - 0.9) ** 2 + (0.75 - earlier_low) ** 2),
    )
    assert f"+15 points ({100 * ends[0]:+.0f} to {100 * ends[1]:+.0f}): no clear change" in PAGE


def test_the_p_chart() -> None:
    months = [
        (int(k), int(n))
        for k, n in re.findall(r"(\d+) of (\d+)(?:,|$)", PAGE.split("twelve\nmonths:")[1].split("\n\n")[1])
    ]
    assert len(months) == 12
    centre = sum(k for k, _ in months) / sum(n for _, n in months)
    half = 3 * sqrt(centre * (1 - centre) / months[0][1])
    assert f"the centre is {100 * centre:.1f}%" in WORDS
    assert f"first month are {in_percent(centre - half, min(1, centre + half))}" in WORDS
    sides = [k / n > centre for k, n in months]
    crossings = sum(one != two for one, two in itertools.pairwise(sides))
    assert f"the centre is crossed {crossings} times" in WORDS
