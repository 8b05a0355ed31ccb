"""What stands beside the agreement figure: change, months, breakdowns, teams in a funnel, leanings and coefficients."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from moderation.statistics.agreement import Pairs, pairs
from moderation.statistics.breakdowns import PairLine, pairs_by
from moderation.statistics.coefficient import SHOWN_FROM_PAIRS
from moderation.statistics.difference import Difference, difference, difference_of_estimates
from moderation.statistics.facts import OVERALL, PairCount
from moderation.statistics.figures import AgreementWindow
from moderation.statistics.funnel import Funnel, funnel
from moderation.statistics.kinds import APART, Kind, of_kind
from moderation.statistics.moderated import agreement_over
from moderation.statistics.p_chart import COUNTED_FROM, PChart, p_chart
from moderation.statistics.scope import Scope
from moderation.statistics.severity import Leanings, leanings
from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Estimate
from moderation.statistics.xmr import Xmr, xmr

if TYPE_CHECKING:
    from moderation.statistics.coefficients import Coefficients

QUARTER: Final = 3
MOST_MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Subject:
    """Which pairs are compared: their kind, and the element both graded."""

    kind: Kind = Kind.SAMPLED
    element: str = OVERALL

    @property
    def is_figure(self) -> bool:
        """Whether these are the pairs the agreement figure counts, so that they can be weighted to all audits."""
        return self.kind is Kind.SAMPLED and self.element == OVERALL


THE_FIGURE: Final = Subject()


@dataclass(frozen=True, slots=True)
class Change:
    """The last three closed months beside the three before: their unweighted counts, and the difference.

    The difference is that of the weighted estimates for the figure itself, else that of the shares as counted.
    """

    now: tuple[date, ...]
    before: tuple[date, ...]
    now_share: Share
    before_share: Share
    difference: Difference


@dataclass(frozen=True, slots=True)
class OverTime:
    """Exact agreement by closed month, the newest 24, on both kinds of chart.

    ``xmr`` is of the months that have pairs enough to be counted, ``xmr_months``.
    """

    months: tuple[date, ...]
    p: PChart
    xmr: Xmr
    xmr_months: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything said of the agreement of some pairs over a window.

    ``people`` counts the auditors and the moderators behind the pairs. Lines are in the order of their names, which
    are identities where the facts have them; those of people are only of those who may be shown. ``apart`` are the
    pairs of every other kind. ``coefficients`` are None below 30 pairs.
    """

    subject: Subject
    months: tuple[date, ...]
    pairs: Pairs
    interval: Interval | None
    people: tuple[int, int]
    change: Change
    over_time: OverTime
    teams: tuple[PairLine, ...]
    funnel: Funnel | None
    auditors: tuple[PairLine, ...]
    leanings: Leanings
    moderators: tuple[PairLine, ...]
    apart: tuple[tuple[Kind, Pairs], ...]
    coefficients: "Coefficients | None"


def analyse(
    window: AgreementWindow, scope: Scope, subject: Subject = THE_FIGURE, teams: Collection[str] | None = None
) -> Analysis:
    """The analysis of a window's pairs of a subject; ``teams`` are those that may stand beside each other, if not all.

    The facts of the scope keep people and teams apart.
    """
    inside = frozenset(window.months)
    chosen = [pair for pair in of_kind(scope.facts.pairs, subject.kind, subject.element) if pair.month in inside]
    table = _table(chosen)
    by_team = [
        line
        for line in pairs_by(chosen, lambda pair: pair.team, scope.rules)
        if line.name and (teams is None or line.name in teams)
    ]
    auditors = pairs_by(chosen, lambda pair: pair.auditor, scope.rules)
    moderators = pairs_by(chosen, lambda pair: pair.moderator, scope.rules)
    return Analysis(
        subject=subject,
        months=window.months,
        pairs=table,
        interval=table.exact.wilson(scope.rules.confidence),
        people=(len(auditors), len(moderators)),
        change=_change(scope, subject),
        over_time=_over_time(scope, subject),
        teams=tuple(by_team),
        funnel=funnel((line.name, line.pairs.exact) for line in by_team),
        auditors=auditors,
        leanings=leanings(((line.name, line.pairs) for line in auditors), scope.rules.confidence),
        moderators=moderators,
        apart=_apart(scope, subject, inside),
        coefficients=_coefficients(window, table, chosen, scope, subject),
    )


def _table(chosen: Sequence[PairCount]) -> Pairs:
    return pairs((pair.auditor_grade, pair.moderator_grade, pair.n) for pair in chosen)


def _closed(scope: Scope) -> tuple[date, ...]:
    return tuple(state.month for state in scope.months if not state.open)


def _shares(scope: Scope, subject: Subject) -> dict[date, Share]:
    """The pairs of a subject that are the same, of all of them, by month."""
    found: dict[date, Share] = {}
    for pair in of_kind(scope.facts.pairs, subject.kind, subject.element):
        same = pair.n if pair.auditor_grade == pair.moderator_grade else 0
        found[pair.month] = found.get(pair.month, Share(0, 0)) + Share(same, pair.n)
    return found


def _change(scope: Scope, subject: Subject) -> Change:
    closed, shares = _closed(scope), _shares(scope, subject)
    now, before = closed[-QUARTER:], closed[-2 * QUARTER : -QUARTER]
    counted = [sum((shares.get(month, Share(0, 0)) for month in part), Share(0, 0)) for part in (now, before)]
    if len(before) < QUARTER:
        unknown = Difference(None, None, f"A change is told once {2 * QUARTER} months are closed.")
        return Change(now, before, counted[0], counted[1], unknown)
    if subject.is_figure:
        this, that = (_estimate(agreement_over(part, scope, None)) for part in (now, before))
        return Change(now, before, counted[0], counted[1], difference_of_estimates(this, that))
    return Change(now, before, counted[0], counted[1], difference(counted[0], counted[1], scope.rules.confidence))


def _estimate(window: AgreementWindow) -> Estimate:
    return Estimate(window.estimate, window.interval, window.used, window.left_out)


def _over_time(scope: Scope, subject: Subject) -> OverTime:
    shares = _shares(scope, subject)
    listed = [(month, shares.get(month, Share(0, 0))) for month in _closed(scope)[-MOST_MONTHS:]]
    counted = [
        (month, value) for month, share in listed if share.n >= COUNTED_FROM and (value := share.fraction) is not None
    ]
    return OverTime(
        tuple(month for month, _ in listed),
        p_chart(share for _, share in listed),
        xmr(value for _, value in counted),
        tuple(month for month, _ in counted),
    )


def _apart(scope: Scope, subject: Subject, inside: Collection[date]) -> tuple[tuple[Kind, Pairs], ...]:
    within = [pair for pair in scope.facts.pairs if pair.month in inside]
    return tuple((kind, _table(list(of_kind(within, kind, subject.element)))) for kind in APART)


def _coefficients(
    window: AgreementWindow, table: Pairs, chosen: Sequence[PairCount], scope: Scope, subject: Subject
) -> "Coefficients | None":
    if table.n < SHOWN_FROM_PAIRS:
        return None
    from moderation.statistics.coefficients import plain, weighted

    return weighted(window, chosen, scope) if subject.is_figure else plain(table)
