"""Which pairs count for the headline: completed blind moderations of the sampled stream, of the overall judgement."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from audit_forms.grades import NotGraded
from moderation.statistics.facts import OVERALL, PairCount
from moderation.statistics.scope import Scope

_UNGRADED: Final = frozenset(NotGraded)


def headline_pairs(months: Iterable[date], scope: Scope, element: str = OVERALL) -> Iterator[PairCount]:
    """The blind pairs of the sampled stream in these months in which both sides gave one of the four grades."""
    return (
        pair
        for month in months
        for pair in scope.sampled_blind(month, element)
        if pair.auditor_grade not in _UNGRADED and pair.moderator_grade not in _UNGRADED
    )


def differing_on_whether_it_applies(months: Iterable[date], scope: Scope, element: str = OVERALL) -> int:
    """How many of them have a grade on one side only: no difference of grade, but counted and named."""
    return sum(
        pair.n
        for month in months
        for pair in scope.sampled_blind(month, element)
        if (pair.auditor_grade in _UNGRADED) != (pair.moderator_grade in _UNGRADED)
    )
