"""Agreement of auditors with moderators over a window of months, weighted to all audits of its strata."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from moderation.statistics.agreement import pairs
from moderation.statistics.facts import AUDITOR, OVERALL, FrameCount
from moderation.statistics.figures import AgreementFigure, AgreementWindow, MonthShare
from moderation.statistics.headline import differing_on_whether_it_applies, headline_pairs
from moderation.statistics.measure import Measure
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.stratified import Estimate, Stratum, joined, weighted
from moderation.statistics.target import Target, Verdict, judge_estimate


def agreement(measure: Measure, scope: Scope) -> AgreementFigure:
    """Agreement for the last 3, the last 12 and all closed months, and unweighted for each month."""
    target = measure.target_under(scope.rules)
    return AgreementFigure(
        measure,
        scope.windows.map(lambda months: agreement_over(months, scope, target)),
        tuple(
            MonthShare(
                state.month,
                sum((stratum.share for stratum in strata_of([state.month], scope)), Share(0, 0)),
                state.open,
            )
            for state in scope.months
        ),
    )


def agreement_over(months: Sequence[date], scope: Scope, target: Target | None) -> AgreementWindow:
    """Agreement over any months: a window, one month, a financial year."""
    rules = scope.rules
    strata = strata_of(months, scope)
    estimate = weighted(joined(strata, rules.join_strata_below), rules.confidence)
    judged = estimate.unweighted.n >= rules.judged_from_pairs
    frame = [row for row in scope.facts.frame if row.month in frozenset(months)]
    covered = Share(estimate.covered.k, estimate.covered.n + _outside(months, strata, scope))
    return AgreementWindow(
        months=tuple(months),
        strata=strata,
        used=estimate.used,
        left_out=estimate.left_out,
        pairs=pairs((pair.auditor_grade, pair.moderator_grade, pair.n) for pair in headline_pairs(months, scope)),
        estimate=estimate.value,
        interval=estimate.interval,
        judged=judged,
        verdict=_verdict(estimate, target) if judged else None,
        covered=covered,
        selected=sum(row.selected for row in frame),
        done_blind=sum(row.done_blind for row in frame),
        done_otherwise=sum(row.done_otherwise for row in frame),
        not_done=sum(row.not_done for row in frame),
        applicability=differing_on_whether_it_applies(months, scope),
        notes=tuple(_notes(estimate, covered, scope)),
    )


def strata_of(months: Sequence[date], scope: Scope) -> tuple[Stratum, ...]:
    """The strata of these months, one rule's added up across cycles: certainty first, then in the frame's order.

    A stratum that was drawn at another rate in another month is another one: added up, the audits of the month with the
    higher rate would count too much. Such two bear their rates in their names and stand beside each other.

    Raises:
        ValueError: there is a pair of a stratum that its month's frame does not know, or more pairs than audits.
    """
    wanted = frozenset(months)
    # A month without, say, an inadequate audit has no such stratum: the order must not hang on which month comes first.
    rows = sorted((row for row in scope.facts.frame if row.month in wanted), key=lambda row: not row.certainty)
    names = list(dict.fromkeys((row.certainty, row.stratum) for row in rows))
    sums = {_key(row): [0, 0, 0] for row in sorted(rows, key=lambda row: names.index((row.certainty, row.stratum)))}
    for row in rows:
        sums[_key(row)][0] += row.audits
    key_of = {(row.month, row.stratum): _key(row) for row in rows}
    for pair in headline_pairs(months, scope):
        key = key_of.get((pair.month, pair.stratum))
        if key is None:
            raise ValueError(f"The frame of {pair.month:%B %Y} has no stratum called '{pair.stratum}'.")
        sums[key][1] += pair.n
        sums[key][2] += pair.n * (pair.auditor_grade == pair.moderator_grade)
    return tuple(
        Stratum(_name(key, sums), audits, n, k, key.certainty) for key, (audits, n, k) in sums.items() if audits
    )


def names_of_strata(months: Sequence[date], scope: Scope) -> dict[tuple[date, str], tuple[str, bool]]:
    """For each month's stratum: the name it has among the strata of these months, and whether it is a certainty one."""
    wanted = frozenset(months)
    rows = [row for row in scope.facts.frame if row.month in wanted]
    keys = dict.fromkeys(map(_key, rows))
    return {(row.month, row.stratum): (_name(_key(row), keys), row.certainty) for row in rows}


def _outside(months: Sequence[date], strata: Iterable[Stratum], scope: Scope) -> int:
    """How many audits of these months no sample was drawn from: accepted late, or submitted after the last draw."""
    audits = sum(scope.grades(OVERALL, AUDITOR, month).total() for month in months)
    return max(0, audits - sum(stratum.audits for stratum in strata))


class _Key(NamedTuple):
    """What makes two months' strata one: the name, whether all are moderated, and how many are drawn."""

    stratum: str
    certainty: bool
    rule: str


def _key(row: FrameCount) -> _Key:
    return _Key(row.stratum, row.certainty, "" if row.certainty else row.rule)


def _name(key: _Key, among: Iterable[_Key]) -> str:
    """The name of a stratum, with its rate where another one bears the same name."""
    alone = sum(other.stratum == key.stratum for other in among) == 1
    return key.stratum if alone else f"{key.stratum} ({key.rule or 'as imported'})"


def _verdict(estimate: Estimate, target: Target | None) -> Verdict | None:
    return judge_estimate(estimate.value, estimate.interval, target) if target is not None else None


def _notes(estimate: Estimate, covered: Share, scope: Scope) -> Iterable[str]:
    """What a reader must know about this window, in sentences."""
    rules, n = scope.rules, estimate.unweighted.n
    if not n:
        yield "No audit of these months has been moderated blind from the sample, so there is no figure."
    elif n < rules.judged_from_pairs:
        yield f"Shown and not judged: {_pairs(n)}, and a verdict needs {rules.judged_from_pairs}."
    outside = covered.n - estimate.covered.n
    if outside and n:
        never = "1 audit was" if outside == 1 else f"{outside} audits were"
        yield f"{never} never drawn from. The figure covers {covered.k} of {covered.n} audits."
    for stratum in estimate.left_out:
        yield (
            f"Of the {stratum.audits} audits in '{stratum.name}' none has been moderated blind, so they are left out. "
            f"The figure covers {covered.k} of {covered.n} audits."
        )
    for stratum in estimate.used:
        if stratum.joined_from:
            yield f"Strata with fewer than {rules.join_strata_below} pairs are counted together: {stratum.name}."
        elif stratum.n < rules.join_strata_below and not stratum.certainty:
            yield f"'{stratum.name}' rests on only {_pairs(stratum.n)}."


def _pairs(n: int) -> str:
    return "1 pair" if n == 1 else f"{n} pairs"
