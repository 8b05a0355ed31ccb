"""Audit expectations: of those expected to audit in a month, who did so by the due date."""

from collections.abc import Iterable

from moderation.statistics.facts import ExpectationCount
from moderation.statistics.figures import ExpectationFigure, ExpectationMonth, GroupShare
from moderation.statistics.measure import Measure
from moderation.statistics.months import Month
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.target import Target, judge


def expectations(measure: Measure, scope: Scope) -> ExpectationFigure:
    """Each month's share of people who did at least what was expected; groups that stand apart are not in it."""
    target = measure.target_under(scope.rules)
    return ExpectationFigure(measure, tuple(_month(state, target, scope) for state in scope.months))


def _month(state: Month, target: Target | None, scope: Scope) -> ExpectationMonth:
    groups = _groups(row for row in scope.facts.expectations if row.month == state.month)
    within = [group for group in groups if not group.apart]
    share = sum((group.share for group in within), Share(0, 0))
    sound = sum((Share(row.k, row.n) for row in scope.facts.quality if row.month == state.month), Share(0, 0))
    return ExpectationMonth(
        month=state.month,
        open=state.open,
        share=share,
        excused=sum(group.excused for group in within),
        verdict=judge(share, target, scope.rules.confidence) if target is not None and not state.open else None,
        by_group=groups,
        sound_forms=sound,
    )


def _groups(rows: Iterable[ExpectationCount]) -> tuple[GroupShare, ...]:
    found: dict[tuple[str, bool], GroupShare] = {}
    for row in rows:
        key = (row.role_group, row.apart)
        known = found.get(key, GroupShare(row.role_group, row.apart, Share(0, 0), 0))
        added = known.share + Share(row.met, row.expected)
        found[key] = GroupShare(row.role_group, row.apart, added, known.excused + row.excused)
    return tuple(found.values())
