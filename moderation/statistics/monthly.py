"""Shares by month: good or better in an element, complete chronologies, their windows and their streak."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from audit_forms.grades import NotGraded
from moderation.statistics.corrected import corrected_window
from moderation.statistics.facts import AUDITOR, FINAL
from moderation.statistics.figures import MonthShare, PooledShare, ShareFigure
from moderation.statistics.measure import Measure
from moderation.statistics.months import Windows
from moderation.statistics.rules import is_good
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.streak import MonthCount, streak
from moderation.statistics.target import Target, judge


def good_or_better(measure: Measure, scope: Scope) -> ShareFigure:
    """The share of final grades of the measure's element that are good or better."""
    return _figure(measure, scope, element_months(measure.element, FINAL, scope))


def good_or_better_with_streak(measure: Measure, scope: Scope) -> ShareFigure:
    """The same, with the run of consecutive months that meet the target."""
    figure = good_or_better(measure, scope)
    target = measure.target_under(scope.rules)
    if target is None:
        return figure
    rules = scope.rules
    counts = [MonthCount(month.month, month.share, month.open) for month in figure.months]
    run = streak(counts, target, required=rules.streak_months, min_n=rules.min_n, gap=rules.gap)
    return replace(figure, streak=run)


def good_or_better_with_correction(measure: Measure, scope: Scope) -> ShareFigure:
    """The same, with the audits as their auditors graded them, and the estimate corrected by moderation."""
    graded = element_months(measure.element, AUDITOR, scope)
    return replace(
        good_or_better(measure, scope),
        as_graded=judged_months(graded, None, scope),
        corrected=scope.windows.map(lambda months: corrected_window(months, scope)),
    )


def all_four(measure: Measure, scope: Scope) -> ShareFigure:
    """The share of audited children whose chronology has all four qualities."""
    shares: dict[date, Share] = {}
    for count in scope.facts.chronology:
        shares[count.month] = shares.get(count.month, Share(0, 0)) + Share(count.k, count.n)
    months = [MonthShare(one.month, shares.get(one.month, Share(0, 0)), one.open) for one in scope.months]
    return _figure(measure, scope, months)


def element_months(element: str, basis: str, scope: Scope) -> list[MonthShare]:
    """Good or better in an element by month, with what does not count beside it."""
    months = []
    for state in scope.months:
        tally = scope.grades(element, basis, state.month)
        counted = {grade: n for grade, n in tally.items() if scope.rules.counts(element, grade)}
        share = Share(sum(n for grade, n in counted.items() if is_good(grade)), sum(counted.values()))
        months.append(
            MonthShare(
                state.month,
                share,
                state.open,
                not_applicable=tally[NotGraded.NOT_APPLICABLE],
                not_enough_evidence=tally[NotGraded.NOT_ENOUGH_EVIDENCE],
            )
        )
    return months


def pooled(months: Iterable[MonthShare], wanted: Sequence[date], target: Target | None, scope: Scope) -> PooledShare:
    """The share over some months, each month's k and n added up."""
    chosen = frozenset(wanted)
    share = sum((month.share for month in months if month.month in chosen), Share(0, 0))
    confidence = scope.rules.confidence
    verdict = judge(share, target, confidence) if target is not None else None
    return PooledShare(tuple(wanted), share, share.wilson(confidence), verdict)


def _figure(measure: Measure, scope: Scope, months: Sequence[MonthShare]) -> ShareFigure:
    target = measure.target_under(scope.rules)
    over: Windows[PooledShare] = scope.windows.map(lambda wanted: pooled(months, wanted, target, scope))
    return ShareFigure(measure, judged_months(months, target, scope), over)


def judged_months(months: Iterable[MonthShare], target: Target | None, scope: Scope) -> tuple[MonthShare, ...]:
    """The closed months with their verdicts and notes; open ones as they are."""
    return tuple(
        month
        if month.open
        else replace(
            month,
            verdict=judge(month.share, target, scope.rules.confidence) if target is not None else None,
            note=_note(month.share, scope),
        )
        for month in months
    )


def _note(share: Share, scope: Scope) -> str:
    if not share.n:
        return "Nothing was judged in this month."
    if share.n < scope.rules.min_n:
        return f"Too few judgements: fewer than {scope.rules.min_n}."
    if share.n < scope.rules.few_below:
        return f"Fewer than {scope.rules.few_below} judgements: one of them decides the month."
    return ""
