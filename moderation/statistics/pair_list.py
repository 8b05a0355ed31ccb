"""The whole agreement analysis of a list of pairs, such as a table of two columns that needs no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from audit_forms.grades import Grade, Judged
from moderation.statistics.agreement import Pairs, pairs
from moderation.statistics.alpha import Level, alpha_of_pairs
from moderation.statistics.bootstrap import Resamples, TableStratum, stratified, weighted_table
from moderation.statistics.chance_corrected import ChanceCorrected, chance_corrected, without_errors
from moderation.statistics.coefficient import SHOWN_FROM_PAIRS, Coefficient
from moderation.statistics.planning import Reach, reach
from moderation.statistics.severity import Leanings, leanings
from moderation.statistics.stratified import Estimate, Stratum, joined, weighted
from moderation.statistics.symmetry import Bowker, ChiSquare, bhapkar, bowker, stuart_maxwell
from moderation.statistics.target import Target, Verdict, judge_estimate

OVERALL: Final = "overall"
SEED: Final = 20_260_401  # so that the same list gives the same resampled intervals


class PairRow(NamedTuple):
    """One judgement: the auditor's, and the moderator's where there is one. Texts are '' where not given."""

    auditor_grade: Judged
    moderator_grade: Judged | None
    stratum: str = ""
    domain: str = ""
    auditor: str = ""


class Settings(NamedTuple):
    """What the analysis is judged by; the fewest pairs for a verdict, for joining strata and for one auditor."""

    target: Target
    confidence: float = 0.95
    judged_from: int = 11
    join_below: int = 8
    person_from: int = 5


@dataclass(frozen=True, slots=True)
class PairList:
    """The analysis of one domain.

    ``estimate`` is weighted to all audits; None where the list has no strata, and ``why_unweighted`` says so.
    ``coefficients`` are of the pairs as they are; ``weighted`` of the weighted table, without standard errors, and
    ``resamples`` their intervals. Both are None without strata, and ``resamples`` below 30 pairs. ``applicability``
    counts rows of which one side gave no grade, ``not_moderated`` those without a moderator's. ``auditors`` are
    (name, table) in order of their names, those with fewer pairs than ``Settings.person_from`` too.
    """

    domain: str
    pairs: Pairs
    estimate: Estimate | None
    why_unweighted: str
    verdict: Verdict | None
    coefficients: ChanceCorrected
    weighted: ChanceCorrected | None
    alpha: Coefficient
    resamples: Resamples | None
    bowker: Bowker
    stuart_maxwell: ChiSquare
    bhapkar: ChiSquare
    reach: Reach
    applicability: int
    not_moderated: int
    auditors: tuple[tuple[str, Pairs], ...]
    leanings: Leanings


def analysed_list(rows: Iterable[PairRow], audits: Mapping[str, int], settings: Settings) -> tuple[PairList, ...]:
    """The analysis of each domain in the list, the overall judgement first, then in the order of the list.

    ``audits`` are the audits of each stratum (N); without it nothing is weighted.

    Raises:
        ValueError: a stratum has more pairs in a domain than audits.
    """
    domains: dict[str, list[PairRow]] = {}
    for row in rows:
        domains.setdefault(row.domain, []).append(row)
    names = sorted(domains, key=lambda name: name.casefold() != OVERALL)
    return tuple(_analysed(name, domains[name], audits, settings) for name in names)


def _analysed(domain: str, rows: Sequence[PairRow], audits: Mapping[str, int], settings: Settings) -> PairList:
    graded = [row for row in rows if _is_graded(row)]
    moderated = [row for row in rows if row.moderator_grade is not None]
    table = _table(graded)
    estimate = _estimate(graded, audits, settings) if audits else None
    value, interval = table.exact.fraction, table.exact.wilson(settings.confidence)
    if estimate is not None:
        value, interval = estimate.value, estimate.interval
    judged = table.n >= settings.judged_from
    strata = [_stratum(name, size, graded) for name, size in audits.items()]
    auditors = _by_auditor(graded)
    return PairList(
        domain=domain,
        pairs=table,
        estimate=estimate,
        why_unweighted="" if audits else "The list does not say how many audits there were, so nothing is weighted.",
        verdict=judge_estimate(value, interval, settings.target) if judged else None,
        coefficients=chance_corrected(table.table),
        weighted=without_errors(chance_corrected(weighted_table(strata))) if audits else None,
        alpha=alpha_of_pairs(table.table, Level.ORDINAL),
        resamples=_resampled(strata, settings) if audits and table.n >= SHOWN_FROM_PAIRS else None,
        bowker=bowker(table.table),
        stuart_maxwell=stuart_maxwell(table.table),
        bhapkar=bhapkar(table.table),
        reach=reach(table.n, settings.target, settings.confidence),
        applicability=sum(
            isinstance(row.auditor_grade, Grade) != isinstance(row.moderator_grade, Grade) for row in moderated
        ),
        not_moderated=len(rows) - len(moderated),
        auditors=auditors,
        leanings=leanings([each for each in auditors if each[1].n >= settings.person_from], settings.confidence),
    )


def _stratum(name: str, audits: int, graded: Iterable[PairRow]) -> TableStratum:
    return TableStratum(audits, _table(row for row in graded if row.stratum == name).table)


def _resampled(strata: Sequence[TableStratum], settings: Settings) -> Resamples:
    return stratified(strata, seed=SEED, confidence=settings.confidence)


def _estimate(graded: Sequence[PairRow], audits: Mapping[str, int], settings: Settings) -> Estimate:
    seen, same = Counter(row.stratum for row in graded), Counter(row.stratum for row in graded if _agrees(row))
    strata = [
        Stratum(name, size, seen[name], same[name], certainty=seen[name] == size) for name, size in audits.items()
    ]
    return weighted(joined(strata, settings.join_below), settings.confidence)


def _by_auditor(graded: Sequence[PairRow]) -> tuple[tuple[str, Pairs], ...]:
    names = sorted({row.auditor for row in graded if row.auditor})
    return tuple((name, _table(row for row in graded if row.auditor == name)) for name in names)


def _table(graded: Iterable[PairRow]) -> Pairs:
    counts = Counter((str(row.auditor_grade), str(row.moderator_grade)) for row in graded)
    return pairs((auditor, moderator, n) for (auditor, moderator), n in counts.items())


def _is_graded(row: PairRow) -> bool:
    return _is_grade(row.auditor_grade) and _is_grade(row.moderator_grade)


def _is_grade(judged: Judged | None) -> bool:
    return isinstance(judged, Grade)


def _agrees(row: PairRow) -> bool:
    return row.auditor_grade == row.moderator_grade
