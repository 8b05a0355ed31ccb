"""The definitions as a textbook writes them, in slow loops over exact fractions, to hold the quick code against."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

Weight = Callable[[int, int, int], Fraction]


def identity(i: int, j: int, q: int) -> Fraction:
    return Fraction(i == j)


def linear(i: int, j: int, q: int) -> Fraction:
    return 1 - Fraction(abs(i - j), q - 1)


def quadratic(i: int, j: int, q: int) -> Fraction:
    return 1 - Fraction((i - j) ** 2, (q - 1) ** 2)


WEIGHTS: dict[str, Weight] = {"identity": identity, "linear": linear, "quadratic": quadratic}


def kappa(table: Sequence[Sequence[int]], weight: Weight) -> Fraction | None:
    q, n = len(table), sum(map(sum, table))
    if not n:
        return None
    rows = [sum(row) for row in table]
    columns = [sum(row[j] for row in table) for j in range(q)]
    cells = [(i, j) for i in range(q) for j in range(q)]
    observed = sum(weight(i, j, q) * table[i][j] for i, j in cells) / Fraction(n)
    expected = sum(weight(i, j, q) * rows[i] * columns[j] for i, j in cells) / Fraction(n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def alpha(units: Sequence[Sequence[int]], q: int, level: str) -> Fraction | None:
    """From every ordered pair of ratings within a unit, and every ordered pair of all ratings."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [grade for unit in paired for grade in unit]
    used = [values.count(grade) for grade in range(q)]

    def apart(c: int, k: int) -> Fraction:
        if level == "nominal":
            return Fraction(c != k)
        if level == "interval":
            return Fraction((c - k) ** 2)
        low, high = sorted((c, k))
        return (sum(used[low : high + 1]) - Fraction(used[c] + used[k], 2)) ** 2

    expected = sum((apart(c, k) for c, k in permutations(values, 2)), Fraction(0))
    if not expected:
        return None
    observed = sum((apart(c, k) / (len(unit) - 1) for unit in paired for c, k in permutations(unit, 2)), Fraction(0))
    return 1 - (len(values) - 1) * observed / expected
