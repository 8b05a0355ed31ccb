"""The same shares broken down: good or better by service, team and element; agreement by element and by person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from moderation.statistics.agreement import Pairs, pairs
from moderation.statistics.facts import FINAL, OVERALL, GradeCount, PairCount
from moderation.statistics.headline import headline_pairs
from moderation.statistics.rules import Rules, is_good
from moderation.statistics.scope import Scope
from moderation.statistics.share import Interval, Share
from moderation.statistics.target import Target, Verdict, judge


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown: a team, a service or an element; the interval is Wilson's."""

    name: str
    share: Share
    interval: Interval | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class PairLine:
    """Agreement of one element or one person over a window, unweighted; ``enough`` pairs to be shown as a share."""

    name: str
    pairs: Pairs
    interval: Interval | None
    enough: bool


def good_or_better_by_service(
    months: Sequence[date], scope: Scope, element: str = OVERALL, target: Target | None = None
) -> tuple[Line, ...]:
    """Final grades good or better in each service, by name."""
    return _lines(months, scope, lambda row: row.service, element, target)


def good_or_better_by_team(
    months: Sequence[date], scope: Scope, element: str = OVERALL, target: Target | None = None
) -> tuple[Line, ...]:
    """Final grades good or better in each team, by name."""
    return _lines(months, scope, lambda row: row.team, element, target)


def good_or_better_by_element(months: Sequence[date], scope: Scope) -> tuple[Line, ...]:
    """Final grades good or better in each element, in the order the facts bring them."""
    return _lines(months, scope, lambda row: row.element, None, None, by_name=False)


def agreement_by_element(months: Sequence[date], scope: Scope) -> tuple[PairLine, ...]:
    """Exact agreement in each element, over the same pairs as the headline."""
    lines = (
        _pair_line(element, headline_pairs(months, scope, element), scope.rules) for element in scope.pair_elements
    )
    return tuple(line for line in lines if line.pairs.n)


def agreement_by_auditor(months: Sequence[date], scope: Scope) -> tuple[PairLine, ...]:
    """Each auditor's agreement on the overall judgement with whoever moderated them."""
    return pairs_by(headline_pairs(months, scope), lambda pair: pair.auditor, scope.rules)


def agreement_by_moderator(months: Sequence[date], scope: Scope) -> tuple[PairLine, ...]:
    """Each moderator's agreement on the overall judgement with the auditors they moderated."""
    return pairs_by(headline_pairs(months, scope), lambda pair: pair.moderator, scope.rules)


def pairs_by(counted: Iterable[PairCount], key: Callable[[PairCount], str], rules: Rules) -> tuple[PairLine, ...]:
    """The table of each auditor, moderator, team or element among graded pairs, by name."""
    found: dict[str, list[PairCount]] = {}
    for pair in counted:
        found.setdefault(key(pair), []).append(pair)
    return tuple(_pair_line(name, found[name], rules) for name in sorted(found))


def _lines(
    months: Sequence[date],
    scope: Scope,
    name_of: Callable[[GradeCount], str],
    element: str | None,
    target: Target | None,
    *,
    by_name: bool = True,
) -> tuple[Line, ...]:
    chosen = frozenset(months)
    shares: dict[str, Share] = {}
    for row in scope.facts.grades:
        if row.month not in chosen or row.basis != FINAL or element not in (None, row.element):
            continue
        if scope.rules.counts(row.element, row.grade):
            counted = Share(row.n if is_good(row.grade) else 0, row.n)
            shares[name_of(row)] = shares.get(name_of(row), Share(0, 0)) + counted
    confidence = scope.rules.confidence
    return tuple(
        Line(name, share, share.wilson(confidence), judge(share, target, confidence) if target else None)
        for name, share in (sorted(shares.items()) if by_name else shares.items())
    )


def _pair_line(name: str, counted: Iterable[PairCount], rules: Rules) -> PairLine:
    table = pairs((pair.auditor_grade, pair.moderator_grade, pair.n) for pair in counted)
    interval = table.exact.wilson(rules.confidence)
    return PairLine(name, table, interval, table.n >= rules.person_from_pairs)
