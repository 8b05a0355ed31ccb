"""The coefficients beside the agreement figure, weighted to all audits as the figure is, with resampled intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from moderation.statistics.agreement import Pairs, Table, pairs
from moderation.statistics.alpha import alpha_of_pairs
from moderation.statistics.bootstrap import Resampled, TableStratum, stratified, weighted_table
from moderation.statistics.chance_corrected import chance_corrected
from moderation.statistics.coefficient import Coefficient
from moderation.statistics.facts import PairCount
from moderation.statistics.figures import AgreementWindow
from moderation.statistics.moderated import names_of_strata
from moderation.statistics.scope import Scope
from moderation.statistics.share import Interval
from moderation.statistics.symmetry import Bowker, ChiSquare, bhapkar, bowker, stuart_maxwell
from moderation.statistics.weighting import Weighting

SEED: Final = 20260101
RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Value:
    """One coefficient by its key; ``interval`` is None where resampling gives none, or none that says anything."""

    key: str
    value: float | None
    interval: Interval | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The coefficients of a table, and the tests of symmetry of its counts; ``is_weighted``: to all audits."""

    n: int
    is_weighted: bool
    values: tuple[Value, ...]
    bowker: Bowker
    stuart_maxwell: ChiSquare
    bhapkar: ChiSquare


def plain(table: Pairs) -> Coefficients:
    """The coefficients of a table as it is counted."""
    return _made(((table.n, table.table),), table.table, is_weighted=False)


def weighted(window: AgreementWindow, chosen: Iterable[PairCount], scope: Scope) -> Coefficients:
    """The coefficients of the figure's pairs, each stratum's table weighted by the audits it stands for."""
    return _made(tables(window, chosen, scope), window.pairs.table, is_weighted=True)


def tables(window: AgreementWindow, chosen: Iterable[PairCount], scope: Scope) -> tuple[tuple[int, Table], ...]:
    """Of each stratum as it is weighted: how many audits it stands for, and the table of its pairs."""
    names, by_stratum = names_of_strata(window.months, scope), dict[tuple[str, bool], list[PairCount]]()
    for pair in chosen:
        by_stratum.setdefault(names[pair.month, pair.stratum], []).append(pair)
    return tuple(
        (
            used.audits,
            pairs(
                (pair.auditor_grade, pair.moderator_grade, pair.n)
                for part in used.parts
                for pair in by_stratum.get((part, used.certainty), ())
            ).table,
        )
        for used in window.used
    )


@lru_cache(maxsize=64)  # the same counts and seed give the same resamples
def _made(strata: tuple[tuple[int, Table], ...], table: Table, *, is_weighted: bool) -> Coefficients:
    drawn_from = [TableStratum(audits, counts) for audits, counts in strata]
    drawn, linear = stratified(drawn_from, seed=SEED, resamples=RESAMPLES), Weighting.LINEAR
    found = chance_corrected(weighted_table(drawn_from))
    values = (
        _value("ac1", found.gwet.identity, drawn.gwet.identity),
        _value("ac2_linear", found.gwet.under(linear), drawn.gwet.under(linear)),
        _value("kappa", found.kappa.identity, drawn.kappa.identity),
        _value("kappa_linear", found.kappa.under(linear), drawn.kappa.under(linear)),
        _value("alpha_ordinal", alpha_of_pairs(table), None),
    )
    n = sum(map(sum, table))
    return Coefficients(n, is_weighted, values, bowker(table), stuart_maxwell(table), bhapkar(table))


def _value(key: str, one: Coefficient, drawn: Resampled | None) -> Value:
    interval = drawn.interval if drawn is not None and one.value is not None else None
    if interval is not None and interval.low == interval.high:
        interval = None  # every pair agrees, so every resample does: that says nothing of other audits
    return Value(key, one.value, interval, one.reason)
